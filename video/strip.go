package video

import (
	"image"
	"image/color"
	"image/png"
	"io"
	"math"
	"time"
)

// Strip gathers small pictures of a clip at even distances while it is made, and
// lays them out as a contact sheet.
type Strip struct {
	every   time.Duration
	next    time.Duration
	columns int
	count   int
	width   int
	cells   []*image.NRGBA
}

// NewStrip returns a strip of at most count pictures, each width pixels wide, from
// a clip or a part of it that lasts so long, in rows of columns.
func NewStrip(length time.Duration, count, columns, width int) *Strip {
	count, columns = max(count, 1), max(columns, 1)
	every := length / time.Duration(count)
	return &Strip{every: every, next: every / 2, columns: columns, count: count, width: width}
}

// Add looks at the clip's next frame and keeps a small copy when its time has come.
func (s *Strip) Add(f *Frame) {
	if f.At < s.next || len(s.cells) == s.count {
		return
	}
	for s.next <= f.At && s.every > 0 {
		s.next += s.every
	}
	s.cells = append(s.cells, shrink(f, s.width))
}

// shrink averages the frame down to the width, over a checkerboard.
func shrink(f *Frame, width int) *image.NRGBA {
	width = min(width, f.Width)
	height := max(1, int(math.Round(float64(f.Height)*float64(width)/float64(f.Width))))
	small := image.NewNRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		y0, y1 := y*f.Height/height, max((y+1)*f.Height/height, y*f.Height/height+1)
		for x := range width {
			x0, x1 := x*f.Width/width, max((x+1)*f.Width/width, x*f.Width/width+1)
			small.SetNRGBA(x, y, f.mean(x0, y0, x1, y1, square(x, y)))
		}
	}
	return small
}

// square returns the grey of a checkerboard of 8 by 8 pixels.
func square(x, y int) int {
	if (x/8+y/8)%2 == 0 {
		return 255
	}
	return 208
}

// mean returns the mean colour of the block over grey.
func (f *Frame) mean(x0, y0, x1, y1, grey int) color.NRGBA {
	var sum [3]int
	for y := y0; y < y1; y++ {
		for i := 4 * (y*f.Width + x0); i < 4*(y*f.Width+x1); i += 4 {
			a := int(f.Pix[i+3])
			for c := range sum {
				sum[c] += int(f.Pix[i+c])*a + grey*(255-a)
			}
		}
	}
	n := 255 * (x1 - x0) * (y1 - y0)
	return color.NRGBA{uint8(sum[0] / n), uint8(sum[1] / n), uint8(sum[2] / n), 255}
}

// gap is between the pictures, in pixels.
const gap = 4

// WritePNG writes the contact sheet. A strip without pictures gives an empty one.
func (s *Strip) WritePNG(w io.Writer) error {
	columns := max(1, min(s.columns, len(s.cells)))
	cell := image.Pt(1, 1)
	for _, c := range s.cells {
		cell = c.Rect.Size()
	}
	rows := (len(s.cells) + columns - 1) / columns
	sheet := image.NewNRGBA(image.Rect(0, 0, columns*(cell.X+gap)+gap, max(rows, 1)*(cell.Y+gap)+gap))
	for i := range sheet.Pix {
		sheet.Pix[i] = 255
	}
	for n, c := range s.cells {
		at := image.Pt(gap+n%columns*(cell.X+gap), gap+n/columns*(cell.Y+gap))
		for y := range c.Rect.Dy() {
			copy(sheet.Pix[sheet.PixOffset(at.X, at.Y+y):], c.Pix[c.PixOffset(0, y):c.PixOffset(0, y)+4*c.Rect.Dx()])
		}
	}
	return png.Encode(w, sheet)
}
