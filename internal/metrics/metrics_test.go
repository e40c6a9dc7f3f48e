package metrics_test

import (
	"errors"
	"math"
	"testing"

	"mattebox/internal/metrics"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestPerfectMatteScoresPerfectly(t *testing.T) {
	same := truth(0)
	got := compare(t, same, same, fixtureWidth, fixtureHeight).Scores()
	want := metrics.Scores{IoU: 1, MaxF: 1, S: got.S}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("scores of a perfect matte (-want +got):\n%s", diff)
	}
	hard := step(8, 8, 4)
	if s := compare(t, hard, hard, 8, 8).S(); math.Abs(s-1) > 1e-9 {
		t.Errorf("S of a perfect mask is %v, want 1", s)
	}
}

// step is opaque left of the column and transparent from it on.
func step(width, height, column int) []uint8 {
	samples := make([]uint8, width*height)
	for i := range samples {
		if i%width < column {
			samples[i] = 255
		}
	}
	return samples
}

// A 40 x 10 step whose edge the matte puts two columns too far to the right:
// twenty pixels are wrong by one.
func TestWorkedExample(t *testing.T) {
	pair := compare(t, step(40, 10, 22), step(40, 10, 20), 40, 10)
	// The band reaches ten columns either way from the edge between 19 and 20:
	// columns 10 (ten from 20) to 29 (ten from 19).
	got := map[string]float64{
		"SAD": pair.SAD(), "MSE": pair.MSE(), "MAE": pair.MAE(), "Band": pair.Band(10), "IoU": pair.IoU(),
	}
	want := map[string]float64{
		"SAD": 20. / 1000, "MSE": 20. / 400, "MAE": 20. / 400, "Band": 20. / 200, "IoU": 200. / 220,
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateApprox(0, 1e-9)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// A step of height one has a gradient magnitude that depends on the kernel alone:
// across the edge the derivative factor sums to its partial sums, along it the
// smooth factor to its whole. The error against an empty matte is their squares.
func TestGradOfAStep(t *testing.T) {
	const radius, sigma = 4, 1.4
	var g, d [2*radius + 1]float64
	var gg, dd, along float64
	for i := range g {
		x := float64(i - radius)
		g[i] = math.Exp(-x * x / (2 * sigma * sigma))
		d[i] = -x * g[i]
		gg, dd = gg+g[i]*g[i], dd+d[i]*d[i]
		along += g[i]
	}
	var across, squares float64
	for i := range d {
		across += d[i]
		squares += across * across
	}
	want := squares / dd * along * along / gg * 10 / 1000
	got := compare(t, make([]uint8, 400), step(40, 10, 20), 40, 10).Grad()
	if math.Abs(got-want) > 1e-6 {
		t.Errorf("got %v, want %v", got, want)
	}
}

// Two bars of the truth; the matte joins only the larger one to the source, so
// the other bar's pixels, at full alpha above level zero, are what they differ by
// when the matte lacks them.
func TestConnCountsTheDisconnected(t *testing.T) {
	want := make([]uint8, 100)
	for _, i := range []int{1, 2, 3, 4, 7, 8} {
		for y := range 10 {
			want[y*10+i] = 255
		}
	}
	got := make([]uint8, 100)
	copy(got, want)
	for y := range 10 {
		got[y*10+8] = 0
	}
	pair := compare(t, got, want, 10, 10)
	if v := pair.Conn(); math.Abs(v-10./1000) > 1e-9 {
		t.Errorf("Conn is %v, want 0.01", v)
	}
}

func TestEmptyTruth(t *testing.T) {
	nothing := make([]uint8, 16)
	noise := make([]uint8, 16)
	noise[5] = 255
	clean := compare(t, nothing, nothing, 4, 4)
	if v := clean.IoU(); v != 1 {
		t.Errorf("IoU of nothing and nothing is %v, want 1", v)
	}
	if v := clean.S(); v != 1 {
		t.Errorf("S of nothing and nothing is %v, want 1", v)
	}
	if v := clean.Band(10); !math.IsNaN(v) {
		t.Errorf("Band without an edge is %v, want NaN", v)
	}
	dirty := compare(t, noise, nothing, 4, 4)
	if v := dirty.IoU(); v != 0 {
		t.Errorf("IoU of noise and nothing is %v, want 0", v)
	}
	if v := dirty.MaxF(); v != 0 {
		t.Errorf("MaxF of noise and nothing is %v, want 0", v)
	}
	if v, want := dirty.S(), 15./16; math.Abs(v-want) > 1e-9 {
		t.Errorf("S of noise and nothing is %v, want %v", v, want)
	}
}

func TestForegroundErrorWeighsByAlpha(t *testing.T) {
	// Pixels: opaque (not counted), soft .8 off by 30 in one channel, soft .2
	// right, clear (not counted).
	alpha := metrics.Floats([]float32{1, .8, .2, 0}, 4, 1)
	want := []uint8{9, 9, 9, 100, 100, 100, 50, 50, 50, 0, 0, 0}
	got := []uint8{0, 0, 0, 130, 100, 100, 50, 50, 50, 7, 7, 7}
	v, err := metrics.ForegroundError(got, want, alpha)
	if err != nil {
		t.Fatal(err)
	}
	if math.Abs(v-4) > 1e-5 {
		t.Errorf("got %v, want (10*.8 + 0*.2)/2 = 4", v)
	}
	hard := metrics.Floats([]float32{1, 1, 0, 0}, 4, 1)
	if v, err := metrics.ForegroundError(got, want, hard); err != nil || !math.IsNaN(v) {
		t.Errorf("without soft pixels: %v, %v; want NaN", v, err)
	}
}

func TestAUC(t *testing.T) {
	tests := []struct {
		name    string
		score   []float64
		success []bool
		want    float64
	}{
		{"perfect", []float64{.1, .2, .8, .9}, []bool{false, false, true, true}, 1},
		{"reversed", []float64{.9, .8, .2, .1}, []bool{false, false, true, true}, 0},
		{"one pair of four wrong", []float64{.1, .7, .6, .9}, []bool{false, false, true, true}, .75},
		{"all alike", []float64{.5, .5, .5}, []bool{false, true, true}, .5},
		{"no failures", []float64{.5, .6}, []bool{true, true}, math.NaN()},
		{"not a number", []float64{.5, math.NaN()}, []bool{true, false}, math.NaN()},
		{"empty", nil, nil, math.NaN()},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := metrics.AUC(test.score, test.success)
			if err != nil {
				t.Fatal(err)
			}
			if !cmp.Equal(got, test.want, cmpopts.EquateNaNs()) {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}

func TestSizesMustMatch(t *testing.T) {
	small, large := metrics.Bytes(make([]uint8, 4), 2, 2), metrics.Bytes(make([]uint8, 6), 3, 2)
	smallPair, err := metrics.Compare(small, small)
	if err != nil {
		t.Fatal(err)
	}
	largePair, err := metrics.Compare(large, large)
	if err != nil {
		t.Fatal(err)
	}
	faults := map[string]func() error{
		"planes of two sizes": func() error { _, err := metrics.Compare(small, large); return err },
		"too few samples":     func() error { _, err := metrics.Compare(metrics.Bytes(nil, 2, 2), small); return err },
		"no pixels":           func() error { _, err := metrics.Compare(metrics.Plane{}, metrics.Plane{}); return err },
		"frames of two sizes": func() error { _, err := metrics.DTSSD(smallPair, largePair); return err },
		"too few colours":     func() error { _, err := metrics.ForegroundError(nil, make([]uint8, 12), small); return err },
		"too few outcomes":    func() error { _, err := metrics.AUC([]float64{1}, nil); return err },
	}
	for name, fault := range faults {
		t.Run(name, func(t *testing.T) {
			if err := fault(); !errors.Is(err, metrics.ErrSize) {
				t.Errorf("got %v, want an error that wraps ErrSize", err)
			}
		})
	}
}

func BenchmarkScores(b *testing.B) {
	const width, height = 1280, 960
	got, want := make([]uint8, width*height), make([]uint8, width*height)
	for i := range want {
		dx, dy := i%width-640, i/width-480
		want[i] = uint8(min(max(120000-dx*dx-dy*dy, 0)/40, 255))
		got[i] = uint8(min(max(122000-dx*dx-dy*dy, 0)/44, 255))
	}
	pair := compare(b, got, want, width, height)
	steps := map[string]func() float64{
		"SAD":  pair.SAD,
		"Grad": pair.Grad,
		"Conn": pair.Conn,
		"Band": func() float64 { return pair.Band(metrics.BandRadius) },
		"S":    pair.S,
	}
	for name, run := range steps {
		b.Run(name, func(b *testing.B) {
			var sum float64
			for b.Loop() {
				sum += run()
			}
			b.ReportMetric(sum/float64(b.N), "score")
		})
	}
}
