package metrics

import "math"

// BandRadius is how far from the true edge Band usually looks, in pixels on either
// side: a band 10 pixels wide.
const BandRadius = 5

// Band returns the mean absolute error over the pixels within radius pixels
// (Euclidean, between pixel centres) of the true edge, which is where the ground
// truth crosses one half; NaN when it nowhere does.
func (p Pair) Band(radius float64) float64 {
	inside := p.want.mask()
	outside := make([]bool, len(inside))
	for i, in := range inside {
		outside[i] = !in
	}
	toInside := squaredDistance(inside, p.want.Width, p.want.Height)
	toOutside := squaredDistance(outside, p.want.Width, p.want.Height)

	var sum float64
	count := 0
	for i, want := range p.want.Value {
		// One of the two is zero; the other is the distance across the edge.
		if float64(toInside[i]+toOutside[i]) > radius*radius {
			continue
		}
		sum += math.Abs(float64(p.got.Value[i]) - float64(want))
		count++
	}
	if count == 0 {
		return math.NaN()
	}
	return sum / float64(count)
}

// squaredDistance returns each pixel's squared Euclidean distance to the nearest
// pixel of the mask, +Inf when the mask is empty (Felzenszwalb and Huttenlocher,
// "Distance transforms of sampled functions", 2012).
func squaredDistance(mask []bool, width, height int) []float32 {
	far := float32(math.Inf(1))
	dist := make([]float32, len(mask))
	for i, on := range mask {
		if !on {
			dist[i] = far
		}
	}
	side := max(width, height)
	e := envelope{
		line: make([]float32, side), out: make([]float32, side),
		vertex: make([]int, side), from: make([]float64, side+1),
	}
	for x := range width {
		for y := range height {
			e.line[y] = dist[y*width+x]
		}
		e.transform(height)
		for y := range height {
			dist[y*width+x] = e.out[y]
		}
	}
	for y := range height {
		row := dist[y*width : (y+1)*width]
		copy(e.line, row)
		e.transform(width)
		copy(row, e.out)
	}
	return dist
}

// envelope is the lower envelope of parabolas over one line of samples.
type envelope struct {
	line, out []float32
	vertex    []int     // where the envelope's parabolas stand
	from      []float64 // where each begins to be the lowest
}

// transform sets out[q] to the least (q-p)^2 + line[p] for the first n samples.
func (e *envelope) transform(n int) {
	k := e.build(n)
	if k < 0 {
		copy(e.out[:n], e.line[:n])
		return
	}
	at := 0
	for q := range n {
		for at < k && e.from[at+1] < float64(q) {
			at++
		}
		d := q - e.vertex[at]
		e.out[q] = float32(d*d) + e.line[e.vertex[at]]
	}
}

// build returns the index of the envelope's last parabola, -1 when no sample of
// the line is finite.
func (e *envelope) build(n int) int {
	k := -1
	for q := range n {
		height := float64(e.line[q])
		if math.IsInf(height, 1) {
			continue
		}
		begin := math.Inf(-1)
		for k >= 0 {
			v := e.vertex[k]
			begin = (height + float64(q*q) - float64(e.line[v]) - float64(v*v)) / float64(2*(q-v))
			if begin > e.from[k] {
				break
			}
			k--
			begin = math.Inf(-1)
		}
		k++
		e.vertex[k], e.from[k] = q, begin
	}
	return k
}
