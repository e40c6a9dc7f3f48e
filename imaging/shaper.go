package imaging

import (
	"context"
	"errors"
	"math"
	"slices"
)

// shaper is a matrix profile made ready for use: a curve for each channel to linear
// light, and a matrix from there to XYZ under D50 (ICC.1:2022, 8.3.3 and F.3).
type shaper struct {
	curve [3][]float32 // light of shaperSteps+1 evenly spaced coded values
	toXYZ matrix
}

// matrix takes a column of three.
type matrix [3][3]float64

// shaperSteps is how finely curves are sampled; between, they are straight. Off by
// less than a 16-bit step but for the darkest values.
const shaperSteps = 4096

var errProfile = errors.New("convert colours: a profile is broken or no matrix profile")

// newShaper reads a matrix profile; nil is sRGB.
func newShaper(profile []byte) (*shaper, error) {
	s := &shaper{}
	if profile == nil {
		for c, name := range [...]string{"rXYZ", "gXYZ", "bXYZ"} {
			s.setColumn(c, srgbPrimaries[name])
			s.curve[c], _ = sampled(func(x float64) (float64, bool) { return linearFromSRGB(x), true })
		}
		return s, nil
	}
	if !isMatrixProfile(profile) {
		return nil, errProfile
	}
	for c, name := range [...]string{"r", "g", "b"} {
		xyz, trc := iccTag(profile, name+"XYZ"), iccTag(profile, name+"TRC")
		if len(xyz) < 20 || !has(xyz, "XYZ ") {
			return nil, errProfile
		}
		s.setColumn(c, [3]float64{s15Fixed16(xyz[8:]), s15Fixed16(xyz[12:]), s15Fixed16(xyz[16:])})
		curve, ok := sampled(func(x float64) (float64, bool) { return iccCurve(trc, x) })
		if !ok {
			return nil, errProfile
		}
		s.curve[c] = curve
	}
	return s, nil
}

func (s *shaper) setColumn(c int, xyz [3]float64) {
	for row, v := range xyz {
		s.toXYZ[row][c] = v
	}
}

// sampled tabulates a curve, held to 0..1 and to rising. It reports false for one
// that does not rise at all.
func sampled(curve func(x float64) (float64, bool)) ([]float32, bool) {
	out := make([]float32, shaperSteps+1)
	least := float32(0)
	for i := range out {
		y, ok := curve(float64(i) / shaperSteps)
		if !ok || math.IsNaN(y) {
			return nil, false
		}
		least = max(least, float32(min(y, 1)))
		out[i] = least
	}
	return out, out[shaperSteps] > out[0]
}

// inverse tabulates the coded value of a light by the square root of the light,
// of which it is nearly a straight line.
func inverse(curve []float32) []float32 {
	out := make([]float32, shaperSteps+1)
	for i := range out {
		light := float32(i) / shaperSteps
		light *= light
		k, _ := slices.BinarySearch(curve, light)
		if k == 0 || k > shaperSteps {
			out[i] = float32(min(k, shaperSteps)) / shaperSteps
			continue
		}
		part := (light - curve[k-1]) / (curve[k] - curve[k-1]) // above the entry before, so no division by 0
		out[i] = (float32(k-1) + part) / shaperSteps
	}
	return out
}

// exchanger takes samples from one matrix profile to another: relative
// colorimetric, what lies outside the other's gamut clipped. libvips cannot be
// handed a target profile without a detour through a coarse table, by which white
// was no longer white.
type exchanger struct {
	from [3][]float32
	mix  [3][3]float32 // from light to light
	to   [3][]float32
}

func newExchanger(from, to []byte) (*exchanger, error) {
	a, err := newShaper(from)
	if err != nil {
		return nil, err
	}
	b, err := newShaper(to)
	if err != nil {
		return nil, err
	}
	back, ok := b.toXYZ.inverse()
	if !ok {
		return nil, errProfile
	}
	e := &exchanger{from: a.curve}
	for c := range e.to {
		e.to[c] = inverse(b.curve[c])
	}
	for i, row := range back.times(a.toXYZ) {
		for k, v := range row {
			e.mix[i][k] = float32(v)
		}
	}
	return e, nil
}

func (m matrix) times(n matrix) (out matrix) {
	for i := range out {
		for k := range out[i] {
			out[i][k] = m[i][0]*n[0][k] + m[i][1]*n[1][k] + m[i][2]*n[2][k]
		}
	}
	return out
}

// inverse is by cofactors; false for primaries that lie on a line.
func (m matrix) inverse() (out matrix, ok bool) {
	cofactor := func(i, k int) float64 {
		a, b, c, d := (i+1)%3, (i+2)%3, (k+1)%3, (k+2)%3
		return m[a][c]*m[b][d] - m[a][d]*m[b][c]
	}
	det := m[0][0]*cofactor(0, 0) + m[0][1]*cofactor(0, 1) + m[0][2]*cofactor(0, 2)
	for i := range out {
		for k := range out[i] {
			out[i][k] = cofactor(k, i) / det
		}
	}
	return out, math.Abs(det) > 1e-6
}

// exchangeRows converts interleaved samples of rows of that width from src to dst,
// which may be the same.
func exchangeRows[T uint8 | uint16](ctx context.Context, e *exchanger, dst, src []T, width int) error {
	top := float32(^T(0))
	parallelRows(len(src)/(3*width), func(from, to int) {
		for y := from; y < to && ctx.Err() == nil; y++ {
			for i := 3 * y * width; i < 3*(y+1)*width; i += 3 {
				var light [3]float32
				for c := range light {
					light[c] = between(e.from[c], float32(src[i+c])/top)
				}
				for c, row := range e.mix {
					v := row[0]*light[0] + row[1]*light[1] + row[2]*light[2]
					v = float32(math.Sqrt(float64(min(1, max(0, v)))))
					dst[i+c] = T(top*between(e.to[c], v) + .5)
				}
			}
		}
	})
	return ctx.Err()
}

// between reads a table at x, 0..1.
func between(table []float32, x float32) float32 {
	at := x * shaperSteps
	k := min(int(at), shaperSteps-1)
	return table[k] + (table[k+1]-table[k])*(at-float32(k))
}
