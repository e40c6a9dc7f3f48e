package compose

import (
	"math"

	"mattebox"
)

// margin is the two margins along one axis.
type margin struct {
	before, after float64 // pixels, or percent of the canvas side
	percent       bool
	names         [2]string // of the fields, for errors
}

// margins returns the template's margins along x and y, none when they are
// unset.
func margins(t mattebox.Template) (x, y margin) {
	x.names = [2]string{"marginLeft", "marginRight"}
	y.names = [2]string{"marginTop", "marginBottom"}
	if t.Margin == mattebox.MarginUnset {
		return x, y
	}
	x.before, x.after = t.Margins.Left, t.Margins.Right
	y.before, y.after = t.Margins.Top, t.Margins.Bottom
	x.percent = t.Margin == mattebox.MarginPercent
	y.percent = x.percent
	return x, y
}

// on returns the margins in whole pixels on a canvas side, each rounded to the
// nearest.
func (m margin) on(side int) (before, after int) {
	unit := 1.0
	if m.percent {
		unit = float64(side) / 100
	}
	return int(math.Round(m.before * unit)), int(math.Round(m.after * unit))
}

// inside returns what the margins leave of a side; below 0 when they overlap.
func (m margin) inside(side float64) float64 {
	if m.percent {
		return side * (100 - m.before - m.after) / 100
	}
	return side - m.before - m.after
}

// around returns the side of which the margins leave length: the inverse of
// inside.
func (m margin) around(length float64) float64 {
	if m.percent {
		return length * 100 / (100 - m.before - m.after)
	}
	return length + m.before + m.after
}

// hold returns the least whole side of which the margins, rounded, leave length.
// Where they take more than seven eighths it may be a few pixels too many, for
// the sake of a short search; past math.MaxInt32 it gives up.
func (m margin) hold(length int) int {
	around := m.around(float64(length))
	if around > math.MaxInt32 {
		return math.MaxInt32
	}
	side, step := int(around), 1
	if m.percent {
		step = max(1, int(12.5/(100-m.before-m.after)))
	}
	for m.left(side) < length {
		side += step
	}
	return side
}

// left returns what the rounded margins leave of a whole side.
func (m margin) left(side int) int {
	before, after := m.on(side)
	return side - before - after
}

// check refuses margins that leave less than a pixel of a side, naming the
// larger one.
func (m margin) check(side int) error {
	if m.left(side) >= 1 {
		return nil
	}
	name := m.names[0]
	if m.after > m.before {
		name = m.names[1]
	}
	return mattebox.Invalid(name, "leaves nothing of a canvas side of %d pixels", side)
}
