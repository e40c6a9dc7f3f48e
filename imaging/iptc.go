package imaging

import (
	"bytes"
	"encoding/binary"
)

const (
	photoshopPrefix = "Photoshop 3.0\x00"
	resourceMark    = "8BIM"
	resourceIPTC    = 0x0404 // Adobe Photoshop File Formats, image resource IDs
)

// iptcRecords takes the IPTC-IIM records out of a block as files carry it:
// bare, or inside Photoshop's image resources with or without their prefix.
func iptcRecords(block []byte) []byte {
	block = bytes.TrimPrefix(block, []byte(photoshopPrefix))
	if len(block) > 0 && block[0] == 0x1c {
		return bytes.TrimRight(block, "\x00")
	}
	for has(block, resourceMark) {
		id, data, rest, ok := nextResource(block)
		if !ok {
			return nil
		}
		if id == resourceIPTC {
			return data
		}
		block = rest
	}
	return nil
}

// nextResource splits off one image resource: mark, ID, a Pascal string padded
// to even length, a length, the data padded to even length.
func nextResource(block []byte) (id uint16, data, rest []byte, ok bool) {
	if len(block) < 12 {
		return 0, nil, nil, false
	}
	id = binary.BigEndian.Uint16(block[4:])
	name := 1 + int(block[6])
	at := 6 + name + name%2
	if at+4 > len(block) {
		return 0, nil, nil, false
	}
	n := int64(binary.BigEndian.Uint32(block[at:]))
	at += 4
	if int64(at)+n > int64(len(block)) {
		return 0, nil, nil, false
	}
	end := at + int(n)
	return id, block[at:end], block[min(end+end%2, len(block)):], true
}

// photoshopResources wraps IPTC-IIM records as JPEG's APP13 wants them.
func photoshopResources(records []byte) []byte {
	b := []byte(photoshopPrefix + resourceMark)
	b = binary.BigEndian.AppendUint16(b, resourceIPTC)
	b = append(b, 0, 0) // empty name
	b = binary.BigEndian.AppendUint32(b, uint32(len(records)))
	b = append(b, records...)
	if len(records)%2 != 0 {
		b = append(b, 0)
	}
	return b
}
