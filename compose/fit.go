package compose

import (
	"context"
	"image"

	"mattebox"
)

// Shape is what of a photograph decides its scale: its size in pixels and the box
// of its subject, empty when there is none.
type Shape struct {
	Width, Height int
	Box           image.Rectangle
}

// Fit returns the scale, in canvas pixels per photograph pixel, that the content
// of a photograph (or of several that are combined) gets by itself; dpi is the
// first one's resolution, 0 when it states none. It is 0 where the template
// measures from a subject and there is none. Given to Combine as its bound, it
// changes nothing. Errors are Apply's.
func Fit(t mattebox.Template, dpi float64, shapes ...Shape) (float64, error) {
	if err := t.ValidateStored(); err != nil {
		return 0, err
	}
	own := make([]shape, len(shapes))
	for i, s := range shapes {
		own[i].frame = image.Rect(0, 0, s.Width, s.Height)
		own[i].box = s.Box.Intersect(own[i].frame)
		if s.Width < 1 || s.Height < 1 {
			return 0, mattebox.Errorf(mattebox.CodeInternal, "a photograph of %d x %d pixels", s.Width, s.Height)
		}
	}
	if len(own) == 0 {
		return 0, mattebox.Errorf(mattebox.CodeInternal, "no photograph to fit")
	}
	j := &job{template: t, canvas: &Canvas{}}
	j.canvas.Meta.DPI = dpi
	j.scene, _ = newScene(t, own)
	for _, step := range [...]func(context.Context, *job) error{size, place} {
		if err := step(context.Background(), j); err != nil {
			return 0, err
		}
	}
	return j.canvas.Scale, nil
}

// holdBack lays the content out again, at the bound on its scale, where it would
// get more by itself.
func holdBack(ctx context.Context, j *job) error {
	if j.bound == 0 || !j.scene.sized || j.canvas.Scale <= j.bound {
		return nil
	}
	j.held = true
	if err := size(ctx, j); err != nil {
		return err
	}
	return place(ctx, j)
}
