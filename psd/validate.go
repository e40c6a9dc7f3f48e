package psd

import (
	"fmt"
	"unicode/utf16"
)

// validate checks everything that can be told without reading a sample.
func (d *Document) validate() error {
	if d.Depth != 8 && d.Depth != 16 {
		return fieldErrorf("Depth", "is %d; use 8 or 16", d.Depth)
	}
	if err := checkSides("", d.Width, d.Height); err != nil {
		return err
	}
	if err := d.Composite.validate("Composite.", d.Width, d.Height, d.Depth); err != nil {
		return err
	}
	if n := len(d.Layers); n == 0 || n > MaxLayers {
		return fieldErrorf("Layers", "has %d layers; use 1 to %d", n, MaxLayers)
	}
	for i := range d.Layers {
		if err := d.Layers[i].validate(fmt.Sprintf("Layers[%d].", i), d.Depth); err != nil {
			return err
		}
	}
	return nil
}

func (l *Layer) validate(at string, depth int) error {
	if err := checkSides(at, l.Width, l.Height); err != nil {
		return err
	}
	if max(l.X, -l.X) > MaxSide || max(l.Y, -l.Y) > MaxSide {
		return fieldErrorf(at+"X, Y", "are %d, %d; use -%d to %d", l.X, l.Y, MaxSide, MaxSide)
	}
	if n := len(utf16.Encode([]rune(l.Name))); n > MaxName {
		return fieldErrorf(at+"Name", "has %d UTF-16 code units; use at most %d", n, MaxName)
	}
	if l.Blend > Multiply {
		return fieldErrorf(at+"Blend", "is unknown")
	}
	if l.Mask != nil && len(l.Mask) != l.Width*l.Height {
		return fieldErrorf(at+"Mask", "has %d samples, not %d", len(l.Mask), l.Width*l.Height)
	}
	return l.Raster.validate(at, l.Width, l.Height, depth)
}

func (r *Raster) validate(at string, width, height, depth int) error {
	n := width * height
	if r.Alpha != nil && len(r.Alpha) != n {
		return fieldErrorf(at+"Alpha", "has %d samples, not %d", len(r.Alpha), n)
	}
	if depth == 8 {
		return checkSource(at+"Pix", len(r.Pix), 3*n, r.Pix != nil, r.Row != nil)
	}
	return checkSource(at+"Pix16", len(r.Pix16), 3*n, r.Pix16 != nil, r.Row16 != nil)
}

func checkSource(field string, got, want int, buffer, function bool) error {
	switch {
	case buffer && function:
		return fieldErrorf(field, "and the function for rows are both set")
	case !buffer && !function:
		return fieldErrorf(field, "is missing, and so is the function for rows")
	case buffer && got != want:
		return fieldErrorf(field, "has %d samples, not %d", got, want)
	}
	return nil
}

func checkSides(at string, width, height int) error {
	for _, side := range []struct {
		name string
		n    int
	}{{"Width", width}, {"Height", height}} {
		if side.n < 1 {
			return fieldErrorf(at+side.name, "is %d; use 1 to %d", side.n, MaxSide)
		}
		if side.n > MaxSide {
			return &SizeError{What: at + side.name, Got: int64(side.n), Max: MaxSide}
		}
	}
	return nil
}
