package imaging

import (
	"fmt"
	"math"
)

// Header is what can be known of a picture without decoding it.
type Header struct {
	Format        Format
	Width, Height int  // of the upright picture, in pixels
	Orientation   int  // as the file states it, 1 to 8 (EXIF 2.32); Width and Height account for it
	Depth         int  // bits per sample as they come out of the file: 8, 16 or 32
	Bands         int  // channels in the file, alpha included
	HasAlpha      bool // the file has an alpha channel; all of it may be opaque
	DPI           float64
}

// ReadHeader tells what a picture file holds. It goes by content, never by a
// name, and allocates next to nothing. Errors: *FormatError for bytes that are
// no picture or a broken header, *LimitError for a picture over the limits.
func ReadHeader(data []byte, lim Limits) (Header, error) {
	src, err := open(data, lim)
	if err != nil {
		return Header{}, err
	}
	defer src.close()
	return src.header, nil
}

// source is a picture file whose header has been read and checked.
type source struct {
	data   []byte
	header Header
	image  *vipsImage // nil for BMP
	info   vipsInfo
	tiff   tiffHints
	pngDPI float64
}

func (s *source) close() {
	if s.image != nil {
		s.image.close()
	}
}

func open(data []byte, lim Limits) (*source, error) {
	if err := lim.checkBytes(len(data)); err != nil {
		return nil, err
	}
	format, err := Sniff(data)
	if err != nil {
		return nil, err
	}
	if format == BMP {
		return openBMP(data, lim)
	}
	src := &source{data: data}
	if err := src.precheck(format); err != nil {
		return nil, err
	}
	if src.image, err = openVips(data, format); err != nil {
		return nil, err
	}
	src.info = src.image.describe()
	src.header = src.makeHeader(format)
	if err := src.check(lim); err != nil {
		src.close()
		return nil, err
	}
	return src, nil
}

func (s *source) makeHeader(format Format) Header {
	h := Header{
		Format: format, Width: s.info.width, Height: s.info.height,
		Orientation: max(1, s.info.orientation), Depth: s.info.depth, Bands: s.info.bands,
		HasAlpha: s.layout().alpha, DPI: s.dpi(format),
	}
	if h.Orientation >= 5 {
		h.Width, h.Height = h.Height, h.Width
	}
	return h
}

// dpi returns the file's resolution, 0 if it states none. EXIF's goes before
// the container's, as in photo editors.
func (s *source) dpi(format Format) float64 {
	if dpi := exifDPI(s.image.blob("exif-data")); dpi > 0 {
		return roundDPI(dpi)
	}
	switch format {
	case JPEG:
		return jpegDPI(s.data)
	case PNG:
		return s.pngDPI
	case TIFF:
		if s.tiff.noUnit {
			return 0
		}
	}
	return roundDPI(s.info.xres * 25.4)
}

// roundDPI rounds to a hundredth. PNG counts in whole pixels per metre, so what is
// within one of a round number is that number. One pixel per millimetre is what
// libvips says, and writes, when it knows nothing.
func roundDPI(dpi float64) float64 {
	if !(dpi > 0) || math.IsInf(dpi, 0) || math.Abs(dpi-25.4) < 0.005 {
		return 0
	}
	if whole := math.Round(dpi); math.Abs(dpi-whole) < 0.0254 {
		return whole
	}
	return math.Round(dpi*100) / 100
}

// maxBands leaves room for the spot channels of a print TIFF. Samples beyond
// colour and alpha are read and dropped, so each costs time.
const maxBands = 32

func (s *source) check(lim Limits) error {
	if err := lim.checkSize(s.header.Width, s.header.Height); err != nil {
		return err
	}
	if s.header.Bands > maxBands {
		return unsupported(s.header.Format, fmt.Sprintf("the file has %d channels, at most %d are read; flatten it", s.header.Bands, maxBands))
	}
	return nil
}
