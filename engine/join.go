package engine

import (
	"bytes"
	"context"

	"mattebox"
	"mattebox/compose"
	"mattebox/imaging"
)

// join makes the photograph ready for the canvas. Of several, each keeps no more
// than the canvas can show, and takes on the first one's depth and profile.
func (p *passage) join(ctx context.Context, s *shot) error {
	if p.job.AlphaOnly {
		return nil
	}
	return p.clock.time(&p.report.Steps.Foreground, func() error {
		s.cutout = compose.Cutout{Subject: s.subject, Name: layerName(s.Name)}
		if s.matte != nil {
			s.cutout.Box = s.matte.Box
		}
		if compose.NeedsPhoto(p.job.Template) {
			s.cutout.Photo = s.photo
		}
		if len(p.photos) == 1 {
			return nil
		}
		return p.joinOthers(ctx, s)
	})
}

func (p *passage) joinOthers(ctx context.Context, s *shot) (err error) {
	if s.cutout.Photo == nil {
		if s.cutout, err = s.cutout.Trim(ctx); err != nil {
			return err
		}
		s.photo, s.subject, s.matte = nil, nil, nil // whoever decodes next may have their memory
	}
	first := p.photos[0].cutout
	for _, picture := range [...]**imaging.Picture{&s.cutout.Subject, &s.cutout.Photo} {
		if *picture == nil {
			continue
		}
		if *picture, err = alike(ctx, *picture, first); err != nil {
			return mattebox.Wrap(mattebox.CodeInvalid, err, "its colours cannot be brought to those of the first photograph")
		}
	}
	return nil
}

// alike returns the picture in the depth and profile of a cut-out.
func alike(ctx context.Context, p *imaging.Picture, c compose.Cutout) (*imaging.Picture, error) {
	like := c.Subject
	if like == nil {
		like = c.Photo
	}
	if p.Deep() == like.Deep() && bytes.Equal(p.Meta.Profile, like.Meta.Profile) {
		return p, nil
	}
	return imaging.Convert(ctx, p, like.Meta.Profile, like.Deep())
}

// nameLength keeps a layer's name, with what compose adds to it, within what
// Photoshop takes (psd.MaxName), in characters.
const nameLength = 100

// layerName shortens a name that no layer could have.
func layerName(name string) string {
	if r := []rune(name); len(r) > nameLength {
		return string(r[:nameLength])
	}
	return name
}
