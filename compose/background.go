package compose

import (
	"context"

	"mattebox"
	"mattebox/imaging"
)

// background puts the template's colour or gradient down. A kept background is
// the photograph's business; a transparent one is no layer at all.
func background(_ context.Context, j *job) error {
	t := j.template
	switch t.Background {
	case mattebox.BackgroundSolid:
		return j.addFill("Background", *t.BackgroundColor, *t.BackgroundColor)
	case mattebox.BackgroundGradient:
		return j.addFill("Background", *t.BackgroundColor, *t.GradientColor)
	}
	return nil
}

func (j *job) addFill(name string, top, bottom mattebox.Color) error {
	colours := [6]uint8{top.R, top.G, top.B, bottom.R, bottom.G, bottom.B}
	if err := imaging.FromSRGB(colours[:], 2, 1, j.canvas.Meta.Profile); err != nil {
		return mattebox.Wrap(mattebox.CodeInternal, err, "background colour cannot be brought to the picture's profile")
	}
	fill := &Fill{Height: j.canvas.Height}
	for c := range 3 {
		fill.Top[c], fill.Bottom[c] = uint16(colours[c])*257, uint16(colours[3+c])*257
	}
	j.canvas.add(Layer{Name: name, Role: RoleBackground, Fill: fill})
	return nil
}
