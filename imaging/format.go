package imaging

import (
	"bytes"
	"encoding/binary"
)

// Format is a picture file format.
type Format string

// The formats. All are read; JPEG, PNG, TIFF, WebP and AVIF are written.
const (
	JPEG Format = "jpeg"
	PNG  Format = "png"
	TIFF Format = "tiff"
	WebP Format = "webp"
	HEIC Format = "heic"
	AVIF Format = "avif"
	BMP  Format = "bmp"
	GIF  Format = "gif"
)

const accepted = "send JPEG, PNG, TIFF, WebP, HEIC, AVIF, BMP or GIF"

// Sniff tells a picture's format by its first bytes, never by a name. Of a
// file that we do not read, the *FormatError says what it seems to be.
func Sniff(data []byte) (Format, error) {
	switch {
	case has(data, "\xff\xd8\xff"):
		return JPEG, nil
	case has(data, "\x89PNG\r\n\x1a\n"):
		return PNG, nil
	case has(data, "GIF87a"), has(data, "GIF89a"):
		return GIF, nil
	case has(data, "II*\x00"), has(data, "MM\x00*"), has(data, "II+\x00"), has(data, "MM\x00+"):
		return TIFF, sniffRaw(data)
	case has(data, "RIFF") && at(data, 8, "WEBP"):
		return WebP, nil
	case at(data, 4, "ftyp"):
		return sniffBrands(data)
	case isBMP(data):
		return BMP, nil
	}
	return "", notAPicture(data)
}

func has(data []byte, prefix string) bool { return at(data, 0, prefix) }

func at(data []byte, offset int, s string) bool {
	return len(data) >= offset+len(s) && string(data[offset:offset+len(s)]) == s
}

// isBMP asks for a known size of the second header, since "BM" alone begins
// many a text.
func isBMP(data []byte) bool {
	if !has(data, "BM") || len(data) < 26 {
		return false
	}
	switch binary.LittleEndian.Uint32(data[14:]) {
	case 12, 40, 52, 56, 64, 108, 124:
		return true
	}
	return false
}

// sniffBrands reads the brands of an ISO base media file (ISO/IEC 14496-12,
// 4.3). The generic brand mif1 leaves the codec to the compatible brands.
func sniffBrands(data []byte) (Format, error) {
	n := min(int(binary.BigEndian.Uint32(data)), len(data), 256)
	for i := 8; i+4 <= n; i += 4 {
		switch string(data[i : i+4]) {
		case "avif", "avis":
			return AVIF, nil
		case "heic", "heix", "heim", "heis", "hevc", "hevx", "hevm", "hevs":
			return HEIC, nil
		}
	}
	if at(data, 8, "crx ") {
		return "", unsupported("", "the file is a camera raw file; develop it and "+accepted)
	}
	return "", unsupported("", "the file is a video or a media file without a still picture; "+accepted)
}

// sniffRaw refuses camera raw files that pose as TIFF by their first bytes:
// reading them as TIFF would find a thumbnail.
func sniffRaw(data []byte) error {
	if at(data, 8, "CR\x02") {
		return unsupported("", "the file is a camera raw file; develop it and "+accepted)
	}
	return nil
}

var strangers = []struct {
	offset      int
	magic, name string
}{
	{0, "%PDF", "a PDF document"},
	{0, "%!PS", "a PostScript document"},
	{0, "\xc5\xd0\xd3\xc6", "a PostScript document"},
	{0, "8BPS", "a Photoshop document"},
	{0, "\xff\x0a", "a JPEG XL picture"},
	{0, "\x00\x00\x00\x0cJXL ", "a JPEG XL picture"},
	{0, "\x00\x00\x00\x0cjP  ", "a JPEG 2000 picture"},
	{0, "\xff\x4f\xff\x51", "a JPEG 2000 picture"},
	{0, "\x76\x2f\x31\x01", "an OpenEXR picture"},
	{0, "#?RADIANCE", "a Radiance picture"},
	{0, "FUJIFILMCCD-RAW", "a camera raw file"},
	{0, "IIU\x00", "a camera raw file"},
	{0, "IIRO", "a camera raw file"},
	{0, "PK\x03\x04", "a ZIP archive"},
	{0, "\x1f\x8b", "a compressed archive"},
	{0, "\x1a\x45\xdf\xa3", "a video"},
	{0, "RIFF", "a sound or a video"},
	{0, "{", "a JSON text"},
}

func notAPicture(data []byte) error {
	if len(data) == 0 {
		return &FormatError{Fault: FaultUnknown, Reason: "the file is empty; " + accepted}
	}
	for _, s := range strangers {
		if at(data, s.offset, s.magic) {
			return unsupported("", "the file is "+s.name+"; "+accepted)
		}
	}
	head := bytes.ToLower(data[:min(len(data), 1024)])
	switch {
	case bytes.Contains(head, []byte("<svg")):
		return unsupported("", "the file is an SVG drawing; "+accepted)
	case bytes.Contains(head, []byte("<html")), bytes.Contains(head, []byte("<!doctype")):
		return unsupported("", "the file is a web page; "+accepted)
	}
	return &FormatError{Fault: FaultUnknown, Reason: "the file is not a picture we know; " + accepted}
}
