package imaging

import (
	"bytes"
	"encoding/binary"
	"testing"
)

// bigEndianEXIF is a hand-made block: orientation 6, a resolution, and a second
// directory with a thumbnail of eight bytes.
func bigEndianEXIF() []byte {
	b := []byte("MM\x00*\x00\x00\x00\x08")
	entry := func(tag, kind uint16, count, value uint32) {
		b = binary.BigEndian.AppendUint16(b, tag)
		b = binary.BigEndian.AppendUint16(b, kind)
		b = binary.BigEndian.AppendUint32(b, count)
		b = binary.BigEndian.AppendUint32(b, value)
	}
	b = append(b, 0, 3)
	entry(0x010f, 2, 6, 80)
	entry(tagOrientation, kindShort, 1, 6<<16)
	entry(tagXResolution, kindRational, 1, 86)
	b = binary.BigEndian.AppendUint32(b, 50)
	b = append(b, 0, 2)
	entry(0x0201, kindLong, 1, 94)
	entry(0x0202, kindLong, 1, 8)
	b = append(b, 0, 0, 0, 0)
	b = append(b, "Maker\x00"...)
	b = append(b, 0, 0, 0, 180, 0, 0, 0, 1)
	return append(b, "\xff\xd8thumb\x00"...)
}

func TestUprightEXIF(t *testing.T) {
	for name, block := range map[string][]byte{
		"bare": bigEndianEXIF(), "with a prefix": append([]byte(exifPrefix), bigEndianEXIF()...),
	} {
		before := bytes.Clone(block)
		got := uprightEXIF(block)
		if !bytes.Equal(block, before) {
			t.Errorf("%s: the source was changed", name)
		}
		if o := exifNumber(t, got, tagOrientation); o != 1 {
			t.Errorf("%s: orientation %d", name, o)
		}
		if bytes.Contains(got, []byte("thumb")) {
			t.Errorf("%s: the thumbnail is still there", name)
		}
		if !bytes.Contains(got, []byte("Maker")) || exifDPI(got) != 180 {
			t.Errorf("%s: other entries are lost", name)
		}
		if uprightEXIF(got) == nil {
			t.Errorf("%s: the result is no block", name)
		}
	}
}

func TestEXIFBecomesTIFFAndBack(t *testing.T) {
	p := readExifParts(bigEndianEXIF())
	block := p.tiff(directory{longs(tagWidth, 7)}, nil)
	if !has(block, "II") || !bytes.Contains(block, []byte("Maker\x00")) {
		t.Errorf("%q", block)
	}
	if got := readExifParts(exifFromTIFF(block)); len(got.top) != 1 || string(got.top[0].data) != "Maker\x00" {
		t.Errorf("%+v", got)
	}
	if exifFromTIFF(tiffOf(1, 1, 1, 8, []byte{0})) != nil {
		t.Error("EXIF out of nothing")
	}
}

// A block of 64 KB whose entries all share one value must not become megabytes.
func TestEXIFDoesNotInflate(t *testing.T) {
	block := directory{longs(tagExifIFD, 26)}.append([]byte("II*\x00\x08\x00\x00\x00"))
	const entries, size = 3000, 20000
	at := len(block) + 2 + 12*entries + 4
	block = binary.LittleEndian.AppendUint16(block, entries)
	for i := range entries {
		block = binary.LittleEndian.AppendUint16(block, uint16(0x9000+i%100))
		block = binary.LittleEndian.AppendUint16(block, kindUndefined)
		block = binary.LittleEndian.AppendUint32(block, size)
		block = binary.LittleEndian.AppendUint32(block, uint32(at))
	}
	block = append(block, make([]byte, size+4)...)
	p := synthetic(4, 4, false, false)
	p.Meta.EXIF = block
	if n := len(encode(t, p, EncodeOptions{Format: TIFF})); n > 2<<20 || n < size {
		t.Errorf("a TIFF of %d bytes", n)
	}
}

func TestUprightXMP(t *testing.T) {
	for in, want := range map[string]string{
		`<a tiff:Orientation="6"/>`:                     `<a tiff:Orientation="1"/>`,
		`<tiff:Orientation>8</tiff:Orientation>`:        `<tiff:Orientation>1</tiff:Orientation>`,
		`<a tiff:Orientation="1" tiff:Make="6"/>`:       `<a tiff:Orientation="1" tiff:Make="6"/>`,
		`<a exif:Orientation="6" tiff:ImageWidth="6"/>`: `<a exif:Orientation="6" tiff:ImageWidth="6"/>`,
	} {
		if got := string(uprightXMP([]byte(in))); got != want {
			t.Errorf("%s became %s", in, got)
		}
	}
}

func TestIPTCRecords(t *testing.T) {
	records := []byte("\x1c\x02\x05\x00\x05title")
	for name, block := range map[string][]byte{
		"bare": records, "padded": append(bytes.Clone(records), 0, 0),
		"jpeg": photoshopResources(records), "tiff": photoshopResources(records)[len(photoshopPrefix):],
		"second": append([]byte("Photoshop 3.0\x008BIM\x03\xed\x03abc\x00\x00\x00\x03xyz\x00"), photoshopResources(records)[len(photoshopPrefix):]...),
	} {
		if got := iptcRecords(block); !bytes.Equal(got, records) {
			t.Errorf("%s: %q", name, got)
		}
	}
	for _, block := range []string{"", "8BIM", "8BIM\x04\x04\x00\x00\xff\xff\xff\xff", "Photoshop 3.0\x00", "text"} {
		if got := iptcRecords([]byte(block)); got != nil {
			t.Errorf("%q: %q", block, got)
		}
	}
}

func FuzzMetadata(f *testing.F) {
	f.Add(bigEndianEXIF())
	f.Add(photographEXIF(6))
	f.Add(photoshopResources([]byte("\x1c\x02\x05\x00\x05title")))
	f.Add(adobeRGB())
	f.Fuzz(func(t *testing.T, block []byte) {
		before := bytes.Clone(block)
		if up := uprightEXIF(block); up != nil {
			exifFromTIFF(describedEXIF(up, 3, 4, 300))
		}
		iptcRecords(block)
		uprightXMP(block)
		IsSRGB(block)
		if _, err := readTIFFHints(block); err != nil {
			checkTyped(t, err)
		}
		if !bytes.Equal(before, block) {
			t.Error("the source was changed")
		}
	})
}
