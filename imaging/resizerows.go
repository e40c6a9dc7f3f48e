package imaging

// linearise fills r.linear with row y of the source.
func (r *resizer) linearise(y int) {
	from, to := 3*y*r.in.Width, 3*(y+1)*r.in.Width
	if r.in.Deep() {
		linearise(r.linear, r.in.Pix16[from:to], r.alphaRow(y), r.toLinear)
	} else {
		linearise(r.linear, r.in.Pix[from:to], r.alphaRow(y), r.toLinear)
	}
}

func (r *resizer) alphaRow(y int) []uint8 {
	if r.in.Alpha == nil {
		return nil
	}
	return r.in.Alpha[y*r.in.Width : (y+1)*r.in.Width]
}

func linearise[T uint8 | uint16](dst []float32, pix []T, alpha []uint8, table []float32) {
	if alpha == nil {
		dst = dst[:len(pix)]
		for i, v := range pix {
			dst[i] = table[v]
		}
		return
	}
	for x, a := range alpha {
		d := dst[4*x : 4*x+4 : 4*x+4]
		if a == 0 {
			d[0], d[1], d[2], d[3] = 0, 0, 0, 0
			continue
		}
		s := pix[3*x : 3*x+3 : 3*x+3]
		w := float32(a) / 255
		d[0], d[1], d[2], d[3] = w*table[s[0]], w*table[s[1]], w*table[s[2]], w
	}
}

// store turns r.sum into row y of the result.
func (r *resizer) store(y int) {
	from, to := 3*y*r.out.Width, 3*(y+1)*r.out.Width
	if r.channels == 4 {
		r.divideAlpha(r.out.Alpha[y*r.out.Width : (y+1)*r.out.Width])
	}
	if r.out.Deep() {
		storeRow(r.out.Pix16[from:to], r.sum, 65535, r.fromLinear)
	} else {
		storeRow(r.out.Pix[from:to], r.sum, 255, r.fromLinear)
	}
}

// divideAlpha rounds alpha into its plane and leaves r.sum as three channels of
// straight colour, 0 where alpha is.
func (r *resizer) divideAlpha(alpha []uint8) {
	for x := range alpha {
		s := r.sum[4*x : 4*x+4 : 4*x+4]
		a := s[3]
		alpha[x] = uint8(255*min(1, max(0, a)) + 0.5)
		scale := float32(0)
		if alpha[x] > 0 {
			scale = 1 / a
		}
		c0, c1, c2 := s[0]*scale, s[1]*scale, s[2]*scale
		d := r.sum[3*x : 3*x+3 : 3*x+3]
		d[0], d[1], d[2] = c0, c1, c2
	}
}

func storeRow[T uint8 | uint16](dst []T, linear []float32, top float32, table []float32) {
	linear = linear[:len(dst)]
	for i, v := range linear {
		at := min(1, max(0, v)) * gammaSteps
		k := int(at)
		low := table[k]
		dst[i] = T(top*(low+(table[k+1]-low)*(at-float32(k))) + 0.5)
	}
}
