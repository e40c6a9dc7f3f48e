package matte

// fullSize returns the matte at the photograph's size as bytes. Where the
// canvas is smaller, pixels outside the band are interpolated and those inside
// it follow the photograph's own colours through the interpolated models.
func (f *fitted) fullSize(p *Picture) []uint8 {
	out := make([]uint8, p.Width*p.Height)
	if p.Width == f.c.width && p.Height == f.c.height {
		for i, v := range f.alpha.Pix {
			out[i] = toByte(v)
		}
		return out
	}
	xs := lerps(f.c.width, p.Width)
	ys := lerps(f.c.height, p.Height)
	rows(p.Height, func(y0, y1 int) {
		for y := y0; y < y1; y++ {
			f.fullRow(p, out[y*p.Width:(y+1)*p.Width], y, xs, ys[y])
		}
	})
	return out
}

// lerp is a position between two samples: the lower one's index, the next one's
// and the weight of the next.
type lerp struct {
	i, next int
	w       float32
}

// lerps returns where the centres of n samples fall among m.
func lerps(m, n int) []lerp {
	out := make([]lerp, n)
	for k := range out {
		pos := max(0, (float64(k)+.5)*float64(m)/float64(n)-.5)
		i := min(int(pos), m-1)
		out[k] = lerp{i: i, next: min(i+1, m-1), w: float32(pos - float64(i))}
	}
	return out
}

func (f *fitted) fullRow(p *Picture, dst []uint8, y int, xs []lerp, v lerp) {
	w := f.c.width
	top, bottom := f.alpha.row(v.i), f.alpha.row(v.next)
	bandTop, bandBottom := f.band[v.i*w:(v.i+1)*w], f.band[v.next*w:(v.next+1)*w]
	for x, h := range xs {
		inBand := bandTop[h.i] || bandTop[h.next] || bandBottom[h.i] || bandBottom[h.next]
		if !inBand {
			dst[x] = toByte(top[h.i])
			if top[h.i] != bottom[h.next] {
				dst[x] = toByte(mix(top, bottom, h, v.w))
			}
			continue
		}
		r, g, b := p.colour(y*p.Width + x)
		var m [4]float32
		for j, plane := range f.model {
			m[j] = mix(plane[v.i*w:][:w], plane[v.next*w:][:w], h, v.w)
		}
		dst[x] = toByte(m[0]*r + m[1]*g + m[2]*b + m[3])
	}
}

func mix(top, bottom []float32, h lerp, w float32) float32 {
	a := top[h.i] + h.w*(top[h.next]-top[h.i])
	b := bottom[h.i] + h.w*(bottom[h.next]-bottom[h.i])
	return a + w*(b-a)
}

// colour returns pixel i as 0..1.
func (p *Picture) colour(i int) (r, g, b float32) {
	if p.Pix16 != nil {
		s := p.Pix16[i*3 : i*3+3 : i*3+3]
		return float32(s[0]) * unit16, float32(s[1]) * unit16, float32(s[2]) * unit16
	}
	s := p.Pix[i*3 : i*3+3 : i*3+3]
	return float32(s[0]) * unit, float32(s[1]) * unit, float32(s[2]) * unit
}

func toByte(v float32) uint8 { return uint8(clamp01(v)*255 + .5) }
