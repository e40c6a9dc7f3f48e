package video

import (
	"bytes"
	"image/png"
	"testing"
	"time"
)

// TestBackdrop plays a clip of 12 frames behind one of 30 and compares with the
// frames themselves.
func TestBackdrop(t *testing.T) {
	path := makeClip(t, "b.mp4", args(pattern("64x48", "25", "0.48"), []string{"-c:v", "libx264", "-pix_fmt", "yuv420p", "-g", "5"})...)
	info := mustProbe(t, path)
	all := readAll(t, path, info, ReadOptions{})
	for name, begin := range map[string]int{"from the start": 0, "from within the second pass": 17} {
		b := NewBackdrop(t.Context(), path, info, 64, 48)
		for n := begin; n < begin+20; n++ {
			f, err := b.At(Rate{25, 1}.at(int64(n)) + 3*time.Millisecond)
			if err != nil {
				t.Fatalf("%s: frame %d: %v", name, n, err)
			}
			if !bytes.Equal(f.Pix, all[n%12].Pix) {
				t.Errorf("%s: frame %d is another one", name, n)
			}
		}
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	}
}

// TestBackdropCovers: the shape is kept, what stands over is cut off.
func TestBackdropCovers(t *testing.T) {
	path := makeClip(t, "c.mp4", "-f", "lavfi", "-i", "color=red:size=96x48:rate=25:duration=0.2,drawbox=x=24:w=48:h=48:c=blue:t=fill",
		"-c:v", "libx264", "-qp", "0", "-pix_fmt", "yuv420p")
	b := NewBackdrop(t.Context(), path, mustProbe(t, path), 40, 40)
	defer b.Close()
	f, err := b.At(0)
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range []int{2, 20, 37} {
		if p := f.Pix[4*(20*40+x):]; p[2] < 200 || p[0] > 60 {
			t.Errorf("at %d: %v, want blue: the middle square fills the size", x, p[:4])
		}
	}
}

// TestBackdropCoversWhatever: clips of odd shapes fill canvases of others, and those with
// pixels that are not square are cut as they are seen. The middle of each is blue.
func TestBackdropCoversWhatever(t *testing.T) {
	for name, c := range map[string]struct {
		size, middle  string
		width, height int
	}{
		"long and thin on a large square": {"136x4096", "drawbox=y=1980:w=136:h=136:c=blue:t=fill", 4096, 4096},
		"flat and wide on a column":       {"512x16", "drawbox=x=254:w=4:h=16:c=blue:t=fill", 16, 512},
		"two pixels on a line":            {"2x2", "drawbox=w=2:h=2:c=blue:t=fill", 512, 2},
		"wide pixels":                     {"48x48", "drawbox=x=12:w=24:h=48:c=blue:t=fill,setsar=2", 40, 40},
		"wide pixels turned":              {"48x48", "drawbox=y=12:w=48:h=24:c=blue:t=fill,setsar=1/2", 40, 40},
	} {
		t.Run(name, func(t *testing.T) {
			path := makeClip(t, "c.mp4", "-f", "lavfi", "-i", "color=red:size="+c.size+":rate=25:duration=0.04,format=yuv444p,"+c.middle,
				"-c:v", "libx264", "-qp", "0", "-preset", "ultrafast", "-pix_fmt", "yuv444p")
			b := NewBackdrop(t.Context(), path, mustProbe(t, path), c.width, c.height)
			defer b.Close()
			f, err := b.At(0)
			if err != nil {
				t.Fatal(err)
			}
			for _, share := range []int{10, 50, 90} {
				x, y := c.width*share/100, c.height*share/100
				if p := f.Pix[4*(y*c.width+x):]; p[2] < 200 || p[0] > 60 {
					t.Errorf("at %d,%d: %v, want blue", x, y, p[:4])
				}
			}
		})
	}
}

func TestStrip(t *testing.T) {
	s := NewStrip(time.Second, 6, 3, 20)
	for n := range 25 {
		f := NewFrame(40, 20)
		for i := range f.Pix {
			f.Pix[i] = uint8(10 * n)
			if i%4 == 3 {
				f.Pix[i] = 255
			}
		}
		f.At = Rate{25, 1}.at(int64(n))
		s.Add(f)
	}
	var b bytes.Buffer
	if err := s.WritePNG(&b); err != nil {
		t.Fatal(err)
	}
	sheet, err := png.Decode(&b)
	if err != nil {
		t.Fatal(err)
	}
	if size := sheet.Bounds().Size(); size.X != 3*24+4 || size.Y != 2*14+4 {
		t.Fatalf("the sheet is %v", size)
	}
	before := -1
	for n := range 6 {
		r, _, _, _ := sheet.At(4+n%3*24+10, 4+n/3*14+5).RGBA()
		if int(r>>8) <= before {
			t.Errorf("picture %d is not later than the one before", n)
		}
		before = int(r >> 8)
	}
}

func TestStripOfNothing(t *testing.T) {
	var b bytes.Buffer
	if err := NewStrip(0, 6, 3, 20).WritePNG(&b); err != nil {
		t.Error(err)
	}
}
