package metrics

import "math"

// epsilon keeps the quotients of S finite; it is MATLAB's eps, as in the paper's
// code.
const epsilon = 0x1p-52

// S returns the structure measure, 0..1 (Fan et al., alpha .5): half how alike
// the object and the background are, half how alike the four quarters around the
// object's centre are, against the truth's mask at one half.
func (p Pair) S() float64 {
	mask := p.want.mask()
	on := 0
	for _, m := range mask {
		if m {
			on++
		}
	}
	var mean float64
	for _, v := range p.got.Value {
		mean += float64(v)
	}
	mean /= float64(len(mask))
	switch on {
	case 0:
		return 1 - mean
	case len(mask):
		return mean
	}
	share := float64(on) / float64(len(mask))
	return max(0, .5*p.objectScore(mask, share)+.5*p.regionScore(mask, on))
}

// objectScore weighs the likeness of foreground and background by their areas.
func (p Pair) objectScore(mask []bool, share float64) float64 {
	var fore, back moments
	for i, m := range mask {
		v := float64(p.got.Value[i])
		if m {
			fore.add(v)
		} else {
			back.add(1 - v)
		}
	}
	return fore.likeness()*share + back.likeness()*(1-share)
}

// moments gathers a sample's mean and deviation (Welford's recurrence).
type moments struct {
	n              int
	mean, squareds float64
}

func (m *moments) add(v float64) {
	m.n++
	d := v - m.mean
	m.mean += d / float64(m.n)
	m.squareds += d * (v - m.mean)
}

// likeness is 1 when every value is 1.
func (m *moments) likeness() float64 {
	deviation := 0.
	if m.n > 1 {
		deviation = math.Sqrt(m.squareds / float64(m.n-1))
	}
	return 2 * m.mean / (m.mean*m.mean + 1 + deviation + epsilon)
}

// regionScore cuts the picture in four at the object's centre and weighs the
// quarters' structural similarity by their areas.
func (p Pair) regionScore(mask []bool, on int) float64 {
	width, height := p.want.Width, p.want.Height
	sumX, sumY := 0, 0
	for i, m := range mask {
		if m {
			sumX += i % width
			sumY += i / width
		}
	}
	// The reference rounds as numpy does and counts from one as MATLAB does.
	cx := int(math.RoundToEven(float64(sumX)/float64(on))) + 1
	cy := int(math.RoundToEven(float64(sumY)/float64(on))) + 1
	quarters := [4][4]int{{0, 0, cx, cy}, {cx, 0, width, cy}, {0, cy, cx, height}, {cx, cy, width, height}}
	var score float64
	for _, q := range quarters {
		area := (q[2] - q[0]) * (q[3] - q[1])
		if area > 0 {
			score += p.similarity(mask, q) * float64(area) / float64(width*height)
		}
	}
	return score
}

// similarity returns the SSIM-like score of the rectangle x0, y0, x1, y1.
func (p Pair) similarity(mask []bool, box [4]int) float64 {
	var sumGot, sumWant, n float64
	each := func(visit func(got, want float64)) {
		for y := box[1]; y < box[3]; y++ {
			for i := y*p.want.Width + box[0]; i < y*p.want.Width+box[2]; i++ {
				want := 0.
				if mask[i] {
					want = 1
				}
				visit(float64(p.got.Value[i]), want)
			}
		}
	}
	each(func(got, want float64) { sumGot += got; sumWant += want; n++ })
	meanGot, meanWant := sumGot/n, sumWant/n

	var varGot, varWant, covariance float64
	each(func(got, want float64) {
		dg, dw := got-meanGot, want-meanWant
		varGot += dg * dg
		varWant += dw * dw
		covariance += dg * dw
	})
	scale := 1 / (n - 1 + epsilon)
	above := 4 * meanGot * meanWant * covariance * scale
	below := (meanGot*meanGot + meanWant*meanWant) * (varGot + varWant) * scale
	switch {
	case above != 0:
		return above / (below + epsilon)
	case below == 0:
		return 1
	}
	return 0
}
