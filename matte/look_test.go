package matte

import (
	"image"
	"math"
	"testing"
)

// half is a picture whose left half is red and whose right half is blue.
func half(width, height int) *Picture {
	p := &Picture{Width: width, Height: height, Pix: make([]uint8, 3*width*height)}
	for i := range width * height {
		if i%width < width/2 {
			p.Pix[i*3] = 255
		} else {
			p.Pix[i*3+2] = 255
		}
	}
	return p
}

func TestLookAtAPart(t *testing.T) {
	spec := plainSpec("any", 320)
	spec.Multiple = 32
	net := seesRed(spec, asIs)
	m, err := Look(t.Context(), net, half(200, 100), image.Rect(50, 0, 200, 100), 96, 64)
	if err != nil {
		t.Fatal(err)
	}
	if m.Width != 96 || m.Height != 64 {
		t.Fatalf("map is %d x %d, want 96 x 64", m.Width, m.Height)
	}
	for x, want := range map[int]float32{5: 1, 26: 1, 38: 0, 90: 0} { // the edge is a third of the way
		if got := m.row(30)[x]; math.Abs(float64(got-want)) > .02 {
			t.Errorf("column %d is %g, want %g", x, got, want)
		}
	}
}

func TestLookRefusesSizesThatTheNetDoesNotTake(t *testing.T) {
	fixed, free := plainSpec("fixed", 64), plainSpec("free", 64)
	free.Multiple = 32
	p := half(64, 64)
	for _, c := range []struct {
		spec          Spec
		width, height int
		fits          bool
	}{{fixed, 64, 64, true}, {fixed, 64, 32, false}, {free, 96, 32, true}, {free, 96, 33, false}} {
		_, err := Look(t.Context(), seesRed(c.spec, asIs), p, p.Bounds(), c.width, c.height)
		if (err == nil) != c.fits {
			t.Errorf("%s at %d x %d: %v", c.spec.Name, c.width, c.height, err)
		}
	}
}

func TestSharpenMovesTheEdgeOntoThePictures(t *testing.T) {
	p := half(120, 80)
	coarse := NewMap(30, 20)
	for i := range coarse.Pix { // a ramp over eight pixels of the picture's edge
		coarse.Pix[i] = clamp01((17 - float32(i%30)) / 4)
	}
	want := append([]float32(nil), coarse.Pix...)
	plain := coarse.Resize(120, 80)
	contrast := func(at func(x int) float64) float64 { return at(57) - at(62) }
	last := contrast(func(x int) float64 { return 255 * float64(plain.row(40)[x]) })
	for _, steps := range []int{0, 25} {
		alpha := Sharpen(p, coarse, steps)
		now := contrast(func(x int) float64 { return float64(alpha[40*120+x]) })
		if now < last+5 {
			t.Errorf("%d steps: the edge has a contrast of %.0f, before %.0f", steps, now, last)
		}
		last = now
	}
	for i, v := range coarse.Pix {
		if v != want[i] {
			t.Fatal("the map that was given has changed")
		}
	}
}

// A net that takes the left of whatever it sees for the subject is wrong about one of both sides.
func TestLookBothIsTheMean(t *testing.T) {
	spec := plainSpec("any", 64)
	spec.Multiple = 32
	red := seesRed(spec, asIs)
	net := &fakeNet{spec: spec, answer: func(in *Tensor) *Map {
		m := red.answer(in)
		for i := range m.Pix {
			if i%m.Width < m.Width/4 {
				m.Pix[i] = 1
			}
		}
		return m
	}}
	m, err := LookBoth(t.Context(), net, half(64, 64), image.Rect(0, 0, 64, 64), 64, 64)
	if err != nil {
		t.Fatal(err)
	}
	for x, want := range map[int]float32{5: 1, 20: 1, 40: 0, 60: .5} {
		if got := m.row(30)[x]; math.Abs(float64(got-want)) > .02 {
			t.Errorf("column %d is %g, want %g", x, got, want)
		}
	}
}
