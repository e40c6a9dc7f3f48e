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

// pictureError gives imaging's errors the code that tells whose fault they are. What
// a customer can act on is in the message; what a native library said is the cause.
func pictureError(err error) error {
	var limit *imaging.LimitError
	if errors.As(err, &limit) {
		return mattebox.Errorf(mattebox.CodeTooLarge, "picture refused: %v", limit)
	}
	var format *imaging.FormatError
	if errors.As(err, &format) {
		return &mattebox.Error{Code: mattebox.CodeInvalid, Message: "picture refused: " + format.Reason, Err: format.Err}
	}
	var option *imaging.OptionError
	if errors.As(err, &option) {
		return mattebox.Errorf(mattebox.CodeInvalid, "picture refused: %v", option)
	}
	return err
}
