package compose

import (
	"math"
	"slices"
)

// plane is a small grid of numbers on which shadows are reckoned.
type plane struct {
	w, h int
	v    []float32
}

func newPlane(w, h int) *plane { return &plane{w: w, h: h, v: make([]float32, w*h)} }

func (p *plane) row(y int) []float32 { return p.v[y*p.w : (y+1)*p.w] }

// blur replaces the plane by its Gaussian average with the given deviations in
// cells. Beyond the plane there is nothing (zero). Three passes of a box with
// fractional ends have exactly these deviations and come within 6 percent of the
// kernel's peak, at a cost that does not grow with them (Gwosdek et al.,
// Theoretical Foundations of Gaussian Convolution by Extended Box Filtering,
// 2011).
func (p *plane) blur(sigmaX, sigmaY float64) {
	if sigmaX > 0 {
		p.blurRows(sigmaX)
	}
	if sigmaY > 0 {
		t := p.transposed()
		t.blurRows(sigmaY)
		p.v = t.transposed().v
	}
}

func (p *plane) blurRows(sigma float64) {
	const passes = 3
	b := newBox(sigma * sigma / passes)
	line := make([]float32, p.w)
	for y := range p.h {
		row := p.row(y)
		for range passes {
			b.run(line, row)
			copy(row, line)
		}
	}
}

func (p *plane) transposed() *plane {
	t := newPlane(p.h, p.w)
	for y := range p.h {
		for x, v := range p.row(y) {
			t.v[x*t.w+y] = v
		}
	}
	return t
}

// box is an average over 2*reach+1 cells with weight inner and the next on
// either side with weight outer.
type box struct {
	reach        int
	inner, outer float64
}

// newBox returns the box of that variance.
func newBox(variance float64) box {
	l := math.Floor((math.Sqrt(12*variance+1) - 1) / 2)
	end := (2*l + 1) * (l*(l+1) - 3*variance) / (6 * (variance - (l+1)*(l+1)))
	total := 2*l + 1 + 2*end
	return box{reach: int(l), inner: 1 / total, outer: end / total}
}

func (b box) run(dst, src []float32) {
	at := func(i int) float64 {
		if i < 0 || i >= len(src) {
			return 0
		}
		return float64(src[i])
	}
	sum := 0.
	for i := range min(b.reach, len(src)) {
		sum += float64(src[i])
	}
	for i := range dst {
		sum += at(i + b.reach)
		dst[i] = float32(b.inner*sum + b.outer*(at(i-b.reach-1)+at(i+b.reach+1)))
		sum -= at(i - b.reach)
	}
}

// at returns the plane between its cell centres (cell 0's is at 0), held at its
// edges.
func (p *plane) at(x, y float64) float64 {
	x, y = min(max(x, 0), float64(p.w-1)), min(max(y, 0), float64(p.h-1))
	x0, y0 := int(x), int(y)
	x1, y1 := min(x0+1, p.w-1), min(y0+1, p.h-1)
	fx, fy := float32(x-float64(x0)), float32(y-float64(y0))
	top := p.v[y0*p.w+x0]*(1-fx) + p.v[y0*p.w+x1]*fx
	bottom := p.v[y1*p.w+x0]*(1-fx) + p.v[y1*p.w+x1]*fx
	return float64(top*(1-fy) + bottom*fy)
}

// blurred returns the plane blurred alike in both directions, with what lies
// beyond it ignored rather than taken for zero.
func (p *plane) blurred(sigma float64) *plane {
	out := &plane{p.w, p.h, slices.Clone(p.v)}
	out.blur(sigma, sigma)
	across, down := cover(p.w, sigma), cover(p.h, sigma)
	for y := range out.h {
		for x := range out.row(y) {
			out.v[y*out.w+x] /= across[x] * down[y]
		}
	}
	return out
}

// cover returns what a blur leaves of a line of ones.
func cover(n int, sigma float64) []float32 {
	line := newPlane(n, 1)
	for i := range line.v {
		line.v[i] = 1
	}
	line.blur(sigma, 0)
	return line.v
}
