package matte

import (
	"math"
	"sync"
)

// The guided filter (He, Sun, Tang: Guided Image Filtering, TPAMI 2013) with the
// photograph's colours as its guide: inside every small window the alpha is
// taken to be a linear function a.I + b of the colour, fitted by least squares,
// so that the matte's edge moves onto the photograph's. It runs in the edge band
// only; elsewhere the net's map stands. When the photograph is larger than the
// canvas the same a and b are applied to its full-size colours (He, Sun: Fast
// Guided Filter, 2015), which is edge-aware upsampling at the price of a fit at
// canvas size.
const (
	guideRadius  = 5 // window radius in pixels on a canvas of guideSize pixels
	guideSize    = 1.2e6
	guideEpsilon = 1e-5 // regularisation, in squared units of colour 0..1
	guideTile    = 96   // side of the tiles in which the band is worked off

	flatAlpha = 1e-6 // mean alpha of a window below which, and above 1 less which, it is constant

	bandLow, bandHigh = 0.02, 0.98 // alpha between them is edge
	bandGrow          = 3          // pixels by which the band is widened on each side
)

// fitted is an alpha map on the canvas and, where the photograph is larger,
// the linear model of every canvas pixel of the band.
type fitted struct {
	c     *canvas
	alpha *Map
	band  []bool       // canvas pixels in the edge band
	model [4][]float32 // a_r, a_g, a_b, b; nil unless wanted
}

// guide fits alpha to the canvas's colours and leaves alpha itself as it is.
func guide(c *canvas, alpha *Map, wantModel bool) *fitted {
	f := &fitted{c: c, alpha: NewMap(alpha.Width, alpha.Height), band: edgeBand(alpha, bandGrow)}
	copy(f.alpha.Pix, alpha.Pix)
	if wantModel {
		for i := range f.model {
			f.model[i] = make([]float32, len(alpha.Pix))
		}
	}
	r := windowRadius(c)
	tiles := f.tiles()
	var scratch sync.Pool
	each(len(tiles), func(i int) {
		buf, _ := scratch.Get().(*[13][]float32)
		if buf == nil {
			buf = new([13][]float32)
		}
		f.fitTile(alpha, tiles[i], r, buf)
		scratch.Put(buf)
	})
	return f
}

func windowRadius(c *canvas) int {
	r := guideRadius * math.Sqrt(float64(c.width*c.height)/guideSize)
	return min(max(int(math.Round(r)), 2), 7)
}

// edgeBand marks the pixels whose alpha is neither 0 nor 1, and those within
// grow of them in both directions.
func edgeBand(m *Map, grow int) []bool {
	across := make([]bool, len(m.Pix))
	rows(m.Height, func(y0, y1 int) {
		for y := y0; y < y1; y++ {
			dst := across[y*m.Width : (y+1)*m.Width]
			for x, v := range m.row(y) {
				if v > bandLow && v < bandHigh {
					for i := max(0, x-grow); i <= min(m.Width-1, x+grow); i++ {
						dst[i] = true
					}
				}
			}
		}
	})
	out := make([]bool, len(across))
	rows(m.Height, func(y0, y1 int) {
		for y := y0; y < y1; y++ {
			dst := out[y*m.Width : (y+1)*m.Width]
			for j := max(0, y-grow); j <= min(m.Height-1, y+grow); j++ {
				for x, v := range across[j*m.Width : (j+1)*m.Width] {
					if v {
						dst[x] = true
					}
				}
			}
		}
	})
	return out
}

// tile is a rectangle [x0, x1) x [y0, y1).
type tile struct{ x0, y0, x1, y1 int }

func (t tile) width() int  { return t.x1 - t.x0 }
func (t tile) height() int { return t.y1 - t.y0 }

// grow widens the tile by d, within width x height.
func (t tile) grow(d, width, height int) tile {
	return tile{max(0, t.x0-d), max(0, t.y0-d), min(width, t.x1+d), min(height, t.y1+d)}
}

// tiles returns the tiles that hold a pixel of the band, cut to its rows.
func (f *fitted) tiles() []tile { return activeTiles(f.band, f.c.width, f.c.height, guideTile) }

func activeTiles(mask []bool, width, height, side int) []tile {
	var out []tile
	for y := 0; y < height; y += side {
		for x := 0; x < width; x += side {
			t := tile{x, y, min(width, x+side), min(height, y+side)}
			if t.any(mask, width) {
				out = append(out, t)
			}
		}
	}
	return out
}

func (t tile) any(mask []bool, stride int) bool {
	for y := t.y0; y < t.y1; y++ {
		for _, v := range mask[y*stride+t.x0 : y*stride+t.x1] {
			if v {
				return true
			}
		}
	}
	return false
}

// fitTile computes the filter for one tile. The outer window holds all pixels
// that the tile's models depend on: one radius for the models that are averaged
// at a pixel, one more for the statistics behind each model.
func (f *fitted) fitTile(alpha *Map, t tile, r int, scratch *[13][]float32) {
	outer := t.grow(2*r, f.c.width, f.c.height)
	n := outer.width() * outer.height()
	var plane [13][]float32
	for i := range plane {
		if cap(scratch[i]) < n {
			scratch[i] = make([]float32, n)
		}
		plane[i] = scratch[i][:n]
	}
	f.moments(alpha, outer, &plane)
	blur := newBlurrer(outer.width(), outer.height(), r)
	for _, p := range plane {
		blur.blur(p)
	}
	for i := range n {
		fit(&plane, i)
	}
	// The models replace the first four planes; each pixel takes the mean of
	// the models of all windows that hold it.
	for _, p := range plane[:4] {
		blur.blur(p)
	}
	f.apply(t, outer, &plane)
}

// moments fills the planes with I (3), p, I*p (3) and I*I (6).
func (f *fitted) moments(alpha *Map, o tile, plane *[13][]float32) {
	i := 0
	for y := o.y0; y < o.y1; y++ {
		rgb := f.c.rgb[(y*f.c.width+o.x0)*3:]
		for x, p := range alpha.row(y)[o.x0:o.x1] {
			px := rgb[x*3 : x*3+3 : x*3+3]
			r, g, b := float32(px[0])*unit, float32(px[1])*unit, float32(px[2])*unit
			plane[0][i], plane[1][i], plane[2][i], plane[3][i] = r, g, b, p
			plane[4][i], plane[5][i], plane[6][i] = r*p, g*p, b*p
			plane[7][i], plane[8][i], plane[9][i] = r*r, r*g, r*b
			plane[10][i], plane[11][i], plane[12][i] = g*g, g*b, b*b
			i++
		}
	}
}

// fit solves (Sigma + eps) a = cov(I, p), b = mean(p) - a.mean(I) at pixel i,
// by Cramer's rule on the symmetric matrix, and leaves a, b in planes 0 to 3. It
// reckons in float64: on flat colours, such as clipped white, the determinant is
// near guideEpsilon squared and lost in float32.
func fit(q *[13][]float32, i int) {
	at := func(j int) float64 { return float64(q[j][i]) }
	mr, mg, mb, mp := at(0), at(1), at(2), at(3)
	if mp < flatAlpha || mp > 1-flatAlpha {
		q[0][i], q[1][i], q[2][i] = 0, 0, 0 // no edge in the window: nothing to solve
		return
	}
	cr, cg, cb := at(4)-mr*mp, at(5)-mg*mp, at(6)-mb*mp
	rr, rg, rb := at(7)-mr*mr+guideEpsilon, at(8)-mr*mg, at(9)-mr*mb
	gg, gb, bb := at(10)-mg*mg+guideEpsilon, at(11)-mg*mb, at(12)-mb*mb+guideEpsilon
	irr, irg, irb := gg*bb-gb*gb, gb*rb-rg*bb, rg*gb-gg*rb
	det := rr*irr + rg*irg + rb*irb
	if det < 1e-18 {
		q[0][i], q[1][i], q[2][i] = 0, 0, 0
		return
	}
	igg, igb, ibb := rr*bb-rb*rb, rb*rg-rr*gb, rr*gg-rg*rg
	a := (irr*cr + irg*cg + irb*cb) / det
	b := (irg*cr + igg*cg + igb*cb) / det
	c := (irb*cr + igb*cg + ibb*cb) / det
	q[0][i], q[1][i], q[2][i], q[3][i] = float32(a), float32(b), float32(c), float32(mp-a*mr-b*mg-c*mb)
}

// apply writes the tile's filtered alpha, and its models if they are wanted.
func (f *fitted) apply(t, o tile, plane *[13][]float32) {
	for y := t.y0; y < t.y1; y++ {
		for x := t.x0; x < t.x1; x++ {
			i := y*f.c.width + x
			k := (y-o.y0)*o.width() + x - o.x0
			if f.model[0] != nil {
				for j := range f.model {
					f.model[j][i] = plane[j][k]
				}
			}
			if !f.band[i] {
				continue
			}
			px := f.c.rgb[i*3 : i*3+3]
			v := plane[0][k]*float32(px[0]) + plane[1][k]*float32(px[1]) + plane[2][k]*float32(px[2])
			f.alpha.Pix[i] = clamp01(v*unit + plane[3][k])
		}
	}
}
