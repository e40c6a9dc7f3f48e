package matte

import (
	"testing"
)

// naiveGuide is the guided filter by its paper: for every pixel the mean of the
// linear models of all windows that hold it, each fitted by least squares.
func naiveGuide(c *canvas, p *Map, r int) *Map {
	w, h := c.width, c.height
	models := make([][4]float64, w*h)
	for y := range h {
		for x := range w {
			models[y*w+x] = naiveModel(c, p, x, y, r)
		}
	}
	return draw(w, h, func(x, y int) float32 {
		var m [4]float64
		n := 0.
		for j := max(0, y-r); j <= min(h-1, y+r); j++ {
			for i := max(0, x-r); i <= min(w-1, x+r); i++ {
				for k, v := range models[j*w+i] {
					m[k] += v
				}
				n++
			}
		}
		colour := c.unitColour(y*w + x)
		return clamp01(float32((m[0]*colour[0] + m[1]*colour[1] + m[2]*colour[2] + m[3]) / n))
	})
}

func (c *canvas) unitColour(i int) [3]float64 {
	return [3]float64{float64(c.rgb[i*3]) / 255, float64(c.rgb[i*3+1]) / 255, float64(c.rgb[i*3+2]) / 255}
}

// naiveModel solves the ridge regression of alpha on colour in one window.
func naiveModel(c *canvas, p *Map, x, y, r int) [4]float64 {
	var mean, cov [3]float64
	var meanP, n float64
	var square [3][3]float64
	for j := max(0, y-r); j <= min(c.height-1, y+r); j++ {
		for i := max(0, x-r); i <= min(c.width-1, x+r); i++ {
			k := j*c.width + i
			colour, a := c.unitColour(k), float64(p.Pix[k])
			n++
			meanP += a
			for u := range 3 {
				mean[u] += colour[u]
				cov[u] += colour[u] * a
				for v := range 3 {
					square[u][v] += colour[u] * colour[v]
				}
			}
		}
	}
	a := make([][]float64, 3)
	for u := range 3 {
		a[u] = make([]float64, 4)
		for v := range 3 {
			a[u][v] = square[u][v]/n - mean[u]/n*mean[v]/n
		}
		a[u][u] += guideEpsilon
		a[u][3] = cov[u]/n - mean[u]/n*meanP/n
	}
	s := eliminate(a)
	return [4]float64{s[0], s[1], s[2], (meanP - s[0]*mean[0] - s[1]*mean[1] - s[2]*mean[2]) / n}
}

// eliminate solves the system whose rows end in the right-hand side.
func eliminate(a [][]float64) []float64 {
	n := len(a)
	for i := range n {
		pivot := i
		for j := i + 1; j < n; j++ {
			if a[j][i]*a[j][i] > a[pivot][i]*a[pivot][i] {
				pivot = j
			}
		}
		a[i], a[pivot] = a[pivot], a[i]
		for j := i + 1; j < n; j++ {
			k := a[j][i] / a[i][i]
			for l := i; l <= n; l++ {
				a[j][l] -= k * a[i][l]
			}
		}
	}
	x := make([]float64, n)
	for i := n - 1; i >= 0; i-- {
		x[i] = a[i][n]
		for j := i + 1; j < n; j++ {
			x[i] -= a[i][j] * x[j]
		}
		x[i] /= a[i][i]
	}
	return x
}

// The picture is wider than a tile, so that the tiles' seams are in it.
func TestGuideIsTheGuidedFilter(t *testing.T) {
	c := canvasOf(noisePicture(1, guideTile+40, 24))
	alpha := draw(c.width, c.height, func(x, y int) float32 { return .1 + .8*float32((x*7+y*13)%29)/29 })
	got := guide(c, alpha, false)
	want := naiveGuide(c, alpha, windowRadius(c))
	if d := worst(got.alpha.Pix, want.Pix); d > 2e-3 {
		t.Errorf("differs from the definition by %g", d)
	}
}

// Alpha that is a linear function of colour is its own best fit.
func TestGuideKeepsWhatColourExplains(t *testing.T) {
	alpha := draw(80, 60, disc(40, 30, 20, 12))
	c := canvasOf(blend(alpha, [3]uint8{250, 200, 20}, [3]uint8{10, 40, 220}))
	got := guide(c, alpha, false)
	if d := worst(got.alpha.Pix, alpha.Pix); d > .02 {
		t.Errorf("moved by %g", d)
	}
}

// Clipped white and other flat colours have no covariance but at the edge. The
// canvas has the full size, where windows are widest.
func TestGuideKeepsWhatColourExplainsOnFlatColours(t *testing.T) {
	const w, h = 1600, 300
	alpha := draw(w, h, disc(800, 150, 120, 3))
	for name, colours := range map[string][2][3]uint8{
		"two colours": {fore, back}, "on clipped white": {{180, 40, 30}, {255, 255, 255}},
		"greys": {{90, 90, 90}, {255, 255, 255}}, "on black": {{30, 40, 200}, {0, 0, 0}},
	} {
		c := canvasOf(blend(alpha, colours[0], colours[1]))
		if d := worst(guideAt(c, alpha, 7).Pix, alpha.Pix); d > .02 {
			t.Errorf("%s: moved by %.3f", name, d)
		}
	}
}

// guideAt is guide with windows of a radius.
func guideAt(c *canvas, alpha *Map, r int) *Map {
	f := &fitted{c: c, alpha: alpha.clone(), band: guide(c, alpha, false).band}
	for _, t := range f.tiles() {
		f.fitTile(alpha, t, r, new([13][]float32))
	}
	return f.alpha
}

func TestGuideKeepsConstants(t *testing.T) {
	c := canvasOf(noisePicture(2, 50, 40))
	for _, v := range []float32{0, .3, 1} {
		alpha := constantMap(50, 40, v)
		if d := worst(guide(c, alpha, false).alpha.Pix, alpha.Pix); d > 1e-3 {
			t.Errorf("constant %g moved by %g", v, d)
		}
	}
}

func TestGuideLeavesTheSureAlone(t *testing.T) {
	c := canvasOf(noisePicture(3, 120, 90))
	alpha := draw(120, 90, disc(60, 45, 20, 3))
	got := guide(c, alpha, false)
	for i, v := range got.alpha.Pix {
		if !got.band[i] && v != alpha.Pix[i] {
			t.Fatalf("pixel %d outside the band went from %g to %g", i, alpha.Pix[i], v)
		}
	}
}

func TestEdgeBandIsTheSoftPixelsWidened(t *testing.T) {
	m := NewMap(40, 30)
	m.Pix[10*40+15] = .5
	m.Pix[0] = .5
	m.Pix[29*40+39] = 1
	want := draw(40, 30, func(x, y int) float32 {
		near := func(cx, cy int) bool { return max(x-cx, cx-x) <= bandGrow && max(y-cy, cy-y) <= bandGrow }
		if near(15, 10) || near(0, 0) {
			return 1
		}
		return 0
	})
	for i, v := range guide(canvasOf(noisePicture(4, 40, 30)), m, false).band {
		if v != (want.Pix[i] == 1) {
			t.Fatalf("pixel %d, %d in the band: %t", i%40, i/40, v)
		}
	}
}

// The net's edge is smeared and 2 pixels beside the photograph's, which is sharp.
func TestGuideAndClosedFormMoveTheEdgeOntoThePhotographs(t *testing.T) {
	sharp := draw(100, 80, box(rect(52, 0, 100, 80)))
	c := canvasOf(blend(sharp, [3]uint8{200, 60, 50}, [3]uint8{60, 110, 190}))
	net := draw(100, 80, func(x, _ int) float32 { return clamp01(float32(x-46) / 8) })
	row := 40 * 100
	guided := guide(c, net, false).alpha
	before, after := net.Pix[row+52]-net.Pix[row+51], guided.Pix[row+52]-guided.Pix[row+51]
	if after < 2*before {
		t.Errorf("the guided filter's step at the edge is %.2f, the net's %.2f", after, before)
	}
	solveClosedForm(c, net, guided, 60)
	if before, after := meanError(toBytes(net), toBytes(sharp)), meanError(toBytes(guided), toBytes(sharp)); after > before/4 {
		t.Errorf("the error went from %.4f to %.4f", before, after)
	}
}
