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
