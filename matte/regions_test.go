package matte

import (
	"math"
	"testing"
)

// flood labels the 8-connected parts of a mask, from 1; 0 is outside.
func flood(m *Map, in func(v float32) bool) (label []int, n int) {
	label = make([]int, len(m.Pix))
	for start := range m.Pix {
		if label[start] != 0 || !in(m.Pix[start]) {
			continue
		}
		n++
		label[start] = n
		for stack := []int{start}; len(stack) > 0; {
			i := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			x, y := i%m.Width, i/m.Width
			for j := max(0, y-1); j <= min(m.Height-1, y+1); j++ {
				for k := max(0, x-1); k <= min(m.Width-1, x+1); k++ {
					if o := j*m.Width + k; label[o] == 0 && in(m.Pix[o]) {
						label[o] = n
						stack = append(stack, o)
					}
				}
			}
		}
	}
	return label, n
}

func TestRegionsAreTheConnectedParts(t *testing.T) {
	for seed := range uint64(60) {
		random := newRandom(seed)
		m := randomMap(seed, 1+random.IntN(40), 1+random.IntN(40))
		level := float32(.2 + .6*random.Float64())
		in := func(v float32) bool { return v > level }
		label, n := flood(m, in)
		got := regions(m, level, above)
		if len(got) != n {
			t.Fatalf("seed %d: %d regions, want %d", seed, len(got), n)
		}
		covered := make([]bool, len(m.Pix))
		for _, r := range got {
			checkRegion(t, r, m, label, covered)
		}
		for i, l := range label {
			if covered[i] != (l != 0) {
				t.Fatalf("seed %d: pixel %d in a region: %t, want %t", seed, i, covered[i], l != 0)
			}
		}
	}
}

// checkRegion checks that a region is of one label, and its area and mean.
func checkRegion(t *testing.T, r region, m *Map, label []int, covered []bool) {
	t.Helper()
	want, area, sum := label[r.runs[0].y*m.Width+r.runs[0].x0], 0, 0.
	for _, s := range r.runs {
		for x := s.x0; x < s.x1; x++ {
			i := s.y*m.Width + x
			if label[i] != want || covered[i] {
				t.Fatalf("pixel %d, %d belongs to another region or comes twice", x, s.y)
			}
			covered[i] = true
			area++
			sum += float64(m.Pix[i])
		}
	}
	if r.area != area || math.Abs(r.mean(m)-sum/float64(area)) > 1e-9 {
		t.Errorf("area %d and mean %g, want %d and %g", r.area, r.mean(m), area, sum/float64(area))
	}
}

func TestRing(t *testing.T) {
	m := draw(9, 9, func(x, y int) float32 { return float32(x) })
	only := func(x0, y0, x1, y1 int) region {
		part := draw(9, 9, func(x, y int) float32 {
			if x >= x0 && x < x1 && y >= y0 && y < y1 {
				return 1
			}
			return 0
		})
		return regions(part, .5, above)[0]
	}
	id := func(v float32) float64 { return float64(v) }
	for _, tt := range []struct {
		name string
		r    region
		d    int
		mean float64
		n    int
	}{
		{"around a pixel", only(4, 4, 5, 5), 1, 4, 8},
		{"two deep", only(4, 4, 5, 5), 2, 4, 24},
		{"cut off at the corner", only(0, 0, 1, 1), 1, 2. / 3, 3},
		{"around everything", only(0, 0, 9, 9), 3, 0, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			mean, n := tt.r.ring(m, tt.d, id)
			if math.Abs(mean-tt.mean) > 1e-9 || n != tt.n {
				t.Errorf("mean %g over %d pixels, want %g over %d", mean, n, tt.mean, tt.n)
			}
		})
	}
}

func TestRegionTouchesBorder(t *testing.T) {
	for i := range 25 {
		m := NewMap(5, 5)
		m.Pix[i] = 1
		r := regions(m, .5, above)[0]
		if want := i%5 == 0 || i%5 == 4 || i/5 == 0 || i/5 == 4; r.touchesBorder(m) != want {
			t.Errorf("pixel %d touches the border: %t, want %t", i, !want, want)
		}
	}
}
