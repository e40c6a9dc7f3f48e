package imaging

import (
	"context"
	"fmt"
	"io"
)

// NoCompression is the Level of an uncompressed TIFF.
const NoCompression = -1

// EncodeOptions says how a picture is written. Only Format is needed.
type EncodeOptions struct {
	Format Format // JPEG, PNG, TIFF, WebP or AVIF

	// Quality of JPEG, WebP and AVIF, 1 to 100. 0 stands for 92, 90 and 75, where
	// photographs show no artefacts at their own size (38 to 47 dB of PSNR on the
	// test photographs). Others ignore it.
	Quality int

	// Level of PNG's and TIFF's lossless compression, 1 (fast) to 9 (small); 0
	// stands for 6, and NoCompression leaves a TIFF uncompressed.
	Level int
}

var defaultQuality = map[Format]int{JPEG: 92, WebP: 90, AVIF: 75}

// MaxSide is the largest side that a format can store, in pixels: 65500 for
// JPEG (libjpeg's limit), 16383 for WebP, 65536 for AVIF, 2^31-1 for PNG and TIFF.
func MaxSide(f Format) int {
	switch f {
	case JPEG:
		return 65500
	case WebP:
		return 16383
	case AVIF:
		return 65536
	}
	return 1<<31 - 1
}

// Encode writes a picture to w with its profile, resolution, EXIF and XMP; IPTC
// goes into JPEG, PNG and TIFF, the other formats have no place for it. Size and
// resolution inside EXIF are those of p. Straight alpha is kept by every format
// but JPEG, which refuses a picture with a non-nil Alpha. PNG and TIFF keep 16-bit
// samples, the others round to 8 bits. JPEG is written with full colour
// resolution (4:4:4). Colour under fully transparent pixels is not written.
//
// Errors: *OptionError for what the format cannot hold, *LimitError for a
// picture larger than it can be, ctx's own, or w's.
func Encode(ctx context.Context, w io.Writer, p *Picture, o EncodeOptions) error {
	if err := p.validate(); err != nil {
		return err
	}
	if err := o.check(p.Width, p.Height, p.Alpha != nil); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	switch o.Format {
	case PNG:
		return writePNG(ctx, w, rasterOf(p), pngMeta(p.Meta, p.Width, p.Height), o.Level)
	case TIFF:
		return writeTIFF(ctx, w, rasterOf(p), p.Meta, o.Level)
	}
	return encodeVips(ctx, w, planesOf(p), p.Meta, o)
}

// EncodeGrey writes one 8-bit plane as a greyscale picture, such as an alpha
// matte by itself: no profile, no metadata. All formats of Encode will do; WebP and
// AVIF store it as colour.
func EncodeGrey(ctx context.Context, w io.Writer, grey []uint8, width, height int, o EncodeOptions) error {
	if width < 1 || height < 1 || len(grey) != width*height {
		return fmt.Errorf("encode grey: %d samples for %dx%d pixels", len(grey), width, height)
	}
	if err := o.check(width, height, false); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	switch o.Format {
	case PNG:
		return writePNG(ctx, w, rasterOfGrey(grey, width, height), nil, o.Level)
	case TIFF:
		return writeTIFF(ctx, w, rasterOfGrey(grey, width, height), Meta{}, o.Level)
	}
	return encodeVips(ctx, w, planes{pix: grey, width: width, height: height, bands: 1}, Meta{}, o)
}

func (o EncodeOptions) check(width, height int, alpha bool) error {
	switch o.Format {
	case JPEG, PNG, TIFF, WebP, AVIF:
	default:
		return &OptionError{"Format", fmt.Sprintf("%q cannot be written; choose jpeg, png, tiff, webp or avif", o.Format)}
	}
	if o.Format == JPEG && alpha {
		return &OptionError{"Alpha", "JPEG has no transparency; choose a background, or PNG, WebP, TIFF or AVIF"}
	}
	if o.Quality < 0 || o.Quality > 100 {
		return &OptionError{"Quality", fmt.Sprintf("is %d; choose 1 to 100", o.Quality)}
	}
	lowest := 0
	if o.Format == TIFF {
		lowest = NoCompression
	}
	if o.Level < lowest || o.Level > 9 {
		return &OptionError{"Level", fmt.Sprintf("is %d; choose 1 to 9", o.Level)}
	}
	if side := max(width, height); side > MaxSide(o.Format) {
		return &LimitError{What: "side", Got: int64(side), Max: int64(MaxSide(o.Format)), Format: o.Format}
	}
	return nil
}
