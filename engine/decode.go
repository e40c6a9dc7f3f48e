package engine

import (
	"context"
	"errors"

	"mattebox"
	"mattebox/imaging"
)

func (p *passage) decode(ctx context.Context, s *shot) error {
	return p.clock.time(&p.report.Steps.Decode, func() error {
		photo, err := imaging.Decode(ctx, s.File, p.engine.limits)
		if err != nil {
			return pictureError(err)
		}
		if p.job.StripMetadata {
			photo.Meta.EXIF, photo.Meta.XMP, photo.Meta.IPTC = nil, nil, nil
		}
		s.photo = photo
		if s == p.photos[0] {
			p.report.SourceWidth, p.report.SourceHeight = photo.Width, photo.Height
		}
		return nil
	})
}

// pictureError gives imaging's errors the code that tells whose fault they are.
func pictureError(err error) error {
	var limit *imaging.LimitError
	if errors.As(err, &limit) {
		return mattebox.Wrap(mattebox.CodeTooLarge, err, "picture refused")
	}
	var format *imaging.FormatError
	var option *imaging.OptionError
	if errors.As(err, &format) || errors.As(err, &option) {
		return mattebox.Wrap(mattebox.CodeInvalid, err, "picture refused")
	}
	return err
}
