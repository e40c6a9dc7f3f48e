package imaging

import (
	"cmp"
	"encoding/binary"
	"slices"
)

// exifTags are the entries of the first directory that describe the photograph
// and not its storage: description, camera, software, time, author, copyright.
var exifTags = []uint16{0x010e, 0x010f, 0x0110, 0x0131, 0x0132, 0x013b, 0x8298}

// Entries of the Exif directory that do not survive a move to another offset.
const (
	tagMakerNote  = 0x927c
	tagInteropIFD = 0xa005
)

// exifParts is an EXIF block taken apart, to be joined into a TIFF file's own
// directories or the other way round.
type exifParts struct {
	top, exif, gps directory
}

// readExifParts takes the EXIF entries out of a TIFF structure.
func readExifParts(data []byte) exifParts {
	var p exifParts
	b, ok := newTIFFBlock(data)
	if !ok {
		return p
	}
	p.top = b.fields(b.first(), func(tag uint16) bool { return slices.Contains(exifTags, tag) })
	moves := func(tag uint16) bool { return tag != tagMakerNote && tag != tagInteropIFD }
	list, _ := b.entries(b.first())
	for _, e := range list {
		offset, _ := b.number(e)
		switch e.tag {
		case tagExifIFD:
			p.exif = b.fields(offset, moves)
		case tagGPSIFD:
			p.gps = b.fields(offset, moves)
		}
	}
	return p
}

// maxEXIF bounds the values of one directory, in bytes: those of a hostile block
// may all be the same large one.
const maxEXIF = 1 << 20

// fields copies the entries of the directory at offset whose tags are wanted.
func (b tiffBlock) fields(offset uint32, wanted func(tag uint16) bool) directory {
	list, _ := b.entries(offset)
	var d directory
	left := maxEXIF
	for _, e := range list {
		if left -= len(e.value); left < 0 {
			break
		}
		if wanted(e.tag) {
			d = append(d, b.field(e))
		}
	}
	sortFields(d)
	return d
}

func sortFields(d directory) {
	slices.SortStableFunc(d, func(a, b field) int { return cmp.Compare(a.tag, b.tag) })
}

// field copies an entry, its values turned to little-endian.
func (b tiffBlock) field(e entry) field {
	f := field{tag: e.tag, kind: e.kind, count: e.count, data: slices.Clone(e.value)}
	if b.order == binary.ByteOrder(binary.LittleEndian) {
		return f
	}
	unit := typeSize[e.kind]
	if e.kind == kindRational || e.kind == 10 {
		unit = 4
	}
	for i := 0; i+unit <= len(f.data); i += unit {
		slices.Reverse(f.data[i : i+unit])
	}
	return f
}

func (p exifParts) empty() bool { return len(p.top)+len(p.exif)+len(p.gps) == 0 }

// tiff returns a TIFF structure of a first directory, joined with the parts, and
// the directories that it links to. finish may adjust the first directory once it
// is told the offset behind all of them; it must not change its size.
func (p exifParts) tiff(first directory, finish func(d directory, end int)) []byte {
	file := []byte("II*\x00\x08\x00\x00\x00")
	links := []struct {
		tag uint16
		to  directory
	}{{tagExifIFD, p.exif}, {tagGPSIFD, p.gps}}
	first = append(slices.Clone(p.top), first...)
	for _, l := range links {
		if len(l.to) > 0 {
			first = append(first, longs(l.tag, 0))
		}
	}
	sortFields(first)
	end := len(file) + first.size()
	for _, l := range links {
		if len(l.to) > 0 {
			first.set(longs(l.tag, end))
			end += l.to.size()
		}
	}
	if finish != nil {
		finish(first, end)
	}
	file = first.append(file)
	for _, l := range links {
		if len(l.to) > 0 {
			file = l.to.append(file)
		}
	}
	return file
}

// exifFromTIFF makes an EXIF block of what a TIFF file says of its photograph,
// nil if it says nothing.
func exifFromTIFF(data []byte) []byte {
	p := readExifParts(data)
	if p.empty() {
		return nil
	}
	return p.tiff(directory{shorts(tagOrientation, 1)}, nil)
}

// resolutionEXIF makes an EXIF block that states a resolution and nothing else.
func resolutionEXIF(dpi float64) []byte {
	return exifParts{}.tiff(directory{
		shorts(tagOrientation, 1), rational(tagXResolution, dpi), rational(tagYResolution, dpi),
		shorts(tagResolutionUnit, resolutionUnitInches),
	}, nil)
}
