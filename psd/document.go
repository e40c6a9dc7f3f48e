package psd

import "math"

// Limits of the format ("File Header Section" of the specification). The large
// document format PSB goes further; this package does not write it.
const (
	MaxSide     = 30000         // pixels, of the document and of each layer
	MaxFileSize = math.MaxInt32 // bytes: Photoshop writes and reads PSD up to 2 GB
	MaxLayers   = 8000          // Photoshop's own limit; the format's is 32767
	MaxName     = 255           // UTF-16 code units in a layer's name, Photoshop's own limit
	maxDPI      = math.MaxInt16 // the resolution is a signed 16.16 number
)

// Document is a layered picture. Encode reads it and keeps nothing of it.
type Document struct {
	Width, Height int // pixels, 1..MaxSide
	Depth         int // bits a channel of the file: 8 or 16

	// DPI is the resolution in pixels per inch. A value that the format cannot
	// hold (0, negative, not a number, above 32767) leaves it unsaid.
	DPI float64

	// The metadata blocks go in as they are; nil leaves one out.
	Profile []byte // ICC profile of all samples
	EXIF    []byte // TIFF structure, with or without the "Exif\0\0" that JPEG puts before it
	XMP     []byte // the packet
	IPTC    []byte // IIM records, bare or inside the "Photoshop 3.0" block that JPEG wraps them in

	Layers []Layer // bottom to top, 1..MaxLayers

	// Composite is the flattened picture, Width x Height, for programs that do
	// not read layers. Its alpha is straight; the file holds the colour laid
	// over white, as Photoshop writes it and as readers expect.
	Composite Raster
}

// Raster is colour with its transparency.
type Raster struct {
	Pixels
	Alpha []uint8 // one sample a pixel, 0 transparent .. 255 opaque; nil means opaque throughout
}

// Layer is one layer: a rectangle of pixels somewhere on, or partly off, the
// document.
type Layer struct {
	Name string // any Unicode text up to MaxName UTF-16 code units

	X, Y          int // the top left corner in document pixels, -MaxSide..MaxSide
	Width, Height int // pixels, 1..MaxSide

	Raster // colour under transparent or masked pixels is kept as it is

	// Mask is the user mask, Width x Height: 0 hides, 255 shows. Painting it in
	// Photoshop brings back the colour beneath. nil means no mask.
	Mask []uint8
	// MaskShowsOutside is what the mask means beyond the layer's rectangle:
	// hidden (false), or shown. It matters once the layer grows.
	MaskShowsOutside bool

	Opacity uint8 // 255 is opaque
	Blend   Blend
	Hidden  bool
}

// Pixels is where colour comes from: interleaved RGB samples in a buffer
// without row padding, or a function that makes one row at a time. A document
// of 8 bits uses Pix or Row, one of 16 bits Pix16 or Row16, and ignores the
// other pair.
type Pixels struct {
	Pix   []uint8  // Width*Height*3 samples
	Pix16 []uint16 // Width*Height*3 samples

	// Row and Row16 fill rgb (Width*3 samples, whatever it held before) with
	// row y. Each row is asked for up to six times, in any order, from several
	// goroutines at once, and has to be the same every time.
	Row   func(y int, rgb []uint8) error
	Row16 func(y int, rgb []uint16) error
}

// Solid returns one colour for a layer of any size and either depth, without a
// buffer. At 16 bits a sample v becomes v*257.
func Solid(r, g, b uint8) Pixels {
	return Pixels{
		Row: func(_ int, rgb []uint8) error {
			for i := 0; i+2 < len(rgb); i += 3 {
				rgb[i], rgb[i+1], rgb[i+2] = r, g, b
			}
			return nil
		},
		Row16: func(_ int, rgb []uint16) error {
			for i := 0; i+2 < len(rgb); i += 3 {
				rgb[i], rgb[i+1], rgb[i+2] = uint16(r)*257, uint16(g)*257, uint16(b)*257
			}
			return nil
		},
	}
}

// Blend is how a layer meets what lies below it.
type Blend uint8

// The blend modes.
const (
	Normal Blend = iota
	Multiply
)

// key returns the blend mode's four letters in a layer record.
func (b Blend) key() string {
	if b == Multiply {
		return "mul "
	}
	return "norm"
}
