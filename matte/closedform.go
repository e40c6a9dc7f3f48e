package matte

// Closed-form matting (Levin, Lischinski, Weiss: A Closed-Form Solution to
// Natural Image Matting, TPAMI 2008) inside the edge band. Alpha is taken to be
// locally a linear function of colour in every 3 x 3 window; summed over all
// windows that gives a quadratic cost alpha' L alpha, which is minimised with the
// pixels outside the band held fixed and a weak pull towards the guided filter's
// answer inside it. On a whole picture this takes minutes; on the few per cent of
// pixels where the nets are unsure, from a good start, some tens of milliseconds.
const (
	closedEpsilon = 1e-7 / 9 // regularisation of a window's colour covariance
	closedPull    = 0.01     // weight of the pull towards the start
	closedSure    = 0.2      // what a net that is wholly sure adds to it, with the fourth power of |2 alpha - 1|
	closedGrow    = 1        // pixels by which the unsure pixels are widened
	closedMost    = 400_000  // unknowns above which the net has no edge to refine, only haze
	stencil       = 25       // a pixel shares windows with the 5 x 5 around it
)

// closedForm is the linear system (L + closedPull) x = rhs of one canvas.
type closedForm struct {
	c      *canvas
	at     []int32   // canvas index of each unknown
	coef   []float32 // stencil coefficients of each unknown; 0 for known neighbours, which are in rhs
	rhs    []float32
	pull   []float32 // weight of each unknown's pull towards its start
	window []int32   // per canvas pixel: place in windows of the window centred there, plus one; 0 if not needed
	stats  []window  // of the needed windows
}

// window holds what the cost needs of one 3 x 3 window: the mean colour and the
// inverse of the regularised covariance (upper triangle, row by row).
type window struct {
	mean [3]float64
	inv  [6]float64
}

// solveClosedForm replaces alpha, in the band of unsure pixels of net, by the
// solution after so many steps of the conjugate gradient method.
func solveClosedForm(c *canvas, net, alpha *Map, steps int) {
	s := &closedForm{c: c, at: unsure(net)}
	if len(s.at) == 0 || len(s.at) > closedMost {
		return
	}
	s.weigh(net)
	s.anchor(net, alpha)
	s.assemble(alpha)
	s.solve(alpha, steps)
}

// weigh makes the pull stronger where the net is surer: a bright rim or a dark
// seam just inside the subject is no reason to see through it.
func (s *closedForm) weigh(net *Map) {
	s.pull = make([]float32, len(s.at))
	for k, i := range s.at {
		sure := 2*net.Pix[i] - 1
		sure *= sure
		s.pull[k] = closedPull + closedSure*sure*sure
	}
}

// anchor sets what is known: outside the band alpha is 0 or 1, as the net says.
// Unsure pixels beside the border, where no stencil fits, keep the start.
func (s *closedForm) anchor(net, alpha *Map) {
	start := make([]float32, len(s.at))
	for k, i := range s.at {
		start[k] = alpha.Pix[i]
	}
	for i, v := range net.Pix {
		if v > bandLow && v < bandHigh {
			continue
		}
		alpha.Pix[i] = 0
		if v > .5 {
			alpha.Pix[i] = 1
		}
	}
	for k, i := range s.at {
		alpha.Pix[i] = start[k]
	}
}

// unsure returns the canvas indices of the band, two pixels or more inside the
// canvas so that every stencil fits.
func unsure(net *Map) []int32 {
	band := edgeBand(net, closedGrow)
	var at []int32
	for y := 2; y < net.Height-2; y++ {
		for x := 2; x < net.Width-2; x++ {
			if i := y*net.Width + x; band[i] {
				at = append(at, int32(i))
			}
		}
	}
	return at
}

// assemble builds the system from the colours and the known alphas.
func (s *closedForm) assemble(alpha *Map) {
	centres := s.needWindows()
	s.stats = make([]window, len(centres))
	rows(len(centres), func(from, to int) {
		for k := from; k < to; k++ {
			s.stats[k] = s.measure(int(centres[k])%s.c.width, int(centres[k])/s.c.width)
		}
	})
	s.coef = make([]float32, len(s.at)*stencil)
	s.rhs = make([]float32, len(s.at))
	rows(len(s.at), func(from, to int) {
		for k := from; k < to; k++ {
			s.row(k)
		}
	})
	s.foldKnown(alpha)
}

// needWindows lists the centres of every window that holds an unknown.
func (s *closedForm) needWindows() []int32 {
	w := s.c.width
	s.window = make([]int32, w*s.c.height)
	centres := make([]int32, 0, len(s.at)+len(s.at)/2)
	for _, i := range s.at {
		for y := -1; y <= 1; y++ {
			first := int(i) + y*w - 1
			for x, place := range s.window[first : first+3] {
				if place == 0 {
					centres = append(centres, int32(first+x))
					s.window[first+x] = int32(len(centres))
				}
			}
		}
	}
	return centres
}

// measure computes a window's statistics, in float64: flat windows have
// covariances near closedEpsilon.
func (s *closedForm) measure(cx, cy int) window {
	var sum [3]float64
	var cov [6]float64
	for y := cy - 1; y <= cy+1; y++ {
		rgb := s.c.rgb[(y*s.c.width+cx-1)*3:][:9]
		for x := 0; x < 9; x += 3 {
			r, g, b := float64(rgb[x])*unit, float64(rgb[x+1])*unit, float64(rgb[x+2])*unit
			sum[0] += r
			sum[1] += g
			sum[2] += b
			cov[0] += r * r
			cov[1] += r * g
			cov[2] += r * b
			cov[3] += g * g
			cov[4] += g * b
			cov[5] += b * b
		}
	}
	r, g, b := sum[0]/9, sum[1]/9, sum[2]/9
	rr, rg, rb := cov[0]/9-r*r+closedEpsilon, cov[1]/9-r*g, cov[2]/9-r*b
	gg, gb, bb := cov[3]/9-g*g+closedEpsilon, cov[4]/9-g*b, cov[5]/9-b*b+closedEpsilon
	irr, irg, irb := gg*bb-gb*gb, gb*rb-rg*bb, rg*gb-gg*rb
	inv := 1 / (rr*irr + rg*irg + rb*irb)
	return window{
		mean: [3]float64{r, g, b},
		inv: [6]float64{
			irr * inv, irg * inv, irb * inv,
			(rr*bb - rb*rb) * inv, (rb*rg - rr*gb) * inv, (rr*gg - rg*rg) * inv,
		},
	}
}

// row fills the stencil of unknown k: for each of the nine windows that hold it
// and each pixel j of such a window, delta - (1 + (I_k-mu)' inv (I_j-mu)) / 9.
func (s *closedForm) row(k int) {
	w := s.c.width
	i := int(s.at[k])
	out := s.coef[k*stencil : (k+1)*stencil]
	px := s.c.rgb[i*3 : i*3+3]
	var sum [stencil]float64
	for dy := -1; dy <= 1; dy++ {
		for dx := -1; dx <= 1; dx++ {
			centre := i + dy*w + dx
			q := &s.stats[s.window[centre]-1]
			dr, dg, db := float64(px[0])*unit-q.mean[0], float64(px[1])*unit-q.mean[1], float64(px[2])*unit-q.mean[2]
			vr := q.inv[0]*dr + q.inv[1]*dg + q.inv[2]*db
			vg := q.inv[1]*dr + q.inv[3]*dg + q.inv[4]*db
			vb := q.inv[2]*dr + q.inv[4]*dg + q.inv[5]*db
			base := (1 - vr*q.mean[0] - vg*q.mean[1] - vb*q.mean[2]) / 9
			vr, vg, vb = vr*(unit/9), vg*(unit/9), vb*(unit/9)
			for y := -1; y <= 1; y++ {
				rgb := s.c.rgb[(centre+y*w-1)*3:][:9:9]
				dst := sum[(dy+y+2)*5+dx+1:][:3:3]
				for x := range 3 {
					dst[x] -= base + vr*float64(rgb[x*3]) + vg*float64(rgb[x*3+1]) + vb*float64(rgb[x*3+2])
				}
			}
			sum[stencil/2]++
		}
	}
	for o, v := range sum {
		out[o] = float32(v)
	}
	out[stencil/2] += s.pull[k]
}

// foldKnown moves the known neighbours' share to the right-hand side.
func (s *closedForm) foldKnown(alpha *Map) {
	w := s.c.width
	unknown := make([]bool, len(alpha.Pix))
	for _, i := range s.at {
		unknown[i] = true
	}
	rows(len(s.at), func(from, to int) {
		for k := from; k < to; k++ {
			i := int(s.at[k])
			sum := s.pull[k] * alpha.Pix[i]
			coef := s.coef[k*stencil : (k+1)*stencil]
			for y := range 5 {
				first := i + (y-2)*w - 2
				for x, free := range unknown[first : first+5] {
					if !free {
						sum -= coef[y*5+x] * alpha.Pix[first+x]
						coef[y*5+x] = 0
					}
				}
			}
			s.rhs[k] = sum
		}
	})
}

// solve runs the conjugate gradient method, preconditioned by the diagonal, from
// alpha, and writes the result there.
func (s *closedForm) solve(alpha *Map, steps int) {
	n := len(s.at)
	buf := make([]float32, 3*n)
	x, r, ap := buf[:n], buf[n:2*n], buf[2*n:]
	p := make([]float32, len(alpha.Pix)) // on the canvas, where the stencil can reach
	for k, i := range s.at {
		x[k] = alpha.Pix[i]
		p[i] = x[k]
	}
	s.multiply(ap, p)
	rz := s.residuals(r, ap, p)
	for range steps {
		pap := s.multiply(ap, p)
		if pap <= 0 || rz < 1e-9*float64(n) {
			break
		}
		next := s.advance(x, r, ap, p, float32(rz/pap))
		s.turn(p, r, float32(next/rz))
		rz = next
	}
	for k, i := range s.at {
		alpha.Pix[i] = clamp01(x[k])
	}
}

// multiply sets ap = A p and returns p' A p.
func (s *closedForm) multiply(ap, p []float32) float64 {
	w := s.c.width
	return sumRows(len(s.at), func(from, to int) float64 {
		var dot float64
		for k := from; k < to; k++ {
			i := int(s.at[k])
			var v float32
			c := s.coef[k*stencil : (k+1)*stencil : (k+1)*stencil]
			for y := range 5 {
				q, d := p[i+(y-2)*w-2:][:5:5], c[y*5:][:5:5]
				v += d[0]*q[0] + d[1]*q[1] + d[2]*q[2] + d[3]*q[3] + d[4]*q[4]
			}
			ap[k] = v
			dot += float64(v) * float64(p[i])
		}
		return dot
	})
}

// residuals sets r = rhs - A x, p to the preconditioned r, and returns r'z.
func (s *closedForm) residuals(r, ax, p []float32) float64 {
	return sumRows(len(s.at), func(from, to int) float64 {
		var dot float64
		for k := from; k < to; k++ {
			r[k] = s.rhs[k] - ax[k]
			z := r[k] / s.coef[k*stencil+stencil/2]
			p[s.at[k]] = z
			dot += float64(r[k]) * float64(z)
		}
		return dot
	})
}

// advance moves x along p and r along ap, and returns the new r'z.
func (s *closedForm) advance(x, r, ap, p []float32, step float32) float64 {
	return sumRows(len(s.at), func(from, to int) float64 {
		var dot float64
		for k := from; k < to; k++ {
			x[k] += step * p[s.at[k]]
			r[k] -= step * ap[k]
			dot += float64(r[k]) * float64(r[k]/s.coef[k*stencil+stencil/2])
		}
		return dot
	})
}

// turn makes the next direction: p = z + beta p.
func (s *closedForm) turn(p, r []float32, beta float32) {
	rows(len(s.at), func(from, to int) {
		for k := from; k < to; k++ {
			i := s.at[k]
			p[i] = r[k]/s.coef[k*stencil+stencil/2] + beta*p[i]
		}
	})
}
