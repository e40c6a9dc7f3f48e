package compose

import (
	"context"
	"fmt"
	"image"
	"math"

	"mattebox"
)

// gap is the distance between subjects that stand side by side, as a part of the
// tallest one's height.
const gap = .04

// scene is the plane on which the photographs lie at their own pixels, and the
// canvas shows a part of it: one photograph at the origin, or several side by side
// on a common ground line.
type scene struct {
	size    image.Point     // of the photographs with all that is on them: the canvas of ResizeKeep
	content image.Rectangle // what is laid out
	box     image.Rectangle // holds the subjects; empty when there is none
	sized   bool            // the content is what the template means, and not a photograph for want of a subject
}

// shape is what of a photograph matters to where it goes.
type shape struct {
	frame image.Rectangle // of the whole photograph
	box   image.Rectangle // of the subject
}

// piece is a cut-out at its place in the scene.
type piece struct {
	Cutout
	frame image.Rectangle // of the photograph, on the cut-out's own grid
	at    image.Point     // of that grid's origin, in the scene
	label string          // of its layers; empty when there is but one photograph
}

// whole reports whether photographs are arranged with all that is on them.
func whole(t mattebox.Template) bool {
	return t.Background == mattebox.BackgroundKeep || t.Resize == mattebox.ResizeKeep && t.Margin == mattebox.MarginUnset
}

// arrange finds each cut-out's place in the scene. Among several, one without a
// subject takes none, where subjects alone are arranged.
func arrange(_ context.Context, j *job) error {
	shapes := make([]shape, len(j.cutouts))
	for i, c := range j.cutouts {
		shapes[i] = c.shape()
	}
	s, places := newScene(j.template, shapes)
	j.scene = s
	for i, at := range places {
		if at == nil {
			continue
		}
		p := piece{Cutout: j.cutouts[i], frame: shapes[i].frame, at: *at}
		p.Box = shapes[i].box
		if len(shapes) > 1 {
			p.label = p.Name
			if p.label == "" {
				p.label = fmt.Sprintf("Photograph %d", i+1)
			}
		}
		j.pieces = append(j.pieces, p)
	}
	return nil
}

func (c Cutout) shape() shape {
	s := shape{frame: c.Frame, box: c.Box}
	if s.frame.Empty() {
		s.frame = image.Rect(0, 0, c.lead().Width, c.lead().Height)
	}
	s.box = s.box.Intersect(s.frame)
	return s
}

// newScene arranges the shapes. places are where the shapes' grids begin, nil for
// one that is left out.
func newScene(t mattebox.Template, shapes []shape) (s scene, places []*image.Point) {
	tallest := 0
	found := false
	for _, h := range shapes {
		s.size = image.Pt(s.size.X+h.frame.Dx(), max(s.size.Y, h.frame.Dy()))
		tallest = max(tallest, h.box.Dy())
		found = found || !h.box.Empty()
	}
	boxes := len(shapes) > 1 && found && !whole(t)
	rects, space := make([]image.Rectangle, len(shapes)), 0
	for i, h := range shapes {
		rects[i] = h.frame
		if boxes {
			rects[i] = h.box
		}
	}
	if boxes {
		space = int(math.Round(gap * float64(tallest)))
	}
	places, s.content = sideBySide(rects, space)
	for i, at := range places {
		if at != nil {
			s.box = s.box.Union(shapes[i].box.Add(*at))
		}
	}
	if t.Margin != mattebox.MarginUnset && found {
		s.content = s.box
	}
	s.sized = t.Margin == mattebox.MarginUnset || found
	return s, places
}

// sideBySide puts rectangles next to each other from left to right, all on one
// ground line, and returns where their grids begin and what they take together.
// Empty ones are left out.
func sideBySide(rects []image.Rectangle, space int) (places []*image.Point, all image.Rectangle) {
	x, ground := 0, 0
	for _, r := range rects {
		ground = max(ground, r.Dy())
	}
	places = make([]*image.Point, len(rects))
	for i, r := range rects {
		if r.Empty() {
			continue
		}
		if x > 0 {
			x += space
		}
		at := image.Pt(x, ground-r.Dy()).Sub(r.Min)
		places[i] = &at
		all = all.Union(r.Add(at))
		x += r.Dx()
	}
	return places, all
}

// name returns what the piece's layer is called: alone if the photograph is the
// only one, else its label with what the layer shows.
func (p piece) name(alone, shows string) string {
	switch {
	case p.label == "":
		return alone
	case shows == "":
		return p.label
	}
	return p.label + " (" + shows + ")"
}

// of returns the layout as it is for a piece, in coordinates of its own grid.
func (l layout) of(p piece) layout {
	l.content = l.content.Sub(p.at)
	return l
}

// Trim returns the cut-out with no more of Subject than can be seen, in buffers of
// their own, so that the photograph's need not be kept. It is for templates that
// do not need the photograph; a cut-out of which nothing can be seen keeps a pixel.
func (c Cutout) Trim(ctx context.Context) (Cutout, error) {
	used, err := covered(ctx, c.Subject)
	if err != nil {
		return Cutout{}, err
	}
	if used.Empty() {
		used = image.Rect(0, 0, 1, 1)
	}
	frame := c.shape().frame
	part, err := crop(ctx, c.Subject, used)
	if err != nil {
		return Cutout{}, err
	}
	c.Subject, c.Photo = part, nil
	c.Frame, c.Box = frame.Sub(used.Min), c.Box.Sub(used.Min)
	return c, nil
}
