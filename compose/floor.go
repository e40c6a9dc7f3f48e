package compose

import "slices"

// floor is what the photograph shows behind the subject, on a small grid. Colour
// is the square root of light: near enough to the code that the eye sees evenly,
// and cheap to make and to undo.
type floor struct {
	w, h  int
	color [3][]float32 // of the cell's background, 0..1
	seen  []float32    // 1 where the cell is background only, else 0
	far   []float32    // distance of the cell from the subject, in cells
	reach float32      // distance from which a cell is taken to be out of the shadow
	bleed float64      // distance up to which the subject's colour may have run into a cell
}

// unshadowed estimates how the floor would look without the subject's shadow, as
// three planes of colour on the grid of fine, of which f is a coarser copy: a
// smooth surface over the whole photograph that passes through its
// bright side, because a shadow only darkens, and that trusts the background the
// more the farther it is from the subject. What runs straight across the
// picture, such as the line where a table meets the wall, is learned from the
// cells far from the subject in the same row.
func (f *floor) unshadowed(fine *floor) [3]*plane {
	s := newSurface(f.w, f.h)
	weight := make([]float32, f.w*f.h)
	residual := make([]float32, f.w*f.h)
	step := newRowSteps(f.h)
	spread := 0.
	for round := range fitRounds {
		for i := range weight {
			weight[i] = f.seen[i] * float32(trust(float64(f.far[i]/f.reach))*robust(float64(residual[i]), spread))
		}
		s.fit(weight, func(c, i int) float32 { return f.color[c][i] - step[c][i/f.w] })
		if round >= rowsFrom {
			step = f.learnRows(s)
		}
		for i := range residual {
			y := i / f.w
			residual[i] = f.luma(i) - s.luma(i) - lumaOf(step[0][y], step[1][y], step[2][y])
		}
		spread = max(leastSpread, 2*f.deviation(residual, 0))
	}
	wide := s.over(fine.w, fine.h)
	step = fine.learnRows(wide)
	var out [3]*plane
	for c := range out {
		out[c] = newPlane(fine.w, fine.h)
		for i := range out[c].v {
			out[c].v[i] = min(1, max(leastFloor, wide.at(c, i)+step[c][i/fine.w]))
		}
	}
	return out
}

const (
	fitRounds   = 10
	rowsFrom    = 4    // the round from which rows are learned, once the surface is roughly right
	leastSpread = .008 // two 8-bit steps: below lies noise
	leastFloor  = .03  // keeps ratios finite
)

// trust is the weight of a cell at a distance, in parts of the full reach.
func trust(distance float64) float64 { return .05 + .95*smooth(distance) }

// robust is the weight of a cell by how far it lies above the surface: less
// than a spread counts in full, what is darker is soon taken for shadow, what is
// brighter is doubted later.
func robust(residual, spread float64) float64 {
	if spread == 0 { // nothing is known yet
		return 1
	}
	r := residual / spread
	if r > 0 {
		r /= 3
	}
	return 1 / ((1 + r*r) * (1 + r*r))
}

func lumaOf(r, g, b float32) float32 { return .2126*r + .7152*g + .0722*b }

func (f *floor) luma(i int) float32 { return lumaOf(f.color[0][i], f.color[1][i], f.color[2][i]) }

// deviation returns a robust standard deviation of the residual among the cells
// from a row on that are out of the shadow's reach.
func (f *floor) deviation(residual []float32, row int) float64 {
	var sizes []float32
	for i := row * f.w; i < len(residual); i++ {
		if f.seen[i] > 0 && f.far[i] >= f.reach {
			sizes = append(sizes, max(residual[i], -residual[i]))
		}
	}
	return 1.4826 * float64(median(sizes))
}

// rowSteps is what each row differs from the surface, for each channel.
type rowSteps [3][]float32

func newRowSteps(h int) rowSteps {
	return rowSteps{make([]float32, h), make([]float32, h), make([]float32, h)}
}

// learnRows returns the median difference of each row's farther half from the
// surface. Rows with too few cells keep to the surface.
func (f *floor) learnRows(s *surface) rowSteps {
	step := newRowSteps(f.h)
	var line [3][]float32
	for y := range f.h {
		for c := range line {
			line[c] = line[c][:0]
		}
		reach := slices.Max(f.far[y*f.w:(y+1)*f.w]) / 2
		for i := y * f.w; i < (y+1)*f.w; i++ {
			if f.seen[i] > 0 && f.far[i] >= reach {
				for c := range line {
					line[c] = append(line[c], f.color[c][i]-s.at(c, i))
				}
			}
		}
		if len(line[0]) <= f.w/12 {
			continue
		}
		for c := range line {
			step[c][y] = median(line[c])
		}
	}
	return step
}

// median returns the middle value and reorders v; 0 when there is none.
func median(v []float32) float32 {
	if len(v) == 0 {
		return 0
	}
	k, low, high := len(v)/2, 0, len(v)-1
	for low < high { // Hoare's selection
		pivot := v[(low+high)/2]
		i, j := low, high
		for i <= j {
			for v[i] < pivot {
				i++
			}
			for v[j] > pivot {
				j--
			}
			if i <= j {
				v[i], v[j] = v[j], v[i]
				i, j = i+1, j-1
			}
		}
		switch {
		case k <= j:
			high = j
		case k >= i:
			low = i
		default:
			return v[k]
		}
	}
	return v[k]
}
