package metrics

import (
	"fmt"
	"math"
)

// Bounds of the true alpha between which a pixel's foreground colour can be both
// seen and wrong.
const (
	softBelow = .05
	softAbove = .95
)

// ForegroundError returns the mean, over the pixels with .05 < alpha < .95 of the
// true alpha, of the foreground colour's absolute error (0..255, mean of the
// channels) times that alpha: the error as it shows when the cut-out is laid on a
// new background. NaN when there are no such pixels. got and want are interleaved
// straight (not premultiplied) RGB of alpha's size; another length is an error
// that wraps ErrSize.
func ForegroundError(got, want []uint8, alpha Plane) (float64, error) {
	if err := alpha.check(); err != nil {
		return 0, err
	}
	if n := 3 * len(alpha.Value); len(got) != n || len(want) != n {
		return 0, fmt.Errorf("%d and %d samples for %d pixels: %w", len(got), len(want), len(alpha.Value), ErrSize)
	}
	var sum float64
	count := 0
	for i, a := range alpha.Value {
		if a <= softBelow || a >= softAbove {
			continue
		}
		d := 0
		for c := 3 * i; c < 3*i+3; c++ {
			d += absolute(int(got[c]) - int(want[c]))
		}
		sum += float64(a) * float64(d) / 3
		count++
	}
	if count == 0 {
		return math.NaN(), nil
	}
	return sum / float64(count), nil
}

func absolute(v int) int {
	if v < 0 {
		return -v
	}
	return v
}
