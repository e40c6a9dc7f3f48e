package compose

import (
	"image"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mattebox/imaging"
)

func TestCrop(t *testing.T) {
	p := &imaging.Picture{Width: 3, Height: 2, Alpha: []uint8{1, 2, 3, 4, 5, 6}}
	for i := range 18 {
		p.Pix = append(p.Pix, uint8(i))
	}
	got, err := crop(t.Context(), p, image.Rect(1, 0, 3, 2))
	if err != nil {
		t.Fatal(err)
	}
	want := &imaging.Picture{Width: 2, Height: 2, Alpha: []uint8{2, 3, 5, 6}, Pix: []uint8{3, 4, 5, 6, 7, 8, 12, 13, 14, 15, 16, 17}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	got, err = crop(t.Context(), deep(p), image.Rect(2, 1, 3, 2))
	if err != nil {
		t.Fatal(err)
	}
	want = &imaging.Picture{Width: 1, Height: 1, Alpha: []uint8{6}, Pix16: []uint16{15 * 257, 16 * 257, 17 * 257}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("16 bits (-want +got)\n%s", diff)
	}
	if got, _ := crop(t.Context(), p, image.Rect(0, 0, 3, 2)); got != p {
		t.Error("a crop to the whole is a copy")
	}
}

func TestCovered(t *testing.T) {
	p := &imaging.Picture{Width: 70, Height: 90}
	if got, _ := covered(t.Context(), p); got != image.Rect(0, 0, 70, 90) {
		t.Errorf("opaque: %v", got)
	}
	p.Alpha = make([]uint8, 70*90)
	if got, _ := covered(t.Context(), p); !got.Empty() {
		t.Errorf("clear: %v", got)
	}
	p.Alpha[3*70+69], p.Alpha[80*70+5] = 1, 255
	if got, _ := covered(t.Context(), p); got != image.Rect(5, 3, 70, 81) {
		t.Errorf("two pixels: %v", got)
	}
}

func TestLayMovesWithoutCopy(t *testing.T) {
	p := flat(10, 8, 1)
	l := layout{canvas: image.Pt(20, 20), content: image.Rect(2, 2, 6, 6), target: image.Rect(8, 9, 12, 13)}
	got, at, err := lay(t.Context(), l, p, image.Rect(0, 0, 10, 8), image.Rect(0, 0, 10, 8))
	if err != nil || got != p || at != image.Pt(6, 7) {
		t.Errorf("lay = %p at %v, %v; want %p at (6, 7)", got, at, err, p)
	}
}

// TestLayScales shrinks a block to half: its box lands on the target, and only
// what the canvas can show was scaled.
func TestLayScales(t *testing.T) {
	c := block(400, 300, image.Rect(100, 50, 300, 250))
	l := layout{canvas: image.Pt(120, 120), content: c.Box, target: image.Rect(10, 10, 110, 110)}
	got, at, err := lay(t.Context(), l, c.Subject, image.Rect(0, 0, 400, 300), c.Box)
	if err != nil {
		t.Fatal(err)
	}
	if box := alphaBox(got).Add(at); box != l.target {
		t.Errorf("block at %v, want %v", box, l.target)
	}
	if got.Width > 120 || got.Height > 120 {
		t.Errorf("%d x %d pixels were scaled for a canvas of 120 x 120", got.Width, got.Height)
	}
	got, _, err = lay(t.Context(), l, c.Photo, image.Rect(0, 0, 400, 300), image.Rect(0, 0, 5, 5))
	if err != nil || got != nil {
		t.Errorf("lay of what misses the canvas = %v, %v; want nothing", got, err)
	}
}

func TestLayoutMapsBothWays(t *testing.T) {
	l := layout{canvas: image.Pt(100, 100), content: image.Rect(10, 20, 40, 60), target: image.Rect(5, 5, 20, 25)}
	if got := l.onCanvas(image.Rect(10, 20, 40, 60)); got != l.target {
		t.Errorf("content lands at %v, want %v", got, l.target)
	}
	if got := l.onCanvas(image.Rect(0, 0, 20, 30)); got != image.Rect(0, -5, 10, 10) {
		t.Errorf("onCanvas = %v, want (0,-5)-(10,10)", got)
	}
	if got := l.onCanvas(image.Rect(12, 22, 12, 22)); got.Dx() != 1 || got.Dy() != 1 {
		t.Errorf("a point lands on %v, want one pixel", got)
	}
	if got := l.onPhoto(image.Rect(0, 0, 100, 100)); got != image.Rect(0, 10, 200, 210) {
		t.Errorf("onPhoto = %v, want (0,10)-(200,210)", got)
	}
}
