package matte

import (
	"fmt"
	"math"
)

// The working canvas, for whoever has to budget its memory. A larger photograph
// gets a smaller canvas: the nets see about a megapixel, and a finer canvas could
// only follow the photograph's own edges, which are followed again at full size.
const (
	CanvasPixels = 2 << 20     // a photograph of so many pixels is its own canvas
	CanvasBytes  = 48          // per pixel, at the peak: nets' maps, fitted models, masks
	reducedTo    = 5 << 20 / 4 // pixels of a larger photograph's canvas
)

// canvas is the working copy of a photograph: its own samples, 8 bits deep, at
// most CanvasPixels of them.
type canvas struct {
	width, height int
	rgb           []uint8 // the photograph's own buffer when that is small enough
}

func newCanvas(p *Picture) *canvas {
	n := p.Width * p.Height
	if n <= CanvasPixels && p.Pix != nil {
		return &canvas{width: p.Width, height: p.Height, rgb: p.Pix}
	}
	scale := 1.
	if n > CanvasPixels {
		scale = math.Sqrt(reducedTo / float64(n))
	}
	c := &canvas{width: max(1, int(float64(p.Width)*scale)), height: max(1, int(float64(p.Height)*scale))}
	c.rgb = p.resample(p.Bounds(), c.width, c.height)
	return c
}

// look makes the copy of the whole picture that a net of the spec wants to see.
// It comes from the canvas where that is a copy already: no reason to read a
// photograph of many megapixels twice.
func (c *canvas) look(p *Picture, s Spec) (*glance, error) {
	w, h := s.fit(p.Width, p.Height)
	if c.width == p.Width && p.Pix != nil || w > c.width || h > c.height {
		return look(p, p.Bounds(), s)
	}
	small := &Picture{Width: c.width, Height: c.height, Pix: c.rgb, ToSRGB: p.ToSRGB}
	rgb, err := small.sample(small.Bounds(), w, h)
	if err != nil {
		return nil, fmt.Errorf("sampling %d x %d for %s: %w", w, h, s.Name, err)
	}
	return &glance{width: w, height: h, rgb: rgb}, nil
}
