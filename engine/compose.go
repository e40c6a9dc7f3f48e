package engine

import (
	"context"

	"mattebox/compose"
)

func (p *passage) compose(ctx context.Context) error {
	if p.job.AlphaOnly {
		p.report.Width, p.report.Height = p.photos[0].photo.Width, p.photos[0].photo.Height
		return nil
	}
	return p.clock.time(&p.report.Steps.Compose, func() error {
		var cutouts []compose.Cutout
		for _, s := range p.photos {
			cutouts = append(cutouts, s.cutout)
		}
		canvas, err := compose.Combine(ctx, p.job.Template, p.job.Scale, cutouts...)
		if err != nil {
			return err
		}
		p.canvas = canvas
		p.report.Width, p.report.Height, p.report.Scale = canvas.Width, canvas.Height, canvas.Scale
		return nil
	})
}
