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
	// Frame bounds the photograph when Subject is only a part of it: Box and Frame
	// are then on Subject's grid, and Photo is nil. Trim sets it; zero means whole.
	Frame image.Rectangle
	// Name names the photograph among several; empty: "Photograph 1" and so on.
	Name string
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
	return Combine(ctx, t, 0, c)
}

// Combine is Apply for cut-outs side by side, which have one depth and profile;
// the first one's metadata is the Canvas's. The content grows no larger than scale,
// in canvas pixels per photograph pixel; 0 sets no bound. Scale and arrangement are
// described in the package comment.
func Combine(ctx context.Context, t mattebox.Template, scale float64, cutouts ...Cutout) (*Canvas, error) {
	j := &job{template: t, bound: scale, cutouts: cutouts}
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

// step is one stage of the road from cut-outs to a canvas. It decides itself
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
		{"arrange", arrange},
		{"size", size},
		{"place", place},
		{"hold back", holdBack},
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
	cutouts  []Cutout
	bound    float64 // largest scale of the content; 0 for none

	scene  scene
	pieces []piece
	held   bool    // the content is laid out at its bound, which is below what it gets by itself
	growth float64 // the largest scale that place may use
	layout layout
	canvas *Canvas
}
