package mattebox

import "strings"

// ParseFormat returns the format of that name, in any case, with or without a
// leading dot, so that a file extension will do. An unknown one is a CodeInvalid
// error on the field "format".
func ParseFormat(name string) (Format, error) {
	f := Format(strings.ToUpper(strings.TrimPrefix(name, ".")))
	if !f.Valid() {
		return "", Invalid("format", "is %.20q; use %s", name, formatNames)
	}
	return f, nil
}

const formatNames = "JPG, JPEG, TIF, TIFF, PNG, PSD, WEBP or AVIF"

// Valid reports whether f is one of the formats, spelled in upper case.
func (f Format) Valid() bool {
	switch f {
	case JPG, JPEG, TIF, TIFF, PNG, PSD, WEBP, AVIF:
		return true
	}
	return false
}

// Canonical returns JPG for JPEG, TIF for TIFF and any other format unchanged.
func (f Format) Canonical() Format {
	switch f {
	case JPEG:
		return JPG
	case TIFF:
		return TIF
	}
	return f
}

// Extension returns the format's file extension without a dot, lower-case,
// spelled as the customer spelled the format.
func (f Format) Extension() string { return strings.ToLower(string(f)) }

// HasAlpha reports whether a file of the format can be transparent.
func (f Format) HasAlpha() bool { return f.Canonical() != JPG }

// Layered reports whether a file of the format holds layers, among them the
// hidden original.
func (f Format) Layered() bool { return f == PSD }

// MaxSide returns the longest side in pixels that a file of the format holds:
// PSD 30000 (Adobe Photoshop File Formats Specification, header), WebP 16383 (14 bits
// in the VP8 header), AVIF 16384 (the limit of libvips' HEIF saver), others
// 65500 (libjpeg's JPEG_MAX_DIMENSION, and the service's own limit).
func (f Format) MaxSide() int {
	switch f {
	case PSD:
		return 30000
	case WEBP:
		return 16383
	case AVIF:
		return 16384
	}
	return 65500
}
