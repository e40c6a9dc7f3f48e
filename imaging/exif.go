package imaging

import (
	"bytes"
	"encoding/binary"
	"math"
	"regexp"
)

// Tags of the EXIF 2.32 and TIFF 6.0 standards that we read or write.
const (
	tagWidth          = 0x0100
	tagHeight         = 0x0101
	tagOrientation    = 0x0112
	tagXResolution    = 0x011a
	tagYResolution    = 0x011b
	tagResolutionUnit = 0x0128
	tagExifIFD        = 0x8769
	tagGPSIFD         = 0x8825
	tagPixelWidth     = 0xa002
	tagPixelHeight    = 0xa003
)

const exifPrefix = "Exif\x00\x00"

// maxEntries bounds one directory; real ones have some dozens of entries.
const maxEntries = 4096

// typeSize is the size in bytes of one value of each TIFF type, 0 for unknown.
var typeSize = [...]int{1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4}

// tiffBlock is a TIFF structure in memory: an EXIF block or a whole TIFF file.
type tiffBlock struct {
	data  []byte
	order binary.ByteOrder
}

// entry is one entry of a directory. value is the part of the block that holds
// its values, so that writing to it changes the block.
type entry struct {
	tag, kind uint16
	count     int
	value     []byte
}

func newTIFFBlock(data []byte) (tiffBlock, bool) {
	switch {
	case has(data, "II*\x00"):
		return tiffBlock{data, binary.LittleEndian}, true
	case has(data, "MM\x00*"):
		return tiffBlock{data, binary.BigEndian}, true
	}
	return tiffBlock{}, false
}

// first returns the offset of the first directory.
func (b tiffBlock) first() uint32 {
	if len(b.data) < 8 {
		return 0
	}
	return b.order.Uint32(b.data[4:])
}

// entries returns the well-formed entries of the directory at offset, and the
// place of the link to the next directory (nil if it lies outside).
func (b tiffBlock) entries(offset uint32) (list []entry, next []byte) {
	start := int64(offset)
	if start < 8 || start+2 > int64(len(b.data)) {
		return nil, nil
	}
	n := int64(b.order.Uint16(b.data[start:]))
	start += 2
	if n > maxEntries || start+n*12 > int64(len(b.data)) {
		return nil, nil
	}
	for i := range n {
		if e, ok := b.entry(b.data[start+i*12:][:12]); ok {
			list = append(list, e)
		}
	}
	if end := start + n*12; end+4 <= int64(len(b.data)) {
		next = b.data[end : end+4]
	}
	return list, next
}

func (b tiffBlock) entry(raw []byte) (entry, bool) {
	e := entry{tag: b.order.Uint16(raw), kind: b.order.Uint16(raw[2:])}
	count := b.order.Uint32(raw[4:])
	if int(e.kind) >= len(typeSize) || typeSize[e.kind] == 0 || uint64(count) > uint64(len(b.data)) {
		return entry{}, false
	}
	e.count = int(count)
	size := int64(e.count) * int64(typeSize[e.kind])
	if size <= 4 {
		e.value = raw[8 : 8+size]
		return e, true
	}
	at := int64(b.order.Uint32(raw[8:]))
	if at+size > int64(len(b.data)) {
		return entry{}, false
	}
	e.value = b.data[at : at+size]
	return e, true
}

// number returns the first value of an entry of type BYTE, SHORT, LONG or IFD.
func (b tiffBlock) number(e entry) (uint32, bool) {
	if e.count < 1 {
		return 0, false
	}
	switch e.kind {
	case 1:
		return uint32(e.value[0]), true
	case 3:
		return uint32(b.order.Uint16(e.value)), true
	case 4, 13:
		return b.order.Uint32(e.value), true
	}
	return 0, false
}

// setNumber overwrites the first value of a SHORT or LONG entry.
func (b tiffBlock) setNumber(e entry, v uint32) {
	switch {
	case e.count < 1:
	case e.kind == 3:
		b.order.PutUint16(e.value, uint16(v))
	case e.kind == 4:
		b.order.PutUint32(e.value, v)
	}
}

// setRational overwrites the first value of a RATIONAL entry, to 1/1000.
func (b tiffBlock) setRational(e entry, v float64) {
	if e.count < 1 || e.kind != 5 {
		return
	}
	b.order.PutUint32(e.value, uint32(math.Round(v*1000)))
	b.order.PutUint32(e.value[4:], 1000)
}

// uprightEXIF returns a copy of an EXIF block for a picture that has been turned
// upright: without the "Exif" prefix that some containers add, orientation 1,
// and without the thumbnail, which would go on showing what was cut away. It
// returns nil for a block that is none.
func uprightEXIF(block []byte) []byte {
	block = bytes.Clone(bytes.TrimPrefix(block, []byte(exifPrefix)))
	b, ok := newTIFFBlock(block)
	if !ok {
		return nil
	}
	list, next := b.entries(b.first())
	if list == nil {
		return nil
	}
	for _, e := range list {
		if e.tag == tagOrientation {
			b.setNumber(e, 1)
		}
	}
	if next != nil {
		b.dropThumbnail(next)
	}
	return block
}

// exifDPI returns the horizontal resolution that an EXIF block states, 0 for none.
func exifDPI(block []byte) float64 {
	b, ok := newTIFFBlock(bytes.TrimPrefix(block, []byte(exifPrefix)))
	if !ok {
		return 0
	}
	perUnit, unit := 0.0, uint32(2)
	list, _ := b.entries(b.first())
	for _, e := range list {
		switch {
		case e.tag == tagXResolution && e.kind == kindRational && e.count > 0:
			perUnit = float64(b.order.Uint32(e.value)) / float64(b.order.Uint32(e.value[4:]))
		case e.tag == tagResolutionUnit:
			unit, _ = b.number(e)
		}
	}
	if math.IsNaN(perUnit) || math.IsInf(perUnit, 0) {
		return 0
	}
	if unit == 3 { // centimetre
		return perUnit * 2.54
	}
	return perUnit
}

// dropThumbnail wipes the thumbnail's bytes and unlinks its directory.
func (b tiffBlock) dropThumbnail(link []byte) {
	const tagThumbnailOffset, tagThumbnailLength = 0x0201, 0x0202
	var offset, length uint32
	list, _ := b.entries(b.order.Uint32(link))
	for _, e := range list {
		switch e.tag {
		case tagThumbnailOffset:
			offset, _ = b.number(e)
		case tagThumbnailLength:
			length, _ = b.number(e)
		}
	}
	if end := int64(offset) + int64(length); offset >= 8 && end <= int64(len(b.data)) {
		clear(b.data[offset:end])
	}
	clear(link)
}

// describedEXIF returns a copy of an upright block whose size and resolution, where
// it states them, are those of the picture that is being written.
func describedEXIF(block []byte, width, height int, dpi float64) []byte {
	block = bytes.Clone(block)
	b, ok := newTIFFBlock(block)
	if !ok {
		return nil
	}
	list, _ := b.entries(b.first())
	for _, e := range list {
		switch e.tag {
		case tagWidth:
			b.setNumber(e, uint32(width))
		case tagHeight:
			b.setNumber(e, uint32(height))
		case tagExifIFD:
			b.describeExifIFD(e, width, height)
		}
		if dpi > 0 {
			b.describeResolution(e, dpi)
		}
	}
	return block
}

func (b tiffBlock) describeExifIFD(link entry, width, height int) {
	offset, _ := b.number(link)
	list, _ := b.entries(offset)
	for _, e := range list {
		switch e.tag {
		case tagPixelWidth:
			b.setNumber(e, uint32(width))
		case tagPixelHeight:
			b.setNumber(e, uint32(height))
		}
	}
}

func (b tiffBlock) describeResolution(e entry, dpi float64) {
	switch e.tag {
	case tagXResolution, tagYResolution:
		b.setRational(e, dpi)
	case tagResolutionUnit:
		b.setNumber(e, 2) // inch
	}
}

var xmpOrientation = regexp.MustCompile(`(tiff:Orientation\s*(?:=\s*["']|>\s*))[2-8]`)

// uprightXMP returns the packet with orientation 1 where it states one.
func uprightXMP(packet []byte) []byte {
	if len(packet) == 0 {
		return nil
	}
	return xmpOrientation.ReplaceAll(packet, []byte("${1}1"))
}
