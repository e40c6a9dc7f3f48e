package metrics_test

import (
	"testing"

	"mattebox/internal/metrics"
)

// The fixture is drawn with integers only, so that bench/peers/
// metrics_reference.py draws the very same samples.
const (
	fixtureWidth  = 61
	fixtureHeight = 47
)

// truth draws a soft ellipse, moved right by shift.
func truth(shift int) []uint8 {
	samples := make([]uint8, fixtureWidth*fixtureHeight)
	for i := range samples {
		samples[i] = uint8(ellipse(i, 26+shift, 20))
	}
	return samples
}

// matte draws the ellipse in the wrong place, a blob apart from it, and noise.
func matte(shift, seed int) []uint8 {
	samples := make([]uint8, fixtureWidth*fixtureHeight)
	state := seed
	for i := range samples {
		dx, dy := i%fixtureWidth-54, i/fixtureWidth-40
		blob := max(150-4*(dx*dx+dy*dy), 0)
		state = (state*1103515245 + 12345) & 0x7fffffff
		noise := (state>>16)%41 - 20
		samples[i] = uint8(min(max(max(ellipse(i, 29+shift, 21), blob)+noise, 0), 255))
	}
	return samples
}

func ellipse(i, cx, cy int) int {
	dx, dy := i%fixtureWidth-cx, i/fixtureWidth-cy
	return min(max(900-dx*dx-2*dy*dy, 0)*255/500, 255)
}

func fixture(t testing.TB, shift, matteShift, seed int) metrics.Pair {
	t.Helper()
	return compare(t, matte(matteShift, seed), truth(shift), fixtureWidth, fixtureHeight)
}

func compare(t testing.TB, got, want []uint8, width, height int) metrics.Pair {
	t.Helper()
	pair, err := metrics.Compare(metrics.Bytes(got, width, height), metrics.Bytes(want, width, height))
	if err != nil {
		t.Fatalf("comparing planes: %v", err)
	}
	return pair
}
