package clip

import (
	"mattebox/matte"
	"mattebox/video"
)

// lumaPad is the border of replicated pixels around a luma plane: patches and
// their search may leave the picture by so much without a check.
const lumaPad = 16

// luma is a plane of brightness 0..255 with a border of lumaPad on each side.
type luma struct {
	width, height int
	stride        int
	pix           []float32
}

func newLuma(width, height int) *luma {
	stride := width + 2*lumaPad
	return &luma{width: width, height: height, stride: stride, pix: make([]float32, stride*(height+2*lumaPad))}
}

// at returns the index of a pixel, which may lie in the border.
func (l *luma) at(x, y int) int { return (y+lumaPad)*l.stride + x + lumaPad }

func (l *luma) row(y int) []float32 { return l.pix[l.at(0, y):][:l.width] }

// pyramid is a frame's brightness at falling sizes, each half of the one before.
type pyramid []*luma

// coarsest is the width or height below which a pyramid ends.
const coarsest = 20

// newPyramid shrinks RGBA samples to brightness of the given size and its halves.
func newPyramid(rgba []uint8, width, height, toWidth, toHeight int) pyramid {
	p := pyramid{shrinkLuma(rgba, width, height, toWidth, toHeight)}
	for {
		last := p[len(p)-1]
		if min(last.width, last.height) < 2*coarsest {
			return p
		}
		p = append(p, last.half())
	}
}

// shrinkLuma takes means over boxes of whole source pixels: BT.601 brightness in
// 8 bits of fraction.
func shrinkLuma(rgba []uint8, width, height, toWidth, toHeight int) *luma {
	l := newLuma(toWidth, toHeight)
	edges := make([]int, toWidth+1)
	for i := range edges {
		edges[i] = i * width / toWidth
	}
	for y := range toHeight {
		y0, y1 := y*height/toHeight, max((y+1)*height/toHeight, y*height/toHeight+1)
		row := l.row(y)
		for sy := y0; sy < y1; sy++ {
			addLuma(row, rgba[sy*width*4:(sy+1)*width*4], edges)
		}
		for x := range row {
			n := max(edges[x+1]-edges[x], 1) * (y1 - y0)
			row[x] /= float32(256 * n)
		}
	}
	l.pad()
	return l
}

func addLuma(dst []float32, rgba []uint8, edges []int) {
	for x := range dst {
		from, to := edges[x], max(edges[x+1], edges[x]+1)
		var sum uint32
		for s := rgba[from*4 : to*4]; len(s) >= 4; s = s[4:] {
			sum += 77*uint32(s[0]) + 150*uint32(s[1]) + 29*uint32(s[2])
		}
		dst[x] += float32(sum)
	}
}

func (l *luma) half() *luma {
	h := newLuma(l.width/2, l.height/2)
	for y := range h.height {
		top, bottom := l.row(2*y), l.row(2*y+1)
		for x := range h.row(y) {
			h.row(y)[x] = (top[2*x] + top[2*x+1] + bottom[2*x] + bottom[2*x+1]) / 4
		}
	}
	h.pad()
	return h
}

// pad replicates the picture's edge into the border.
func (l *luma) pad() {
	for y := range l.height {
		row := l.pix[(y+lumaPad)*l.stride:][:l.stride]
		first, last := row[lumaPad], row[lumaPad+l.width-1]
		for x := range lumaPad {
			row[x], row[lumaPad+l.width+x] = first, last
		}
	}
	top := l.pix[lumaPad*l.stride:][:l.stride]
	bottom := l.pix[(lumaPad+l.height-1)*l.stride:][:l.stride]
	for y := range lumaPad {
		copy(l.pix[y*l.stride:][:l.stride], top)
		copy(l.pix[(lumaPad+l.height+y)*l.stride:][:l.stride], bottom)
	}
}

// difference is the mean absolute difference between two planes of one size.
func (l *luma) difference(to *luma) float64 {
	var sum float32
	for y := range l.height {
		a, b := l.row(y), to.row(y)
		for x, v := range a {
			d := v - b[x]
			if d < 0 {
				d = -d
			}
			sum += d
		}
	}
	return float64(sum) / float64(l.width*l.height)
}

// rgbOf copies the frame's colours.
func rgbOf(f *video.Frame) *matte.Picture {
	n := f.Width * f.Height
	p := &matte.Picture{Width: f.Width, Height: f.Height, Pix: make([]uint8, 3*n)}
	for i, dst := 0, p.Pix; i < n; i++ {
		s, d := f.Pix[i*4:i*4+3:i*4+3], dst[i*3:i*3+3:i*3+3]
		d[0], d[1], d[2] = s[0], s[1], s[2]
	}
	return p
}
