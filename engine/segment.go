package engine

import (
	"context"
	"time"

	"mattebox/compose"
	"mattebox/imaging"
	"mattebox/matte"
)

// segment makes the matte, unless the template shows the photograph as it is.
func (p *passage) segment(ctx context.Context) error {
	if !p.job.AlphaOnly && !compose.NeedsMatte(p.job.Template) {
		return nil
	}
	var took time.Duration
	if err := p.clock.time(&took, func() (err error) {
		p.matte, err = p.engine.matter.Matte(ctx, view(p.photo), matte.Options{
			Effort: effort(p.job.Quality), SolidInterior: p.job.SolidInterior, EdgeShift: p.job.EdgeShift,
		})
		return err
	}); err != nil {
		return err
	}
	p.report.Steps.Net += p.matte.Net
	p.report.Steps.Refine += took - p.matte.Net
	p.report.Box, p.report.Confidence = p.matte.Box, p.matte.Confidence
	p.report.Models, p.report.Passes = p.matte.Nets, p.matte.Passes
	p.warn(p.matte.Warnings...)
	return nil
}

// view shows a decoded picture to the matte engine without a copy.
func view(photo *imaging.Picture) *matte.Picture {
	v := &matte.Picture{
		Width: photo.Width, Height: photo.Height,
		Pix: photo.Pix, Pix16: photo.Pix16, Alpha: photo.Alpha,
	}
	if profile := photo.Meta.Profile; !imaging.IsSRGB(profile) {
		v.ToSRGB = func(rgb []uint8, width, height int) error {
			return imaging.ToSRGB(rgb, width, height, profile)
		}
	}
	return v
}
