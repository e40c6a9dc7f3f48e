package compose

import (
	"errors"
	"image"
	"testing"

	"mattebox"
	"mattebox/imaging"
)

func asError[T error](err error, target *T) bool { return errors.As(err, target) }

// flat returns an opaque picture of one grey value.
func flat(width, height int, v uint8) *imaging.Picture {
	p := &imaging.Picture{Width: width, Height: height, Pix: make([]uint8, 3*width*height)}
	for i := range p.Pix {
		p.Pix[i] = v
	}
	return p
}

// deep returns the picture with 16-bit samples of the same values.
func deep(p *imaging.Picture) *imaging.Picture {
	out := *p
	out.Pix, out.Pix16 = nil, make([]uint16, len(p.Pix))
	for i, v := range p.Pix {
		out.Pix16[i] = uint16(v) * 257
	}
	return &out
}

// block is a cut-out of a grey block of value 40 at box on a floor of value 200.
func block(width, height int, box image.Rectangle) Cutout {
	photo := flat(width, height, 200)
	subject := flat(width, height, 40)
	subject.Alpha = make([]uint8, width*height)
	for y := box.Min.Y; y < box.Max.Y; y++ {
		for x := box.Min.X; x < box.Max.X; x++ {
			i := y*width + x
			subject.Alpha[i] = 255
			photo.Pix[3*i], photo.Pix[3*i+1], photo.Pix[3*i+2] = 40, 40, 40
		}
	}
	return Cutout{Subject: subject, Photo: photo, Box: box}
}

func apply(t *testing.T, template mattebox.Template, c Cutout) *Canvas {
	t.Helper()
	canvas, err := Apply(t.Context(), template, c)
	if err != nil {
		t.Fatal(err)
	}
	return canvas
}

func flattened(t *testing.T, c *Canvas) *imaging.Picture {
	t.Helper()
	p, err := c.Flatten(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// changed returns the default template with changes.
func changed(changes ...func(*mattebox.Template)) mattebox.Template {
	t := mattebox.DefaultTemplate()
	for _, change := range changes {
		change(&t)
	}
	return t
}

// alphaBox returns the box of the pixels more opaque than half.
func alphaBox(p *imaging.Picture) image.Rectangle {
	var r image.Rectangle
	for i, a := range p.Alpha {
		if a > 127 {
			r = r.Union(image.Rect(i%p.Width, i/p.Width, i%p.Width+1, i/p.Width+1))
		}
	}
	return r
}

func roles(c *Canvas) []Role {
	var out []Role
	for _, l := range c.Layers {
		out = append(out, l.Role)
	}
	return out
}
