package matte

import (
	"math"
	"testing"
)

// studio is a scene on a backdrop that gets darker to one side, with noise. Its
// subject is a thick ring with a white label; it casts a shadow.
type studio struct {
	c     *canvas
	exact *Map // the matte
}

func isRing(x, y int) bool {
	d := math.Hypot(float64(x)-100, float64(y)-80)
	return d < 50 && d > 20
}

func isLabel(x, y int) bool  { return x >= 60 && x < 72 && y >= 74 && y < 86 }
func isShadow(x, y int) bool { return x > 50 && x < 150 && y >= 131 && y < 140 }

func newStudio() studio {
	random := newRandom(5)
	p := paint(200, 160, func(x, y int) [3]uint8 {
		n := random.IntN(5) - 2
		v := uint8(235 - x/20 + n)
		switch {
		case isLabel(x, y):
			return [3]uint8{v, v, v}
		case isRing(x, y):
			return [3]uint8{uint8(170 + n), uint8(60 + n), uint8(40 + n)}
		case isShadow(x, y):
			return [3]uint8{v - 60, v - 60, v - 60}
		}
		return [3]uint8{v, v, v}
	})
	return studio{canvasOf(p), draw(200, 160, func(x, y int) float32 {
		if isRing(x, y) || isLabel(x, y) {
			return 1
		}
		return 0
	})}
}

func mustBackdrop(t *testing.T, c *canvas, alpha *Map) *backdrop {
	t.Helper()
	b, ok := findBackdrop(c, alpha)
	if !ok {
		t.Fatal("the backdrop was not found")
	}
	return b
}

func TestBackdropIsThePlaneOfTheBorder(t *testing.T) {
	s := newStudio()
	b := mustBackdrop(t, s.c, s.exact)
	for _, x := range []int{0, 50, 199} {
		u := s.c.unit(x, 30)
		for ch := range 3 {
			got := b.plane[ch][0] + b.plane[ch][1]*u[1] + b.plane[ch][2]*u[2]
			if want := 235 - float64(x)/20; math.Abs(got-want) > 1.5 {
				t.Errorf("the backdrop at column %d is %.1f, want %.1f", x, got, want)
			}
		}
	}
}

func TestNoBackdropOnAnythingElse(t *testing.T) {
	full := func(x, y int) [3]uint8 { return [3]uint8{200, 200, 200} }
	for name, tt := range map[string]struct {
		p     *Picture
		alpha *Map
	}{
		"noise":                       {noisePicture(1, 100, 80), NewMap(100, 80)},
		"stripes":                     {paint(100, 80, func(x, y int) [3]uint8 { return [3]uint8{uint8(60 + x/10%2*100), 90, 90} }), NewMap(100, 80)},
		"a subject all round":         {paint(100, 80, full), constantMap(100, 80, 1)},
		"a subject that fills it but": {paint(100, 80, full), draw(100, 80, box(rect(0, 0, 100, 60)))},
	} {
		if _, ok := findBackdrop(canvasOf(tt.p), tt.alpha); ok {
			t.Errorf("%s counts as a backdrop", name)
		}
	}
}

func TestBackdropOpensTheRing(t *testing.T) {
	s := newStudio()
	alpha := s.exact.clone()
	for y := range 160 { // the nets' half-closed hole
		for x := range 200 {
			if math.Hypot(float64(x)-100, float64(y)-80) <= 20 {
				alpha.Pix[y*200+x] = .6
			}
		}
	}
	mustBackdrop(t, s.c, alpha).correct(s.c, alpha)
	if e := meanError(toBytes(alpha), toBytes(s.exact)); e > .004 {
		t.Errorf("the error is %.4f, want the hole open", e)
	}
	if v := alpha.Pix[80*200+100]; v != 0 {
		t.Errorf("the middle of the hole has alpha %g", v)
	}
}

func TestBackdropKeepsTheLabelTheNetsAreSureOf(t *testing.T) {
	s := newStudio()
	alpha := s.exact.clone()
	mustBackdrop(t, s.c, alpha).correct(s.c, alpha)
	for y := 75; y < 85; y++ {
		for x := 61; x < 71; x++ {
			if v := alpha.Pix[y*200+x]; v != 1 {
				t.Fatalf("the label has alpha %g at %d, %d", v, x, y)
			}
		}
	}
}

func TestBackdropClearsTheVeil(t *testing.T) {
	s := newStudio()
	alpha := s.exact.clone()
	for i := range alpha.Pix {
		x, y := i%200, i/200
		if d := math.Hypot(float64(x)-100, float64(y)-80); d > 50 && d < 70 {
			alpha.Pix[i] = .3
		}
	}
	mustBackdrop(t, s.c, alpha).correct(s.c, alpha)
	for i, v := range alpha.Pix {
		x, y := i%200, i/200
		if d := math.Hypot(float64(x)-100, float64(y)-80); d > 52 && d < 69 && y < 128 && v != 0 {
			t.Fatalf("the veil has alpha %g at %d, %d", v, x, y)
		}
	}
}

func TestBackdropDoesNotMakeTheShadowSubject(t *testing.T) {
	s := newStudio()
	alpha := s.exact.clone()
	mustBackdrop(t, s.c, alpha).correct(s.c, alpha)
	for y := 131; y < 140; y++ {
		for x := 55; x < 145; x++ {
			if v := alpha.Pix[y*200+x]; v > 0 {
				t.Fatalf("the shadow has alpha %g at %d, %d", v, x, y)
			}
		}
	}
}

func TestBackdropGivesBackWhatTheNetsMissed(t *testing.T) {
	s := newStudio()
	alpha := s.exact.clone()
	mark{130, 72, 16, 0}.on(alpha) // a bite out of the ring
	mustBackdrop(t, s.c, alpha).correct(s.c, alpha)
	for y := 74; y < 86; y++ {
		for x := 132; x < 144; x++ {
			if v := alpha.Pix[y*200+x]; v < .85 {
				t.Fatalf("the bite has alpha %g at %d, %d", v, x, y)
			}
		}
	}
}
