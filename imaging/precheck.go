package imaging

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
)

// precheck refuses what the decoders would accept at any cost or would misread.
func (s *source) precheck(format Format) (err error) {
	switch format {
	case JPEG:
		return checkScans(s.data)
	case PNG:
		s.pngDPI, err = readChunks(s.data)
	case TIFF:
		s.tiff, err = readTIFFHints(s.data)
	}
	return err
}

// maxScans bounds the passes of a progressive JPEG over all its pixels. Encoders
// make about ten; a hostile file of some kilobytes can ask for thousands.
const maxScans = 100

func checkScans(data []byte) error {
	if n := bytes.Count(data, []byte{0xff, 0xda}); n > maxScans {
		return damaged(JPEG, fmt.Errorf("%d scans, at most %d are read", n, maxScans))
	}
	return nil
}

// readChunks refuses a PNG with a chunk that is longer than the rest of the
// file, on one of which libpng spends seconds and gigabytes. It returns the
// resolution: libvips says 72 for a file that states none.
func readChunks(data []byte) (dpi float64, err error) {
	for rest := data[8:]; ; {
		if len(rest) < 12 {
			return 0, damaged(PNG, errors.New("no IEND chunk"))
		}
		n := int64(binary.BigEndian.Uint32(rest))
		if n > int64(len(rest)-12) {
			return 0, damaged(PNG, fmt.Errorf("a chunk of %d bytes with %d left", n, len(rest)-12))
		}
		switch {
		case at(rest, 4, "IEND"):
			return dpi, nil
		case at(rest, 4, "pHYs") && n == 9 && rest[16] == 1: // pixels per metre
			dpi = roundDPI(float64(binary.BigEndian.Uint32(rest[8:])) * 0.0254)
		}
		rest = rest[12+n:]
	}
}
