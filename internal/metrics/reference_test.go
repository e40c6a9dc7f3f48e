package metrics_test

import (
	"math"
	"testing"

	"mattebox/internal/metrics"
)

// The wanted values are what bench/peers/metrics_reference.py prints: other
// people's implementations on the same samples.
func TestAgainstReferences(t *testing.T) {
	s := fixture(t, 0, 0, 7).Scores()
	tests := []struct {
		name      string
		got, want float64
	}{
		{"SAD", s.SAD, 0.293039217},
		{"MSE", s.MSE, 0.025055680},
		{"MAE", s.MAE, 0.102211098},
		{"Grad", s.Grad, 0.289149013},
		{"Conn", s.Conn, 0.278109814},
		{"Band", s.Band, 0.169284698},
		{"IoU", s.IoU, 0.839218159},
		{"MaxF", s.MaxF, 0.941318565},
		{"S", s.S, 0.871872269},
		{"DTSSD", flicker(t), 7.856182292},
		{"ForegroundError", colourError(t), 42.741495016},
		{"AUC", area(t), 0.652343750},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if math.Abs(test.got-test.want) > 1e-6*test.want {
				t.Errorf("got %.9f, the reference says %.9f", test.got, test.want)
			}
		})
	}
}

func flicker(t *testing.T) float64 {
	t.Helper()
	v, err := metrics.DTSSD(fixture(t, 0, 0, 7), fixture(t, 1, 2, 11))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func colourError(t *testing.T) float64 {
	t.Helper()
	got := make([]uint8, 3*fixtureWidth*fixtureHeight)
	want := make([]uint8, len(got))
	for i := range got {
		got[i] = uint8(i * 7 % 251)
		want[i] = uint8((i*11 + 40) % 241)
	}
	v, err := metrics.ForegroundError(got, want, metrics.Bytes(truth(0), fixtureWidth, fixtureHeight))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func area(t *testing.T) float64 {
	t.Helper()
	score := make([]float64, 40)
	success := make([]bool, 40)
	for i := range score {
		score[i] = float64(i*37%19) / 19
		success[i] = float64(i*13%10)+float64(i*37%19)/6 > 5
	}
	v, err := metrics.AUC(score, success)
	if err != nil {
		t.Fatal(err)
	}
	return v
}
