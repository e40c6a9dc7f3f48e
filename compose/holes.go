package compose

// fillHoles replaces cells without weight by a smooth continuation of their
// surroundings: averages over ever wider cells, taken from the finest that has
// any (the push and pull of S. Gortler et al., The Lumigraph, 1996).
func (p *plane) fillHoles(weight []float32) {
	if p.w <= 1 && p.h <= 1 {
		return
	}
	half := newPlane((p.w+1)/2, (p.h+1)/2)
	below := make([]float32, half.w*half.h)
	for y := range p.h {
		for x := range p.w {
			i, k := y*p.w+x, y/2*half.w+x/2
			half.v[k] += p.v[i] * weight[i]
			below[k] += weight[i]
		}
	}
	for k, w := range below {
		if w > 0 {
			half.v[k] /= w
			below[k] = min(w, 1)
		}
	}
	half.fillHoles(below)
	for y := range p.h {
		for x := range p.w {
			i := y*p.w + x
			if weight[i] < 1 {
				coarse := float32(half.at(float64(x)/2-.25, float64(y)/2-.25))
				p.v[i] = p.v[i]*weight[i] + coarse*(1-weight[i])
			}
		}
	}
}
