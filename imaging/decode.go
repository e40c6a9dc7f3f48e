package imaging

import (
	"context"
	"fmt"
)

// Decode reads a picture file: JPEG (grey, RGB, CMYK, YCCK), PNG, TIFF, WebP,
// HEIC, AVIF, BMP and GIF (the first frame), 1 to 32 bits per sample, grey,
// indexed or colour.
//
// The result is upright and says so in its EXIF block. Samples of up to 8 bits
// come as Pix, deeper ones (floats too) as Pix16. A matrix RGB profile is kept
// with samples untouched; CMYK, grey, Lab and table profiles are converted to
// sRGB, CMYK without a profile through libvips' built-in one. Alpha is straight,
// rounded to 8 bits, and nil if all of it is opaque.
//
// Errors: *FormatError, *LimitError, or ctx's own when it ends first. The
// largest allocation is the result; most formats need a few rows besides.
func Decode(ctx context.Context, data []byte, lim Limits) (*Picture, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	src, err := open(data, lim)
	if err != nil {
		return nil, err
	}
	defer src.close()
	if src.image == nil {
		return src.decodeBMP()
	}
	return src.decode(ctx)
}

func (s *source) decode(ctx context.Context) (*Picture, error) {
	profile := s.image.blob("icc-profile-data")
	l := s.layout().withProfile(s.info.interpretation, profile)
	p := &Picture{Width: s.header.Width, Height: s.header.Height, Meta: s.meta()}
	if l.keeps {
		p.Meta.Profile = profile
	}
	if err := s.convert(l); err != nil {
		return nil, damaged(s.header.Format, err)
	}
	t := newTarget(p, l, s.header.Orientation)
	t.bits = s.info.bits
	translucent, err := s.image.read(ctx, t)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil {
		return nil, damaged(s.header.Format, err)
	}
	if !translucent {
		p.Alpha = nil
	}
	return p, nil
}

// convert falls back to the plain samples, or libvips' CMYK profile, when the
// embedded profile turns out to be unusable.
func (s *source) convert(l layout) error {
	err := s.image.convert(l.convert, l.depth)
	if err == nil || l.convert != convertProfile && l.convert != convertTable {
		return err
	}
	return s.image.convert(s.layout().convert, l.depth)
}

func (s *source) meta() Meta {
	m := Meta{
		DPI:  s.header.DPI,
		EXIF: uprightEXIF(s.image.blob("exif-data")),
		XMP:  uprightXMP(s.image.blob("xmp-data")),
		IPTC: iptcRecords(s.image.blob("iptc-data")),
	}
	if m.IPTC == nil {
		m.IPTC = iptcRecords(s.image.blob("photoshop-data"))
	}
	if m.EXIF == nil && s.header.Format == TIFF {
		m.EXIF = exifFromTIFF(s.data)
	}
	return m
}

// newTarget allocates the picture's planes and says where each of the file's
// pixels goes in them so that it stands upright (EXIF 2.32, tag 0x0112).
func newTarget(p *Picture, l layout, orientation int) *target {
	n := p.Width * p.Height
	if l.depth == 16 {
		p.Pix16 = make([]uint16, 3*n)
	} else {
		p.Pix = make([]uint8, 3*n)
	}
	if l.alpha {
		p.Alpha = make([]uint8, n)
	}
	t := &target{pix: p.Pix, pix16: p.Pix16, alpha: p.Alpha}
	right, down := p.Width-1, (p.Height-1)*p.Width
	switch orientation {
	case 2:
		t.start, t.dx, t.dy = right, -1, p.Width
	case 3:
		t.start, t.dx, t.dy = down+right, -1, -p.Width
	case 4:
		t.start, t.dx, t.dy = down, 1, -p.Width
	case 5:
		t.start, t.dx, t.dy = 0, p.Width, 1
	case 6:
		t.start, t.dx, t.dy = right, p.Width, -1
	case 7:
		t.start, t.dx, t.dy = down+right, -p.Width, -1
	case 8:
		t.start, t.dx, t.dy = down, -p.Width, 1
	default:
		t.start, t.dx, t.dy = 0, 1, p.Width
	}
	return t
}

// validate checks that the planes are as long as the picture's size says.
func (p *Picture) validate() error {
	n := p.Width * p.Height
	switch {
	case p.Width < 1 || p.Height < 1:
		return fmt.Errorf("picture has no pixels: %dx%d", p.Width, p.Height)
	case (p.Pix == nil) == (p.Pix16 == nil):
		return fmt.Errorf("picture needs exactly one of Pix and Pix16")
	case len(p.Pix)+len(p.Pix16) != 3*n:
		return fmt.Errorf("picture has %d samples for %dx%d pixels", len(p.Pix)+len(p.Pix16), p.Width, p.Height)
	case p.Alpha != nil && len(p.Alpha) != n:
		return fmt.Errorf("picture has %d alpha samples for %dx%d pixels", len(p.Alpha), p.Width, p.Height)
	}
	return nil
}
