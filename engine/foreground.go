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
func (p *passage) foreground(context.Context) error {
	if p.matte == nil || p.job.AlphaOnly {
		return nil
	}
	return p.clock.time(&p.report.Steps.Foreground, func() error {
		subject := *p.photo
		if compose.NeedsPhoto(p.job.Template) {
			subject.Pix, subject.Pix16 = slices.Clone(p.photo.Pix), slices.Clone(p.photo.Pix16)
		}
		subject.Alpha = p.matte.Alpha
		p.subject = &subject
		if !p.keptAlpha() {
			matte.Foreground(view(&subject), subject.Alpha)
		}
		return nil
	})
}

// keptAlpha reports whether the source was a cut-out already: whoever made it
// has dealt with its colours.
func (p *passage) keptAlpha() bool {
	return slices.Contains(p.matte.Warnings, matte.KeptAlpha)
}
