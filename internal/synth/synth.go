// Package synth draws photographs whose matte is known to the last bit, so that
// tests of the engine need no file from outside.
//
// A seed, a Kind and a size go in; out comes a Picture: the photograph, and the
// exact alpha, foreground and background that it was composed from. The subjects
// are small solids, traced, lit and shaded so that networks trained on photographs
// take them for one: a glazed vase, a mug, a plush animal, a ring, a glass. The
// same arguments give the same bytes on one architecture (others may fuse
// multiplications and differ in a last bit).
//
// The road of a picture: subject.go builds the solid, trace.go looks at it through
// the camera and shade.go lights it, fur.go and blur.go soften its edge, backdrop.go
// paints what lies behind, and Photo composes the two.
package synth

import (
	"math/rand/v2"
)

// Kind says what a picture is hard about.
type Kind int

// The kinds.
const (
	Product  Kind = iota // hard edges on a near-white studio sweep, with a soft shadow
	Gradient             // hard edges on a coloured gradient
	Textured             // hard edges on a wooden table before a blurred room
	Hair                 // strands thinner than a pixel all round a plush animal
	Ring                 // a hole through which the background shows
	Soft                 // out of focus: an edge many pixels wide
	Motion               // blurred in one direction
	Glass                // see-through, alpha well between 0 and 1 inside
	White                // white on white
	Empty                // a backdrop without a subject
	kinds                // how many there are
)

// Kinds returns all kinds.
func Kinds() []Kind {
	all := make([]Kind, kinds)
	for i := range all {
		all[i] = Kind(i)
	}
	return all
}

// String returns the kind's name in lower case.
func (k Kind) String() string {
	switch k {
	case Product:
		return "product"
	case Gradient:
		return "gradient"
	case Textured:
		return "textured"
	case Hair:
		return "hair"
	case Ring:
		return "ring"
	case Soft:
		return "soft"
	case Motion:
		return "motion"
	case Glass:
		return "glass"
	case White:
		return "white"
	}
	return "empty"
}

// Picture is a photograph and what it was composed from. For every sample
// RGB = (Alpha*Foreground + (255-Alpha)*Background) / 255, rounded to nearest.
type Picture struct {
	Width, Height int
	RGB           []uint8 // Width*Height*3 sRGB samples, rows not padded
	Alpha         []uint8 // Width*Height, the subject's matte
	Foreground    []uint8 // as RGB: the subject's own colours, straight; 0 where Alpha is 0
	Background    []uint8 // as RGB: the picture without the subject, but with its shadow
}

// Photo draws the picture of that seed and kind, width x height pixels. Sides
// under one pixel give a Picture without samples; a Kind that is not listed draws
// Empty. A megapixel takes a few seconds of processor time, Hair the longest.
func Photo(seed int64, kind Kind, width, height int) Picture {
	if width < 1 || height < 1 {
		return Picture{}
	}
	random := rand.New(rand.NewPCG(uint64(seed), uint64(kind)))
	subject := newSubject(random, kind)
	view := newView(random, width, height)
	back := paintBackdrop(random, kind, view, subject)
	layer := newLayer(width, height)
	if subject != nil {
		layer = trace(view, subject)
		soften(random, kind, view, &layer)
	}
	return compose(layer, back)
}

// soften does to the subject's edge what the kind is named after.
func soften(random *rand.Rand, kind Kind, view view, layer *layer) {
	side := float64(min(view.width, view.height))
	switch kind {
	case Hair:
		growFur(random, layer)
	case Soft:
		layer.blur(.010 * side)
	case Motion:
		layer.smear(random.Float64()*.6-.3, .06*side)
	}
}

// compose rounds alpha and foreground to samples first and composes from those, so
// that they explain the photograph exactly.
func compose(l layer, back []float32) Picture {
	n := l.width * l.height
	p := Picture{
		Width: l.width, Height: l.height,
		RGB: make([]uint8, 3*n), Alpha: make([]uint8, n),
		Foreground: make([]uint8, 3*n), Background: make([]uint8, 3*n),
	}
	for i := range n {
		alpha := l.pixel[i][3]
		p.Alpha[i] = sample(alpha)
		a := int(p.Alpha[i])
		for c := range 3 {
			k := 3*i + c
			p.Background[k] = sample(back[k])
			if a > 0 {
				p.Foreground[k] = sample(l.pixel[i][c] / alpha)
			}
			p.RGB[k] = uint8((a*int(p.Foreground[k]) + (255-a)*int(p.Background[k]) + 127) / 255)
		}
	}
	return p
}

// sample returns the sample 0..255 nearest to a value 0..1.
func sample(v float32) uint8 {
	return uint8(min(max(v, 0), 1)*255 + .5)
}
