package metrics

import "math"

// betaSquared weighs precision against recall in F (Achanta et al.).
const betaSquared = .3

// IoU returns the intersection over union of the two masks at one half, 1 when
// both are empty.
func (p Pair) IoU() float64 {
	both, either := 0, 0
	for i, want := range p.want.Value {
		a, b := p.got.Value[i] > .5, want > .5
		if a && b {
			both++
		}
		if a || b {
			either++
		}
	}
	if either == 0 {
		return 1
	}
	return float64(both) / float64(either)
}

// MaxF returns the largest F (beta squared .3) over the 256 thresholds of an
// 8-bit matte, against the truth's mask at one half (Achanta et al.); 0 when that
// mask is empty. The matte is taken as it is: PySODMetrics stretches its
// predictions to 0..1 first.
func (p Pair) MaxF() float64 {
	var on, off [256]int
	total := 0
	for i, want := range p.want.Value {
		level := int(math.Round(min(max(float64(p.got.Value[i]), 0), 1) * 255))
		if want > .5 {
			on[level]++
			total++
		} else {
			off[level]++
		}
	}
	best := 0.
	hits, positives := 0, 0
	for level := 255; level >= 0; level-- {
		hits += on[level]
		positives += on[level] + off[level]
		if hits == 0 {
			continue
		}
		precision := float64(hits) / float64(positives)
		recall := float64(hits) / float64(total)
		best = max(best, (1+betaSquared)*precision*recall/(betaSquared*precision+recall))
	}
	return best
}
