package matte

// solidDepthShare is how deep inside the subject alpha must lie, as a share of
// the picture's longer side, for SolidInterior to make it opaque.
const solidDepthShare = 0.01

// retouch applies the finishing options to the full-size matte.
func (out *Matte) retouch(o Options) {
	if o.EdgeShift != 0 {
		shift(out.Alpha, out.Width, out.Height, o.EdgeShift)
	}
	if !o.SolidInterior {
		return
	}
	depth := max(2, int(solidDepthShare*float64(max(out.Width, out.Height))))
	inner := make([]uint8, len(out.Alpha))
	for i, a := range out.Alpha {
		if a >= 128 {
			inner[i] = 255
		}
	}
	shift(inner, out.Width, out.Height, -depth)
	for i, v := range inner {
		if v == 255 {
			out.Alpha[i] = 255
		}
	}
}

// shift moves the edge of a plane by d pixels, outwards when positive: grey
// dilation or erosion by a square, one direction after the other.
func shift(plane []uint8, width, height, d int) {
	if d == 0 {
		return
	}
	rows(height, func(y0, y1 int) {
		e := newExtremes(width, d)
		for y := y0; y < y1; y++ {
			row := plane[y*width : (y+1)*width]
			e.load(row, 1)
			e.store(row, 1)
		}
	})
	rows(width, func(x0, x1 int) {
		e := newExtremes(height, d)
		for x := x0; x < x1; x++ {
			e.load(plane[x:], width)
			e.store(plane[x:], width)
		}
	})
}

// extremes takes the maximum (d > 0) or minimum within |d| samples of a line, in
// three comparisons a sample whatever d (van Herk: A fast algorithm for local
// minimum and maximum filters on rectangular and octagonal kernels, 1992): a
// window of 2r+1 is the end of one block of that length and the start of the
// next, whose running extremes are known.
type extremes struct {
	n, r            int
	flip            uint8 // turns minima into maxima
	forward, behind []uint8
}

func newExtremes(n, d int) *extremes {
	e := &extremes{n: n, r: min(max(d, -d), n)}
	if d < 0 {
		e.flip = 255
	}
	e.forward, e.behind = make([]uint8, n+2*e.r), make([]uint8, n+2*e.r)
	return e
}

// load reads the line's samples, step apart, and makes the running maxima from
// the start and from the end of each block. Beyond the line there is nothing.
func (e *extremes) load(line []uint8, step int) {
	block := 2*e.r + 1
	for x := range e.n {
		e.behind[x+e.r] = line[x*step] ^ e.flip
	}
	clear(e.behind[:e.r])
	clear(e.behind[e.n+e.r:])
	for i, v := range e.behind {
		if i%block != 0 {
			v = max(v, e.forward[i-1])
		}
		e.forward[i] = v
	}
	for i := len(e.behind) - 2; i >= 0; i-- {
		if (i+1)%block != 0 {
			e.behind[i] = max(e.behind[i], e.behind[i+1])
		}
	}
}

// store writes the extremes over the line.
func (e *extremes) store(line []uint8, step int) {
	for x := range e.n {
		line[x*step] = max(e.behind[x], e.forward[x+2*e.r]) ^ e.flip
	}
}
