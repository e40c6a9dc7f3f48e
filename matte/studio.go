package matte

import "math"

// A studio backdrop is one colour, perhaps falling off evenly to one side. Where
// the picture's border shows that, colour tells backdrop from subject better
// than any net: inside rings and handles, along thin straps, in the veil that a
// net leaves around the subject. It cannot tell a white label on the subject
// from a hole, or a shadow from a dark subject; there the nets' word stands.
const (
	borderShare     = 0.02 // of each side, the border that is looked at
	borderClear     = 0.6  // of the border's pixels that must be background
	backdropSpread  = 5.0  // code values of 255: highest deviation of a backdrop from an even one
	backdropNoise   = 3.0  // deviations within which a colour is the backdrop's
	backdropLeast   = 4.0  // code values, at least
	subjectDistance = 24.0 // code values beyond that, in hue, from which a colour is the subject's
	holeArea        = 32   // pixels, at least
	holeSurety      = 0.95 // mean alpha above which the nets' word for "no hole" stands
)

// backdrop is a colour that changes evenly over the picture.
type backdrop struct {
	plane [3][3]float64 // per channel: constant, per x, per y; x and y in -1..1
	near  float64       // distance within which a colour is the backdrop's
}

// findBackdrop fits an even colour to the border's background pixels.
func findBackdrop(c *canvas, alpha *Map) (*backdrop, bool) {
	bx, by := max(2, int(borderShare*float64(c.width))), max(2, int(borderShare*float64(c.height)))
	var fit planeFit
	var all int
	look := func(x0, x1, y int) {
		all += x1 - x0
		for x := x0; x < x1; x++ {
			if i := y*c.width + x; alpha.Pix[i] < .05 {
				fit.add(c.unit(x, y), c.rgb[i*3:i*3+3])
			}
		}
	}
	for y := range c.height {
		if y < by || y >= c.height-by || 2*bx >= c.width {
			look(0, c.width, y)
			continue
		}
		look(0, bx, y)
		look(c.width-bx, c.width, y)
	}
	if fit.n < borderClear*float64(all) {
		return nil, false
	}
	b := &backdrop{}
	var spread float64
	for ch := range 3 {
		b.plane[ch] = fit.solve(ch)
		spread = max(spread, fit.deviation(ch, b.plane[ch]))
	}
	b.near = max(backdropNoise*spread, backdropLeast)
	return b, spread <= backdropSpread
}

// unit returns the basis 1, x, y of pixel x, y with the coordinates in -1..1.
func (c *canvas) unit(x, y int) [3]float64 {
	return [3]float64{1, 2*float64(x)/float64(c.width) - 1, 2*float64(y)/float64(c.height) - 1}
}

// correct applies what the backdrop's colour says to alpha.
func (b *backdrop) correct(c *canvas, alpha *Map) {
	like, hue := b.compare(c)
	b.clearOutside(alpha, like)
	b.openHoles(alpha, like)
	b.addSubject(alpha, hue)
}

// compare returns, per pixel, whether it looks like the backdrop (1 or 0), and
// its distance from every darker or lighter version of the backdrop, which a
// shadow or a reflection cannot have.
func (b *backdrop) compare(c *canvas) (like, hue *Map) {
	like, hue = NewMap(c.width, c.height), NewMap(c.width, c.height)
	rows(c.height, func(y0, y1 int) {
		for y := y0; y < y1; y++ {
			for x := range c.width {
				i := y*c.width + x
				u := c.unit(x, y)
				var d, dot, norm float64
				var v [3]float64
				for ch := range 3 {
					p := b.plane[ch]
					v[ch] = p[0] + p[1]*u[1] + p[2]*u[2]
					s := float64(c.rgb[i*3+ch])
					d = max(d, math.Abs(s-v[ch]))
					dot += s * v[ch]
					norm += v[ch] * v[ch]
				}
				if d <= b.near {
					like.Pix[i] = 1
				}
				k := dot / max(norm, 1)
				var h float64
				for ch := range 3 {
					h = max(h, math.Abs(float64(c.rgb[i*3+ch])-k*v[ch]))
				}
				hue.Pix[i] = float32(h)
			}
		}
	})
	return like, hue
}

// clearOutside removes the nets' veil from backdrop that is joined to the border.
func (b *backdrop) clearOutside(alpha, like *Map) {
	open := NewMap(alpha.Width, alpha.Height)
	for i, v := range like.Pix {
		if v == 1 && alpha.Pix[i] < .5 {
			open.Pix[i] = 1
		}
	}
	for _, r := range regions(open, .5, above) {
		if r.touchesBorder(alpha) {
			r.fill(alpha, 0)
		}
	}
}

// openHoles clears enclosed backdrop that the nets were not sure to be subject.
func (b *backdrop) openHoles(alpha, like *Map) {
	for _, r := range regions(like, .5, above) {
		if r.area >= holeArea && !r.touchesBorder(alpha) && r.mean(alpha) < holeSurety {
			r.fill(alpha, 0)
		}
	}
}

// addSubject gives the subject what the nets missed of it: pixels of a hue that
// the backdrop cannot have, in regions that touch the subject.
func (b *backdrop) addSubject(alpha, hue *Map) {
	far := float32(b.near + subjectDistance)
	for _, r := range regions(hue, far, above) {
		if r.area < holeArea || r.mean(alpha) < .5 {
			continue
		}
		for _, s := range r.runs {
			row := alpha.row(s.y)[s.x0:s.x1]
			for i := range row {
				row[i] = max(row[i], .9)
			}
		}
	}
}

func (r region) touchesBorder(m *Map) bool {
	for _, s := range r.runs {
		if s.y == 0 || s.y == m.Height-1 || s.x0 == 0 || s.x1 == m.Width {
			return true
		}
	}
	return false
}

// planeFit gathers the normal equations of value = p0 + p1 x + p2 y for three
// channels at once.
type planeFit struct {
	n  float64
	uu [3][3]float64
	uv [3][3]float64 // channel, basis
	vv [3]float64
}

func (f *planeFit) add(u [3]float64, rgb []uint8) {
	f.n++
	for i := range 3 {
		for j := range 3 {
			f.uu[i][j] += u[i] * u[j]
		}
		for ch := range 3 {
			f.uv[ch][i] += u[i] * float64(rgb[ch])
		}
	}
	for ch := range 3 {
		f.vv[ch] += float64(rgb[ch]) * float64(rgb[ch])
	}
}

// solve returns the channel's plane by Gaussian elimination.
func (f *planeFit) solve(ch int) [3]float64 {
	a, v := f.uu, f.uv[ch]
	for i := range 3 {
		a[i][i] += 1e-6
		for j := i + 1; j < 3; j++ {
			k := a[j][i] / a[i][i]
			for l := i; l < 3; l++ {
				a[j][l] -= k * a[i][l]
			}
			v[j] -= k * v[i]
		}
	}
	for i := 2; i >= 0; i-- {
		for j := i + 1; j < 3; j++ {
			v[i] -= a[i][j] * v[j]
		}
		v[i] /= a[i][i]
	}
	return v
}

// deviation returns the root mean square of what the plane leaves unexplained.
func (f *planeFit) deviation(ch int, p [3]float64) float64 {
	sum := f.vv[ch]
	for i := range 3 {
		sum -= 2 * p[i] * f.uv[ch][i]
		for j := range 3 {
			sum += p[i] * p[j] * f.uu[i][j]
		}
	}
	return math.Sqrt(max(sum, 0) / f.n)
}
