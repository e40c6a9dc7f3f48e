package engine

import (
	"context"

	"mattebox/compose"
)

func (p *passage) compose(ctx context.Context) error {
	if p.job.AlphaOnly {
		p.report.Width, p.report.Height = p.photo.Width, p.photo.Height
		return nil
	}
	return p.clock.time(&p.report.Steps.Compose, func() error {
		c := compose.Cutout{Subject: p.subject, Box: p.report.Box}
		if compose.NeedsPhoto(p.job.Template) {
			c.Photo = p.photo
		}
		canvas, err := compose.Apply(ctx, p.job.Template, c)
		if err != nil {
			return err
		}
		p.canvas = canvas
		p.report.Width, p.report.Height = canvas.Width, canvas.Height
		return nil
	})
}
