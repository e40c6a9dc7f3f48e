// Package imaging is the only room that knows file formats of pictures: bytes
// of a stranger's file come in, a Picture of plain samples goes out, and the
// other way round. It fences libvips (cgo) behind Go types. Limits are checked
// on the header, before a pixel is allocated.
package imaging

// Picture is a decoded picture, upright (EXIF orientation applied), as
// interleaved RGB samples in the colour space of Meta.Profile, either 8 or 16
// bits deep, with straight (not premultiplied) alpha in a plane of its own.
// Rows are not padded. Exactly one of Pix and Pix16 is set.
type Picture struct {
	Width, Height int
	Pix           []uint8  // Width*Height*3 samples 0..255
	Pix16         []uint16 // Width*Height*3 samples 0..65535
	Alpha         []uint8  // Width*Height, 0 transparent .. 255 opaque; nil means opaque throughout
	Meta          Meta
}

// Meta is what travels with the samples from the source to the result.
type Meta struct {
	Profile []byte  // ICC profile of the samples; nil means sRGB
	DPI     float64 // pixels per inch; 0 means the file did not say
	EXIF    []byte  // raw block, orientation rewritten to 1; nil if none
	XMP     []byte
	IPTC    []byte
}

// Deep reports whether the samples are 16 bits deep.
func (p *Picture) Deep() bool { return p.Pix16 != nil }
