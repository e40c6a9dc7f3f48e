package matte

import (
	"image"
	"math"
)

// taps are the weights of the source samples that make one output sample.
type taps struct {
	first   int
	weights []float32
}

// triangle returns the taps that resample the span [from, to) of a line to n
// samples with the triangle filter, widened when shrinking so that every source
// sample counts (the antialiased "bilinear" that the nets were trained behind).
func triangle(from, to, n int) []taps {
	scale := float64(to-from) / float64(n)
	support := max(scale, 1)
	out := make([]taps, n)
	for i := range out {
		centre := float64(from) + (float64(i)+.5)*scale
		first := max(from, int(math.Ceil(centre-support-.5)))
		last := min(to-1, int(math.Floor(centre+support-.5)))
		w := make([]float32, 0, last-first+1)
		var sum float32
		for j := first; j <= last; j++ {
			v := float32(max(0, 1-math.Abs(float64(j)+.5-centre)/support))
			w = append(w, v)
			sum += v
		}
		for j := range w {
			w[j] /= sum
		}
		out[i] = taps{first: first, weights: w}
	}
	return out
}

// sample resamples the box r of p to width x height and returns interleaved
// sRGB bytes: what a net sees.
func (p *Picture) sample(r image.Rectangle, width, height int) ([]uint8, error) {
	out := p.resample(r, width, height)
	if p.ToSRGB == nil {
		return out, nil
	}
	return out, p.ToSRGB(out, width, height)
}

// resample resamples the box r of p to width x height bytes in p's own colours.
func (p *Picture) resample(r image.Rectangle, width, height int) []uint8 {
	if p.Pix16 != nil {
		return resample(p.Pix16, p.Width, r, width, height, 1./257)
	}
	return resample(p.Pix, p.Width, r, width, height, 1)
}

// resample shrinks or grows the box r of an interleaved RGB picture, stride in
// pixels, to width x height bytes; gain brings samples to 0..255. Source rows
// are filtered sideways once each, as they are needed, so that scratch memory is
// two kernels of rows and not a picture.
func resample[S uint8 | uint16](pix []S, stride int, r image.Rectangle, width, height int, gain float32) []uint8 {
	xs, ys := triangle(r.Min.X, r.Max.X, width), triangle(r.Min.Y, r.Max.Y, height)
	out := make([]uint8, width*height*3)
	rows(height, func(y0, y1 int) {
		line := make([]float32, width*3)
		acc := make([][]float32, 0, 4)
		// Neighbouring output rows share source rows: each source row goes
		// sideways once and is added to every open output row that wants it.
		next := y0
		for src := ys[y0].first; next < y1; src++ {
			shrinkRow(pix[src*stride*3:], xs, line)
			for open := next + len(acc); open < y1 && ys[open].first <= src; open++ {
				acc = append(acc, make([]float32, width*3))
			}
			for i, a := range acc {
				t := ys[next+i]
				if k := src - t.first; k < len(t.weights) {
					addScaled(a, line, t.weights[k]*gain)
				}
			}
			for len(acc) > 0 && src >= ys[next].first+len(ys[next].weights)-1 {
				quantise(out[next*width*3:(next+1)*width*3], acc[0])
				acc = acc[1:]
				next++
			}
		}
	})
	return out
}

func shrinkRow[S uint8 | uint16](src []S, xs []taps, dst []float32) {
	for i, t := range xs {
		var r, g, b float32
		s := src[t.first*3 : (t.first+len(t.weights))*3]
		for k, w := range t.weights {
			px := s[k*3 : k*3+3 : k*3+3]
			r += w * float32(px[0])
			g += w * float32(px[1])
			b += w * float32(px[2])
		}
		dst[i*3], dst[i*3+1], dst[i*3+2] = r, g, b
	}
}

func addScaled(dst, src []float32, w float32) {
	src = src[:len(dst)]
	for i := range dst {
		dst[i] += w * src[i]
	}
}

// quantise rounds to bytes. The taps are positive and add up to 1, so a sample
// can leave 0..255 by rounding errors only, which the half and the cut absorb.
func quantise(dst []uint8, src []float32) {
	for i, v := range src {
		dst[i] = uint8(int32(v + .5))
	}
}

// scaleTo returns m resampled to width x height: bilinear when growing,
// triangle-filtered when shrinking. It returns m itself when the size fits.
func (m *Map) scaleTo(width, height int) *Map {
	return m.scaleBox(image.Rect(0, 0, m.Width, m.Height), width, height)
}

// scaleBox is scaleTo for the part r of m.
func (m *Map) scaleBox(r image.Rectangle, width, height int) *Map {
	if r.Dx() == width && r.Dy() == height && width == m.Width && height == m.Height {
		return m
	}
	if width >= r.Dx() && height >= r.Dy() {
		return m.growBox(r, width, height)
	}
	xs, ys := triangle(r.Min.X, r.Max.X, width), triangle(r.Min.Y, r.Max.Y, height)
	// Sideways first over the rows that are read, then down.
	mid := NewMap(width, r.Dy())
	rows(r.Dy(), func(y0, y1 int) {
		for y := y0; y < y1; y++ {
			src, dst := m.row(r.Min.Y+y), mid.row(y)
			for i, t := range xs {
				var v float32
				for k, w := range t.weights {
					v += w * src[t.first+k]
				}
				dst[i] = v
			}
		}
	})
	out := NewMap(width, height)
	rows(height, func(y0, y1 int) {
		for y := y0; y < y1; y++ {
			t := ys[y]
			for k, w := range t.weights {
				addScaled(out.row(y), mid.row(t.first-r.Min.Y+k), w)
			}
		}
	})
	return out
}

// growBox is scaleBox for growing in both directions, where every sample is a
// mean of two by two.
func (m *Map) growBox(r image.Rectangle, width, height int) *Map {
	xs, ys := lerps(r.Dx(), width), lerps(r.Dy(), height)
	out := NewMap(width, height)
	rows(height, func(y0, y1 int) {
		line := make([]float32, r.Dx())
		for y := y0; y < y1; y++ {
			v := ys[y]
			top := m.row(r.Min.Y + v.i)[r.Min.X:r.Max.X]
			bottom := m.row(r.Min.Y + v.next)[r.Min.X:r.Max.X]
			for x, a := range top {
				line[x] = a + v.w*(bottom[x]-a)
			}
			dst := out.row(y)
			for x, h := range xs {
				a := line[h.i]
				dst[x] = a + h.w*(line[h.next]-a)
			}
		}
	})
	return out
}
