package compose

import "math"

// distances returns, for each cell of a grid, the distance in cells to the
// nearest marked one (chamfer 1 and square root of 2: within 8 percent of
// Euclid). Without any mark all are infinite.
func distances(w, h int, marked func(i int) bool) []float32 {
	d := make([]float32, w*h)
	for i := range d {
		if !marked(i) {
			d[i] = math.MaxFloat32
		}
	}
	pull := func(i, x, y, dx, dy int, far float32) {
		if nx, ny := x+dx, y+dy; nx >= 0 && nx < w && ny >= 0 && ny < h {
			d[i] = min(d[i], d[ny*w+nx]+far)
		}
	}
	for y := range h {
		for x := range w {
			i := y*w + x
			pull(i, x, y, -1, 0, 1)
			pull(i, x, y, 0, -1, 1)
			pull(i, x, y, -1, -1, math.Sqrt2)
			pull(i, x, y, 1, -1, math.Sqrt2)
		}
	}
	for y := h - 1; y >= 0; y-- {
		for x := w - 1; x >= 0; x-- {
			i := y*w + x
			pull(i, x, y, 1, 0, 1)
			pull(i, x, y, 0, 1, 1)
			pull(i, x, y, 1, 1, math.Sqrt2)
			pull(i, x, y, -1, 1, math.Sqrt2)
		}
	}
	return d
}
