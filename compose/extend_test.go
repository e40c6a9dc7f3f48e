package compose

import (
	"image"
	"math"
	"testing"

	"mattebox"
)

// kept is the template of a photograph on a canvas of that size.
func kept(w, h float64) mattebox.Template {
	return changed(func(t *mattebox.Template) {
		t.Background = mattebox.BackgroundKeep
		resize(t, mattebox.ResizeFixed, w, h)
	})
}

func TestExtendContinuesAFlatGround(t *testing.T) {
	for _, depth := range []int{8, 16} {
		photo := flat(20, 10, 130)
		if depth == 16 {
			photo = deep(photo)
		}
		c := apply(t, kept(60, 50), Cutout{Photo: photo})
		got := flattened(t, c)
		for i := range 60 * 50 {
			if depth == 8 && got.Pix[3*i] != 130 || depth == 16 && got.Pix16[3*i] != 130*257 {
				t.Fatalf("%d bits: pixel %d, %d is not the ground's", depth, i%60, i/60)
			}
		}
	}
}

// TestExtendMeetsTheEdge checks that the canvas goes on where the photograph
// ends, on every side, and softens farther out.
func TestExtendMeetsTheEdge(t *testing.T) {
	photo := flat(40, 40, 0)
	for i := range 40 * 40 {
		for c := range 3 {
			photo.Pix[3*i+c] = uint8(100 + 3*(i%40) - 2*(i/40))
			if i%40 == 20 && i/40 == 0 {
				photo.Pix[3*i+c] = 255 // a speck on the upper edge
			}
		}
	}
	got := flattened(t, apply(t, kept(120, 120), Cutout{Photo: photo}))
	at := func(x, y int) float64 { return float64(got.Pix[3*(y*120+x)]) }
	for k := range 40 {
		if k > 1 && k < 38 && (k < 18 || k > 22) {
			for _, pair := range [][4]int{{40 + k, 39, 40 + k, 40}, {40 + k, 80, 40 + k, 79}, {39, 40 + k, 40, 40 + k}, {80, 40 + k, 79, 40 + k}} {
				if d := at(pair[0], pair[1]) - at(pair[2], pair[3]); math.Abs(d) > 4 {
					t.Errorf("a step of %g from %v to %v", d, pair[2:], pair[:2])
				}
			}
		}
	}
	if near, far := at(60, 39)-at(54, 39), math.Abs(at(60, 5)-at(54, 5)); near < 50 || far > 20 {
		t.Errorf("the speck stands out by %g at the edge and %g far out; want it to fade", near, far)
	}
}

func TestPhotographThatCoversNeedsNoEdge(t *testing.T) {
	c := apply(t, kept(20, 10), Cutout{Photo: flat(20, 10, 7)})
	if len(c.Layers) != 1 || c.Layers[0].Role != RolePhotograph {
		t.Errorf("layers %v, want the photograph alone", roles(c))
	}
}

func TestTransparentPhotographKept(t *testing.T) {
	photo := flat(20, 10, 50)
	photo.Alpha = make([]uint8, 200)
	template := kept(30, 10)
	if got := flattened(t, apply(t, template, Cutout{Photo: photo})); got.Alpha == nil || got.Alpha[15] != 0 {
		t.Error("a clear photograph became opaque")
	}
	template.Format = mattebox.JPG
	got := flattened(t, apply(t, template, Cutout{Photo: photo}))
	if got.Alpha != nil || got.Pix[3*15] != 255 {
		t.Errorf("a clear photograph as JPG is %d, want white", got.Pix[3*15])
	}
}

// TestKeptBackgroundFollowsTheMargins lays the photograph so that its subject
// stands between the margins.
func TestKeptBackgroundFollowsTheMargins(t *testing.T) {
	template := kept(60, 60)
	pixels(&template, 20, 20, 20, 20)
	c := block(100, 80, image.Rect(10, 30, 50, 70))
	got := flattened(t, apply(t, template, c))
	for y := range 60 {
		for x := range 60 {
			inside := image.Pt(x, y).In(image.Rect(21, 21, 39, 39))
			outside := !image.Pt(x, y).In(image.Rect(17, 17, 43, 43))
			if v := got.Pix[3*(y*60+x)]; inside && v > 45 || outside && v < 195 {
				t.Fatalf("pixel %d, %d is %d", x, y, v)
			}
		}
	}
}
