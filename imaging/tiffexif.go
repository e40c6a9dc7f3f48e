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
	list, _ := b.entries(b.first())
	for _, e := range list {
		offset, _ := b.number(e)
		switch {
		case slices.Contains(exifTags, e.tag):
			p.top = append(p.top, b.field(e))
		case e.tag == tagExifIFD:
			p.exif = b.fields(offset)
		case e.tag == tagGPSIFD:
			p.gps = b.fields(offset)
		}
	}
	sortFields(p.top)
	return p
}

func (b tiffBlock) fields(offset uint32) directory {
	list, _ := b.entries(offset)
	var d directory
	for _, e := range list {
		if e.tag != tagMakerNote && e.tag != tagInteropIFD {
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

// appendTIFF appends a TIFF structure of the first directory, joined with the
// parts, and the directories it links to. finish may adjust the directory once
// it is told the offset behind all of them; it must not change its size.
func (p exifParts) appendTIFF(file []byte, first directory, finish func(d directory, end int)) []byte {
	first = append(slices.Clone(p.top), first...)
	if len(p.exif) > 0 {
		first = append(first, longs(tagExifIFD, 0))
	}
	if len(p.gps) > 0 {
		first = append(first, longs(tagGPSIFD, 0))
	}
	sortFields(first)
	file = append(file, "II*\x00\x08\x00\x00\x00"...)
	exif := len(file) + first.size()
	gps := exif
	if len(p.exif) > 0 {
		gps += p.exif.size()
	}
	end := gps
	if len(p.gps) > 0 {
		end += p.gps.size()
	}
	for i, f := range first {
		switch f.tag {
		case tagExifIFD:
			first[i] = longs(tagExifIFD, exif)
		case tagGPSIFD:
			first[i] = longs(tagGPSIFD, gps)
		}
	}
	if finish != nil {
		finish(first, end)
	}
	file = first.append(file)
	if len(p.exif) > 0 {
		file = p.exif.append(file)
	}
	if len(p.gps) > 0 {
		file = p.gps.append(file)
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
	return p.appendTIFF(nil, directory{shorts(tagOrientation, 1)}, nil)
}

// resolutionEXIF makes an EXIF block that states a resolution and nothing else.
func resolutionEXIF(dpi float64) []byte {
	return exifParts{}.appendTIFF(nil, directory{
		shorts(tagOrientation, 1), rational(tagXResolution, dpi), rational(tagYResolution, dpi),
		shorts(tagResolutionUnit, resolutionUnitInches),
	}, nil)
}
