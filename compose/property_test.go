package compose

import (
	"encoding/json"
	"image"
	"math"
	"math/rand/v2"
	"testing"

	"mattebox"
)

// randomTemplate returns a valid template of any layout on a canvas that stays
// small.
func randomTemplate(random *rand.Rand) mattebox.Template {
	pick := func(v ...float64) float64 { return v[random.IntN(len(v))] }
	for {
		t := mattebox.DefaultTemplate()
		t.Resize = mattebox.ResizeType(random.IntN(4))
		t.Unit = mattebox.Unit(pick(0, 0, 1, 2))
		t.Width, t.Height = math.Ceil(random.Float64()*200), math.Ceil(random.Float64()*200)
		switch {
		case t.Resize == mattebox.ResizeAspect:
			t.Width, t.Height = pick(1, 3, 4, 1.91, 8.5), pick(1, 2, 4, 3, 11)
		case t.Unit == mattebox.Millimetre:
			t.Width, t.Height, t.DPI = t.Width/8, t.Height/8, pick(0, 100, 300)
		case t.Unit == mattebox.Inch:
			t.Width, t.Height, t.DPI = t.Width/100, t.Height/100, 100
		}
		if random.IntN(3) == 0 && t.Resize == mattebox.ResizeFixed {
			t.Height = 0
		}
		if t.Unit == mattebox.Pixel || t.Resize == mattebox.ResizeAspect {
			t.MinSize, t.MaxSize = pick(0, 0, 50, 120), pick(0, 0, 90, 150)
		}
		t.AllowUpscale = random.IntN(3) == 0
		t.Margin = mattebox.MarginType(random.IntN(3))
		t.Margins = mattebox.Margins{Top: pick(0, 3, 12.5), Bottom: pick(0, 7, 20), Left: pick(0, 5, 9.9), Right: pick(0, 2, 30)}
		t.Alignment = mattebox.Alignment(1 + random.IntN(3))
		if t.Validate() == nil {
			return t
		}
	}
}

// TestAnyTemplate checks what holds for every layout: the canvas has the size
// that was asked for, the subject stands inside the margins, and it grows only
// if it may.
func TestAnyTemplate(t *testing.T) {
	random := rand.New(rand.NewPCG(11, 4))
	for range 600 {
		template := randomTemplate(random)
		text, err := json.Marshal(template)
		if err != nil {
			t.Fatal(err)
		}
		x0, y0 := random.IntN(60), random.IntN(50)
		box := image.Rect(x0, y0, x0+5+random.IntN(90), y0+5+random.IntN(60))
		c := block(160, 120, box)
		canvas, err := Apply(t.Context(), template, c)
		if mattebox.CodeOf(err) == mattebox.CodeInvalid {
			continue // margins that this photograph's canvas cannot hold
		}
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		checkCanvas(t, string(text), template, canvas)
		checkSubject(t, string(text), template, canvas, box)
	}
}

func checkCanvas(t *testing.T, name string, template mattebox.Template, c *Canvas) {
	t.Helper()
	w, h := template.Pixels(template.Width, 0), template.Pixels(template.Height, 0)
	switch template.Resize {
	case mattebox.ResizeFixed:
		if c.Width != int(math.Round(w)) || h > 0 && c.Height != int(math.Round(h)) {
			t.Errorf("%s: canvas %d x %d", name, c.Width, c.Height)
		}
		return
	case mattebox.ResizeAspect:
		if d := float64(c.Width) - float64(c.Height)*w/h; math.Abs(d) > 1+w/h {
			t.Errorf("%s: canvas %d x %d misses the ratio by %.1f pixels", name, c.Width, c.Height, d)
		}
	}
	if most := template.MaxSize; most > 0 && float64(max(c.Width, c.Height)) > most {
		t.Errorf("%s: canvas %d x %d is above the maximum", name, c.Width, c.Height)
	}
	if template.Resize != mattebox.ResizeAspect && float64(min(c.Width, c.Height)) < template.MinSize {
		t.Errorf("%s: canvas %d x %d is below the minimum", name, c.Width, c.Height)
	}
}

func checkSubject(t *testing.T, name string, template mattebox.Template, c *Canvas, box image.Rectangle) {
	t.Helper()
	p, err := c.Flatten(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	got := alphaBox(p)
	x, y := margins(template)
	left, right := x.on(c.Width)
	top, bottom := y.on(c.Height)
	room := image.Rect(left, top, c.Width-right, c.Height-bottom)
	if template.Margin == mattebox.MarginUnset {
		room = image.Rect(0, 0, c.Width, c.Height)
	}
	if got.Size() != box.Size() {
		room = grow(room, image.Pt(1, 1)) // a resampled edge may lie between two pixels
	}
	if !got.In(room) {
		t.Errorf("%s: subject at %v, room %v", name, got, room)
	}
	if !template.AllowUpscale && (got.Dx() > box.Dx() || got.Dy() > box.Dy()) {
		t.Errorf("%s: subject grew from %v to %v", name, box, got)
	}
	if template.Margin == mattebox.MarginUnset {
		return
	}
	if d := got.Min.X - room.Min.X - (room.Max.X - got.Max.X); d < -2 || d > 2 {
		t.Errorf("%s: subject at %v is off the middle of %v", name, got, room)
	}
	full := got.Dx() >= room.Dx()-3 || got.Dy() >= room.Dy()-3
	if !full && got.Size() != box.Size() && (got.Dx() < box.Dx()-1 || got.Dy() < box.Dy()-1) {
		t.Errorf("%s: subject at %v is smaller than %v, and does not fill %v", name, got, box, room)
	}
}

// FuzzLayout looks for templates that hang, panic or make a canvas that no
// machine holds; what they lay out is checked above.
func FuzzLayout(f *testing.F) {
	f.Add(uint8(1), uint8(1), uint8(0), 3., 4., 0., 0., 10., 10., 15., 15., true, 400, 300)
	f.Add(uint8(2), uint8(1), uint8(2), .5, 0., 0., 9e3, 50., 49.9999999, 0., 0., false, 1, 60000)
	f.Fuzz(func(t *testing.T, resize, margin, unit uint8, w, h, low, high, top, bottom, left, right float64, grow bool, width, height int) {
		template := mattebox.DefaultTemplate()
		template.Resize, template.Margin, template.Unit = mattebox.ResizeType(resize%4), mattebox.MarginType(margin%3), mattebox.Unit(unit%3)
		template.Width, template.Height, template.MinSize, template.MaxSize = w, h, low, high
		template.Margins = mattebox.Margins{Top: top, Bottom: bottom, Left: left, Right: right}
		template.AllowUpscale = grow
		if width < 1 || height < 1 || width > 60000 || height > 60000 || template.Validate() != nil {
			t.Skip()
		}
		j := &job{template: template, canvas: &Canvas{}}
		box := image.Rect(width/3, height/4, width/3+(width+1)/2, height/4+(height+1)/2)
		j.scene, _ = newScene(template, []shape{{image.Rect(0, 0, width, height), box}})
		if err := size(t.Context(), j); err != nil {
			return
		}
		if err := place(t.Context(), j); err != nil {
			return
		}
		l := j.layout
		if l.target.Empty() || !l.target.In(l.bounds()) || l.canvas.X*l.canvas.Y > max(width*height, mattebox.MaxCanvasPixels) {
			t.Errorf("%+v", l)
		}
	})
}
