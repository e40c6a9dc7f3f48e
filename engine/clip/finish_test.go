package clip

import (
	"image"
	"testing"

	"mattebox/matte"
	"mattebox/video"
)

// filled returns a frame of one colour.
func filled(width, height int, r, g, b, a uint8) *video.Frame {
	f := video.NewFrame(width, height)
	for i := 0; i < len(f.Pix); i += 4 {
		f.Pix[i], f.Pix[i+1], f.Pix[i+2], f.Pix[i+3] = r, g, b, a
	}
	return f
}

func alphaOf(n int, at func(i int) uint8) []uint8 {
	alpha := make([]uint8, n)
	for i := range alpha {
		alpha[i] = at(i)
	}
	return alpha
}

func TestOver(t *testing.T) {
	for name, c := range map[string]struct {
		below, src, want [4]uint8
	}{
		"clear over colour":  {[4]uint8{1, 2, 3, 255}, [4]uint8{200, 200, 200, 0}, [4]uint8{1, 2, 3, 255}},
		"solid over colour":  {[4]uint8{1, 2, 3, 255}, [4]uint8{200, 100, 50, 255}, [4]uint8{200, 100, 50, 255}},
		"half over nothing":  {[4]uint8{}, [4]uint8{200, 100, 50, 128}, [4]uint8{200, 100, 50, 128}},
		"half over opaque":   {[4]uint8{0, 0, 0, 255}, [4]uint8{255, 255, 255, 128}, [4]uint8{128, 128, 128, 255}},
		"half over the same": {[4]uint8{80, 80, 80, 100}, [4]uint8{80, 80, 80, 51}, [4]uint8{80, 80, 80, 131}},
	} {
		got := c.below
		over(got[:], c.src[:3], uint32(c.src[3]))
		if got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

func TestComposeScaledKeepsColoursAtTheEdge(t *testing.T) {
	frame := filled(40, 40, 220, 30, 30, 255)
	for y := range 40 { // the old background is green: none of it may show
		for x := 20; x < 40; x++ {
			copy(frame.Pix[(y*40+x)*4:], []uint8{0, 255, 0})
		}
	}
	alpha := alphaOf(1600, func(i int) uint8 {
		if i%40 < 20 {
			return 255
		}
		return 0
	})
	job := Job{Info: &video.Info{Width: 40, Height: 40}, Scene: Scene{Canvas: image.Pt(100, 60), Anchor: "top-left"}, Format: video.WebP}
	canvas := video.NewFrame(100, 60)
	newCompositor(job, image.Pt(100, 60)).compose(canvas, Matted{frame, alpha}, true)
	for x := range 100 {
		px := pixel(canvas, x, 30)
		if px[3] > 0 && px[1] > 60 {
			t.Errorf("column %d is %v", x, px)
		}
		if want := x < 29; want && px[3] != 255 || x > 31 && px[3] != 0 {
			t.Errorf("column %d has alpha %d", x, px[3])
		}
	}
}

func TestComposePartlyOutside(t *testing.T) {
	frame := filled(20, 20, 9, 9, 9, 255)
	for _, scale := range []float64{1, 2} {
		job := Job{Info: &video.Info{Width: 20, Height: 20}, Format: video.GIF,
			Scene: Scene{Canvas: image.Pt(20, 20), Scale: scale, Anchor: "top-left", Offset: image.Pt(-15, 12)}}
		canvas := video.NewFrame(20, 20)
		newCompositor(job, image.Pt(20, 20)).compose(canvas, Matted{frame, alphaOf(400, func(int) uint8 { return 255 })}, true)
		if pixel(canvas, 2, 15)[3] != 255 || pixel(canvas, 2, 5)[3] != 0 {
			t.Errorf("scale %g: inside %v, above %v", scale, pixel(canvas, 2, 15), pixel(canvas, 2, 5))
		}
	}
}

// magnified is a job in which a frame is scaled up so far that most of it is not seen.
func magnified(width, height int, canvas image.Point, scale float64) Job {
	return Job{Info: &video.Info{Width: width, Height: height}, Format: video.GIF,
		Scene: Scene{Canvas: canvas, Scale: scale, Offset: image.Pt(7, -5)}}
}

// What is not seen of a frame takes no memory: a place of 13,000 columns would take 170 MB.
func TestComposeMagnified(t *testing.T) {
	size := image.Pt(1300, 1300)
	frame := filled(400, 400, 200, 100, 50, 255)
	c := newCompositor(magnified(400, 400, size, 10), size)
	m := Matted{frame, alphaOf(160000, func(int) uint8 { return 255 })}
	canvas := video.NewFrame(size.X, size.Y)
	if n := allocated(func() { c.layScaled(canvas, m) }); n > 16<<20 {
		t.Errorf("%d MB were taken", n>>20)
	}
	for _, at := range [][2]int{{0, 0}, {650, 650}, {1299, 1299}} {
		if px := pixel(canvas, at[0], at[1]); px[0] != 200 || px[1] != 100 || px[2] != 50 || px[3] != 255 {
			t.Errorf("pixel %v is %v", at, px)
		}
	}
}

// Both ways of scaling give the same picture, to a grey level.
func TestBothWaysOfScaling(t *testing.T) {
	frame := disc(90, 70, 40, 30, 25, 3)
	m := Matted{frame, alphaOf(90*70, func(i int) uint8 { return uint8(i * 7) })}
	for _, scale := range []float64{.11, .4, .93, 1.7, 6} {
		size := image.Pt(120, 80)
		c := newCompositor(magnified(90, 70, size, scale), size)
		if c.scaler == nil {
			t.Fatal("the fast way is not taken")
		}
		fast, slow := video.NewFrame(size.X, size.Y), video.NewFrame(size.X, size.Y)
		c.layScaled(fast, m)
		c.scaler = nil
		c.layScaled(slow, m)
		for i, v := range fast.Pix {
			// A faint pixel's colour is divided by its alpha.
			if d := int(v) - int(slow.Pix[i]); (d > 1 || d < -1) && slow.Pix[i|3] > 128 {
				t.Fatalf("scale %g: sample %d is %d and %d", scale, i, v, slow.Pix[i])
			}
		}
	}
}

// A job's memory counts the canvas, and what scaling takes, which has a bound.
func TestMemory(t *testing.T) {
	hd := func(canvas image.Point, scale float64) int64 { return magnified(1920, 1080, canvas, scale).Memory() }
	plain, large := hd(image.Point{}, 0), hd(image.Pt(4096, 4096), 0)
	if plain < 400<<20 || plain > 800<<20 {
		t.Errorf("a clip in HD takes %d MB", plain>>20)
	}
	if more := large - plain; more < 4096*4096*canvasBytes/2+2*32*4096*1080 {
		t.Errorf("a large canvas takes %d MB more", more>>20)
	}
	if most := hd(image.Pt(4096, 4096), 10); most > large {
		t.Errorf("what is not seen takes %d MB", (most-large)>>20)
	}
}

func TestBleedCarriesTheSubjectsColour(t *testing.T) {
	canvas := video.NewFrame(64, 64)
	for y := 24; y < 40; y++ {
		for x := 24; x < 40; x++ {
			copy(pixel(canvas, x, y), []uint8{200, 100, 50, 255})
		}
	}
	bleed(canvas)
	for _, at := range [][2]int{{23, 30}, {12, 30}, {0, 0}, {63, 63}} {
		if px := pixel(canvas, at[0], at[1]); px[0] != 200 || px[1] != 100 || px[2] != 50 || px[3] != 0 {
			t.Errorf("pixel %v is %v", at, px)
		}
	}
	empty := video.NewFrame(16, 16)
	bleed(empty)
	for i, v := range empty.Pix {
		if v != 0 {
			t.Fatalf("sample %d of an empty canvas is %d", i, v)
		}
	}
}

func TestBlurLeavesTheSubjectOut(t *testing.T) {
	frame := filled(120, 80, 60, 60, 60, 255)
	alpha := make([]uint8, 120*80)
	for y := 20; y < 60; y++ {
		for x := 40; x < 80; x++ {
			copy(pixel(frame, x, y), []uint8{255, 0, 0})
			alpha[y*120+x] = 255
		}
	}
	canvas := video.NewFrame(60, 40)
	blurBehind(canvas, Matted{frame, alpha})
	for _, at := range [][2]int{{0, 0}, {15, 20}, {30, 20}, {59, 39}} {
		if px := pixel(canvas, at[0], at[1]); px[0] < 55 || px[0] > 75 || px[1] < 50 || px[3] != 255 {
			t.Errorf("the background at %v is %v", at, px)
		}
	}
}

func TestFullTakesTheFramesOwnAlpha(t *testing.T) {
	frame := filled(8, 8, 1, 2, 3, 255)
	pixel(frame, 3, 3)[3] = 100
	m := matte.NewMap(4, 4)
	for i := range m.Pix {
		m.Pix[i] = 1
	}
	key := &shot{frame: frame, alpha: m}
	again := &shot{frame: filled(8, 8, 1, 2, 3, 255), alpha: m, like: key}
	if a := key.full(policy{}); a[3*8+3] != 100 || a[0] != 255 {
		t.Errorf("alpha is %d beside %d, want 100 beside 255", a[3*8+3], a[0])
	}
	if a := again.full(policy{}); a[3*8+3] != 255 {
		t.Errorf("the next frame's alpha is %d, want 255", a[3*8+3])
	}
}
