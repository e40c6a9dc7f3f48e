package compose

import (
	"image"

	"mattebox/imaging"
)

// Canvas is a finished picture in layers: what a layered file is written from,
// and what Flatten makes one picture of.
type Canvas struct {
	Width, Height int
	Scale         float64      // canvas pixels per photograph pixel of the content; 0 for want of a subject, see Fit
	Deep          bool         // samples are 16 bits deep, in every layer
	Meta          imaging.Meta // the photograph's, with the result's resolution
	Layers        []Layer      // bottom to top
}

// Layer is one sheet of a Canvas: either a Picture at X, Y, which may be negative
// or reach beyond the canvas, or a Fill, which covers the canvas as far as Mask
// lets it.
type Layer struct {
	Name string
	Role Role

	Picture *imaging.Picture // samples in the canvas's profile and depth
	X, Y    int              // of Picture's top left corner, in canvas pixels

	Fill *Fill
	Mask *image.Alpha // coverage of Fill, in canvas coordinates, Stride equal to its width; nil covers all

	Blend  Blend
	Hidden bool // not part of what Flatten shows
}

// Bounds returns the rectangle of the canvas grid that the layer touches, which
// for a picture may reach beyond the canvas.
func (l Layer) Bounds(c *Canvas) image.Rectangle {
	switch {
	case l.Picture != nil:
		return image.Rect(0, 0, l.Picture.Width, l.Picture.Height).Add(image.Pt(l.X, l.Y))
	case l.Mask != nil:
		return l.Mask.Rect
	}
	return image.Rect(0, 0, c.Width, c.Height)
}

// Role says what a layer is for.
type Role string

// The roles, in the order in which their layers lie.
const (
	RoleOriginal   Role = "original"   // the untouched photograph, hidden
	RoleBackground Role = "background" // a colour, or the photograph's edge drawn out
	RolePhotograph Role = "photograph" // the photograph with its background kept
	RoleShadow     Role = "shadow"     // black through a mask, to be multiplied
	RoleSubject    Role = "subject"    // the cut-out
)

// Blend says how a layer meets what lies below it.
type Blend int

// The blends. Normal mixes the coded samples, as image editors do. Multiply
// darkens in linear light by a mask whose values are coded: white under a mask
// value a becomes 255-a exactly. Where nothing lies below, Multiply is Normal.
const (
	Normal Blend = iota
	Multiply
)

// Fill is a colour that runs from the canvas's first row to its last, in the
// canvas's profile at 16 bits. A Fill whose two colours are equal is solid.
type Fill struct {
	Top, Bottom [3]uint16
	Height      int // of the canvas, in rows
}

// Solid reports whether the fill is one colour throughout.
func (f *Fill) Solid() bool { return f.Top == f.Bottom || f.Height < 2 }

func (c *Canvas) add(l Layer) { c.Layers = append(c.Layers, l) }
