package compose

import (
	"context"
	"image"
	"math"

	"mattebox"
)

// size decides how large the canvas is, in whole pixels, and how far the content
// may grow on it. See the package comment for the rules.
func size(_ context.Context, j *job) error {
	t, dpi := j.template, j.canvas.Meta.DPI
	j.layout.content = j.scene.content
	f := newFrame(t, dpi, j.layout.content.Size())
	keep := frame{content: j.scene.size, low: f.low, high: f.high, grow: f.grow}
	if j.held && t.Resize != mattebox.ResizeAspect { // a ratio is a frame; others follow the content
		f.hold(j.bound)
	}
	if j.held && t.Margin == mattebox.MarginUnset { // the photographs are the canvas
		keep.hold(j.bound)
	}
	enlarged := true
	switch t.Resize {
	case mattebox.ResizeAspect:
		j.layout.canvas, enlarged = f.ratio(t.Width, t.Height)
	case mattebox.ResizeFixed:
		j.layout.canvas = f.fixed(t.Pixels(t.Width, dpi), t.Pixels(t.Height, dpi))
	case mattebox.ResizeMinMax, mattebox.ResizeSystem:
		j.layout.canvas, enlarged = f.free()
	default:
		j.layout.canvas, _ = keep.free()
	}
	j.growth = growth(j, enlarged)
	j.canvas.Width, j.canvas.Height = j.layout.canvas.X, j.layout.canvas.Y
	j.canvas.Meta.DPI = resolution(t, dpi)
	return checkSize(j)
}

// slack absorbs the rounding of lengths that were computed, such as 300 pixels
// from 25.4 mm.
const slack = 1e-6

// growth returns the largest scale that place may use.
func growth(j *job, enlarged bool) float64 {
	switch {
	case j.held:
		return j.bound
	case j.template.AllowUpscale && enlarged:
		return math.Inf(1)
	}
	return 1
}

// resolution returns what the result shall say of its pixels per inch: that by
// which its lengths were measured, otherwise the photograph's own.
func resolution(t mattebox.Template, dpi float64) float64 {
	measured := t.Unit != mattebox.Pixel && t.Resize != mattebox.ResizeAspect &&
		(t.Width > 0 || t.Height > 0 || t.MinSize > 0 || t.MaxSize > 0)
	if t.DPI > 0 || measured {
		return t.Resolution(dpi)
	}
	return dpi
}

// frame is what a canvas has to hold and the limits on both of its sides, in
// pixels; high wins over low. grow lets the content be scaled up to reach low.
// held says that the content's size is final.
type frame struct {
	content   image.Point
	x, y      margin
	low, high int
	grow      bool
	held      bool
}

// hold brings the content to a scale at which it stays.
func (f *frame) hold(scale float64) {
	f.content, f.grow, f.held = scaled(f.content, scale), false, true
}

func newFrame(t mattebox.Template, dpi float64, content image.Point) frame {
	f := frame{
		content: content,
		low:     int(math.Ceil(t.Pixels(t.MinSize, dpi) - slack)),
		high:    int(math.Floor(t.Pixels(t.MaxSize, dpi) + slack)),
		grow:    t.AllowUpscale,
	}
	f.x, f.y = margins(t)
	if t.MaxSize == 0 {
		f.high = math.MaxInt32
	}
	return f
}

func (f frame) clamp(side int) int { return max(1, min(max(side, f.low), f.high)) }

// free returns the canvas that holds the content and its margins tightly: at 1:1,
// smaller where a side would pass high. A side below low is padded; when growing
// is allowed both sides are scaled up first, as far as high lets them.
func (f frame) free() (canvas image.Point, enlarged bool) {
	w, h := float64(f.content.X), float64(f.content.Y)
	most := min(f.x.inside(float64(f.high))/w, f.y.inside(float64(f.high))/h)
	least := max(f.x.inside(float64(f.low))/w, f.y.inside(float64(f.low))/h)
	s := min(1, most)
	if enlarged = f.grow && least > s && most > s; enlarged {
		s = min(least, most)
	}
	side := func(m margin, length float64) int {
		return f.clamp(m.hold(max(1, int(math.Round(length*s)))))
	}
	return image.Pt(side(f.x, w), side(f.y, h)), enlarged
}

// fixed returns the canvas of the given sides. A side of 0 follows from the other
// so that content and margins keep their shape, within the limits; where the
// content is held it is that which the content and its margins take.
func (f frame) fixed(w, h float64) image.Point {
	if w == 0 {
		return image.Pt(f.clamp(f.beside(f.x, f.content.X, f.y.inside(h)/float64(f.content.Y))), rounded(h))
	}
	if h == 0 {
		return image.Pt(rounded(w), f.clamp(f.beside(f.y, f.content.Y, f.x.inside(w)/float64(f.content.X))))
	}
	return image.Pt(rounded(w), rounded(h))
}

// beside returns the side of a fixed canvas that is not given: for a side of the
// content at the scale that the given side leaves it, or as it is when held.
func (f frame) beside(m margin, length int, s float64) int {
	if f.held {
		return m.hold(length)
	}
	return rounded(m.around(float64(length) * max(0, s)))
}

// rounded rounds a side to pixels; the cap keeps what no canvas holds from
// overflowing before checkSize refuses it.
func rounded(v float64) int { return max(1, int(math.Round(min(v, math.MaxInt32)))) }

// checkSize refuses canvases that the format or the machine cannot hold. A
// canvas no larger than the photograph was let in by the decoder's own limits.
func checkSize(j *job) error {
	size, f := j.layout.canvas, j.template.Format
	if size.X > f.MaxSide() || size.Y > f.MaxSide() {
		return mattebox.Errorf(mattebox.CodeTooLarge, "a canvas of %d x %d pixels is more than a %s file holds, %d a side",
			size.X, size.Y, f, f.MaxSide())
	}
	pixels, own := int64(size.X)*int64(size.Y), int64(j.scene.size.X)*int64(j.scene.size.Y)
	if pixels > max(own, mattebox.MaxCanvasPixels) {
		return mattebox.Errorf(mattebox.CodeTooLarge, "a canvas of %d x %d pixels is more than the %d million that are made",
			size.X, size.Y, mattebox.MaxCanvasPixels/1_000_000)
	}
	return nil
}
