package metrics

import "math"

// gradSigma is the deviation of the Gaussian whose derivatives give Grad
// (Rhemann et al.).
const gradSigma = 1.4

// Grad returns the gradient error in thousands: the sum over the picture of the
// squared difference of the two mattes' gradient magnitudes, under Gaussian
// derivative filters of unit L2 norm with sigma 1.4 and replicated borders
// (Rhemann et al.; the kernel as in gaussgradient.m, which the reference uses).
// The reading of Robust Video Matting stretches both mattes to 0..1 first; that
// differs only for mattes that do not span 0..1.
func (p Pair) Grad() float64 {
	smooth, derive := gaussianKernels(gradSigma)
	got := gradientMagnitude(p.got, smooth, derive)
	want := gradientMagnitude(p.want, smooth, derive)
	var sum float64
	for i := range want {
		d := float64(got[i]) - float64(want[i])
		sum += d * d
	}
	return sum / 1000
}

// gaussianKernels returns the two factors of the separable filter: a Gaussian
// and its derivative, cut where the Gaussian falls under one hundredth, each of
// unit L2 norm so that their outer product has it too.
func gaussianKernels(sigma float64) (smooth, derive []float32) {
	const cut = 1e-2
	radius := int(math.Ceil(sigma * math.Sqrt(-2*math.Log(math.Sqrt(2*math.Pi)*sigma*cut))))
	g := make([]float64, 2*radius+1)
	d := make([]float64, 2*radius+1)
	for i := range g {
		x := float64(i - radius)
		g[i] = math.Exp(-x * x / (2 * sigma * sigma))
		d[i] = -x * g[i]
	}
	return unit(g), unit(d)
}

// unit returns v scaled to an L2 norm of 1.
func unit(v []float64) []float32 {
	var sum float64
	for _, x := range v {
		sum += x * x
	}
	out := make([]float32, len(v))
	for i, x := range v {
		out[i] = float32(x / math.Sqrt(sum))
	}
	return out
}

func gradientMagnitude(p Plane, smooth, derive []float32) []float32 {
	rows := make([]float32, len(p.Value))
	dx := make([]float32, len(p.Value))
	dy := make([]float32, len(p.Value))
	filterRows(rows, p, derive)
	filterColumns(dx, Plane{p.Width, p.Height, rows}, smooth)
	filterRows(rows, p, smooth)
	filterColumns(dy, Plane{p.Width, p.Height, rows}, derive)
	for i := range dx {
		dx[i] = float32(math.Sqrt(float64(dx[i]*dx[i] + dy[i]*dy[i])))
	}
	return dx
}

// filterRows correlates every row with the kernel, borders replicated. The sign
// that tells correlation from convolution is lost in the magnitude.
func filterRows(dst []float32, p Plane, kernel []float32) {
	radius := len(kernel) / 2
	padded := make([]float32, p.Width+2*radius)
	for y := range p.Height {
		row := p.Value[y*p.Width : (y+1)*p.Width]
		copy(padded[radius:], row)
		for k := range radius {
			padded[k], padded[radius+p.Width+k] = row[0], row[p.Width-1]
		}
		out := dst[y*p.Width : (y+1)*p.Width]
		clear(out)
		for k, weight := range kernel {
			for x, v := range padded[k : k+p.Width] {
				out[x] += weight * v
			}
		}
	}
}

// filterColumns correlates every column with the kernel, borders replicated.
func filterColumns(dst []float32, p Plane, kernel []float32) {
	radius := len(kernel) / 2
	for y := range p.Height {
		out := dst[y*p.Width : (y+1)*p.Width]
		clear(out)
		for k, weight := range kernel {
			from := min(max(y+k-radius, 0), p.Height-1)
			row := p.Value[from*p.Width : (from+1)*p.Width]
			for x, v := range row {
				out[x] += weight * v
			}
		}
	}
}
