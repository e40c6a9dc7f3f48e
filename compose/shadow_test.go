package compose

import (
	"bytes"
	"image"
	"math"
	"math/rand/v2"
	"testing"

	"mattebox"
	"mattebox/imaging"
)

// shadowOf returns the shadow's mask, nil when there is no such layer.
func shadowOf(c *Canvas) *image.Alpha {
	for _, l := range c.Layers {
		if l.Role == RoleShadow {
			return l.Mask
		}
	}
	return nil
}

func withDrop(t *mattebox.Template) { t.Shadow = mattebox.ShadowDrop }
func withKept(t *mattebox.Template) { t.Shadow = mattebox.ShadowKeep }

// mean returns the mean of a mask in a rectangle.
func mean(m *image.Alpha, r image.Rectangle) float64 {
	sum := 0
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			sum += int(m.AlphaAt(x, y).A)
		}
	}
	return float64(sum) / float64(r.Dx()*r.Dy())
}

func TestDropShadowIsGrounded(t *testing.T) {
	box := image.Rect(150, 100, 250, 250)
	m := shadowOf(apply(t, changed(withDrop), block(400, 400, box)))
	if m == nil {
		t.Fatal("no shadow")
	}
	below := func(from, to int) float64 { return mean(m, image.Rect(160, 250+from, 240, 250+to)) }
	contact, near, far, end := below(0, 2), below(5, 8), below(12, 16), below(60, 70)
	if contact < 90 || contact > 150 {
		t.Errorf("at the contact the mask is %.0f, want 35 to 60 percent of 255", contact)
	}
	if near > .7*contact || far > .6*near || far < 3 || end > 1 {
		t.Errorf("the shadow goes %.1f, %.1f, %.1f, %.1f; want it to fall off and end", contact, near, far, end)
	}
	if above := mean(m, image.Rect(100, 60, 300, 130)); above > .5 {
		t.Errorf("above the subject the mask is %.2f, want none", above)
	}
	left, right := mean(m, image.Rect(120, 240, 150, 270)), mean(m, image.Rect(250, 240, 280, 270))
	if left < 3 || math.Abs(left-right) > .15*left {
		t.Errorf("%.1f on the left and %.1f on the right, want both alike", left, right)
	}
}

// TestDropShadowStaysInside gives the shadow no room below: it ends before the
// canvas does instead of being cut.
func TestDropShadowStaysInside(t *testing.T) {
	template := changed(withDrop, onWhite)
	pixels(&template, 20, 12, 60, 60)
	resize(&template, mattebox.ResizeFixed, 320, 320)
	c := apply(t, template, block(400, 400, image.Rect(100, 50, 300, 330)))
	m := shadowOf(c)
	if got := mean(m, image.Rect(60, 309, 260, 312)); got < 20 {
		t.Errorf("at the contact the mask is %.0f, want a shadow in the 12 pixels left", got)
	}
	if got := mean(m, image.Rect(0, 319, 320, 320)); got > 3 {
		t.Errorf("in the canvas's last row the mask is %.1f, want next to nothing", got)
	}
}

func TestDropShadowOfLegs(t *testing.T) {
	c := block(300, 300, image.Rect(100, 50, 200, 150))
	for y := 150; y < 250; y++ {
		for x := range 100 {
			if x < 20 || x >= 80 {
				c.Subject.Alpha[y*300+100+x] = 255
			}
		}
	}
	c.Box.Max.Y = 250
	m := shadowOf(apply(t, changed(withDrop), c))
	foot, between := mean(m, image.Rect(105, 250, 115, 253)), mean(m, image.Rect(145, 250, 155, 253))
	if foot < 1.3*between || between < 10 {
		t.Errorf("%.0f under a foot and %.0f between, want the feet darker on a common ground", foot, between)
	}
}

func TestDropShadowOnTheWall(t *testing.T) {
	c := block(300, 300, image.Rect(100, 100, 200, 300))
	m := shadowOf(apply(t, changed(withDrop), c))
	left, right := mean(m, image.Rect(95, 150, 100, 280)), mean(m, image.Rect(200, 150, 205, 280))
	if right < 5 || left < 2 || right > 40 {
		t.Errorf("beside a cut subject the mask is %.1f and %.1f, want a soft shadow on both sides", left, right)
	}
}

func TestNoShadow(t *testing.T) {
	box := image.Rect(20, 20, 40, 40)
	empty := block(60, 60, image.Rectangle{})
	opaque := block(60, 60, box)
	opaque.Subject.Alpha = nil
	tests := map[string]struct {
		template mattebox.Template
		cutout   Cutout
	}{
		"not asked for":    {changed(), block(60, 60, box)},
		"no subject":       {changed(withDrop), empty},
		"no matte":         {changed(withDrop), opaque},
		"kept background":  {changed(withDrop, func(t *mattebox.Template) { t.Background = mattebox.BackgroundKeep }), block(60, 60, box)},
		"none to be kept":  {changed(withKept), block(60, 60, box)},
		"kept, no subject": {changed(withKept), empty},
	}
	for name, tt := range tests {
		if m := shadowOf(apply(t, tt.template, tt.cutout)); m != nil {
			t.Errorf("%s: a shadow over %v", name, m.Rect)
		}
	}
	ghost := block(60, 60, image.Rectangle{})
	ghost.Box = box
	for _, with := range []func(*mattebox.Template){withDrop, withKept} {
		if m := shadowOf(apply(t, changed(with), ghost)); m != nil {
			t.Errorf("a box without alpha casts a shadow over %v", m.Rect)
		}
	}
}

func TestShadowIsTheSameEachTime(t *testing.T) {
	c := studio(240, 200, .6, 0)
	for name, with := range map[string]func(*mattebox.Template){"drop": withDrop, "kept": withKept} {
		first, second := shadowOf(apply(t, changed(with), c)), shadowOf(apply(t, changed(with), c))
		if !bytes.Equal(first.Pix, second.Pix) {
			t.Errorf("%s: two runs differ", name)
		}
	}
}

// shadowLight is the light left by the true shadow of a studio picture: a soft
// ellipse on the ground, darker where the block stands.
func shadowLight(x, y, width, height int, depth float64) float64 {
	dx := (float64(x) - .5*float64(width)) / (.17 * float64(width))
	dy := (float64(y) - .72*float64(height)) / (.09 * float64(height))
	return 1 - depth*math.Exp(-(dx*dx+dy*dy)/1.2)
}

// ground makes a photograph of nothing but a floor before a wall, both with a
// fall-off of light, with that shadow, noise of two 8-bit steps, and a pattern on
// the floor of the given relative strength.
func ground(width, height int, depth, pattern float64) *imaging.Picture {
	p := flat(width, height, 0)
	random := rand.New(rand.NewPCG(5, 5))
	for i := range width * height {
		x, y := i%width, i/width
		u, v := float64(x)/float64(width)-.45, float64(y)/float64(height)
		light := .5 - .2*u*u
		if v > .55 {
			light = .72 - .2*u*u - .1*(v-.55)
			light *= 1 + pattern*math.Sin(float64(x)*.11)*math.Sin(float64(y)*.13)
		}
		light *= shadowLight(x, y, width, height, depth)
		for k, tint := range [3]float64{1, .99, .95} {
			p.Pix[3*i+k] = uint8(min(max(255*coded(light*tint)+random.NormFloat64()*2, 0), 255) + .5)
		}
	}
	return p
}

// studio puts a block on that ground.
func studio(width, height int, depth, pattern float64) Cutout {
	c := block(width, height, image.Rect(width*3/8, height/5, width*5/8, height*3/4))
	floor := ground(width, height, depth, pattern)
	for i, a := range c.Subject.Alpha {
		if a == 0 {
			copy(c.Photo.Pix[3*i:3*i+3], floor.Pix[3*i:])
		}
	}
	return c
}

// TestKeptShadowIsThePhotographs compares what is lifted with the shadow that the
// picture was made with, on the floor around the block.
func TestKeptShadowIsThePhotographs(t *testing.T) {
	const width, height = 600, 480
	for _, depth := range []float64{.3, .6, .8} {
		m := shadowOf(apply(t, changed(withKept), studio(width, height, depth, 0)))
		if m == nil {
			t.Fatalf("depth %g: no shadow", depth)
		}
		off, in, deepest, wrong := 0., 0., 0., 0.
		for y := range height {
			for x := range width {
				if image.Pt(x, y).In(image.Rect(width*3/8, height/5, width*5/8, height*3/4)) {
					continue
				}
				want := 255 * (1 - coded(shadowLight(x, y, width, height, depth)))
				got := float64(m.AlphaAt(x, y).A)
				deepest = max(deepest, want)
				if want > 4 {
					off, in = off+math.Abs(got-want), in+1
				} else {
					wrong = max(wrong, got)
				}
			}
		}
		if off/in > .08*deepest+1 {
			t.Errorf("depth %g: the mask is off by %.1f on average, its depth is %.0f", depth, off/in, deepest)
		}
		if wrong > 9 {
			t.Errorf("depth %g: a mask of %.0f where there is no shadow", depth, wrong)
		}
	}
}

func TestKeptShadowLeavesNoWallAndNoNoise(t *testing.T) {
	if m := shadowOf(apply(t, changed(withKept), studio(600, 480, 0, 0))); m != nil && strongest(m) > 6 {
		t.Errorf("a mask of up to %d over %v from a floor without shadow", strongest(m), m.Rect)
	}
}

func TestKeptShadowFadesOnAPattern(t *testing.T) {
	plain := strongest(shadowOf(apply(t, changed(withKept), studio(600, 480, .6, 0))))
	for _, pattern := range []float64{.5, .9} {
		m := shadowOf(apply(t, changed(withKept), studio(600, 480, .6, pattern)))
		if m != nil && strongest(m) > plain/2 {
			t.Errorf("pattern %g: a mask of up to %d, %d on the plain floor; want it much weaker", pattern, strongest(m), plain)
		}
	}
}

// TestKeptShadowMovesWithTheSubject scales and moves the cut-out; the shadow must
// stay at its feet, and end softly where the photograph does.
func TestKeptShadowMovesWithTheSubject(t *testing.T) {
	template := changed(withKept)
	resize(&template, mattebox.ResizeFixed, 500, 500)
	pixels(&template, 250, 50, 200, 200)
	c := apply(t, template, studio(600, 480, .6, 0))
	m := shadowOf(c)
	if m == nil {
		t.Fatal("no shadow")
	}
	foot := image.Rect(220, 438, 280, 440)
	if got := mean(m, foot); got < 55 {
		t.Errorf("under the subject's foot the mask is %.0f, want the shadow", got)
	}
	if got := mean(m, image.Rect(220, 300, 280, 380)); got > 60 {
		t.Errorf("behind the subject's middle the mask is %.0f, want less", got)
	}
}

// TestKeptShadowEndsWithThePhotograph lays a photograph whose shadow reaches its
// lower border on a canvas that goes on below.
func TestKeptShadowEndsWithThePhotograph(t *testing.T) {
	c := studio(600, 480, .8, 0)
	for _, p := range []**imaging.Picture{&c.Subject, &c.Photo} {
		cut, err := crop(t.Context(), *p, image.Rect(0, 0, 600, 385))
		if err != nil {
			t.Fatal(err)
		}
		*p = cut
	}
	border := image.Rect(200, 383, 400, 385)
	if got := mean(shadowOf(apply(t, changed(withKept), c)), border); got < 20 {
		t.Errorf("at the canvas's border the mask is %.1f, want the shadow to go on", got)
	}
	template := changed(withKept, func(t *mattebox.Template) { t.Alignment = mattebox.AlignTop })
	resize(&template, mattebox.ResizeFixed, 600, 500)
	if got := mean(shadowOf(apply(t, template, c)), border); got > 3 {
		t.Errorf("at the photograph's border within the canvas the mask is %.1f, want it faded", got)
	}
}
