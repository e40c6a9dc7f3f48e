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
	rows(height, func(y0, y1 int) {
		line := make([]uint8, width)
		for y := y0; y < y1; y++ {
			row := plane[y*width : (y+1)*width]
			copy(line, row)
			extreme(row, line, d)
		}
	})
	rows(width, func(x0, x1 int) {
		line, out := make([]uint8, height), make([]uint8, height)
		for x := x0; x < x1; x++ {
			for y := range height {
				line[y] = plane[y*width+x]
			}
			extreme(out, line, d)
			for y := range height {
				plane[y*width+x] = out[y]
			}
		}
	})
}

// extreme writes the maximum (d > 0) or minimum of src within |d| samples.
func extreme(dst, src []uint8, d int) {
	r, flip := d, uint8(0)
	if d < 0 {
		r, flip = -d, 255
	}
	for x := range dst {
		var top uint8
		for _, v := range src[max(0, x-r):min(len(src), x+r+1)] {
			top = max(top, v^flip)
		}
		dst[x] = top ^ flip
	}
}
