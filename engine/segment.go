package engine

import (
	"context"
	"slices"
	"time"

	"mattebox/compose"
	"mattebox/imaging"
	"mattebox/matte"
)

// segment makes the matte, or takes it over from Measure, unless the template shows
// the photograph as it is.
func (p *passage) segment(ctx context.Context, s *shot) error {
	if !p.job.AlphaOnly && !compose.NeedsMatte(p.job.Template) {
		return nil
	}
	var took time.Duration
	if err := p.clock.time(&took, func() (err error) {
		if s.Matte != nil {
			s.matte, err = readMatte(s.Matte, s.File, s.photo)
			return err
		}
		s.matte, err = p.engine.matter.Matte(ctx, view(s.photo), matte.Options{
			Effort: effort(p.job.Quality), SolidInterior: p.job.SolidInterior, EdgeShift: p.job.EdgeShift,
		})
		return err
	}); err != nil {
		return err
	}
	p.report.Steps.Net += s.matte.Net
	p.report.Steps.Refine += took - s.matte.Net
	p.note(s)
	return nil
}

// note takes what the matte says of itself into the report.
func (p *passage) note(s *shot) {
	r := &p.report
	if s == p.photos[0] {
		r.Box = s.matte.Box
	}
	if !r.Cut || s.matte.Confidence < r.Confidence {
		r.Confidence = s.matte.Confidence
	}
	r.Cut = true
	for _, net := range s.matte.Nets {
		if !slices.Contains(r.Models, net) {
			r.Models = append(r.Models, net)
		}
	}
	r.Passes += s.matte.Passes
	p.warn(s, s.matte.Warnings...)
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
