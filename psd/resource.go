package psd

import (
	"bytes"
	"encoding/binary"
	"math"
	"unicode/utf16"
)

// Image resource ids of the specification's "Image resource IDs".
const (
	resourceResolution = 1005
	resourceIPTC       = 1028
	resourceProfile    = 1039
	resourceVersion    = 1057
	resourceEXIF       = 1058
	resourceXMP        = 1060
)

// writerName is who made the file, as far as Photoshop's version block goes.
const writerName = "Mattebox"

// appendResources appends the image resources section with its length.
func appendResources(b []byte, d *Document) []byte {
	start := len(b)
	b = append(b, 0, 0, 0, 0)
	if d.DPI > 0 && d.DPI <= maxDPI {
		b = appendResource(b, resourceResolution, resolution(d.DPI))
	}
	b = appendResource(b, resourceIPTC, bareIPTC(d.IPTC))
	b = appendResource(b, resourceProfile, d.Profile)
	b = appendResource(b, resourceVersion, version())
	b = appendResource(b, resourceEXIF, bareEXIF(d.EXIF))
	b = appendResource(b, resourceXMP, d.XMP)
	binary.BigEndian.PutUint32(b[start:], uint32(len(b)-start-4))
	return b
}

// appendResource appends one block; an empty one is left out.
func appendResource(b []byte, id uint16, data []byte) []byte {
	if len(data) == 0 {
		return b
	}
	b = append(b, "8BIM"...)
	b = binary.BigEndian.AppendUint16(b, id)
	b = append(b, 0, 0) // empty name, padded to even
	b = binary.BigEndian.AppendUint32(b, uint32(len(data)))
	b = append(b, data...)
	if len(data)%2 == 1 {
		b = append(b, 0)
	}
	return b
}

// resolution is the ResolutionInfo structure: for both axes a 16.16 number of
// pixels per inch, then the units to show the resolution (1, per inch) and the
// side (1, inches) in.
func resolution(dpi float64) []byte {
	fixed := uint32(math.Round(dpi * 65536))
	var b []byte
	for range 2 {
		b = binary.BigEndian.AppendUint32(b, fixed)
		b = append(b, 0, 1, 0, 1)
	}
	return b
}

// version is the version info: version 1, the composite is real, writer and
// reader name, file version 1.
func version() []byte {
	b := []byte{0, 0, 0, 1, 1}
	b = appendUnicode(b, writerName)
	b = appendUnicode(b, writerName)
	return append(b, 0, 0, 0, 1)
}

// appendUnicode appends the specification's "Unicode string": a count of UTF-16
// code units and the units.
func appendUnicode(b []byte, s string) []byte {
	units := utf16.Encode([]rune(s))
	b = binary.BigEndian.AppendUint32(b, uint32(len(units)))
	for _, u := range units {
		b = binary.BigEndian.AppendUint16(b, u)
	}
	return b
}

// bareEXIF takes off the identifier of JPEG's APP1 segment, which libvips hands
// out with the data and a PSD does not have.
func bareEXIF(b []byte) []byte { return bytes.TrimPrefix(b, []byte("Exif\x00\x00")) }

// photoshopPrefix starts JPEG's APP13 segment, image resource blocks like those
// of a PSD, which libvips hands out whole as IPTC.
const photoshopPrefix = "Photoshop 3.0\x00"

// bareIPTC returns the IIM records of an APP13 segment, nil when it has none,
// or b itself when it is not such a segment.
func bareIPTC(b []byte) []byte {
	rest, wrapped := bytes.CutPrefix(b, []byte(photoshopPrefix))
	if !wrapped {
		return b
	}
	for len(rest) >= 12 && string(rest[:4]) == "8BIM" {
		id := binary.BigEndian.Uint16(rest[4:])
		name := (1 + int(rest[6]) + 1) &^ 1 // Pascal string padded to even
		if len(rest) < 6+name+4 {
			return nil
		}
		size := int64(binary.BigEndian.Uint32(rest[6+name:]))
		rest = rest[6+name+4:]
		if size > int64(len(rest)) {
			return nil
		}
		if id == resourceIPTC {
			return rest[:size:size]
		}
		rest = rest[min(size+size%2, int64(len(rest))):]
	}
	return nil
}
