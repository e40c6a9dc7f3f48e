package compose

import (
	"context"

	"mattebox"
)

// subject puts the cut-outs on top, scaled and moved. Where the background is
// kept the photograph shows them already.
func subject(ctx context.Context, j *job) error {
	if j.template.Background == mattebox.BackgroundKeep {
		return nil
	}
	for _, p := range j.pieces {
		used, err := covered(ctx, p.Subject)
		if err != nil {
			return err
		}
		if used.Empty() {
			continue
		}
		picture, at, err := lay(ctx, j.layout.of(p), p.Subject, p.frame, used)
		if err != nil {
			return err
		}
		if picture != nil {
			j.canvas.add(Layer{Name: p.name("Cut-out", ""), Role: RoleSubject, Picture: picture, X: at.X, Y: at.Y})
		}
	}
	return nil
}
