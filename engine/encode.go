package engine

import (
	"context"
	"io"

	"mattebox"
	"mattebox/imaging"
)

func (p *passage) encode(ctx context.Context, w io.Writer) error {
	return p.clock.time(&p.report.Steps.Encode, func() error {
		switch {
		case p.job.AlphaOnly:
			return p.encodeAlpha(ctx, w)
		case p.job.Template.Format == mattebox.PSD:
			return p.encodePSD(ctx, w)
		}
		flat, err := p.canvas.Flatten(ctx)
		if err != nil {
			return err
		}
		return pictureError(imaging.Encode(ctx, w, flat, p.encodeOptions()))
	})
}

func (p *passage) encodeAlpha(ctx context.Context, w io.Writer) error {
	return pictureError(imaging.EncodeGrey(ctx, w, p.matte.Alpha, p.photo.Width, p.photo.Height, p.encodeOptions()))
}

func (p *passage) encodeOptions() imaging.EncodeOptions {
	o := imaging.EncodeOptions{Format: fileFormat(p.job.Template.Format)}
	switch o.Format {
	case imaging.PNG, imaging.TIFF:
		o.Level = p.job.Compression
	default:
		o.Quality = p.job.Compression
	}
	return o
}

// fileFormat maps a template's format to the encoder's.
func fileFormat(f mattebox.Format) imaging.Format {
	switch f {
	case mattebox.JPG, mattebox.JPEG:
		return imaging.JPEG
	case mattebox.TIF, mattebox.TIFF:
		return imaging.TIFF
	case mattebox.WEBP:
		return imaging.WebP
	case mattebox.AVIF:
		return imaging.AVIF
	default:
		return imaging.PNG
	}
}
