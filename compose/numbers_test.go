package compose

import (
	"image"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestBlurIsAGaussian(t *testing.T) {
	for _, sigma := range []float64{.7, 1.5, 4, 12.3} {
		p := newPlane(201, 3)
		p.row(1)[100] = 1
		p.blur(sigma, 0)
		sum, square := 0., 0.
		for x, v := range p.row(1) {
			sum += float64(v)
			square += float64(v) * float64((x-100)*(x-100))
		}
		if math.Abs(sum-1) > 1e-4 || math.Abs(math.Sqrt(square)-sigma) > .02*sigma {
			t.Errorf("sigma %g: weight %.4f, deviation %.3f", sigma, sum, math.Sqrt(square))
		}
		peak := 1 / (sigma * math.Sqrt(2*math.Pi))
		if got := float64(p.row(1)[100]); sigma > 1 && math.Abs(got-peak) > .08*peak {
			t.Errorf("sigma %g: peak %.4f, want %.4f", sigma, got, peak)
		}
	}
}

func TestBlurredIgnoresTheBorder(t *testing.T) {
	p := newPlane(30, 20)
	for i := range p.v {
		p.v[i] = .25
	}
	for i, v := range p.blurred(6).v {
		if math.Abs(float64(v)-.25) > 1e-5 {
			t.Fatalf("cell %d of a flat plane became %g", i, v)
		}
	}
}

func TestPlaneAt(t *testing.T) {
	p := &plane{2, 2, []float32{0, 1, 2, 3}}
	for _, tt := range []struct{ x, y, want float64 }{{0, 0, 0}, {1, 1, 3}, {.5, 0, .5}, {.5, .5, 1.5}, {-3, 9, 2}, {9, -1, 1}} {
		if got := p.at(tt.x, tt.y); got != tt.want {
			t.Errorf("at(%g, %g) = %g, want %g", tt.x, tt.y, got, tt.want)
		}
	}
}

func TestMedian(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 7))
	for n := range 60 {
		v := make([]float32, n)
		for i := range v {
			v[i] = float32(random.IntN(20))
		}
		sorted := slices.Clone(v)
		slices.Sort(sorted)
		want := float32(0)
		if n > 0 {
			want = sorted[n/2]
		}
		if got := median(v); got != want {
			t.Fatalf("median of %v = %g, want %g", sorted, got, want)
		}
	}
}

func TestDistances(t *testing.T) {
	d := distances(30, 20, func(i int) bool { return i == 5*30+10 || i == 15*30+25 })
	for i, got := range d {
		x, y := float64(i%30), float64(i/30)
		want := min(math.Hypot(x-10, y-5), math.Hypot(x-25, y-15))
		if math.Abs(float64(got)-want) > .09*want {
			t.Errorf("at %g, %g: %g, want %g", x, y, got, want)
		}
	}
	if d := distances(2, 2, func(int) bool { return false }); d[0] < 1e30 {
		t.Errorf("without a mark the distance is %g", d[0])
	}
}

// TestReconstruct keeps the hill that holds the seed, up to the height of the
// saddle on the one behind it, and drops the one that stands apart.
func TestReconstruct(t *testing.T) {
	p := &plane{9, 3, []float32{
		0, 0, 0, 0, 0, 0, 0, 0, 0,
		5, 7, 3, 2, 6, 6, 0, 8, 8,
		0, 0, 0, 0, 0, 4, 0, 8, 0,
	}}
	got := reconstruct(p, func(i int) bool { return i == 9 })
	want := []float32{
		0, 0, 0, 0, 0, 0, 0, 0, 0,
		5, 5, 3, 2, 2, 2, 0, 0, 0,
		0, 0, 0, 0, 0, 2, 0, 0, 0,
	}
	if diff := cmp.Diff(want, got.v); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// TestReconstructRoundCorners needs the queue: a spiral that no two scans follow.
func TestReconstructRoundCorners(t *testing.T) {
	maze := []string{
		"#######",
		"......#",
		"#####.#",
		"#...#.#",
		"#.###.#",
		"#.....#",
		"#######",
	}
	p := newPlane(7, 7)
	for y, line := range maze {
		for x, c := range line {
			if c == '#' {
				p.v[y*7+x] = 1
			}
		}
	}
	got := reconstruct(p, func(i int) bool { return i == 0 })
	if diff := cmp.Diff(p.v, got.v); diff != "" {
		t.Errorf("the wall is all one, but (-want +got)\n%s", diff)
	}
}

func TestFillHoles(t *testing.T) {
	p, weight := newPlane(40, 30), make([]float32, 40*30)
	for i := range p.v {
		x, y := i%40, i/40
		if x < 10 || x >= 30 || y < 8 || y >= 22 {
			p.v[i], weight[i] = float32(x), 1
		}
	}
	p.fillHoles(weight)
	for i, v := range p.v {
		x := i % 40
		if weight[i] == 1 && v != float32(x) {
			t.Fatalf("known cell %d became %g", i, v)
		}
		if math.Abs(float64(v)-float64(x)) > 8 {
			t.Errorf("cell %d, %d filled with %g, want about %d", x, i/40, v, x)
		}
	}
}

// TestSurfaceFindsTheGround fits a curved floor of which a quarter is hidden and
// another part darkened.
func TestSurfaceFindsTheGround(t *testing.T) {
	const w, h = 60, 40
	truth := func(x, y int) float32 {
		u, v := float64(x)/w-.4, float64(y)/h-.3
		return float32(.8 - .3*u*u - .2*v*v + .05*u)
	}
	f := &floor{w: w, h: h, reach: 8}
	f.seen, f.far = make([]float32, w*h), make([]float32, w*h)
	for c := range f.color {
		f.color[c] = make([]float32, w*h)
	}
	subject := image.Rect(22, 8, 40, 30)
	f.far = distances(w, h, func(i int) bool { return image.Pt(i%w, i/w).In(subject) })
	random := rand.New(rand.NewPCG(1, 1))
	for i := range f.seen {
		x, y := i%w, i/w
		if f.far[i] == 0 {
			continue
		}
		f.seen[i] = 1
		v := truth(x, y) + float32(random.NormFloat64()*.004)
		if y > 26 && f.far[i] < 7 {
			v *= .7
		}
		for c := range f.color {
			f.color[c][i] = v
		}
	}
	bare := f.unshadowed(f)
	for i := range f.seen {
		if got, want := bare[1].v[i], truth(i%w, i/w); f.seen[i] > 0 && math.Abs(float64(got-want)) > .02 {
			t.Fatalf("floor at %d, %d = %.3f, want %.3f", i%w, i/w, got, want)
		}
	}
}

func TestGridMaskFollowsTheLight(t *testing.T) {
	g := newGrid(image.Rect(0, 0, 64, 64), 16)
	light := newPlane(g.w, g.h)
	for i := range light.v {
		light.v[i] = 1
		if x := i % g.w; x >= 8 {
			light.v[i] = float32(linear(.6))
		}
	}
	m, err := g.mask(t.Context(), light, image.Rect(10, 10, 60, 50), directly())
	if err != nil {
		t.Fatal(err)
	}
	if m.Rect.Min.X < 29 || m.Rect.Max != image.Pt(60, 50) || m.Stride != m.Rect.Dx() {
		t.Errorf("mask covers %v with stride %d", m.Rect, m.Stride)
	}
	sum, n := 0., 0.
	for y := 10; y < 50; y++ {
		for x := 40; x < 60; x++ {
			sum, n = sum+float64(m.AlphaAt(x, y).A), n+1
		}
	}
	if want := 255 * .4; math.Abs(sum/n-want) > .1 {
		t.Errorf("mean mask %.2f, want %.2f", sum/n, want)
	}
	for i := range light.v {
		light.v[i] = 1
	}
	if m, _ := g.mask(t.Context(), light, image.Rect(10, 10, 60, 50), directly()); m != nil {
		t.Errorf("full light makes a mask over %v", m.Rect)
	}
}
