package metrics

import "math"

// Steps and tolerance of the connectivity error (Rhemann et al.).
const (
	connSteps     = 10
	connTolerance = .15
)

// Conn returns the connectivity error in thousands (Rhemann et al.). At each of
// ten thresholds the largest 4-connected region that both mattes share is taken
// as the source; a pixel's level is the highest threshold up to which it belongs
// to the source throughout. What a matte has above that level, if it is .15 or
// more, counts as disconnected, and the error is the sum of the differences.
func (p Pair) Conn() float64 {
	level := p.levels()
	var sum float64
	for i, l := range level {
		sum += math.Abs(connected(p.got.Value[i], l) - connected(p.want.Value[i], l))
	}
	return sum / 1000
}

// connected returns phi, the degree to which a pixel of that alpha and level
// hangs on to the source.
func connected(alpha float32, level float64) float64 {
	d := float64(alpha) - level
	if d < connTolerance {
		return 1
	}
	return 1 - d
}

// levels returns each pixel's level, 0..1 in steps of a tenth.
func (p Pair) levels() []float64 {
	n := len(p.want.Value)
	level := make([]float64, n)
	for i := range level {
		level[i] = 1
	}
	open := make([]bool, n) // pixels that no threshold has cut off yet
	for i := range open {
		open[i] = true
	}
	shared := make([]bool, n)
	finder := newRegions(p.want.Width, p.want.Height)
	for step := 1; step <= connSteps; step++ {
		threshold := float32(step) / connSteps
		for i, want := range p.want.Value {
			shared[i] = want >= threshold && p.got.Value[i] >= threshold
		}
		source := finder.largest(shared)
		for i := range open {
			if open[i] && !source(i) {
				open[i] = false
				level[i] = float64(step-1) / connSteps
			}
		}
	}
	return level
}

// regions labels 4-connected regions; it is reused so that its labels are
// allocated once.
type regions struct {
	width, height int
	label         []int32
	stack         []int32
}

func newRegions(width, height int) *regions {
	return &regions{width: width, height: height, label: make([]int32, width*height)}
}

// largest returns whether a pixel is in the largest region of the mask; of
// regions of one size, the first in reading order.
func (r *regions) largest(mask []bool) func(int) bool {
	clear(r.label)
	var next, best int32
	bestSize := 0
	for i, on := range mask {
		if !on || r.label[i] != 0 {
			continue
		}
		next++
		if size := r.flood(mask, int32(i), next); size > bestSize {
			best, bestSize = next, size
		}
	}
	return func(i int) bool { return best != 0 && r.label[i] == best }
}

// flood labels the region around seed and returns its size in pixels.
func (r *regions) flood(mask []bool, seed, label int32) int {
	size := 0
	r.stack = append(r.stack[:0], seed)
	r.label[seed] = label
	visit := func(i int32) {
		if mask[i] && r.label[i] == 0 {
			r.label[i] = label
			r.stack = append(r.stack, i)
		}
	}
	width := int32(r.width)
	last := int32(len(mask)) - width
	for len(r.stack) > 0 {
		i := r.stack[len(r.stack)-1]
		r.stack = r.stack[:len(r.stack)-1]
		size++
		if x := i % width; x > 0 {
			visit(i - 1)
		}
		if x := i % width; x < width-1 {
			visit(i + 1)
		}
		if i >= width {
			visit(i - width)
		}
		if i < last {
			visit(i + width)
		}
	}
	return size
}
