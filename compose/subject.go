package compose

import (
	"context"

	"mattebox"
)

// subject puts the cut-out on top, scaled and moved. Where the background is
// kept the photograph shows it already.
func subject(ctx context.Context, j *job) error {
	if j.template.Background == mattebox.BackgroundKeep {
		return nil
	}
	used, err := covered(ctx, j.cutout.Subject)
	if err != nil || used.Empty() {
		return err
	}
	p, at, err := lay(ctx, j.layout, j.cutout.Subject, used)
	if err != nil || p == nil {
		return err
	}
	j.canvas.add(Layer{Name: "Cut-out", Role: RoleSubject, Picture: p, X: at.X, Y: at.Y})
	return nil
}
