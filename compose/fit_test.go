package compose

import (
	"context"
	"encoding/json"
	"image"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mattebox"
	"mattebox/imaging"
)

// planned runs the steps that decide where everything goes.
func planned(t *testing.T, template mattebox.Template, bound float64, cutouts ...Cutout) (*job, error) {
	t.Helper()
	j := &job{template: template, bound: bound, cutouts: cutouts}
	for _, run := range [...]func(context.Context, *job) error{check, arrange, size, place, holdBack} {
		if err := run(t.Context(), j); err != nil {
			return nil, err
		}
	}
	return j, nil
}

// outlineOf is a cut-out of that size whose pixels do not matter.
func outlineOf(width, height int, box image.Rectangle) Cutout {
	p := &imaging.Picture{Width: width, Height: height, Pix: make([]uint8, 3*width*height), Alpha: make([]uint8, width*height)}
	return Cutout{Subject: p, Photo: p, Box: box}
}

// A photograph of 400 x 300 with a subject of 100 x 200, held at a scale below
// what it gets by itself.
func TestHeldBack(t *testing.T) {
	for name, tt := range map[string]struct {
		change  func(*template)
		bound   float64
		canvas  image.Point
		content image.Rectangle
		target  image.Rectangle
	}{
		"fixed": {func(t *template) { resize(t, mattebox.ResizeFixed, 300, 300); pixels(t, 20, 20, 20, 20) }, .5,
			image.Pt(300, 300), box100, image.Rect(125, 100, 175, 200)},
		"fixed, at the bottom": {func(t *template) {
			resize(t, mattebox.ResizeFixed, 300, 300)
			pixels(t, 20, 20, 20, 20)
			t.Alignment = mattebox.AlignBottom
		}, .5, image.Pt(300, 300), box100, image.Rect(125, 180, 175, 280)},
		"fixed, growing less": {func(t *template) {
			resize(t, mattebox.ResizeFixed, 1000, 1000)
			percent(t, 10, 10, 10, 10)
			t.AllowUpscale = true
		}, 1.5, image.Pt(1000, 1000), box100, image.Rect(425, 350, 575, 650)},
		"fixed width": {func(t *template) { resize(t, mattebox.ResizeFixed, 200, 0); pixels(t, 10, 10, 10, 10) }, .5,
			image.Pt(200, 120), box100, image.Rect(75, 10, 125, 110)},
		"fixed height": {func(t *template) { resize(t, mattebox.ResizeFixed, 0, 300); pixels(t, 10, 10, 5, 5) }, .5,
			image.Pt(60, 300), box100, image.Rect(5, 100, 55, 200)},
		"a ratio is a frame": {func(t *template) { resize(t, mattebox.ResizeAspect, 3, 4); pixels(t, 10, 10, 15, 15) }, .5,
			image.Pt(165, 220), box100, image.Rect(57, 60, 107, 160)},
		"min and max follow": {func(t *template) { t.Resize, t.MaxSize = mattebox.ResizeMinMax, 120; pixels(t, 10, 10, 15, 15) }, .25,
			image.Pt(55, 70), box100, image.Rect(15, 10, 40, 60)},
		"min pads": {func(t *template) {
			t.Resize, t.MinSize, t.AllowUpscale = mattebox.ResizeMinMax, 150, true
			pixels(t, 0, 0, 0, 0)
		}, 1.2, image.Pt(150, 240), box100, image.Rect(15, 0, 135, 240)},
		"keep": {func(t *template) { t.MaxSize = 200 }, .25, image.Pt(100, 75), whole400, image.Rect(0, 0, 100, 75)},
		"keep, at least 200": {func(t *template) { t.MinSize = 200 }, .5,
			image.Pt(200, 200), whole400, image.Rect(0, 25, 200, 175)},
		"keep, margins": {func(t *template) { pixels(t, 10, 20, 30, 40) }, .5,
			image.Pt(400, 300), box100, image.Rect(170, 95, 220, 195)},
	} {
		t.Run(name, func(t *testing.T) {
			j, err := planned(t, changed(func(m *mattebox.Template) { tt.change(m) }), tt.bound, outlineOf(400, 300, box100))
			if err != nil {
				t.Fatal(err)
			}
			want := layout{canvas: tt.canvas, content: tt.content, target: tt.target}
			if diff := cmp.Diff(want, j.layout, cmp.AllowUnexported(layout{})); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			if j.canvas.Scale != tt.bound || j.canvas.Width != tt.canvas.X || j.canvas.Height != tt.canvas.Y {
				t.Errorf("canvas of %d x %d says scale %g", j.canvas.Width, j.canvas.Height, j.canvas.Scale)
			}
		})
	}
}

// Whatever the template: the picture's own scale as a bound changes nothing, and
// below it pictures of different photographs share one to the pixel.
func TestCommonScaleOfAnyTemplate(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 9))
	for range 3000 {
		template := randomTemplate(random)
		text, err := json.Marshal(template)
		if err != nil {
			t.Fatal(err)
		}
		x0, y0 := random.IntN(60), random.IntN(50)
		box := image.Rect(x0, y0, x0+5+random.IntN(90), y0+5+random.IntN(60))
		c := outlineOf(160, 120, box)
		own, err := planned(t, template, 0, c)
		scale, fitErr := Fit(template, 0, Shape{160, 120, box})
		if mattebox.CodeOf(err) != mattebox.CodeOf(fitErr) {
			t.Fatalf("%s: %v, but Fit says %v", text, err, fitErr)
		}
		if err != nil {
			continue
		}
		if scale != own.canvas.Scale || scale <= 0 {
			t.Fatalf("%s: Fit is %g, the canvas's scale %g", text, scale, own.canvas.Scale)
		}
		same, err := planned(t, template, scale, c)
		if err != nil || same.layout != own.layout {
			t.Errorf("%s: its own scale %g makes %+v of %+v (%v)", text, scale, same.layout, own.layout, err)
		}
		checkHeld(t, string(text), template, own, scale*(.2+.75*random.Float64()), c)
	}
}

func checkHeld(t *testing.T, name string, template mattebox.Template, own *job, bound float64, c Cutout) {
	t.Helper()
	held, err := planned(t, template, bound, c)
	if err != nil {
		t.Errorf("%s: at %g of %g: %v", name, bound, own.canvas.Scale, err)
		return
	}
	got := held.layout
	if want := scaled(got.content.Size(), bound); got.target.Size() != want || held.canvas.Scale != bound {
		t.Errorf("%s: at %g the content takes %v, want %v, and says %g", name, bound, got.target.Size(), want, held.canvas.Scale)
	}
	if !got.target.In(got.bounds()) {
		t.Errorf("%s: at %g the content lies at %v on %v", name, bound, got.target, got.canvas)
	}
	checkCanvas(t, name, template, held.canvas)
	x, y := margins(template)
	left, right := x.on(got.canvas.X)
	top, bottom := y.on(got.canvas.Y)
	room := image.Rect(left, top, got.canvas.X-right, got.canvas.Y-bottom)
	if !got.target.In(room) {
		t.Errorf("%s: at %g the content lies at %v, outside its room %v", name, bound, got.target, room)
	}
}

func TestScaleWithoutSubject(t *testing.T) {
	template := changed(func(m *mattebox.Template) { resize(m, mattebox.ResizeFixed, 200, 200); percent(m, 10, 10, 10, 10) })
	own, err := planned(t, template, 0, outlineOf(400, 300, image.Rectangle{}))
	if err != nil {
		t.Fatal(err)
	}
	bound, err := planned(t, template, .01, outlineOf(400, 300, image.Rectangle{}))
	if err != nil || bound.layout != own.layout || own.canvas.Scale != 0 {
		t.Errorf("a bound makes %+v of %+v, scale %g (%v)", bound.layout, own.layout, own.canvas.Scale, err)
	}
	if scale, err := Fit(template, 0, Shape{400, 300, image.Rectangle{}}); scale != 0 || err != nil {
		t.Errorf("Fit is %g, %v", scale, err)
	}
}

// Millimetres are measured by the photograph's own resolution.
func TestFitMeasuresByResolution(t *testing.T) {
	template := changed(func(m *mattebox.Template) {
		resize(m, mattebox.ResizeFixed, 25.4, 25.4)
		m.Unit = mattebox.Millimetre
	})
	for dpi, want := range map[float64]float64{100: .25, 200: .5} {
		if got, err := Fit(template, dpi, Shape{400, 300, box100}); err != nil || math.Abs(got-want) > 1e-9 {
			t.Errorf("at %g pixels per inch Fit is %g, %v; want %g", dpi, got, err, want)
		}
	}
}

func TestFitRefuses(t *testing.T) {
	good := changed()
	nameless := changed(func(m *mattebox.Template) { m.Name = "" })
	wide := changed(func(m *mattebox.Template) { pixels(m, 0, 0, 150, 250) })
	for name, tt := range map[string]struct {
		template mattebox.Template
		shapes   []Shape
		code     mattebox.Code
	}{
		"template":     {nameless, []Shape{{4, 4, image.Rectangle{}}}, mattebox.CodeInvalid},
		"margins":      {wide, []Shape{{400, 300, box100}}, mattebox.CodeInvalid},
		"nothing":      {good, nil, mattebox.CodeInternal},
		"empty":        {good, []Shape{{0, 4, image.Rectangle{}}}, mattebox.CodeInternal},
		"a negative":   {good, []Shape{{4, 4, image.Rectangle{}}, {-4, -4, image.Rectangle{}}}, mattebox.CodeInternal},
		"box far away": {wide, []Shape{{400, 300, image.Rect(900, 900, 950, 950)}}, mattebox.CodeInvalid},
	} {
		if _, err := Fit(tt.template, 0, tt.shapes...); mattebox.CodeOf(err) != tt.code {
			t.Errorf("%s: error is %v, want %s", name, err, tt.code)
		}
	}
	for _, scale := range []float64{-1, math.NaN(), math.Inf(1)} {
		if _, err := Combine(t.Context(), good, scale, block(40, 30, image.Rect(5, 5, 20, 20))); mattebox.CodeOf(err) != mattebox.CodeInternal {
			t.Errorf("scale %g: error is %v", scale, err)
		}
	}
}
