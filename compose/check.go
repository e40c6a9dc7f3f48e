package compose

import (
	"bytes"
	"context"
	"image"
	"math"

	"mattebox"
	"mattebox/imaging"
)

// check refuses what no later step could make sense of and opens the canvas.
func check(_ context.Context, j *job) error {
	if err := j.template.ValidateStored(); err != nil {
		return err
	}
	if err := checkScale(j.bound); err != nil {
		return err
	}
	if len(j.cutouts) == 0 {
		return mattebox.Errorf(mattebox.CodeInternal, "no cut-out to lay out")
	}
	lead := j.cutouts[0].lead()
	for _, c := range j.cutouts {
		if err := checkCutout(j.template, c, lead); err != nil {
			return err
		}
	}
	j.canvas = &Canvas{Meta: lead.Meta, Deep: lead.Deep()}
	return nil
}

// checkScale is written so that NaN, which fails every comparison, is refused.
func checkScale(scale float64) error {
	if scale >= 0 && !math.IsInf(scale, 1) {
		return nil
	}
	return mattebox.Errorf(mattebox.CodeInternal, "a scale of %g", scale)
}

// lead is the picture that stands for the cut-out's size, depth and metadata.
func (c Cutout) lead() *imaging.Picture {
	if c.Subject != nil {
		return c.Subject
	}
	return c.Photo
}

func checkCutout(t mattebox.Template, c Cutout, first *imaging.Picture) error {
	if NeedsMatte(t) && c.Subject == nil || NeedsPhoto(t) && c.Photo == nil || c.lead() == nil {
		return mattebox.Errorf(mattebox.CodeInternal, "the template needs a picture that the cut-out lacks")
	}
	lead := c.lead()
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
	if lead.Deep() != first.Deep() || !bytes.Equal(lead.Meta.Profile, first.Meta.Profile) {
		return mattebox.Errorf(mattebox.CodeInternal, "the photographs differ in depth or profile")
	}
	whole := image.Rect(0, 0, lead.Width, lead.Height)
	if f := c.Frame; !f.Empty() && (!whole.In(f) || c.Photo != nil || c.Subject.Alpha == nil) {
		return mattebox.Errorf(mattebox.CodeInternal, "a part of a photograph lies outside it, or is no cut-out")
	}
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
