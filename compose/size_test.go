package compose

import (
	"context"
	"image"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mattebox"
	"mattebox/imaging"
)

// laidOut runs the steps that decide where everything goes, for a photograph of
// 400 x 300 whose subject is 100 x 200 at (150, 50).
func laidOut(t *testing.T, change func(*mattebox.Template)) (layout, *Canvas, error) {
	t.Helper()
	template := mattebox.DefaultTemplate()
	change(&template)
	p := &imaging.Picture{Width: 400, Height: 300, Pix: make([]uint8, 3*400*300), Alpha: make([]uint8, 400*300)}
	j := &job{template: template, cutouts: []Cutout{{Subject: p, Photo: p, Box: image.Rect(150, 50, 250, 250)}}}
	for _, run := range [...]func(context.Context, *job) error{check, arrange, size, place} {
		if err := run(t.Context(), j); err != nil {
			return layout{}, nil, err
		}
	}
	return j.layout, j.canvas, nil
}

func pixels(t *mattebox.Template, top, bottom, left, right float64) {
	t.Margin, t.Margins = mattebox.MarginPixels, mattebox.Margins{Top: top, Bottom: bottom, Left: left, Right: right}
}

func percent(t *mattebox.Template, top, bottom, left, right float64) {
	pixels(t, top, bottom, left, right)
	t.Margin = mattebox.MarginPercent
}

func resize(t *mattebox.Template, kind mattebox.ResizeType, w, h float64) {
	t.Resize, t.Width, t.Height = kind, w, h
}

type template = mattebox.Template

// layoutCase is a template and where it puts the photograph of laidOut.
type layoutCase struct {
	change  func(*template)
	canvas  image.Point
	content image.Rectangle
	target  image.Rectangle
}

// What laidOut's photograph lays out: all of itself, or its subject.
var whole400, box100 = image.Rect(0, 0, 400, 300), image.Rect(150, 50, 250, 250)

func testLayouts(t *testing.T, tests map[string]layoutCase) {
	t.Helper()
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, _, err := laidOut(t, tt.change)
			if err != nil {
				t.Fatal(err)
			}
			want := layout{canvas: tt.canvas, content: tt.content, target: tt.target}
			if diff := cmp.Diff(want, got, cmp.AllowUnexported(layout{})); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestLayoutKeep(t *testing.T) {
	testLayouts(t, map[string]layoutCase{
		"keep": {func(*template) {}, image.Pt(400, 300), whole400, whole400},
		"keep, margins, room enough": {func(t *template) { pixels(t, 10, 20, 30, 40) },
			image.Pt(400, 300), box100, image.Rect(145, 45, 245, 245)},
		"keep, margins, top": {func(t *template) { pixels(t, 10, 20, 30, 40); t.Alignment = mattebox.AlignTop },
			image.Pt(400, 300), box100, image.Rect(145, 10, 245, 210)},
		"keep, margins, bottom": {func(t *template) { pixels(t, 10, 20, 30, 40); t.Alignment = mattebox.AlignBottom },
			image.Pt(400, 300), box100, image.Rect(145, 80, 245, 280)},
		"keep, margins too large for 1:1": {func(t *template) { percent(t, 30, 20, 0, 0) },
			image.Pt(400, 300), box100, image.Rect(162, 90, 237, 240)},
		"keep, margins, grown": {func(t *template) { pixels(t, 0, 0, 0, 0); t.AllowUpscale = true },
			image.Pt(400, 300), box100, image.Rect(125, 0, 275, 300)},
		"keep, at most 200": {func(t *template) { t.MaxSize = 200 }, image.Pt(200, 150), whole400, image.Rect(0, 0, 200, 150)},
		"keep, at least 350": {func(t *template) { t.MinSize = 350 },
			image.Pt(400, 350), whole400, image.Rect(0, 25, 400, 325)},
		"keep, at least 350, at the bottom": {func(t *template) { t.MinSize, t.Alignment = 350, mattebox.AlignBottom },
			image.Pt(400, 350), whole400, image.Rect(0, 50, 400, 350)},
		"keep, at least 600, grown": {func(t *template) { t.MinSize, t.AllowUpscale = 600, true },
			image.Pt(800, 600), whole400, image.Rect(0, 0, 800, 600)},
		"keep, between 250 and 320": {func(t *template) { t.MinSize, t.MaxSize = 250, 320 },
			image.Pt(320, 250), whole400, image.Rect(0, 5, 320, 245)},
	})
}

func TestLayoutAspect(t *testing.T) {
	testLayouts(t, map[string]layoutCase{
		"aspect without margins": {func(t *template) { resize(t, mattebox.ResizeAspect, 1, 1) },
			image.Pt(400, 400), whole400, image.Rect(0, 50, 400, 350)},
		"aspect 3:4 around the subject": {func(t *template) { resize(t, mattebox.ResizeAspect, 3, 4); pixels(t, 10, 10, 15, 15) },
			image.Pt(165, 220), box100, image.Rect(32, 10, 132, 210)},
		"aspect in percent": {func(t *template) { resize(t, mattebox.ResizeAspect, 1, 2); percent(t, 10, 10, 10, 10) },
			image.Pt(126, 252), box100, image.Rect(13, 26, 113, 226)},
		"aspect, at most 110": {func(t *template) {
			resize(t, mattebox.ResizeAspect, 3, 4)
			pixels(t, 10, 10, 15, 15)
			t.MaxSize = 110
		}, image.Pt(81, 108), box100, image.Rect(18, 10, 62, 98)},
		"aspect, at least 300": {func(t *template) { resize(t, mattebox.ResizeAspect, 3, 4); pixels(t, 0, 0, 0, 0); t.MinSize = 300 },
			image.Pt(300, 400), box100, image.Rect(100, 100, 200, 300)},
		"aspect, at least 300, grown": {func(t *template) {
			resize(t, mattebox.ResizeAspect, 3, 4)
			pixels(t, 0, 0, 0, 0)
			t.MinSize, t.AllowUpscale = 300, true
		}, image.Pt(300, 400), box100, image.Rect(50, 0, 250, 400)},
		"aspect does not grow by itself": {func(t *template) {
			resize(t, mattebox.ResizeAspect, 32, 31)
			pixels(t, 0, 0, 0, 0)
			t.AllowUpscale = true
		}, image.Pt(224, 217), box100, image.Rect(62, 8, 162, 208)},
		"aspect, odd ratio": {func(t *template) { resize(t, mattebox.ResizeAspect, 1.91, 1); pixels(t, 0, 0, 0, 0) },
			image.Pt(382, 200), box100, image.Rect(141, 0, 241, 200)},
		"aspect ignores the unit": {func(t *template) {
			resize(t, mattebox.ResizeAspect, 1, 1)
			t.Unit, t.MaxSize = mattebox.Inch, 100
		}, image.Pt(100, 100), whole400, image.Rect(0, 12, 100, 87)},
	})
}

func TestLayoutFixed(t *testing.T) {
	testLayouts(t, map[string]layoutCase{
		"fixed": {func(t *template) { resize(t, mattebox.ResizeFixed, 200, 500) },
			image.Pt(200, 500), whole400, image.Rect(0, 175, 200, 325)},
		"fixed, not grown": {func(t *template) { resize(t, mattebox.ResizeFixed, 1000, 1000) },
			image.Pt(1000, 1000), whole400, image.Rect(300, 350, 700, 650)},
		"fixed, grown": {func(t *template) { resize(t, mattebox.ResizeFixed, 1000, 1000); t.AllowUpscale = true },
			image.Pt(1000, 1000), whole400, image.Rect(0, 125, 1000, 875)},
		"fixed, margins, grown": {func(t *template) {
			resize(t, mattebox.ResizeFixed, 1000, 1000)
			percent(t, 10, 10, 10, 10)
			t.AllowUpscale = true
		}, image.Pt(1000, 1000), box100, image.Rect(300, 100, 700, 900)},
		"fixed, margins, bottom": {func(t *template) {
			resize(t, mattebox.ResizeFixed, 100, 150)
			pixels(t, 5, 10, 20, 30)
			t.Alignment = mattebox.AlignBottom
		}, image.Pt(100, 150), box100, image.Rect(20, 40, 70, 140)},
		"fixed width": {func(t *template) { resize(t, mattebox.ResizeFixed, 200, 0) },
			image.Pt(200, 150), whole400, image.Rect(0, 0, 200, 150)},
		"fixed height, margins": {func(t *template) { resize(t, mattebox.ResizeFixed, 0, 120); pixels(t, 10, 10, 5, 5) },
			image.Pt(60, 120), box100, image.Rect(5, 10, 55, 110)},
		"fixed width beyond 1:1 keeps the shape": {func(t *template) { resize(t, mattebox.ResizeFixed, 800, 0) },
			image.Pt(800, 600), whole400, image.Rect(200, 150, 600, 450)},
		"fixed width, height bounded": {func(t *template) { resize(t, mattebox.ResizeFixed, 200, 0); t.MinSize = 180 },
			image.Pt(200, 180), whole400, image.Rect(0, 15, 200, 165)},
		"fixed in inches at the default": {func(t *template) { resize(t, mattebox.ResizeFixed, 1, .5); t.Unit = mattebox.Inch },
			image.Pt(300, 150), whole400, image.Rect(50, 0, 250, 150)},
		"fixed in millimetres": {func(t *template) {
			resize(t, mattebox.ResizeFixed, 25.4, 12.7)
			t.Unit, t.DPI = mattebox.Millimetre, 100
		}, image.Pt(100, 50), whole400, image.Rect(16, 0, 83, 50)},
	})
}

func TestLayoutMinMax(t *testing.T) {
	testLayouts(t, map[string]layoutCase{
		"min and max, inside": {func(t *template) { t.Resize, t.MinSize, t.MaxSize = mattebox.ResizeMinMax, 200, 500 },
			image.Pt(400, 300), whole400, whole400},
		"max": {func(t *template) { t.Resize, t.MaxSize = mattebox.ResizeMinMax, 100 },
			image.Pt(100, 75), whole400, image.Rect(0, 0, 100, 75)},
		"max around the subject": {func(t *template) { t.Resize, t.MaxSize = mattebox.ResizeMinMax, 120; pixels(t, 10, 10, 15, 15) },
			image.Pt(80, 120), box100, image.Rect(15, 10, 65, 110)},
		"max in percent": {func(t *template) { t.Resize, t.MaxSize = mattebox.ResizeMinMax, 100; percent(t, 10, 10, 25, 25) },
			image.Pt(80, 100), box100, image.Rect(20, 10, 60, 90)},
		"min pads": {func(t *template) { t.Resize, t.MinSize = mattebox.ResizeMinMax, 150; pixels(t, 0, 0, 0, 0) },
			image.Pt(150, 200), box100, image.Rect(25, 0, 125, 200)},
		"min grows": {func(t *template) {
			t.Resize, t.MinSize, t.AllowUpscale = mattebox.ResizeMinMax, 150, true
			pixels(t, 0, 0, 0, 0)
		}, image.Pt(150, 300), box100, image.Rect(0, 0, 150, 300)},
		"min grows, max wins, the rest is padded": {func(t *template) {
			t.Resize, t.MinSize, t.MaxSize, t.AllowUpscale = mattebox.ResizeMinMax, 150, 240, true
			pixels(t, 0, 0, 0, 0)
		}, image.Pt(150, 240), box100, image.Rect(15, 0, 135, 240)},
		"growing never without need": {func(t *template) {
			t.Resize, t.MinSize, t.AllowUpscale = mattebox.ResizeMinMax, 100, true
			pixels(t, 0, 0, 0, 0)
		}, image.Pt(100, 200), box100, image.Rect(0, 0, 100, 200)},
	})
}

func TestLayoutOfNoSubject(t *testing.T) {
	template := mattebox.DefaultTemplate()
	pixels(&template, 10, 10, 10, 10)
	empty := &imaging.Picture{Width: 40, Height: 30, Pix: make([]uint8, 3*40*30), Alpha: make([]uint8, 40*30)}
	c, err := Apply(t.Context(), template, Cutout{Subject: empty})
	if err != nil {
		t.Fatal(err)
	}
	if c.Width != 40 || c.Height != 30 || len(c.Layers) != 0 {
		t.Errorf("canvas of %d x %d with %d layers, want an empty one of 40 x 30", c.Width, c.Height, len(c.Layers))
	}
	flat, err := c.Flatten(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(empty, flat); diff != "" {
		t.Errorf("not clear throughout (-want +got)\n%s", diff)
	}
}

func TestLayoutRefuses(t *testing.T) {
	tests := map[string]struct {
		change func(*mattebox.Template)
		code   mattebox.Code
		says   string
	}{
		"margins over the source's width":  {func(t *mattebox.Template) { pixels(t, 0, 0, 150, 250) }, mattebox.CodeInvalid, "marginRight"},
		"margins over the source's height": {func(t *mattebox.Template) { pixels(t, 290, 10, 0, 0) }, mattebox.CodeInvalid, "marginTop"},
		"margins over an inch": {func(t *mattebox.Template) {
			resize(t, mattebox.ResizeFixed, 1, 1)
			t.Unit = mattebox.Inch
			pixels(t, 150, 0, 0, 300)
		}, mattebox.CodeInvalid, "marginRight"},
		"canvas too large for PSD": {func(t *mattebox.Template) {
			resize(t, mattebox.ResizeFixed, 101, 1)
			t.Unit, t.Format = mattebox.Inch, mattebox.PSD
		}, mattebox.CodeTooLarge, ""},
		"canvas too large at all": {func(t *mattebox.Template) {
			resize(t, mattebox.ResizeFixed, 40, 40)
			t.Unit = mattebox.Inch
		}, mattebox.CodeTooLarge, ""},
		"margins that ask for the moon": {func(t *mattebox.Template) {
			resize(t, mattebox.ResizeAspect, 1, 1)
			percent(t, 0, 0, 50, 49.99999999999)
		}, mattebox.CodeTooLarge, ""},
		"system template is fine, the name is not": {func(t *mattebox.Template) { t.Name = "" }, mattebox.CodeInvalid, "templateName"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, _, err := laidOut(t, tt.change)
			var e *mattebox.Error
			if mattebox.CodeOf(err) != tt.code || !asError(err, &e) || e.Field != tt.says {
				t.Errorf("error = %v, want %s on %q", err, tt.code, tt.says)
			}
		})
	}
}

func TestResolutionOfResult(t *testing.T) {
	tests := map[string]struct {
		change func(*mattebox.Template)
		want   float64
	}{
		"nothing said":      {func(*mattebox.Template) {}, 0},
		"template's":        {func(t *mattebox.Template) { t.DPI = 150 }, 150},
		"measured by it":    {func(t *mattebox.Template) { resize(t, mattebox.ResizeFixed, 1, 1); t.Unit = mattebox.Inch }, 300},
		"unit without size": {func(t *mattebox.Template) { t.Unit = mattebox.Inch }, 0},
	}
	for name, tt := range tests {
		_, c, err := laidOut(t, tt.change)
		if err != nil {
			t.Fatal(err)
		}
		if c.Meta.DPI != tt.want {
			t.Errorf("%s: %g dpi, want %g", name, c.Meta.DPI, tt.want)
		}
	}
}
