package compose

import (
	"context"
	"image"

	"mattebox/imaging"
)

// Flatten returns the visible layers as one picture of the canvas's size, its
// alpha straight, nil when the canvas is opaque. Colour under full transparency
// is zero. When the only visible layer is a picture that covers the canvas
// exactly, the result shares its samples, whatever lies under its transparency,
// instead of copying them. The error is ctx's.
func (c *Canvas) Flatten(ctx context.Context) (*imaging.Picture, error) {
	visible := c.visible()
	if len(visible) == 1 && visible[0].Picture != nil && visible[0].Bounds(c) == image.Rect(0, 0, c.Width, c.Height) {
		alone := *visible[0].Picture
		alone.Meta = c.Meta
		return &alone, nil
	}
	out := &imaging.Picture{Width: c.Width, Height: c.Height, Meta: c.Meta}
	if !c.opaque(visible) {
		out.Alpha = make([]uint8, c.Width*c.Height)
	}
	if c.Deep {
		out.Pix16 = make([]uint16, 3*c.Width*c.Height)
		return out, flatten(ctx, c, visible, out.Pix16, out.Alpha)
	}
	out.Pix = make([]uint8, 3*c.Width*c.Height)
	return out, flatten(ctx, c, visible, out.Pix, out.Alpha)
}

func (c *Canvas) visible() []Layer {
	var out []Layer
	for _, l := range c.Layers {
		if !l.Hidden {
			out = append(out, l)
		}
	}
	return out
}

// opaque reports whether the lowest layer leaves nothing to see through.
func (c *Canvas) opaque(visible []Layer) bool {
	if len(visible) == 0 {
		return false
	}
	l := visible[0]
	if l.Fill != nil {
		return l.Mask == nil
	}
	return l.Picture.Alpha == nil && image.Rect(0, 0, c.Width, c.Height).In(l.Bounds(c))
}

// flatten draws the layers on pix, row by row so that a row stays in the
// processor's cache while its layers come.
func flatten[T sample](ctx context.Context, c *Canvas, layers []Layer, pix []T, alpha []uint8) error {
	sheets := make([]sheet[T], len(layers))
	for i, l := range layers {
		sheets[i] = newSheet[T](c, l)
	}
	return rows(ctx, c.Height, func(first, last int) {
		for y := first; y < last; y++ {
			row := pix[3*y*c.Width : 3*(y+1)*c.Width]
			var clear []uint8
			if alpha != nil {
				clear = alpha[y*c.Width : (y+1)*c.Width]
			}
			for i := range sheets {
				sheets[i].draw(row, clear, y)
			}
		}
	})
}

// sheet is a layer made ready for drawing: clipped to the canvas, with its
// samples at their type.
type sheet[T sample] struct {
	layer   Layer
	clip    image.Rectangle
	pix     []T
	fillRow func(y int, row []T)
	solid   []T // one row of a solid fill
	darken  func(row []T, mask []uint8)
}

func newSheet[T sample](c *Canvas, l Layer) sheet[T] {
	s := sheet[T]{layer: l, clip: l.Bounds(c).Intersect(image.Rect(0, 0, c.Width, c.Height))}
	if l.Picture != nil {
		s.pix = samples[T](l.Picture)
		return s
	}
	if l.Blend == Multiply {
		s.darken = darken[T](newMultiplyTable(strongest(l.Mask)))
	}
	s.fillRow = fillRow[T](l.Fill)
	if l.Fill.Solid() {
		s.solid = make([]T, 3*c.Width)
		s.fillRow(0, s.solid)
	}
	return s
}

// draw draws the sheet's part of row y; clear is the row's alpha, nil on an
// opaque canvas.
func (s *sheet[T]) draw(row []T, clear []uint8, y int) {
	if y < s.clip.Min.Y || y >= s.clip.Max.Y || s.clip.Empty() {
		return
	}
	row = row[3*s.clip.Min.X : 3*s.clip.Max.X]
	if clear != nil {
		clear = clear[s.clip.Min.X:s.clip.Max.X]
	}
	if s.layer.Picture != nil {
		s.drawPicture(row, clear, y)
		return
	}
	s.drawFill(row, clear, y)
}

func (s *sheet[T]) drawPicture(row []T, clear []uint8, y int) {
	p := s.layer.Picture
	at := (y-s.layer.Y)*p.Width + s.clip.Min.X - s.layer.X
	src := s.pix[3*at : 3*at+len(row)]
	var alpha []uint8
	if p.Alpha != nil {
		alpha = p.Alpha[at : at+s.clip.Dx()]
	}
	if clear == nil {
		over(row, src, alpha)
		return
	}
	overClear(row, clear, src, alpha)
}

func (s *sheet[T]) drawFill(row []T, clear []uint8, y int) {
	if s.layer.Mask == nil && clear == nil {
		if s.solid != nil {
			copy(row, s.solid)
			return
		}
		s.fillRow(y, row)
		return
	}
	var mask []uint8
	if m := s.layer.Mask; m != nil {
		at := m.PixOffset(s.clip.Min.X, y)
		mask = m.Pix[at : at+s.clip.Dx()]
	}
	if s.darken != nil && clear == nil {
		s.darken(row, mask)
		return
	}
	src := s.solid
	if src == nil {
		src = make([]T, len(row))
		s.fillRow(y, src)
	}
	if clear == nil {
		over(row, src, mask)
		return
	}
	overClear(row, clear, src, mask)
}

// samples returns the picture's samples at the canvas's depth.
func samples[T sample](p *imaging.Picture) []T {
	if pix, ok := any(p.Pix).([]T); ok {
		return pix
	}
	pix, _ := any(p.Pix16).([]T)
	return pix
}

// fillRow returns the fill's row function at the canvas's depth.
func fillRow[T sample](f *Fill) func(int, []T) {
	if row, ok := any(f.Row).(func(int, []T)); ok {
		return row
	}
	row, _ := any(f.Row16).(func(int, []T))
	return row
}

// darken returns the table's row function at the canvas's depth.
func darken[T sample](m *multiplyTable) func(row []T, mask []uint8) {
	if row, ok := any(m.multiply8).(func([]T, []uint8)); ok {
		return row
	}
	row, _ := any(m.multiply16).(func([]T, []uint8))
	return row
}

// strongest returns a mask's largest value, 255 for no mask.
func strongest(m *image.Alpha) uint8 {
	if m == nil {
		return 255
	}
	var most uint8
	for _, a := range m.Pix {
		most = max(most, a)
	}
	return most
}
