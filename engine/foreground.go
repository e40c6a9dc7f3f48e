package engine

import (
	"context"
	"slices"

	"mattebox/compose"
	"mattebox/matte"
)

// foreground makes the subject: the photograph's samples with the old background
// taken out of the edge band, and the matte as alpha. The photograph itself is
// copied only where the template shows both.
func (p *passage) foreground(_ context.Context, s *shot) error {
	if s.matte == nil || p.job.AlphaOnly {
		return nil
	}
	return p.clock.time(&p.report.Steps.Foreground, func() error {
		subject := *s.photo
		if compose.NeedsPhoto(p.job.Template) {
			subject.Pix, subject.Pix16 = slices.Clone(s.photo.Pix), slices.Clone(s.photo.Pix16)
		}
		subject.Alpha = s.matte.Alpha
		s.subject = &subject
		if !s.keptAlpha() {
			matte.Foreground(view(&subject), subject.Alpha)
		}
		return nil
	})
}

// keptAlpha reports whether the source was a cut-out already: whoever made it
// has dealt with its colours.
func (s *shot) keptAlpha() bool {
	return slices.Contains(s.matte.Warnings, matte.KeptAlpha)
}
