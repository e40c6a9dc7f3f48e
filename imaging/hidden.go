package imaging

import "slices"

// hiddenBlock is the side of a block of the lossy formats; hiddenMargin is how
// far their filters reach across its border.
const (
	hiddenBlock  = 16
	hiddenMargin = 8
)

// withoutHidden returns the planes with mid grey in place of the colour of
// blocks that are fully transparent, and so is everything near them. Transparent
// pixels closer to visible ones keep their colour: a lossy encoder would smear a
// false one into the edge.
func (p planes) withoutHidden() planes {
	p.pix, p.pix16 = slices.Clone(p.pix), slices.Clone(p.pix16)
	blockRows := (p.height + hiddenBlock - 1) / hiddenBlock
	parallelRows(blockRows, func(from, to int) {
		for y := from * hiddenBlock; y < min(to*hiddenBlock, p.height); y += hiddenBlock {
			for x := 0; x < p.width; x += hiddenBlock {
				if p.transparent(x-hiddenMargin, y-hiddenMargin, hiddenBlock+2*hiddenMargin) {
					p.hide(x, y)
				}
			}
		}
	})
	return p
}

// transparent reports whether alpha is 0 throughout a square, as far as it lies
// inside the picture.
func (p planes) transparent(left, top, side int) bool {
	right, bottom := min(left+side, p.width), min(top+side, p.height)
	left, top = max(left, 0), max(top, 0)
	for y := top; y < bottom; y++ {
		for _, a := range p.alpha[y*p.width+left : y*p.width+right] {
			if a != 0 {
				return false
			}
		}
	}
	return true
}

func (p planes) hide(left, top int) {
	right, bottom := min(left+hiddenBlock, p.width), min(top+hiddenBlock, p.height)
	for y := top; y < bottom; y++ {
		from, to := 3*(y*p.width+left), 3*(y*p.width+right)
		if p.pix16 != nil {
			fill(p.pix16[from:to], 1<<15)
		} else {
			fill(p.pix[from:to], 1<<7)
		}
	}
}

func fill[T any](s []T, v T) {
	for i := range s {
		s[i] = v
	}
}
