package compose

import (
	"context"
	"image"
	"math"
)

// readFloor samples the background of the photograph: the cells of g that the
// subject does not touch, each as the square root of the mean light of at most 16 pixels.
func readFloor(ctx context.Context, c Cutout, g grid) (*floor, error) {
	f := &floor{w: g.w, h: g.h, seen: make([]float32, g.w*g.h), bleed: max(3, bleedPixels/g.step)}
	for k := range f.color {
		f.color[k] = make([]float32, g.w*g.h)
	}
	read := reader{c: c, light: lightTable()}
	err := rows(ctx, g.h, func(first, last int) {
		for y := first; y < last; y++ {
			for x := range g.w {
				rgb, seen := read.cell(g, x, y)
				if !seen {
					continue
				}
				i := y*g.w + x
				f.seen[i] = 1
				for k, v := range rgb {
					f.color[k][i] = float32(math.Sqrt(v))
				}
			}
		}
	})
	return f, err
}

type reader struct {
	c     Cutout
	light *[1024]float32
}

// lightTable returns the light of a coded value given by its ten highest bits.
func lightTable() *[1024]float32 {
	var t [1024]float32
	for i := range t {
		t[i] = float32(linear(float64(i) / 1023))
	}
	return &t
}

// bleedPixels is how far the subject's colour may run into the floor: a block of
// JPEG with halved chroma is 16 pixels wide, and most of it stays within this.
const bleedPixels = 12

// clearBelow is the highest alpha that still counts as no subject.
const clearBelow = 3

// cell returns a cell's mean light, or false when the subject touches it.
func (r reader) cell(g grid, x, y int) (rgb [3]float64, seen bool) {
	const n = 4
	p := r.c.Photo
	side := min(n, max(1, int(g.step)))
	for i := range side * side {
		px := min(int(g.origin[0]+g.step*(float64(x)+(float64(i%side)+.5)/float64(side))), p.Width-1)
		py := min(int(g.origin[1]+g.step*(float64(y)+(float64(i/side)+.5)/float64(side))), p.Height-1)
		at := py*p.Width + px
		if r.c.Subject.Alpha[at] > clearBelow {
			return rgb, false
		}
		for k := range rgb {
			rgb[k] += float64(r.sample(p.Pix, p.Pix16, 3*at+k))
		}
	}
	for k := range rgb {
		rgb[k] /= float64(side * side)
	}
	return rgb, true
}

func (r reader) sample(pix []uint8, pix16 []uint16, i int) float32 {
	if pix16 != nil {
		return r.light[pix16[i]>>6]
	}
	return r.light[uint32(pix[i])*1023/255]
}

// measure finds each cell's distance from the subject, and takes the cells right
// beside it out of sight: a matte is never exact to the pixel.
func (f *floor) measure(reach float64) {
	f.reach = float32(reach)
	f.far = distances(f.w, f.h, func(i int) bool { return f.seen[i] == 0 })
	for i, d := range f.far {
		if d < 2 {
			f.seen[i] = 0
		}
	}
}

// coarse returns f on a grid with at most that many cells on its longer side,
// each the mean of the cells seen under it.
func (f *floor) coarse(cells int) *floor {
	g := newGrid(image.Rect(0, 0, f.w, f.h), cells)
	out := &floor{w: g.w, h: g.h, seen: make([]float32, g.w*g.h), far: make([]float32, g.w*g.h), reach: f.reach / float32(g.step)}
	for c := range out.color {
		out.color[c] = make([]float32, g.w*g.h)
	}
	count := make([]float32, g.w*g.h)
	for y := range f.h {
		for x := range f.w {
			i := y*f.w + x
			k := min(int(float64(y)/g.step), g.h-1)*g.w + min(int(float64(x)/g.step), g.w-1)
			count[k]++
			out.far[k] += f.far[i] / float32(g.step)
			out.seen[k] += f.seen[i]
			for c := range out.color {
				out.color[c][k] += f.color[c][i] * f.seen[i]
			}
		}
	}
	for k, n := range count {
		n = max(n, 1) // a last sliver of a cell may have caught none
		out.far[k] /= n
		for c := range out.color {
			if out.seen[k] > 0 {
				out.color[c][k] /= out.seen[k]
			}
		}
		out.seen[k] /= n
	}
	return out
}
