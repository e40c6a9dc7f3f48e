package imaging

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"math"
)

// maxSegment is what one JPEG marker segment holds besides its length.
const maxSegment = 65533

// writeJPEG writes a bare JPEG with a JFIF segment (ITU-T T.871) and the
// metadata's segments put in front.
func writeJPEG(w io.Writer, file []byte, m Meta) error {
	if !has(file, "\xff\xd8") {
		return errors.New("encode jpeg: the encoder wrote no JPEG")
	}
	var head bytes.Buffer
	head.WriteString("\xff\xd8")
	segment(&head, 0xe0, "JFIF\x00\x01\x01", jfifDensity(m.DPI))
	if len(m.EXIF) > 0 {
		segment(&head, 0xe1, exifPrefix, m.EXIF)
	}
	if len(m.XMP) > 0 {
		segment(&head, 0xe1, "http://ns.adobe.com/xap/1.0/\x00", m.XMP)
	}
	if len(m.IPTC) > 0 {
		segment(&head, 0xed, "", photoshopResources(m.IPTC))
	}
	profileSegments(&head, m.Profile)
	if _, err := w.Write(head.Bytes()); err != nil {
		return err
	}
	_, err := w.Write(file[2:])
	return err
}

// jfifDensity returns the unit (0: aspect ratio only, 1: per inch), the two
// densities, and the size of no thumbnail.
func jfifDensity(dpi float64) []byte {
	unit, density := byte(0), uint16(1)
	if dpi > 0 {
		unit, density = 1, uint16(min(65535, max(1, math.Round(dpi))))
	}
	b := binary.BigEndian.AppendUint16([]byte{unit}, density)
	b = binary.BigEndian.AppendUint16(b, density)
	return append(b, 0, 0)
}

// segment appends a marker segment. One that is too long for JPEG is left out:
// EXIF has no way to continue, and of XMP only extensions of rare tools are so
// long.
func segment(b *bytes.Buffer, marker byte, name string, data []byte) {
	n := len(name) + len(data)
	if n > maxSegment {
		return
	}
	b.Write([]byte{0xff, marker, byte((n + 2) >> 8), byte(n + 2)})
	b.WriteString(name)
	b.Write(data)
}

// profileSegments appends a profile in numbered parts (ICC.1:2022, annex B.4).
func profileSegments(b *bytes.Buffer, profile []byte) {
	const name = "ICC_PROFILE\x00"
	const each = maxSegment - len(name) - 2
	parts := (len(profile) + each - 1) / each
	if parts > 255 {
		return
	}
	for i := range parts {
		part := profile[i*each : min((i+1)*each, len(profile))]
		segment(b, 0xe2, name+string([]byte{byte(i + 1), byte(parts)}), part)
	}
}

// jpegDPI returns the resolution that a JFIF segment states, 0 for none. libvips
// says 72 for a file that says nothing.
func jpegDPI(data []byte) float64 {
	if !at(data, 2, "\xff\xe0") || !at(data, 6, "JFIF\x00") || len(data) < 18 {
		return 0
	}
	density := float64(binary.BigEndian.Uint16(data[14:]))
	switch data[13] {
	case 1:
		return density
	case 2:
		return roundDPI(density * 2.54)
	}
	return 0
}
