package compose

import (
	"image"
	"math"
)

// layout is where the photograph goes: its rectangle content covers the
// rectangle target of a canvas of that size. Both are whole pixels, so that a
// subject at 1:1 is moved and never resampled.
type layout struct {
	canvas  image.Point
	content image.Rectangle // on the photograph
	target  image.Rectangle // on the canvas
}

// unscaled reports whether the photograph is only moved.
func (l layout) unscaled() bool { return l.content.Size() == l.target.Size() }

// scale returns the canvas pixels per photograph pixel in either direction. The
// two differ only by the rounding of target to whole pixels.
func (l layout) scale() (x, y float64) {
	return float64(l.target.Dx()) / float64(l.content.Dx()), float64(l.target.Dy()) / float64(l.content.Dy())
}

// offset returns where the photograph's origin lands when it is only moved.
func (l layout) offset() image.Point { return l.target.Min.Sub(l.content.Min) }

// onCanvas returns where a rectangle of the photograph lands, to the nearest
// pixel and at least one pixel wide and high.
func (l layout) onCanvas(r image.Rectangle) image.Rectangle {
	sx, sy := l.scale()
	round := func(v, from int, s float64, to int) int { return to + int(math.Round(float64(v-from)*s)) }
	out := image.Rect(
		round(r.Min.X, l.content.Min.X, sx, l.target.Min.X), round(r.Min.Y, l.content.Min.Y, sy, l.target.Min.Y),
		round(r.Max.X, l.content.Min.X, sx, l.target.Min.X), round(r.Max.Y, l.content.Min.Y, sy, l.target.Min.Y))
	out.Max.X = max(out.Max.X, out.Min.X+1)
	out.Max.Y = max(out.Max.Y, out.Min.Y+1)
	return out
}

// onPhoto returns the smallest rectangle of the photograph's grid that covers a
// rectangle of the canvas.
func (l layout) onPhoto(r image.Rectangle) image.Rectangle {
	sx, sy := l.scale()
	at := func(v, from int, s float64, to int) float64 { return float64(to) + float64(v-from)/s }
	return image.Rect(
		int(math.Floor(at(r.Min.X, l.target.Min.X, sx, l.content.Min.X))), int(math.Floor(at(r.Min.Y, l.target.Min.Y, sy, l.content.Min.Y))),
		int(math.Ceil(at(r.Max.X, l.target.Min.X, sx, l.content.Min.X))), int(math.Ceil(at(r.Max.Y, l.target.Min.Y, sy, l.content.Min.Y))))
}

// bounds returns the canvas as a rectangle.
func (l layout) bounds() image.Rectangle { return image.Rectangle{Max: l.canvas} }
