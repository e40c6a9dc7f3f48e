package compose

import (
	"context"
	"image"
	"math"
)

// grid lays a plane's cells over pixels: cell (i, j) covers the square of side
// step whose corner is origin + (i, j)*step.
type grid struct {
	origin [2]float64
	step   float64
	w, h   int
}

// newGrid returns the grid over r whose longer side has at most cells cells, none
// smaller than a pixel.
func newGrid(r image.Rectangle, cells int) grid {
	step := max(1, float64(max(r.Dx(), r.Dy()))/float64(cells))
	return grid{
		origin: [2]float64{float64(r.Min.X), float64(r.Min.Y)}, step: step,
		w: int(math.Ceil(float64(r.Dx())/step - slack)), h: int(math.Ceil(float64(r.Dy())/step - slack)),
	}
}

// mapping takes pixels of the canvas to the pixels that a grid lies over.
type mapping struct{ scale, offset [2]float64 }

// directly is the mapping of a grid that lies over the canvas itself.
func directly() mapping { return mapping{scale: [2]float64{1, 1}} }

// toPhoto is the mapping of a grid that lies over the photograph.
func (l layout) toPhoto() mapping {
	sx, sy := l.scale()
	return mapping{
		scale:  [2]float64{1 / sx, 1 / sy},
		offset: [2]float64{float64(l.content.Min.X) - float64(l.target.Min.X)/sx, float64(l.content.Min.Y) - float64(l.target.Min.Y)/sy},
	}
}

// mask turns a plane of transmitted light (1: no shadow) over the grid into a
// coded mask over r for a Multiply fill: white under it becomes coded(light).
// Cells are interpolated, and rounding is by blue noise, so that a wide soft
// shadow has no contour lines. The result covers no more of r than is not zero;
// it is nil when all is.
func (g grid) mask(ctx context.Context, light *plane, r image.Rectangle, m mapping) (*image.Alpha, error) {
	shade := newPlane(light.w, light.h)
	for i, v := range light.v {
		if v < 1 {
			shade.v[i] = float32(255 * (1 - coded(float64(v))))
		}
	}
	across := g.taps(0, g.w, r.Min.X, r.Max.X, m)
	down := g.taps(1, g.h, r.Min.Y, r.Max.Y, m)
	out := image.NewAlpha(r)
	err := rows(ctx, r.Dy(), func(first, last int) {
		line := make([]float32, g.w+1)
		for y := first; y < last; y++ {
			if shade.between(line, down[y]) {
				maskRow(out.Pix[y*out.Stride:][:len(across)], line, across, r.Min.X, r.Min.Y+y)
			}
		}
	})
	if err != nil {
		return nil, err
	}
	return trimmed(out), nil
}

// tap is a place between a cell and the next.
type tap struct {
	cell int
	part float32 // of the next cell
}

// taps returns where the pixel centres first..last of an axis lie among n cells,
// held at the ends.
func (g grid) taps(axis, n, first, last int, m mapping) []tap {
	out := make([]tap, 0, last-first)
	for p := first; p < last; p++ {
		at := (m.offset[axis]+m.scale[axis]*(float64(p)+.5)-g.origin[axis])/g.step - .5
		at = min(max(at, 0), float64(n-1))
		cell := int(at)
		out = append(out, tap{cell, float32(at - float64(cell))})
	}
	return out
}

// between sets line to the row at a tap, with its last value doubled so that
// every cell has a next, and reports whether there is anything but zero.
func (p *plane) between(line []float32, t tap) bool {
	a, b := p.row(t.cell), p.row(min(t.cell+1, p.h-1))
	any := float32(0)
	for x, v := range a {
		line[x] = v + (b[x]-v)*t.part
		any += line[x]
	}
	line[p.w] = line[p.w-1]
	return any > 0
}

func maskRow(row []uint8, line []float32, across []tap, x0, y int) {
	tile := noiseTile[y%noiseSide*noiseSide:][:noiseSide]
	for x, t := range across {
		v := line[t.cell] + (line[t.cell+1]-line[t.cell])*t.part
		if v > 0 {
			row[x] = uint8(min(v+(float32(tile[(x0+x)%noiseSide])+.5)/256, 255))
		}
	}
}

// trimmed returns the part of m outside which it is zero, in a buffer of its
// own size; nil when that is nothing.
func trimmed(m *image.Alpha) *image.Alpha {
	r := image.Rectangle{}
	for y := m.Rect.Min.Y; y < m.Rect.Max.Y; y++ {
		row := m.Pix[m.PixOffset(m.Rect.Min.X, y):][:m.Rect.Dx()]
		left, right := extent(row)
		if left < right {
			r = r.Union(image.Rect(m.Rect.Min.X+left, y, m.Rect.Min.X+right, y+1))
		}
	}
	if r.Empty() || r == m.Rect {
		if r.Empty() {
			return nil
		}
		return m
	}
	out := image.NewAlpha(r)
	for y := r.Min.Y; y < r.Max.Y; y++ {
		copy(out.Pix[out.PixOffset(r.Min.X, y):][:r.Dx()], m.Pix[m.PixOffset(r.Min.X, y):])
	}
	return out
}

// extent returns the range of a row outside which it is zero.
func extent(row []uint8) (left, right int) {
	for left < len(row) && row[left] == 0 {
		left++
	}
	for right = len(row); right > left && row[right-1] == 0; right-- {
	}
	return left, right
}
