package matte

// blurrer takes box means of planes of one size in place, reusing its scratch
// rows. Squares are cut off at the plane's border and divided by what is left of
// them, so a constant stays constant.
type blurrer struct {
	width, height, r int
	column           []float32 // running sums down the columns
	ring             []float32 // the 2r+1 original rows still needed
}

func newBlurrer(width, height, r int) *blurrer {
	return &blurrer{
		width: width, height: height, r: r,
		column: make([]float32, width), ring: make([]float32, (r+1)*width),
	}
}

// blur replaces the plane by its box means.
func (b *blurrer) blur(plane []float32) {
	w, h, r := b.width, b.height, b.r
	clear(b.column)
	for y := range min(r, h) {
		add(b.column, plane[y*w:(y+1)*w])
	}
	for y := range h {
		if y+r < h {
			add(b.column, plane[(y+r)*w:(y+r+1)*w])
		}
		// The row that leaves the window was overwritten r+1 rows ago; its
		// original waits in the ring.
		slot := b.ring[(y%(r+1))*w:][:w]
		if y > r {
			sub(b.column, slot)
		}
		row := plane[y*w : (y+1)*w]
		copy(slot, row)
		n := min(y, r) + min(h-1-y, r) + 1
		b.across(row, n)
	}
}

// across writes the row means of the column sums, n rows high, into dst.
func (b *blurrer) across(dst []float32, n int) {
	w, r := b.width, b.r
	var sum float32
	for _, v := range b.column[:min(r, w)] {
		sum += v
	}
	edge := func(x int) {
		if x+r < w {
			sum += b.column[x+r]
		}
		if x > r {
			sum -= b.column[x-r-1]
		}
		dst[x] = sum / float32(n*(min(x, r)+min(w-1-x, r)+1))
	}
	first := min(r+1, w)
	for x := range first {
		edge(x)
	}
	// Between the borders every window is whole: no branches, no division.
	scale := 1 / float32(n*(2*r+1))
	last := max(first, w-r)
	enter, leave, out := b.column[min(2*r+1, w):], b.column, dst[first:last]
	for x := range out {
		sum += enter[x] - leave[x]
		out[x] = sum * scale
	}
	for x := last; x < w; x++ {
		edge(x)
	}
}

func add(dst, src []float32) {
	src = src[:len(dst)]
	for i := range dst {
		dst[i] += src[i]
	}
}

func sub(dst, src []float32) {
	src = src[:len(dst)]
	for i := range dst {
		dst[i] -= src[i]
	}
}
