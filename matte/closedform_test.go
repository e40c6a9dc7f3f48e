package matte

import (
	"image"
	"math"
	"testing"
)

func rect(x0, y0, x1, y1 int) image.Rectangle { return image.Rect(x0, y0, x1, y1) }

// laplacian is Levin's matting Laplacian by its definition, dense: over every
// 3 x 3 window, delta_ij - (1 + (I_i-mu)' (Sigma + eps/9)^-1 (I_j-mu)) / 9.
func laplacian(c *canvas) [][]float64 {
	n := c.width * c.height
	out := make([][]float64, n)
	for i := range out {
		out[i] = make([]float64, n)
	}
	for y := 1; y < c.height-1; y++ {
		for x := 1; x < c.width-1; x++ {
			addWindow(out, c, x, y)
		}
	}
	return out
}

func addWindow(l [][]float64, c *canvas, cx, cy int) {
	var at []int
	var mean [3]float64
	for y := cy - 1; y <= cy+1; y++ {
		for x := cx - 1; x <= cx+1; x++ {
			at = append(at, y*c.width+x)
			for k, v := range c.unitColour(y*c.width + x) {
				mean[k] += v / 9
			}
		}
	}
	var cov [3][3]float64
	off := make([][3]float64, len(at))
	for n, i := range at {
		for k, v := range c.unitColour(i) {
			off[n][k] = v - mean[k]
		}
		for u := range 3 {
			for v := range 3 {
				cov[u][v] += off[n][u] * off[n][v] / 9
			}
		}
	}
	for n, i := range at {
		system := make([][]float64, 3)
		for u := range 3 {
			system[u] = []float64{cov[u][0], cov[u][1], cov[u][2], off[n][u]}
			system[u][u] += closedEpsilon
		}
		v := eliminate(system)
		for m, j := range at {
			l[i][j] -= (1 + v[0]*off[m][0] + v[1]*off[m][1] + v[2]*off[m][2]) / 9
		}
		l[i][i]++
	}
}

// naiveClosedForm minimises alpha' L alpha + pull |alpha - start|^2 over the
// unknown pixels, the others held at their values.
func naiveClosedForm(c *canvas, net *Map, unknown []int32, known, start *Map) *Map {
	l := laplacian(c)
	index := map[int]int{}
	for k, i := range unknown {
		index[int(i)] = k
	}
	system := make([][]float64, len(unknown))
	for k, i := range unknown {
		row := make([]float64, len(unknown)+1)
		for j, v := range l[i] {
			if at, ok := index[j]; ok {
				row[at] += v
			} else {
				row[len(unknown)] -= v * float64(known.Pix[j])
			}
		}
		pull := closedPull + closedSure*math.Pow(math.Abs(2*float64(net.Pix[i])-1), 4)
		row[k] += pull
		row[len(unknown)] += pull * float64(start.Pix[i])
		system[k] = row
	}
	out := known.clone()
	for k, v := range eliminate(system) {
		out.Pix[unknown[k]] = clamp01(float32(v))
	}
	return out
}

// smooth is a picture of two textured colours that meet in a soft diagonal.
func smooth(width, height int) (*Picture, *Map) {
	alpha := draw(width, height, func(x, y int) float32 { return clamp01(float32(x+y/2-width/2)/6 + .1) })
	random := newRandom(8)
	p := paint(width, height, func(x, y int) [3]uint8 {
		a, n := alpha.Pix[y*width+x], float32(random.IntN(12))
		return [3]uint8{uint8(a*190 + 40 + n), uint8(90 + n), uint8((1-a)*170 + 50 - n)}
	})
	return p, alpha
}

func TestClosedFormIsTheDenseSolution(t *testing.T) {
	for _, tt := range []struct {
		name string
		p    *Picture
	}{
		{"two soft colours", func() *Picture { p, _ := smooth(16, 16); return p }()},
		{"noise", noisePicture(1, 16, 16)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := canvasOf(tt.p)
			net := draw(16, 16, func(x, y int) float32 { return clamp01(float32(x+y/2-5) / 9) })
			for y := range 16 { // no soft pixel beside the border, where nothing is solved
				for _, x := range []int{0, 1, 14, 15} {
					net.Pix[y*16+x] = float32(math.Round(float64(net.Pix[y*16+x])))
				}
				for x := range 16 {
					if y < 2 || y > 13 {
						net.Pix[y*16+x] = float32(math.Round(float64(net.Pix[y*16+x])))
					}
				}
			}
			start := randomMap(9, 16, 16)
			want := naiveClosedForm(c, net, unsure(net), draw(16, 16, func(x, y int) float32 {
				return float32(math.Round(float64(net.Pix[y*16+x])))
			}), start)
			got := start.clone()
			solveClosedForm(c, net, got, 2000)
			if d := worst(got.Pix, want.Pix); d > .01 {
				t.Errorf("differs from the dense solution by %g", d)
			}
		})
	}
}

func TestClosedFormFindsTheBlend(t *testing.T) {
	exact := draw(90, 70, disc(45, 35, 22, 7))
	c := canvasOf(blend(exact, [3]uint8{220, 180, 40}, [3]uint8{30, 60, 160}))
	net := boxBlur(exact, 3)
	got := net.clone()
	solveClosedForm(c, net, got, 200)
	before, after := meanError(toBytes(net), toBytes(exact)), meanError(toBytes(got), toBytes(exact))
	if after > before/4 {
		t.Errorf("the error went from %.5f to %.5f", before, after)
	}
}

// Nothing but the pull and the neighbours' alpha speaks on a flat picture: an
// edge band between equal values takes that value.
func TestClosedFormKeepsConstants(t *testing.T) {
	c := canvasOf(noisePicture(2, 40, 40))
	for _, v := range []float32{0, 1} {
		net := constantMap(40, 40, v)
		for y := 15; y < 25; y++ {
			for x := 15; x < 25; x++ {
				net.Pix[y*40+x] = .5
			}
		}
		got := constantMap(40, 40, v)
		solveClosedForm(c, net, got, 50)
		if d := worst(got.Pix, constantMap(40, 40, v).Pix); d > 1e-3 {
			t.Errorf("constant %g moved by %g", v, d)
		}
	}
}

func TestClosedFormWithoutAnEdgeDoesNothing(t *testing.T) {
	for _, size := range []int{1, 3, 5, 30} {
		c := canvasOf(noisePicture(3, size, size))
		alpha := randomMap(1, size, size)
		got := alpha.clone()
		solveClosedForm(c, constantMap(size, size, 0), got, 20)
		if d := worst(got.Pix, alpha.Pix); d != 0 {
			t.Errorf("%d x %d without an unsure pixel moved by %g", size, size, d)
		}
	}
}

// A soft edge that the frame cuts is soft up to the frame.
func TestClosedFormKeepsSoftEdgesAtTheBorder(t *testing.T) {
	exact := draw(60, 60, func(x, _ int) float32 { return clamp01(float32(x-24) / 12) })
	c := canvasOf(blend(exact, [3]uint8{220, 180, 40}, [3]uint8{30, 60, 160}))
	got := exact.clone()
	solveClosedForm(c, exact, got, 50)
	for _, y := range []int{0, 1, 58, 59} {
		for x := range 60 {
			if d := math.Abs(float64(got.Pix[y*60+x] - exact.Pix[y*60+x])); d > .1 {
				t.Fatalf("pixel %d, %d has alpha %.2f, want %.2f", x, y, got.Pix[y*60+x], exact.Pix[y*60+x])
			}
		}
	}
}
