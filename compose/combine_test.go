package compose

import (
	"bytes"
	"image"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mattebox"
	"mattebox/imaging"
)

func combine(t *testing.T, template mattebox.Template, cutouts ...Cutout) *Canvas {
	t.Helper()
	c, err := Combine(t.Context(), template, 0, cutouts...)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// pair is two blocks, of 100 x 200 and of 60 x 50, in photographs that differ in
// size.
func pair() []Cutout {
	return []Cutout{block(300, 300, image.Rect(150, 40, 250, 240)), block(200, 120, image.Rect(10, 60, 70, 110))}
}

// boxes returns where the subjects of a transparent canvas are.
func boxes(c *Canvas) []image.Rectangle {
	var out []image.Rectangle
	for _, l := range c.Layers {
		if l.Role == RoleSubject {
			out = append(out, alphaBox(l.Picture).Add(image.Pt(l.X, l.Y)))
		}
	}
	return out
}

func TestSubjectsSideBySide(t *testing.T) {
	tight := func(m *mattebox.Template) { m.Resize, m.MaxSize = mattebox.ResizeMinMax, 5000 }
	empty := block(90, 90, image.Rectangle{})
	for name, tt := range map[string]struct {
		template mattebox.Template
		cutouts  []Cutout
		canvas   image.Point
		boxes    []image.Rectangle
	}{
		"on one ground line, 4 percent apart": {
			changed(tight, func(m *mattebox.Template) { pixels(m, 10, 20, 30, 40) }), pair(), image.Pt(30+168+40, 10+200+20),
			[]image.Rectangle{image.Rect(30, 10, 130, 210), image.Rect(138, 160, 198, 210)}},
		"without margins": {changed(tight), pair(), image.Pt(168, 200),
			[]image.Rectangle{image.Rect(0, 0, 100, 200), image.Rect(108, 150, 168, 200)}},
		"scaled as one": {changed(func(m *mattebox.Template) { resize(m, mattebox.ResizeFixed, 94, 110); pixels(m, 5, 5, 5, 5) }), pair(), image.Pt(94, 110),
			[]image.Rectangle{image.Rect(5, 5, 55, 105), image.Rect(59, 80, 89, 105)}},
		"kept canvases": {changed(), pair(), image.Pt(500, 300),
			[]image.Rectangle{image.Rect(150, 40, 250, 240), image.Rect(310, 240, 370, 290)}},
		"kept canvases with margins": {changed(func(m *mattebox.Template) { pixels(m, 0, 0, 0, 0) }), pair(), image.Pt(500, 300),
			[]image.Rectangle{image.Rect(166, 50, 266, 250), image.Rect(274, 200, 334, 250)}},
		"without the one that has no subject": {changed(tight), []Cutout{empty, pair()[0], empty, pair()[1]}, image.Pt(168, 200),
			[]image.Rectangle{image.Rect(0, 0, 100, 200), image.Rect(108, 150, 168, 200)}},
		"no subject at all": {changed(tight, func(m *mattebox.Template) { pixels(m, 1, 1, 1, 1) }), []Cutout{empty, empty}, image.Pt(182, 92), nil},
		"the same one thrice": {changed(tight), []Cutout{pair()[1], pair()[1], pair()[1]}, image.Pt(184, 50),
			[]image.Rectangle{image.Rect(0, 0, 60, 50), image.Rect(62, 0, 122, 50), image.Rect(124, 0, 184, 50)}},
	} {
		t.Run(name, func(t *testing.T) {
			c := combine(t, tt.template, tt.cutouts...)
			if got := image.Pt(c.Width, c.Height); got != tt.canvas {
				t.Errorf("canvas %v, want %v", got, tt.canvas)
			}
			if diff := cmp.Diff(tt.boxes, boxes(c)); diff != "" {
				t.Errorf("subjects (-want +got)\n%s", diff)
			}
			var shapes []Shape
			for _, c := range tt.cutouts {
				shapes = append(shapes, Shape{c.Subject.Width, c.Subject.Height, c.Box})
			}
			if got, err := Fit(tt.template, 0, shapes...); err != nil || got != c.Scale {
				t.Errorf("Fit is %g, %v; the canvas's scale %g", got, err, c.Scale)
			}
		})
	}
}

func TestCombinationIsHeldBack(t *testing.T) {
	template := changed(func(m *mattebox.Template) { resize(m, mattebox.ResizeFixed, 300, 300); pixels(m, 5, 5, 5, 5) })
	c, err := Combine(t.Context(), template, .5, pair()...)
	if err != nil {
		t.Fatal(err)
	}
	want := []image.Rectangle{image.Rect(108, 100, 158, 200), image.Rect(162, 175, 192, 200)}
	if diff := cmp.Diff(want, boxes(c)); diff != "" || c.Scale != .5 {
		t.Errorf("scale %g (-want +got)\n%s", c.Scale, diff)
	}
}

func TestLayersOfACombination(t *testing.T) {
	two := pair()
	two[1].Name = "back.jpg"
	psd := func(m *mattebox.Template) { m.Format = mattebox.PSD }
	for name, tt := range map[string]struct {
		template mattebox.Template
		names    []string
	}{
		"layered": {changed(psd, withDrop, onWhite), []string{
			"Photograph 1 (original)", "back.jpg (original)", "Background", "Shadow", "Photograph 1", "back.jpg"}},
		"background kept": {changed(psd, func(m *mattebox.Template) { m.Background = mattebox.BackgroundKeep }), []string{
			"Extended background", "Photograph 1", "back.jpg"}},
		"flat": {changed(onWhite), []string{"Background", "Photograph 1", "back.jpg"}},
	} {
		var names []string
		for _, l := range combine(t, tt.template, two...).Layers {
			names = append(names, l.Name)
			if l.Hidden != (l.Role == RoleOriginal) {
				t.Errorf("%s: %s hidden: %t", name, l.Name, l.Hidden)
			}
		}
		if diff := cmp.Diff(tt.names, names); diff != "" {
			t.Errorf("%s (-want +got)\n%s", name, diff)
		}
	}
}

// A drop shadow lies under every subject, and as dark as when each stands alone.
func TestDropShadowOfSeveral(t *testing.T) {
	one := block(300, 300, image.Rect(100, 50, 200, 250))
	template := changed(withDrop, onWhite, func(m *mattebox.Template) {
		m.Resize, m.MaxSize = mattebox.ResizeMinMax, 5000
		pixels(m, 60, 60, 60, 60)
	})
	alone, both := shadowOf(combine(t, template, one)), shadowOf(combine(t, template, one, one))
	for _, x := range []int{60, 168} {
		foot := image.Rect(x+10, 260, x+90, 264)
		want, got := mean(alone, image.Rect(70, 260, 150, 264)), mean(both, foot)
		if want < 20 || got < .8*want || got > 1.4*want {
			t.Errorf("under the subject at %d the mask is %.0f, alone %.0f", x, got, want)
		}
	}
}

func TestKeptShadowsOfSeveral(t *testing.T) {
	one := studio(300, 240, .6, 0)
	template := changed(withKept, onWhite, func(m *mattebox.Template) {
		m.Resize, m.MaxSize = mattebox.ResizeMinMax, 5000
		pixels(m, 60, 60, 60, 60)
	})
	alone := shadowOf(combine(t, template, one))
	var masks []*image.Alpha
	for _, l := range combine(t, template, one, one).Layers {
		if l.Role == RoleShadow {
			masks = append(masks, l.Mask)
		}
	}
	if len(masks) != 2 || alone == nil {
		t.Fatalf("%d shadows, want one of each photograph", len(masks))
	}
	foot := image.Rect(70, 192, 125, 195)
	step := one.Box.Dx() + (one.Box.Dy()*4+50)/100
	want := mean(alone, foot)
	for i, m := range masks {
		if got := mean(m, foot.Add(image.Pt(i*step, 0))); want < 20 || got < .8*want || got > 1.2*want {
			t.Errorf("shadow %d at its subject's foot is %.0f, alone %.0f", i+1, got, want)
		}
	}
}

// Photographs with their background stand side by side, and what a lower one
// leaves is drawn out of its own edge.
func TestBackgroundsKeptSideBySide(t *testing.T) {
	left := Cutout{Photo: flat(40, 60, 50)}
	right := Cutout{Photo: flat(30, 20, 200)}
	keep := func(m *mattebox.Template) { m.Background = mattebox.BackgroundKeep }
	for _, is16 := range []bool{false, true} {
		if is16 {
			left.Photo, right.Photo = deep(left.Photo), deep(right.Photo)
		}
		p := flattened(t, combine(t, changed(keep), left, right))
		if p.Width != 70 || p.Height != 60 || p.Alpha != nil || p.Deep() != is16 {
			t.Fatalf("%d x %d, alpha %t, deep %t", p.Width, p.Height, p.Alpha != nil, p.Deep())
		}
		for i := range p.Width * p.Height {
			want := 50
			if i%p.Width >= 40 {
				want = 200
			}
			if got := level(p, i); got != want {
				t.Fatalf("pixel %d, %d is %d, want %d", i%p.Width, i/p.Width, got, want)
			}
		}
	}
}

func level(p *imaging.Picture, i int) int {
	if p.Deep() {
		return int(p.Pix16[3*i]) / 257
	}
	return int(p.Pix[3*i])
}

// Around the photographs the canvas goes on from the edge of the nearest one.
func TestBackgroundsDrawnOutAroundAll(t *testing.T) {
	template := changed(func(m *mattebox.Template) {
		m.Background = mattebox.BackgroundKeep
		resize(m, mattebox.ResizeFixed, 400, 100)
	})
	p := flattened(t, combine(t, template, Cutout{Photo: flat(100, 60, 50)}, Cutout{Photo: flat(100, 40, 200)}))
	at := func(x, y int) int { return level(p, y*p.Width+x) }
	// The photographs take 200 x 60 in the middle.
	if at(95, 50) > 60 || at(305, 60) < 190 || at(150, 15) > 70 || at(290, 82) < 190 || at(250, 25) != 200 {
		t.Errorf("left %d, right %d, above %d, below %d, over the lower one %d", at(95, 50), at(305, 60), at(150, 15), at(290, 82), at(250, 25))
	}
}

func TestSeeThroughPhotographKeepsItsHoles(t *testing.T) {
	open := Cutout{Photo: flat(40, 40, 90)}
	open.Photo.Alpha = make([]uint8, 1600)
	keep := func(m *mattebox.Template) { m.Background = mattebox.BackgroundKeep }
	jpg := func(m *mattebox.Template) { m.Format = mattebox.JPG }
	solid := Cutout{Photo: flat(40, 40, 90)}
	if p := flattened(t, combine(t, changed(keep), solid, open)); p.Alpha == nil || p.Alpha[60] != 0 || p.Alpha[20] != 255 {
		t.Error("a PNG lost the hole")
	}
	if p := flattened(t, combine(t, changed(keep, jpg), solid, open)); p.Alpha != nil || level(p, 60) != 255 || level(p, 20) != 90 {
		t.Error("a JPEG's hole is not white")
	}
}

// With margins and a kept background the subjects decide what is seen; a
// photograph without one may lie off the canvas.
func TestMarginsAroundKeptBackgrounds(t *testing.T) {
	template := changed(func(m *mattebox.Template) {
		m.Background = mattebox.BackgroundKeep
		m.Resize, m.MaxSize = mattebox.ResizeMinMax, 5000
		pixels(m, 5, 5, 5, 5)
	})
	two := pair()
	far := Cutout{Subject: flat(50, 50, 0), Photo: flat(50, 50, 255)}
	far.Subject.Alpha = make([]uint8, 2500)
	c := combine(t, template, two[0], two[1], far, far)
	if c.Width != 370-150+10 || c.Height != 290-40+10 {
		t.Errorf("canvas of %d x %d, want the subjects and their margins", c.Width, c.Height)
	}
	p := flattened(t, c)
	if level(p, 5*c.Width+5) != 40 || level(p, 0) != 200 || p.Alpha != nil {
		t.Error("the first subject does not stand at its margins")
	}
}

// What a trimmed cut-out comes to is what the whole one does.
func TestTrimmedIsTheSame(t *testing.T) {
	random := rand.New(rand.NewPCG(8, 1))
	blob := goldenCutout()
	blob.Photo = nil
	blob.Subject.Alpha[9*200+30] = 3 // a speck outside the box
	for range 150 {
		template := randomTemplate(random)
		cutouts := slices.Repeat([]Cutout{blob}, 1+random.IntN(3))
		want, err := Combine(t.Context(), template, 0, cutouts...)
		if err != nil {
			continue
		}
		for i := range cutouts {
			if cutouts[i], err = cutouts[i].Trim(t.Context()); err != nil {
				t.Fatal(err)
			}
			if s := cutouts[i].Subject; s.Width*s.Height > 120*120 || cutouts[i].Frame.Size() != image.Pt(200, 160) {
				t.Fatalf("trimmed to %d x %d, in %v", s.Width, s.Height, cutouts[i].Frame)
			}
		}
		got := combine(t, template, cutouts...)
		if !bytes.Equal(toNRGBA(flattened(t, want)).Pix, toNRGBA(flattened(t, got)).Pix) || want.Scale != got.Scale {
			t.Fatalf("%+v: the trimmed cut-out looks different", template)
		}
	}
	nothing, err := block(30, 20, image.Rectangle{}).Trim(t.Context())
	if err != nil || nothing.Subject.Width != 1 || nothing.Photo != nil {
		t.Errorf("trimming nothing: %+v, %v", nothing, err)
	}
	if c := combine(t, changed(), nothing); c.Width != 30 || c.Height != 20 {
		t.Errorf("nothing on %d x %d", c.Width, c.Height)
	}
}

// A trimmed subject casts its shadow on the same ground; one that the photograph's
// border cuts, on the wall.
func TestTrimmedCastsItsShadow(t *testing.T) {
	for _, box := range []image.Rectangle{image.Rect(100, 100, 200, 300), image.Rect(100, 60, 200, 240)} {
		c := block(300, 300, box)
		trimmed, err := c.Trim(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		want, got := shadowOf(apply(t, changed(withDrop), c)), shadowOf(apply(t, changed(withDrop), trimmed))
		if want.Rect != got.Rect || !bytes.Equal(want.Pix, got.Pix) {
			t.Errorf("the shadow over %v is over %v", want.Rect, got.Rect)
		}
	}
}

func TestCombineRefuses(t *testing.T) {
	one := block(30, 20, image.Rect(5, 5, 20, 15))
	other := one
	other.Subject, other.Photo = deep(one.Subject), deep(one.Photo)
	profiled := one
	subject := *one.Subject
	subject.Meta.Profile = []byte("another")
	profiled.Subject = &subject
	outside := one
	outside.Frame, outside.Photo = image.Rect(0, 0, 10, 10), nil
	for name, cutouts := range map[string][]Cutout{
		"nothing": nil, "two depths": {one, other}, "two profiles": {one, profiled}, "empty": {one, {}}, "a part outside the whole": {outside},
	} {
		if _, err := Combine(t.Context(), changed(), 0, cutouts...); mattebox.CodeOf(err) != mattebox.CodeInternal {
			t.Errorf("%s: error is %v", name, err)
		}
	}
}
