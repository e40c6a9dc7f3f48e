package clip

import (
	"errors"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"mattebox"
	"mattebox/imaging"
	"mattebox/video"
)

func TestMain(m *testing.M) {
	if err := imaging.Startup(1); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}

// paint opens a background on a canvas of the size and paints the frame at the time.
func paint(t *testing.T, b Background, size image.Point, at time.Duration) *video.Frame {
	t.Helper()
	behind, err := b.open(t.Context(), size)
	if err != nil {
		t.Fatal(err)
	}
	defer behind.close()
	canvas := video.NewFrame(size.X, size.Y)
	if err := behind.paint(canvas, at); err != nil {
		t.Fatal(err)
	}
	return canvas
}

func TestPictureFillsTheCanvas(t *testing.T) {
	// 40 x 10, red on the left, blue on the right, see-through in between.
	picture := image.NewNRGBA(image.Rect(0, 0, 40, 10))
	for y := range 10 {
		for x := range 40 {
			switch {
			case x < 18:
				picture.Set(x, y, color.NRGBA{255, 0, 0, 255})
			case x >= 22:
				picture.Set(x, y, color.NRGBA{0, 0, 255, 255})
			}
		}
	}
	path := filepath.Join(t.TempDir(), "behind.png")
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := png.Encode(file, picture); err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	canvas := paint(t, Background{Kind: Picture, Path: path}, image.Pt(60, 60), 0) // four times as large, the middle of it
	for x, want := range map[int][3]uint8{4: {255, 0, 0}, 30: {}, 56: {0, 0, 255}} {
		px := pixel(canvas, x, 30)
		for c, v := range want {
			if d := int(px[c]) - int(v); d < -12 || d > 12 || px[3] != 255 {
				t.Errorf("column %d is %v, want %v, opaque", x, px, want)
				break
			}
		}
	}
}

// allocated returns the bytes that a call takes from the heap altogether.
func allocated(do func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	do()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// A long thin picture is cut before it is scaled: whole, it would take 800 MB here.
func TestPictureThatIsThin(t *testing.T) {
	for name, c := range map[string]struct{ long, wide int }{"column": {8000, 8}, "odd": {8001, 7}, "line": {8, 8000}} {
		picture := image.NewNRGBA(image.Rect(0, 0, c.wide, c.long))
		for y := range c.long {
			for x := range c.wide {
				pixel := color.NRGBA{255, 0, 0, 255}
				if max(x, y) >= 3980 && max(x, y) < 4020 {
					pixel = color.NRGBA{0, 0, 255, 255}
				}
				picture.Set(x, y, pixel)
			}
		}
		path := filepath.Join(t.TempDir(), "thin.png")
		file, err := os.Create(path)
		if err == nil {
			err = errors.Join(png.Encode(file, picture), file.Close())
		}
		if err != nil {
			t.Fatal(err)
		}
		var canvas *video.Frame
		if n := allocated(func() { canvas = paint(t, Background{Kind: Picture, Path: path}, image.Pt(512, 512), 0) }); n > 64<<20 {
			t.Errorf("%s: %d MB were taken", name, n>>20)
		}
		for _, at := range []int{0, 256, 511} {
			if px := pixel(canvas, at, at); px[2] < 250 || px[0] > 5 {
				t.Errorf("%s: %v at %d, want the blue middle", name, px, at)
			}
		}
	}
}

// What lies in the middle stays there, however much is cut off beside it.
func TestShownKeepsTheMiddle(t *testing.T) {
	for _, c := range []struct {
		n      int
		length float64
		want   int
	}{{10, 10, 10}, {10, 9.2, 10}, {10, 8, 8}, {10, 7.1, 8}, {10, .3, 2}, {11, .3, 1}, {11, 1.5, 3}, {1, .1, 1}} {
		if got := reach(c.n, c.length); got != c.want {
			t.Errorf("of %d pixels for %g: %d, want %d", c.n, c.length, got, c.want)
		}
	}
}

func TestPictureThatIsNone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "behind.png")
	if err := os.WriteFile(path, []byte("no picture"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := (Background{Kind: Picture, Path: path}).open(t.Context(), image.Pt(8, 8)); mattebox.CodeOf(err) != mattebox.CodeInvalid {
		t.Errorf("got %v", err)
	}
}

func TestFilmPlaysBehind(t *testing.T) {
	path, info := redSquare(t)
	b := Background{Kind: Film, Path: path, Info: info}
	for at, left := range map[time.Duration]int{0: 20, time.Second: 50, 3 * time.Second: 50} { // it is repeated after two seconds
		canvas := paint(t, b, image.Pt(160, 96), at)
		if px := pixel(canvas, left+5, 48); px[0] < 200 || px[1] > 60 || px[3] != 255 {
			t.Errorf("at %v the square's left is %v", at, px)
		}
		if px := pixel(canvas, left-6, 48); px[1] < 90 || px[3] != 255 {
			t.Errorf("at %v it is %v left of the square", at, px)
		}
	}
}

func TestNothingToPaint(t *testing.T) {
	for _, kind := range []BackgroundKind{Transparent, Blur} {
		if behind, err := (Background{Kind: kind}).open(t.Context(), image.Pt(8, 8)); behind != nil || err != nil {
			t.Errorf("%q opens %v, %v", kind, behind, err)
		}
	}
}
