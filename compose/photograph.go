package compose

import (
	"context"
	"image"

	"mattebox"
)

// photograph lays the photograph itself where the background is kept, and fills
// what it leaves of the canvas: with its own edge drawn out, or, when it has
// transparency of its own, with white in a format that has none.
func photograph(ctx context.Context, j *job) error {
	if j.template.Background != mattebox.BackgroundKeep {
		return nil
	}
	if j.cutout.Photo.Alpha != nil && !j.template.Format.HasAlpha() {
		white := mattebox.Color{R: 255, G: 255, B: 255}
		if err := j.addFill("Background", white, white); err != nil {
			return err
		}
	}
	l, err := j.layPhoto(ctx, "Photograph", RolePhotograph)
	if err != nil {
		return err
	}
	if l.Picture.Alpha == nil && !j.layout.bounds().In(l.Bounds(j.canvas)) {
		if err := j.extend(ctx, l); err != nil {
			return err
		}
	}
	j.canvas.add(l)
	return nil
}

// original puts the whole photograph at the bottom of a layered file, hidden,
// exactly behind the cut-out.
func original(ctx context.Context, j *job) error {
	if !j.template.Format.Layered() || j.template.Background == mattebox.BackgroundKeep {
		return nil
	}
	l, err := j.layPhoto(ctx, "Original", RoleOriginal)
	if err != nil {
		return err
	}
	l.Hidden = true
	j.canvas.add(l)
	return nil
}

// layPhoto returns the photograph as it lies on the canvas. Some of it always
// does: the subject's box is on both.
func (j *job) layPhoto(ctx context.Context, name string, role Role) (Layer, error) {
	p, at, err := lay(ctx, j.layout, j.cutout.Photo, image.Rectangle{Max: j.source})
	if err == nil && p == nil {
		err = mattebox.Errorf(mattebox.CodeInternal, "the photograph misses the canvas")
	}
	return Layer{Name: name, Role: role, Picture: p, X: at.X, Y: at.Y}, err
}
