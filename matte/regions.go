package matte

// run is a horizontal stretch [x0, x1) of row y.
type run struct{ y, x0, x1 int }

// region is an 8-connected set of pixels.
type region struct {
	runs []run
	area int
}

// Open ends for regions: below and above every alpha and code value.
const (
	below = -1
	above = 1 << 20
)

// regions returns the 8-connected regions of the pixels of m whose values lie
// between low and high, both exclusive.
func regions(m *Map, low, high float32) []region {
	var runs []run
	var parent []int
	above := 0 // first run of the row above
	for y := range m.Height {
		rowStart := len(runs)
		row := m.row(y)
		for x := 0; x < len(row); x++ {
			if row[x] <= low || row[x] >= high {
				continue
			}
			x0 := x
			for x < len(row) && row[x] > low && row[x] < high {
				x++
			}
			runs = append(runs, run{y, x0, x})
			parent = append(parent, len(runs)-1)
		}
		join(runs, parent, above, rowStart, y)
		above = rowStart
	}
	return gather(runs, parent)
}

// join unites the runs of row y, from index start on, with those of the row
// above, from index above on, that they touch, corners included.
func join(runs []run, parent []int, above, start, y int) {
	j := above
	for i := start; i < len(runs); i++ {
		for j < start && (runs[j].y < y-1 || runs[j].x1 < runs[i].x0) {
			j++
		}
		for k := j; k < start && runs[k].x0 <= runs[i].x1; k++ {
			parent[root(parent, k)] = root(parent, i)
		}
	}
}

func root(parent []int, i int) int {
	for parent[i] != i {
		parent[i] = parent[parent[i]]
		i = parent[i]
	}
	return i
}

func gather(runs []run, parent []int) []region {
	index := make(map[int]int)
	var out []region
	for i, r := range runs {
		top := root(parent, i)
		k, ok := index[top]
		if !ok {
			k = len(out)
			index[top] = k
			out = append(out, region{})
		}
		out[k].runs = append(out[k].runs, r)
		out[k].area += r.x1 - r.x0
	}
	return out
}

// fill sets the region's pixels of m to v.
func (r region) fill(m *Map, v float32) {
	for _, s := range r.runs {
		row := m.row(s.y)[s.x0:s.x1]
		for i := range row {
			row[i] = v
		}
	}
}

// mean returns the mean of m over the region.
func (r region) mean(m *Map) float64 {
	var sum float64
	for _, s := range r.runs {
		for _, v := range m.row(s.y)[s.x0:s.x1] {
			sum += float64(v)
		}
	}
	return sum / float64(r.area)
}

// ring returns the mean of f over the pixels within d of the region that are
// not in it, and how many there are.
func (r region) ring(m *Map, d int, f func(v float32) float64) (mean float64, n int) {
	seen := make(map[int]bool)
	for _, s := range r.runs {
		for y := max(0, s.y-d); y <= min(m.Height-1, s.y+d); y++ {
			for x := max(0, s.x0-d); x < min(m.Width, s.x1+d); x++ {
				seen[y*m.Width+x] = true
			}
		}
	}
	for _, s := range r.runs {
		for x := s.x0; x < s.x1; x++ {
			delete(seen, s.y*m.Width+x)
		}
	}
	var sum float64
	for i := range seen {
		sum += f(m.Pix[i])
	}
	return sum / float64(max(len(seen), 1)), len(seen)
}
