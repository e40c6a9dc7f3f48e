package metrics

import "math"

// SAD returns the sum of absolute differences in thousands (Rhemann et al.).
func (p Pair) SAD() float64 {
	return p.sumAbs() / 1000
}

// MAE returns the mean absolute error, 0..1 (Perazzi et al.). Times 1000 it is
// the MAD of Robust Video Matting.
func (p Pair) MAE() float64 {
	return p.sumAbs() / float64(len(p.want.Value))
}

// MSE returns the mean squared error, 0..1 (Rhemann et al.). Robust Video
// Matting prints it times 1000.
func (p Pair) MSE() float64 {
	var sum float64
	for i, want := range p.want.Value {
		d := float64(p.got.Value[i]) - float64(want)
		sum += d * d
	}
	return sum / float64(len(p.want.Value))
}

func (p Pair) sumAbs() float64 {
	var sum float64
	for i, want := range p.want.Value {
		sum += math.Abs(float64(p.got.Value[i]) - float64(want))
	}
	return sum
}
