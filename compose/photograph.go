package compose

import (
	"context"

	"mattebox"
)

// photograph lays the photographs themselves where the background is kept, and
// fills what they leave of the canvas: with their own edge drawn out, or, when
// there is transparency in them, with white in a format that has none.
func photograph(ctx context.Context, j *job) error {
	if j.template.Background != mattebox.BackgroundKeep {
		return nil
	}
	layers, err := j.layPhotos(ctx, RolePhotograph, "Photograph", "")
	if err != nil {
		return err
	}
	seeThrough := false
	for _, l := range layers {
		seeThrough = seeThrough || l.Picture.Alpha != nil
	}
	if seeThrough && !j.template.Format.HasAlpha() {
		white := mattebox.Color{R: 255, G: 255, B: 255}
		if err := j.addFill("Background", white, white); err != nil {
			return err
		}
	}
	if !seeThrough {
		if err := j.extend(ctx, layers); err != nil {
			return err
		}
	}
	for _, l := range layers {
		j.canvas.add(l)
	}
	return nil
}

// original puts the whole photographs at the bottom of a layered file, hidden,
// exactly behind the cut-outs.
func original(ctx context.Context, j *job) error {
	if !j.template.Format.Layered() || j.template.Background == mattebox.BackgroundKeep {
		return nil
	}
	layers, err := j.layPhotos(ctx, RoleOriginal, "Original", "original")
	for _, l := range layers {
		l.Hidden = true
		j.canvas.add(l)
	}
	return err
}

// layPhotos returns the photographs as they lie on the canvas, without those that
// miss it: among several, one may that has no subject.
func (j *job) layPhotos(ctx context.Context, role Role, alone, shows string) ([]Layer, error) {
	var out []Layer
	for _, p := range j.pieces {
		picture, at, err := lay(ctx, j.layout.of(p), p.Photo, p.frame, p.frame)
		if err != nil {
			return nil, err
		}
		if picture != nil {
			out = append(out, Layer{Name: p.name(alone, shows), Role: role, Picture: picture, X: at.X, Y: at.Y})
		}
	}
	return out, nil
}
