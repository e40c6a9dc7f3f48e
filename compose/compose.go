package compose

import (
	"context"
	"fmt"
	"image"

	"mattebox"
	"mattebox/imaging"
)

// Cutout is what the matte engine made of one photograph. Subject and Photo have
// the same size, depth and profile; either may lend its samples to the Canvas,
// so neither may be written to while the Canvas is in use.
type Cutout struct {
	// Subject has the foreground's own colours (the old background's influence
	// removed at soft edges) and the alpha matte. It may be nil when NeedsMatte
	// is false.
	Subject *imaging.Picture
	// Photo is the photograph as decoded; it may be nil when NeedsPhoto is false.
	Photo *imaging.Picture
	// Box bounds the subject on the photograph; empty when there is no subject.
	Box image.Rectangle
}

// NeedsPhoto reports whether Apply looks at Cutout.Photo: to keep its background
// or its shadow, or to hide it in a layered file.
func NeedsPhoto(t mattebox.Template) bool {
	return t.Background == mattebox.BackgroundKeep || t.Shadow == mattebox.ShadowKeep || t.Format.Layered()
}

// NeedsMatte reports whether Apply looks at Cutout.Subject and Cutout.Box. A
// template that keeps the background and sets no margins does without a matte.
func NeedsMatte(t mattebox.Template) bool {
	return t.Background != mattebox.BackgroundKeep || t.Margin != mattebox.MarginUnset
}

// Apply lays the cut-out on a canvas as the template says. A template that is
// not valid, or whose margins leave nothing of this photograph's canvas, is a
// CodeInvalid error that names the field; a canvas larger than the format or
// mattebox.MaxCanvasPixels allows is CodeTooLarge; a Cutout that lacks what the
// template needs is CodeInternal.
func Apply(ctx context.Context, t mattebox.Template, c Cutout) (*Canvas, error) {
	j := &job{template: t, cutout: c}
	for _, s := range steps() {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := s.run(ctx, j); err != nil {
			return nil, fmt.Errorf("%s: %w", s.name, err)
		}
	}
	return j.canvas, nil
}

// step is one stage of the road from a cut-out to a canvas. It decides itself
// whether the template asks for it.
type step struct {
	name string
	run  func(ctx context.Context, j *job) error
}

// steps returns the road in order: first where everything goes, then the layers
// from bottom to top.
func steps() []step {
	return []step{
		{"check", check},
		{"size", size},
		{"place", place},
		{"original", original},
		{"background", background},
		{"photograph", photograph},
		{"shadow", shadow},
		{"subject", subject},
	}
}

// job is what the steps hand on to each other.
type job struct {
	template mattebox.Template
	cutout   Cutout

	source image.Point // size of the photograph
	layout layout
	growth float64 // the largest scale that place may use
	canvas *Canvas
}

// check refuses what no later step could make sense of and opens the canvas.
func check(_ context.Context, j *job) error {
	t, c := j.template, j.cutout
	if err := t.ValidateStored(); err != nil {
		return err
	}
	if NeedsMatte(t) && c.Subject == nil || NeedsPhoto(t) && c.Photo == nil {
		return mattebox.Errorf(mattebox.CodeInternal, "the template needs a picture that the cut-out lacks")
	}
	lead := c.Subject
	if lead == nil {
		lead = c.Photo
	}
	for _, p := range [...]*imaging.Picture{c.Subject, c.Photo} {
		if p == nil {
			continue
		}
		if err := checkPicture(p); err != nil {
			return err
		}
		if p.Width != lead.Width || p.Height != lead.Height || p.Deep() != lead.Deep() {
			return mattebox.Errorf(mattebox.CodeInternal, "subject and photograph differ in size or depth")
		}
	}
	j.source = image.Pt(lead.Width, lead.Height)
	j.cutout.Box = c.Box.Intersect(image.Rectangle{Max: j.source})
	j.canvas = &Canvas{Meta: lead.Meta, Deep: lead.Deep()}
	return nil
}

// checkPicture guards the loops, which trust the lengths of the planes.
func checkPicture(p *imaging.Picture) error {
	n := p.Width * p.Height
	whole := len(p.Pix) == 3*n && len(p.Pix16) == 0 || len(p.Pix16) == 3*n && len(p.Pix) == 0
	if p.Width < 1 || p.Height < 1 || !whole || p.Alpha != nil && len(p.Alpha) != n {
		return mattebox.Errorf(mattebox.CodeInternal, "picture of %d x %d has %d or %d samples and %d of alpha",
			p.Width, p.Height, len(p.Pix), len(p.Pix16), len(p.Alpha))
	}
	return nil
}
