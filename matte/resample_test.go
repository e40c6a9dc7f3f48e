package matte

import (
	"fmt"
	"image"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestTriangleOnSmallLines(t *testing.T) {
	for _, tt := range []struct {
		name        string
		from, to, n int
		want        []taps
	}{
		{"same size", 0, 2, 2, []taps{{0, []float32{1, 0}}, {0, []float32{0, 1}}}},
		{"halved", 0, 4, 2, []taps{{0, []float32{3. / 7, 3. / 7, 1. / 7}}, {1, []float32{1. / 7, 3. / 7, 3. / 7}}}},
		{"doubled", 0, 2, 4, []taps{{0, []float32{1}}, {0, []float32{.75, .25}}, {0, []float32{.25, .75}}, {1, []float32{1}}}},
		{"one from three", 5, 8, 1, []taps{{5, []float32{2. / 7, 3. / 7, 2. / 7}}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := dropZeros(triangle(tt.from, tt.to, tt.n))
			if d := cmp.Diff(dropZeros(tt.want), got, cmp.AllowUnexported(taps{}), cmpopts.EquateApprox(0, 1e-6)); d != "" {
				t.Error(d)
			}
		})
	}
}

// dropZeros cuts weights of nothing off both ends.
func dropZeros(all []taps) []taps {
	var out []taps
	for _, t := range all {
		for len(t.weights) > 1 && t.weights[0] == 0 {
			t = taps{t.first + 1, t.weights[1:]}
		}
		for n := len(t.weights); n > 1 && t.weights[n-1] == 0; n-- {
			t.weights = t.weights[:n-1]
		}
		out = append(out, t)
	}
	return out
}

// naiveTriangle is the filter by its definition, sample by sample, in float64.
func naiveTriangle(at func(x, y int) float64, r image.Rectangle, width, height, i, j int) float64 {
	sx, sy := float64(r.Dx())/float64(width), float64(r.Dy())/float64(height)
	cx, cy := float64(r.Min.X)+(float64(i)+.5)*sx, float64(r.Min.Y)+(float64(j)+.5)*sy
	var sum, weight float64
	for y := r.Min.Y; y < r.Max.Y; y++ {
		wy := max(0, 1-math.Abs(float64(y)+.5-cy)/max(sy, 1))
		for x := r.Min.X; x < r.Max.X; x++ {
			w := wy * max(0, 1-math.Abs(float64(x)+.5-cx)/max(sx, 1))
			sum += w * at(x, y)
			weight += w
		}
	}
	return sum / weight
}

// sizes are boxes of a 67 x 53 picture and the sizes they are brought to: whole
// and part, shrunk, grown, both at once, kept, and down to one pixel.
var sizes = []struct {
	box           image.Rectangle
	width, height int
}{
	{image.Rect(0, 0, 67, 53), 20, 20},
	{image.Rect(0, 0, 67, 53), 67, 53},
	{image.Rect(0, 0, 67, 53), 131, 97},
	{image.Rect(0, 0, 67, 53), 90, 11},
	{image.Rect(0, 0, 67, 53), 1, 1},
	{image.Rect(13, 7, 40, 52), 32, 64},
	{image.Rect(13, 7, 40, 52), 9, 8},
	{image.Rect(66, 52, 67, 53), 5, 5},
}

func TestResampleIsTheTriangleFilter(t *testing.T) {
	p := noisePicture(1, 67, 53)
	for _, s := range sizes {
		for _, pic := range []*Picture{p, deep(p)} {
			t.Run(fmt.Sprintf("%v to %dx%d, 16 bits %t", s.box, s.width, s.height, pic.Pix16 != nil), func(t *testing.T) {
				got, err := pic.sample(s.box, s.width, s.height)
				must(t, err)
				for j := range s.height {
					for i := range s.width {
						for c := range 3 {
							want := naiveTriangle(func(x, y int) float64 { return float64(p.Pix[(y*67+x)*3+c]) }, s.box, s.width, s.height, i, j)
							if v := float64(got[(j*s.width+i)*3+c]); math.Abs(v-want) > .51 {
								t.Fatalf("pixel %d, %d channel %d is %g, want %.3f", i, j, c, v, want)
							}
						}
					}
				}
			})
		}
	}
}

func TestMapScaleIsTheTriangleFilter(t *testing.T) {
	m := randomMap(2, 67, 53)
	for _, s := range sizes {
		got := m.scaleBox(s.box, s.width, s.height)
		want := draw(s.width, s.height, func(i, j int) float32 {
			return float32(naiveTriangle(func(x, y int) float64 { return float64(m.Pix[y*67+x]) }, s.box, s.width, s.height, i, j))
		})
		if d := worst(got.Pix, want.Pix); d > 1e-5 {
			t.Errorf("%v to %d x %d differs by %g", s.box, s.width, s.height, d)
		}
	}
}

func TestResamplingKeepsConstants(t *testing.T) {
	for v := range 256 {
		p := paint(31, 17, func(int, int) [3]uint8 { return [3]uint8{uint8(v), uint8(255 - v), 7} })
		for _, pic := range []*Picture{p, deep(p)} {
			for _, size := range [][2]int{{7, 5}, {64, 40}} {
				got, err := pic.sample(pic.Bounds(), size[0], size[1])
				must(t, err)
				for i := 0; i < len(got); i += 3 {
					if [3]uint8(got[i:i+3]) != [3]uint8(p.Pix[:3]) {
						t.Fatalf("%v became %v", p.Pix[:3], got[i:i+3])
					}
				}
			}
		}
	}
}

func TestScaleToTheSameSizeCopiesNothing(t *testing.T) {
	m := randomMap(3, 5, 4)
	if m.scaleTo(5, 4) != m {
		t.Error("a map of the right size was copied")
	}
}

func TestSampleConvertsTheSmallCopyOnly(t *testing.T) {
	p := noisePicture(4, 40, 30)
	before := append([]uint8(nil), p.Pix...)
	p.ToSRGB = func(rgb []uint8, width, height int) error {
		if width != 8 || height != 6 || len(rgb) != 8*6*3 {
			t.Errorf("asked to convert %d x %d with %d samples", width, height, len(rgb))
		}
		clear(rgb)
		return nil
	}
	got, err := p.sample(p.Bounds(), 8, 6)
	must(t, err)
	if d := cmp.Diff(make([]uint8, len(got)), got); d != "" {
		t.Error("the conversion is not in the result")
	}
	if !cmp.Equal(before, p.Pix) {
		t.Error("the photograph itself was converted")
	}
}

func TestCanvasIsThePhotographWhereItFits(t *testing.T) {
	p := noisePicture(5, 40, 30)
	if c := newCanvas(p); &c.rgb[0] != &p.Pix[0] {
		t.Error("a small photograph was copied")
	}
	c := newCanvas(deep(p))
	if c.width != 40 || c.height != 30 || !cmp.Equal(c.rgb, p.Pix) {
		t.Error("the 8-bit copy of a small 16-bit photograph is not that photograph")
	}
	large := paint(2000, 1500, func(x, y int) [3]uint8 { return [3]uint8{uint8(x >> 3), uint8(y >> 3), 0} })
	for _, pic := range []*Picture{large, deep(large)} {
		c = newCanvas(pic)
		if c.width*c.height > CanvasPixels || math.Abs(float64(c.width)/float64(c.height)-4./3) > .01 {
			t.Errorf("canvas is %d x %d", c.width, c.height)
		}
	}
}
