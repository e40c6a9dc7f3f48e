package matte

import "math"

// Gain of the finished map: the nets rarely reach 0 and 1 exactly, and a veil of
// 2 % over the background shows on print. A fixed gain, unlike a min-max
// stretch, leaves a picture without a subject empty.
const (
	gainLow  = 0.02
	gainSpan = 0.96
)

func gain(m *Map) {
	rows(m.Height, func(y0, y1 int) {
		pix := m.Pix[y0*m.Width : y1*m.Width]
		for i, v := range pix {
			pix[i] = clamp01((v - gainLow) / gainSpan)
		}
	})
}

// decide makes one map of the opinions.
func (v *opinions) decide() *Map {
	if v.large == nil {
		gain(v.small)
		return v.small
	}
	out := v.settle()
	if v.small != nil {
		v.addMissed(out)
	}
	gain(out)
	return out
}

// contested is the spread between opinions of the large net from which on their
// mean would paint a ghost, and the median is taken.
const contested = 0.5

// settle combines the passes of the large net: the mean where they agree, which
// cancels their edge noise, the median where they do not.
func (v *opinions) settle() *Map {
	out := NewMap(v.large.Width, v.large.Height)
	if v.mirror == nil {
		copy(out.Pix, v.large.Pix)
		return out
	}
	boxed := overlap(v.large, v.box) >= unanimous
	for i, a := range v.large.Pix {
		out.Pix[i] = three(a, v.mirror.Pix[i], v.box.Pix[i], boxed)
	}
	return out
}

func three(large, mirror, box float32, boxed bool) float32 {
	lo, hi := min(large, mirror, box), max(large, mirror, box)
	switch {
	case hi-lo > contested:
		return large + mirror + box - lo - hi
	case boxed:
		return (large + mirror + box) / 3
	}
	return (large + mirror) / 2
}

// The witness's say. The large net misses whole parts more often than it
// invents them, and the small one blurs and over-reaches at edges but sees the
// coarse shape: so a large region that only the small net claims, surely and
// right beside the large net's subject, is added by half. Regions that the
// large net's subject encloses are holes, which the small net cannot resolve;
// regions apart from the subject are other things.
const (
	witnessGrid    = 320  // side of the grid on which regions are compared
	missedArea     = 0.1  // of the subject's area, at least
	missedSurety   = 0.75 // mean of the small net's alpha there, at least
	missedEnclosed = 0.9  // share of its ring that is subject, at most
	missedApart    = 0.05 // likewise, at least
	missedTrust    = 0.8  // how far the map moves to the witness's
	ringWidth      = 2    // grid steps
	growMissed     = 4    // grid steps by which an added region is widened
)

// addMissed moves out towards the witness inside the regions it has missed.
func (v *opinions) addMissed(out *Map) {
	large, small := out.scaleTo(witnessGrid, witnessGrid), v.small.scaleTo(witnessGrid, witnessGrid)
	only := NewMap(witnessGrid, witnessGrid)
	var subject, other float64
	for i, a := range large.Pix {
		if a > .5 {
			subject++
		}
		if small.Pix[i] > .5 {
			other++
			if a < .5 {
				only.Pix[i] = 1
			}
		}
	}
	erode(only)
	least := missedArea * max(subject, other)
	var missed []region
	for _, r := range regions(only, .5, above) {
		if float64(r.area) < least || r.mean(small) < missedSurety {
			continue
		}
		touch := r.touch(large)
		if touch >= missedApart && touch <= missedEnclosed {
			missed = append(missed, r)
		}
	}
	if len(missed) > 0 {
		v.blend(out, missed)
	}
}

// touch is the share of subject around an eroded region, beyond the layer that the
// erosion took off it.
func (r region) touch(large *Map) float64 {
	solid := func(v float32) float64 { return math.Round(float64(v)) }
	lost, n := r.ring(large, 1, solid)
	all, m := r.ring(large, 1+ringWidth, solid)
	return (all*float64(m) - lost*float64(n)) / float64(max(m-n, 1))
}

func (v *opinions) blend(out *Map, missed []region) {
	mask := NewMap(witnessGrid, witnessGrid)
	for _, r := range missed {
		for _, s := range r.runs {
			for y := max(0, s.y-growMissed); y <= min(mask.Height-1, s.y+growMissed); y++ {
				row := mask.row(y)
				for x := max(0, s.x0-growMissed); x < min(mask.Width, s.x1+growMissed); x++ {
					row[x] = 1
				}
			}
		}
	}
	soft := boxBlur(boxBlur(mask, ringWidth), ringWidth).scaleTo(out.Width, out.Height)
	for i, w := range soft.Pix {
		if more := v.small.Pix[i] - out.Pix[i]; w > 0 && more > 0 {
			out.Pix[i] += w * missedTrust * more
		}
	}
}

// erode clears the pixels of a 0/1 map that have a clear neighbour.
func erode(m *Map) {
	src := append([]float32(nil), m.Pix...)
	for y := range m.Height {
		for x := range m.Width {
			i := y*m.Width + x
			inside := x > 0 && y > 0 && x < m.Width-1 && y < m.Height-1
			if !inside || src[i-1] == 0 || src[i+1] == 0 || src[i-m.Width] == 0 || src[i+m.Width] == 0 {
				m.Pix[i] = 0
			}
		}
	}
}

// overlap is the intersection over union of two maps' masks at .5; 1 when both
// are empty.
func overlap(a, b *Map) float64 {
	var both, either int
	for i, v := range a.Pix {
		p, q := v > .5, b.Pix[i] > .5
		if p && q {
			both++
		}
		if p || q {
			either++
		}
	}
	if either == 0 {
		return 1
	}
	return float64(both) / float64(either)
}

// confidence is how far to trust the matte, 0..1: the agreement of the two nets,
// which ranks failures below successes (imaging.md), lowered by whatever the
// large net itself leaves undecided. Without a second net the surety stands
// alone.
func (v *opinions) confidence() float64 {
	if v.large == nil {
		return surety(v.small)
	}
	c := surety(v.large)
	if v.small != nil {
		c = overlap(v.large, v.small) * math.Sqrt(c)
	}
	return c
}

// count returns how many values are above a level.
func count(pix []float32, level float32) float64 {
	var n int
	for _, v := range pix {
		if v > level {
			n++
		}
	}
	return float64(n)
}

// surety is the mean of |2a-1| over the pixels that a map does not give to the
// background: 1 for a map of zeros and ones.
func surety(m *Map) float64 {
	n := sumRows(m.Height, func(y0, y1 int) float64 {
		return count(m.Pix[y0*m.Width:y1*m.Width], .1)
	})
	if n == 0 {
		return 1
	}
	return sumRows(m.Height, func(y0, y1 int) float64 {
		var sum float64
		for _, a := range m.Pix[y0*m.Width : y1*m.Width] {
			if a > .5 {
				sum += 2*float64(a) - 1
			} else if a > .1 {
				sum += 1 - 2*float64(a)
			}
		}
		return sum
	}) / n
}

// boxBlur returns the mean of m over squares of side 2r+1, cut off at the border.
func boxBlur(m *Map, r int) *Map {
	out := NewMap(m.Width, m.Height)
	copy(out.Pix, m.Pix)
	newBlurrer(m.Width, m.Height, r).blur(out.Pix)
	return out
}
