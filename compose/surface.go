package compose

import "math"

// surface is a smooth function over a grid for each of three channels: a
// uniform cubic B-spline whose knots are wide apart, fitted by weighted least
// squares with a small price on curvature, which also carries it across the
// cells that have no weight.
type surface struct {
	w, h   int
	nx, ny int // control points
	bx, by []basis
	coef   [3][]float64
	value  [3][]float32 // at every cell
}

// basis is the four control points that matter at a cell, and their shares.
type basis struct {
	first int
	share [4]float64
}

const (
	longIntervals = 5    // knot intervals along the longer side
	curvature     = 3e-3 // price of squared second differences, per unit of weight
)

func newSurface(w, h int) *surface {
	long := float64(max(w, h))
	spans := func(n int) int { return max(2, int(math.Round(longIntervals*float64(n)/long))) }
	s := &surface{w: w, h: h, nx: spans(w) + 3, ny: spans(h) + 3}
	s.bx, s.by = bases(w, s.nx-3), bases(h, s.ny-3)
	for c := range 3 {
		s.value[c] = make([]float32, w*h)
	}
	return s
}

// bases returns the basis of each of n cells over that many knot intervals.
func bases(n, spans int) []basis {
	out := make([]basis, n)
	for i := range out {
		u := (float64(i) + .5) / float64(n) * float64(spans)
		k := min(int(u), spans-1)
		t := u - float64(k)
		r := 1 - t
		out[i] = basis{k, [4]float64{
			r * r * r / 6,
			(3*t*t*t - 6*t*t + 4) / 6,
			(3*r*r*r - 6*r*r + 4) / 6,
			t * t * t / 6,
		}}
	}
	return out
}

// over returns the same surface on a grid of another fineness.
func (s *surface) over(w, h int) *surface {
	out := &surface{w: w, h: h, nx: s.nx, ny: s.ny, coef: s.coef, bx: bases(w, s.nx-3), by: bases(h, s.ny-3)}
	for c := range 3 {
		out.value[c] = make([]float32, w*h)
		out.evaluate(c)
	}
	return out
}

func (s *surface) at(c, i int) float32 { return s.value[c][i] }

func (s *surface) luma(i int) float32 {
	return lumaOf(s.value[0][i], s.value[1][i], s.value[2][i])
}

// fit takes the surface through the cells' colours by their weights.
func (s *surface) fit(weight []float32, color func(c, i int) float32) {
	n := s.nx * s.ny
	m := newSystem(n)
	total := s.gather(m, weight, color)
	s.regularise(m, curvature*max(total, 1)/float64(n))
	m.solve()
	for c := range 3 {
		s.coef[c] = m.right[c]
		s.evaluate(c)
	}
}

// gather adds the cells to the normal equations and returns their total weight.
func (s *surface) gather(m *system, weight []float32, color func(c, i int) float32) (total float64) {
	var index [16]int
	var share [16]float64
	for y := range s.h {
		for x := range s.w {
			i := y*s.w + x
			w := float64(weight[i])
			if w == 0 {
				continue
			}
			total += w
			for a := range 16 {
				index[a] = (s.by[y].first+a/4)*s.nx + s.bx[x].first + a%4
				share[a] = s.by[y].share[a/4] * s.bx[x].share[a%4]
			}
			for a := range 16 {
				row := m.row(index[a])
				for b := range a + 1 { // index grows with b, so this is the lower half
					row[index[b]] += w * share[a] * share[b]
				}
				for c := range 3 {
					m.right[c][index[a]] += w * share[a] * float64(color(c, i))
				}
			}
		}
	}
	return total
}

// regularise adds the price of second differences of the control points, and a
// trace of a price on themselves so that the system always has a solution.
func (s *surface) regularise(m *system, price float64) {
	add := func(a, b, c int) {
		k := [3]int{a, b, c}
		v := [3]float64{1, -2, 1}
		for i := range 3 {
			for j := range 3 {
				if k[j] <= k[i] {
					m.row(k[i])[k[j]] += price * v[i] * v[j]
				}
			}
		}
	}
	for y := range s.ny {
		for x := range s.nx {
			k := y*s.nx + x
			if x+2 < s.nx {
				add(k, k+1, k+2)
			}
			if y+2 < s.ny {
				add(k, k+s.nx, k+2*s.nx)
			}
			m.row(k)[k] += 1e-9 * (1 + price)
		}
	}
}

// evaluate works a channel out at every cell: first down, then across.
func (s *surface) evaluate(c int) {
	line := make([]float64, s.nx)
	for y := range s.h {
		b := s.by[y]
		for k := range line {
			line[k] = 0
			for j, share := range b.share {
				line[k] += share * s.coef[c][(b.first+j)*s.nx+k]
			}
		}
		out := s.value[c][y*s.w : (y+1)*s.w]
		for x := range out {
			b := &s.bx[x]
			l := line[b.first : b.first+4]
			out[x] = float32(b.share[0]*l[0] + b.share[1]*l[1] + b.share[2]*l[2] + b.share[3]*l[3])
		}
	}
}

// system is a symmetric positive definite system of equations, lower half
// stored, with three right-hand sides that solve turns into the solutions.
type system struct {
	n     int
	a     []float64
	right [3][]float64
}

func newSystem(n int) *system {
	m := &system{n: n, a: make([]float64, n*n)}
	for c := range m.right {
		m.right[c] = make([]float64, n)
	}
	return m
}

func (m *system) row(i int) []float64 { return m.a[i*m.n : (i+1)*m.n] }

// solve factors by Cholesky's method and substitutes.
func (m *system) solve() {
	for i := range m.n {
		ri := m.row(i)
		for j := range i + 1 {
			rj := m.row(j)
			sum := ri[j]
			for k := range j {
				sum -= ri[k] * rj[k]
			}
			if i == j {
				ri[i] = math.Sqrt(max(sum, 1e-12))
			} else {
				ri[j] = sum / rj[j]
			}
		}
	}
	for c := range m.right {
		x := m.right[c]
		for i := range m.n {
			for k := range i {
				x[i] -= m.row(i)[k] * x[k]
			}
			x[i] /= m.row(i)[i]
		}
		for i := m.n - 1; i >= 0; i-- {
			for k := i + 1; k < m.n; k++ {
				x[i] -= m.row(k)[i] * x[k]
			}
			x[i] /= m.row(i)[i]
		}
	}
}
