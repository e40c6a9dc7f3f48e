package engine

import (
	"context"
	"io"

	"mattebox"
	"mattebox/imaging"
)

func (p *passage) encode(ctx context.Context, w io.Writer) error {
	return p.clock.time(&p.report.Steps.Encode, func() error {
		p.report.MediaType = mediaType(p.job.Template.Format)
		if p.job.AlphaOnly {
			return p.encodeAlpha(ctx, w)
		}
		flat, err := p.canvas.Flatten(ctx)
		if err != nil {
			return err
		}
		if p.job.Template.Format == mattebox.PSD {
			err = p.encodePSD(ctx, w, flat)
		} else {
			err = pictureError(imaging.Encode(ctx, w, flat, p.encodeOptions()))
		}
		if err != nil {
			return err
		}
		return p.thumbnail(ctx, flat)
	})
}

func (p *passage) encodeAlpha(ctx context.Context, w io.Writer) error {
	s := p.photos[0]
	if err := imaging.EncodeGrey(ctx, w, s.matte.Alpha, s.photo.Width, s.photo.Height, p.encodeOptions()); err != nil {
		return pictureError(err)
	}
	if p.job.Thumbnail == nil {
		return nil
	}
	grey := &imaging.Picture{Width: s.photo.Width, Height: s.photo.Height, Pix: make([]uint8, 3*len(s.matte.Alpha))}
	for i, a := range s.matte.Alpha {
		grey.Pix[3*i], grey.Pix[3*i+1], grey.Pix[3*i+2] = a, a, a
	}
	return p.thumbnail(ctx, grey)
}

// thumbnailSide is the longer side of a thumbnail, in pixels.
const thumbnailSide = 256

// thumbnail writes a small picture of the result, which need not be read again.
func (p *passage) thumbnail(ctx context.Context, result *imaging.Picture) error {
	if p.job.Thumbnail == nil {
		return nil
	}
	format, err := imaging.WriteThumbnail(ctx, p.job.Thumbnail, result, thumbnailSide)
	if err != nil {
		return pictureError(err)
	}
	p.report.ThumbnailType = mediaType(mattebox.PNG)
	if format == imaging.JPEG {
		p.report.ThumbnailType = mediaType(mattebox.JPG)
	}
	return nil
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

// mediaType returns a format's name in the IANA registry of media types.
func mediaType(f mattebox.Format) string {
	if f == mattebox.PSD {
		return "image/vnd.adobe.photoshop"
	}
	return "image/" + string(fileFormat(f))
}
