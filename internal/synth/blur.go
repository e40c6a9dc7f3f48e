package synth

import "math"

// blur spreads the layer as a lens out of focus would, nearly: a Gaussian of that
// deviation in pixels. Being premultiplied, colours do not bleed.
func (l *layer) blur(sigma float64) {
	kernel := gaussian(sigma)
	radius := len(kernel) / 2
	across := make([][4]float32, len(l.pixel))
	rows(l.height, func(y int) {
		for x := range l.width {
			across[y*l.width+x] = l.weigh(kernel, func(k int) (int, int) { return x + k - radius, y })
		}
	})
	copied := layer{l.width, l.height, across}
	down := make([][4]float32, len(l.pixel))
	rows(l.height, func(y int) {
		for x := range l.width {
			down[y*l.width+x] = copied.weigh(kernel, func(k int) (int, int) { return x, y + k - radius })
		}
	})
	l.pixel = down
}

// smear moves the layer along a line of that length in pixels and angle in radians
// while the shutter is open.
func (l *layer) smear(angle, length float64) {
	steps := max(int(math.Ceil(length)), 1)
	kernel := make([]float32, steps)
	for i := range kernel {
		kernel[i] = 1 / float32(steps)
	}
	sin, cos := math.Sincos(angle)
	moved := make([][4]float32, len(l.pixel))
	rows(l.height, func(y int) {
		for x := range l.width {
			moved[y*l.width+x] = l.weigh(kernel, func(k int) (int, int) {
				t := float64(k) - float64(steps-1)/2
				return x + int(math.Round(t*cos)), y + int(math.Round(t*sin))
			})
		}
	})
	l.pixel = moved
}

// weigh sums the pixels that at names for each weight; outside lies nothing.
func (l *layer) weigh(kernel []float32, at func(k int) (x, y int)) [4]float32 {
	var sum [4]float32
	for k, weight := range kernel {
		x, y := at(k)
		if x < 0 || y < 0 || x >= l.width || y >= l.height {
			continue
		}
		for c, v := range l.pixel[y*l.width+x] {
			sum[c] += weight * v
		}
	}
	return sum
}

// gaussian returns a kernel of sum 1 that reaches three deviations.
func gaussian(sigma float64) []float32 {
	radius := int(math.Ceil(3 * sigma))
	kernel := make([]float32, 2*radius+1)
	var sum float32
	for i := range kernel {
		x := float64(i - radius)
		kernel[i] = float32(math.Exp(-x * x / (2 * sigma * sigma)))
		sum += kernel[i]
	}
	for i := range kernel {
		kernel[i] /= sum
	}
	return kernel
}
