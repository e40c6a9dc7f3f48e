package metrics

import (
	"errors"
	"fmt"
)

// ErrSize is the cause of every error about planes that do not match.
var ErrSize = errors.New("sizes do not match")

// Plane is one channel of a picture: Width*Height values 0..1, rows not padded.
type Plane struct {
	Width, Height int
	Value         []float32
}

// Bytes returns the plane of samples 0..255, scaled to 0..1.
func Bytes(samples []uint8, width, height int) Plane {
	values := make([]float32, len(samples))
	for i, s := range samples {
		values[i] = float32(s) / 255
	}
	return Plane{width, height, values}
}

// Floats returns the plane of values 0..1, which it does not copy.
func Floats(values []float32, width, height int) Plane {
	return Plane{width, height, values}
}

// check fails with ErrSize when the plane is empty or holds another number of
// values than its sides say.
func (p Plane) check() error {
	if p.Width <= 0 || p.Height <= 0 || len(p.Value) != p.Width*p.Height {
		return fmt.Errorf("%d values for %d x %d pixels: %w", len(p.Value), p.Width, p.Height, ErrSize)
	}
	return nil
}

// mask returns where the plane is above one half.
func (p Plane) mask() []bool {
	m := make([]bool, len(p.Value))
	for i, v := range p.Value {
		m[i] = v > .5
	}
	return m
}

// Pair is a matte beside its ground truth, of one size. Its methods are the
// metrics; all are 0 (S, F and IoU: 1) for a perfect matte.
type Pair struct {
	got, want Plane
}

// Compare returns the pair of a matte and its ground truth, or an error that
// wraps ErrSize when they differ in size or are empty.
func Compare(got, want Plane) (Pair, error) {
	for _, p := range []Plane{got, want} {
		if err := p.check(); err != nil {
			return Pair{}, err
		}
	}
	if got.Width != want.Width || got.Height != want.Height {
		return Pair{}, fmt.Errorf("matte %d x %d, truth %d x %d: %w",
			got.Width, got.Height, want.Width, want.Height, ErrSize)
	}
	return Pair{got, want}, nil
}

// Scores are all metrics of one pair. NaN stands for a metric that the picture
// has no pixels for.
type Scores struct {
	SAD  float64 // sum of absolute differences, thousands
	MSE  float64 // mean squared error
	MAE  float64 // mean absolute error
	Grad float64 // gradient error, thousands
	Conn float64 // connectivity error, thousands
	Band float64 // mean absolute error within BandRadius of the true edge
	IoU  float64 // of the masks at one half
	MaxF float64 // best F over all thresholds
	S    float64 // structure measure
}

// Scores returns all metrics of the pair.
func (p Pair) Scores() Scores {
	return Scores{
		SAD: p.SAD(), MSE: p.MSE(), MAE: p.MAE(), Grad: p.Grad(), Conn: p.Conn(),
		Band: p.Band(BandRadius), IoU: p.IoU(), MaxF: p.MaxF(), S: p.S(),
	}
}
