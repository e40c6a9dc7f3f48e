package matte

import "math"

// The working canvas, for whoever has to budget its memory. The nets see about a
// megapixel, so a finer canvas could only follow the photograph's own edges, and
// those are followed again at full size.
const (
	CanvasPixels = 2 << 20 // at most
	CanvasBytes  = 48      // per pixel, at the peak: nets' maps, fitted models, masks
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
	scale := min(1, math.Sqrt(float64(CanvasPixels)/float64(n)))
	c := &canvas{width: max(1, int(float64(p.Width)*scale)), height: max(1, int(float64(p.Height)*scale))}
	if p.Pix16 != nil {
		c.rgb = resample(p.Pix16, p.Width, p.Bounds(), c.width, c.height, 1./257)
	} else {
		c.rgb = resample(p.Pix, p.Width, p.Bounds(), c.width, c.height, 1)
	}
	return c
}
