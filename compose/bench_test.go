package compose

import (
	"image"
	"math"
	"testing"

	"mattebox"
	"mattebox/imaging"
)

// disc is a cut-out for timing: a soft-edged disc over a pale floor, covering a
// third of a picture of that size.
func disc(width, height int, deep bool) Cutout {
	n := width * height
	subject := &imaging.Picture{Width: width, Height: height, Alpha: make([]uint8, n)}
	photo := &imaging.Picture{Width: width, Height: height}
	if deep {
		subject.Pix16, photo.Pix16 = make([]uint16, 3*n), make([]uint16, 3*n)
	} else {
		subject.Pix, photo.Pix = make([]uint8, 3*n), make([]uint8, 3*n)
	}
	radius := .33 * float64(min(width, height))
	for i := range n {
		x, y := i%width, i/width
		d := radius - math.Hypot(float64(x-width/2), float64(y-height/2))
		subject.Alpha[i] = uint8(min(max(127+d*40, 0), 255))
		v := 220 - 20*y/height
		if d > 0 {
			v = 60 + (x^y)&63
		}
		for c := range 3 {
			if deep {
				subject.Pix16[3*i+c], photo.Pix16[3*i+c] = uint16(v)*257, uint16(v)*257
			} else {
				subject.Pix[3*i+c], photo.Pix[3*i+c] = uint8(v), uint8(v)
			}
		}
	}
	r := int(radius)
	return Cutout{Subject: subject, Photo: photo, Box: image.Rect(width/2-r, height/2-r, width/2+r, height/2+r)}
}

func onWhite(t *mattebox.Template) {
	t.Background, t.BackgroundColor = mattebox.BackgroundSolid, &mattebox.Color{R: 255, G: 255, B: 255}
}

func onGradient(t *mattebox.Template) {
	onWhite(t)
	t.Background, t.GradientColor = mattebox.BackgroundGradient, &mattebox.Color{R: 200, G: 200, B: 200}
}

func BenchmarkFlatten(b *testing.B) {
	tests := []struct {
		name   string
		deep   bool
		change func(*mattebox.Template)
	}{
		{"solid", false, onWhite},
		{"gradient", false, onGradient},
		{"solid16", true, onWhite},
		{"drop", false, func(t *mattebox.Template) { onWhite(t); t.Shadow = mattebox.ShadowDrop }},
		{"dropOnClear", false, func(t *mattebox.Template) { t.Shadow = mattebox.ShadowDrop }},
	}
	for _, tt := range tests {
		b.Run(tt.name+"12MP", func(b *testing.B) {
			t := mattebox.DefaultTemplate()
			tt.change(&t)
			c, err := Apply(b.Context(), t, disc(4000, 3000, tt.deep))
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				if _, err := c.Flatten(b.Context()); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkApply(b *testing.B) {
	tests := []struct {
		name          string
		width, height int
		change        func(*mattebox.Template)
	}{
		{"move24MP", 6000, 4000, func(t *mattebox.Template) { pixels(t, 10, 10, 10, 10) }},
		{"scale24MPto1000", 6000, 4000, func(t *mattebox.Template) { resize(t, mattebox.ResizeFixed, 1000, 1000) }},
		{"drop1MP", 1200, 900, func(t *mattebox.Template) { t.Shadow = mattebox.ShadowDrop }},
		{"drop24MP", 6000, 4000, func(t *mattebox.Template) { t.Shadow = mattebox.ShadowDrop }},
		{"kept1MP", 1200, 900, func(t *mattebox.Template) { t.Shadow = mattebox.ShadowKeep }},
		{"kept24MP", 6000, 4000, func(t *mattebox.Template) { t.Shadow = mattebox.ShadowKeep }},
		{"extend12MP", 3000, 2000, func(t *mattebox.Template) {
			resize(t, mattebox.ResizeFixed, 4000, 3000)
			t.Background = mattebox.BackgroundKeep
		}},
	}
	for _, tt := range tests {
		b.Run(tt.name, func(b *testing.B) {
			t := mattebox.DefaultTemplate()
			tt.change(&t)
			c := disc(tt.width, tt.height, false)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Apply(b.Context(), t, c); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
