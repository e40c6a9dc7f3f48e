package matte

import (
	"fmt"
	"image"
)

// Picture is a photograph as the matte engine sees it: upright, interleaved RGB
// samples without row padding, 8 or 16 bits deep (exactly one of Pix and Pix16
// is set), and its own straight alpha if it has any. The engine reads it and,
// in Foreground alone, writes it.
type Picture struct {
	Width, Height int
	Pix           []uint8
	Pix16         []uint16
	Alpha         []uint8 // nil: opaque throughout

	// ToSRGB converts a small interleaved RGB picture, in place, from the
	// samples' colour space to sRGB, which is what networks were trained on.
	// Nil means that the samples are sRGB.
	ToSRGB func(rgb []uint8, width, height int) error
}

// Bounds returns the picture's rectangle, with its origin at 0, 0.
func (p *Picture) Bounds() image.Rectangle { return image.Rect(0, 0, p.Width, p.Height) }

// Validate reports a picture whose buffers do not fit its size.
func (p *Picture) Validate() error {
	n := p.Width * p.Height
	switch {
	case p.Width < 1 || p.Height < 1:
		return fmt.Errorf("picture is %d x %d", p.Width, p.Height)
	case (p.Pix == nil) == (p.Pix16 == nil):
		return fmt.Errorf("picture needs 8-bit or 16-bit samples, not both or none")
	case p.Pix != nil && len(p.Pix) != 3*n, p.Pix16 != nil && len(p.Pix16) != 3*n:
		return fmt.Errorf("picture of %d pixels has %d samples", n, len(p.Pix)+len(p.Pix16))
	case p.Alpha != nil && len(p.Alpha) != n:
		return fmt.Errorf("picture of %d pixels has an alpha plane of %d", n, len(p.Alpha))
	}
	return nil
}

// transparentShare is the part of a picture that must be more than half
// see-through for its alpha to count as a cut-out that somebody made: rounded
// corners and a stray transparent line stay below it.
const transparentShare = 0.01

// IsCutOut reports whether the picture already has a background removed.
func (p *Picture) IsCutOut() bool {
	var clear int
	for _, a := range p.Alpha {
		if a < 128 {
			clear++
		}
	}
	return float64(clear) > transparentShare*float64(len(p.Alpha))
}

// Map is a plane of float32 values, usually alpha 0..1, row by row.
type Map struct {
	Width, Height int
	Pix           []float32
}

// NewMap returns a zero map.
func NewMap(width, height int) *Map {
	return &Map{Width: width, Height: height, Pix: make([]float32, width*height)}
}

func (m *Map) row(y int) []float32 { return m.Pix[y*m.Width : (y+1)*m.Width] }

// unit and unit16 bring code values to 0..1. They are factors because compilers
// do not turn the division into one, and it is in every inner loop.
const (
	unit   = 1. / 255
	unit16 = 1. / 65535
)

// clamp01 is spelt out: the built-in min and max of floats care for NaN and
// cost several times as much in the loops that live on it.
func clamp01(v float32) float32 {
	if v < 0 {
		return 0
	}
	if v > 1 {
		return 1
	}
	return v
}
