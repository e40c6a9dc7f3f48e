package compose

// reconstruct keeps of a plane what hangs together with the seeds: each cell
// gets the highest level at which a path leads to it from a seed cell without
// going below that level (greyscale reconstruction by dilation; L. Vincent, IEEE
// Transactions on Image Processing 2, 1993, the hybrid algorithm).
func reconstruct(p *plane, seed func(i int) bool) *plane {
	out := newPlane(p.w, p.h)
	for i, v := range p.v {
		if seed(i) {
			out.v[i] = v
		}
	}
	for y := range p.h {
		for x := range p.w {
			out.rise(p, x, y, [4][2]int{{-1, 0}, {0, -1}, {-1, -1}, {1, -1}})
		}
	}
	var queue []int
	for y := p.h - 1; y >= 0; y-- {
		for x := p.w - 1; x >= 0; x-- {
			back := [4][2]int{{1, 0}, {0, 1}, {1, 1}, {-1, 1}}
			out.rise(p, x, y, back)
			if out.canLift(p, x, y, back) {
				queue = append(queue, y*p.w+x)
			}
		}
	}
	out.flood(p, queue)
	return out
}

// rise lifts a cell to its highest neighbour, as far as the ceiling allows.
func (p *plane) rise(ceiling *plane, x, y int, neighbours [4][2]int) {
	i := y*p.w + x
	for _, n := range neighbours {
		if k, ok := p.index(x+n[0], y+n[1]); ok {
			p.v[i] = max(p.v[i], min(p.v[k], ceiling.v[i]))
		}
	}
}

// canLift reports whether a neighbour has still to rise because of this cell.
func (p *plane) canLift(ceiling *plane, x, y int, neighbours [4][2]int) bool {
	v := p.v[y*p.w+x]
	for _, n := range neighbours {
		if k, ok := p.index(x+n[0], y+n[1]); ok && p.v[k] < v && p.v[k] < ceiling.v[k] {
			return true
		}
	}
	return false
}

func (p *plane) flood(ceiling *plane, queue []int) {
	around := [8][2]int{{1, 0}, {-1, 0}, {0, 1}, {0, -1}, {1, 1}, {-1, 1}, {1, -1}, {-1, -1}}
	for len(queue) > 0 {
		i := queue[0]
		queue = queue[1:]
		for _, n := range around {
			k, ok := p.index(i%p.w+n[0], i/p.w+n[1])
			if ok && p.v[k] < p.v[i] && p.v[k] < ceiling.v[k] {
				p.v[k] = min(p.v[i], ceiling.v[k])
				queue = append(queue, k)
			}
		}
	}
}

func (p *plane) index(x, y int) (i int, ok bool) {
	return y*p.w + x, x >= 0 && x < p.w && y >= 0 && y < p.h
}
