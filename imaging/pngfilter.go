package imaging

import "bytes"

// The filter types of PNG (W3C PNG, 9.2).
const (
	filterNone = iota
	filterSub
	filterUp
	filterAverage
	filterPaeth
)

// applyFilter writes the filtered bytes of row cur into dst. prev is the row
// above (zeros for the first) and bpp the bytes per pixel.
func applyFilter(filter int, dst, cur, prev []byte, bpp int) {
	n := len(cur)
	if n == 0 {
		return
	}
	dst = dst[:n]
	switch filter {
	case filterNone:
		copy(dst, cur)
	case filterSub:
		copy(dst[:bpp], cur)
		left := cur[:n-bpp]
		for i, c := range cur[bpp:] {
			dst[bpp+i] = c - left[i]
		}
	case filterUp:
		prev = prev[:n]
		for i, c := range cur {
			dst[i] = c - prev[i]
		}
	case filterAverage:
		for i := range bpp {
			dst[i] = cur[i] - prev[i]/2
		}
		left := cur[:n-bpp]
		up := prev[bpp:]
		out := dst[bpp:]
		for i, a := range left {
			out[i] = cur[bpp+i] - uint8((int(a)+int(up[i]))/2)
		}
	case filterPaeth:
		filterPaethRow(dst, cur, prev, bpp)
	}
}

func filterPaethRow(dst, cur, prev []byte, bpp int) {
	for i := range bpp {
		dst[i] = cur[i] - prev[i] // the predictor of (0, b, 0) is b
	}
	n := len(cur) - bpp
	left, up, upLeft := cur[:n], prev[bpp:], prev[:n]
	in, out := cur[bpp:], dst[bpp:]
	in, up, upLeft, out = in[:n], up[:n], upLeft[:n], out[:n]
	for i := range left {
		a, b, c := int(left[i]), int(up[i]), int(upLeft[i])
		pa, pb := b-c, a-c
		pc := abs(pa + pb)
		pa, pb = abs(pa), abs(pb)
		p := c
		if pb <= pc {
			p = b
		}
		if pa <= pb && pa <= pc {
			p = a
		}
		out[i] = in[i] - uint8(p)
	}
}

func abs(x int) int {
	m := x >> 63
	return (x ^ m) - m
}

// filterer turns rows into filtered rows, each led by its filter type.
type filterer struct {
	raster
	row2  [2][]byte // the current row and the one above
	blank []byte
	out   []byte
}

func newFilterer(r raster) *filterer {
	n := r.rowBytes()
	return &filterer{raster: r, row2: [2][]byte{make([]byte, n), make([]byte, n)}, blank: make([]byte, n)}
}

// filtered returns the rows from..to-1, valid until the next call. A blank row,
// of which a cut-out has many, is as small as can be without a filter.
func (f *filterer) filtered(from, to, filter int) []byte {
	n := f.rowBytes()
	if size := (to - from) * (n + 1); cap(f.out) < size {
		f.out = make([]byte, size)
	}
	prev := f.blank
	if from > 0 {
		prev = f.row(from-1, f.row2[(from-1)&1])
	}
	out := f.out[:0]
	for y := from; y < to; y++ {
		cur := f.row(y, f.row2[y&1])
		dst := out[len(out) : len(out)+n+1]
		if bytes.Equal(cur, f.blank) {
			clear(dst)
		} else {
			dst[0] = byte(filter)
			applyFilter(filter, dst[1:], cur, prev, f.pixelBytes())
		}
		out = out[:len(out)+n+1]
		prev = cur
	}
	return out
}
