package engine

import (
	"bytes"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"image"
	"io"

	"github.com/klauspost/compress/flate"

	"mattebox"
	"mattebox/imaging"
	"mattebox/matte"
)

// A matte's file is for a Remove soon after the Measure that wrote it: a line that
// names the format, a line of JSON, and the alpha plane row by row, deflated at the
// fastest level. On mattes of 21 megapixels that takes 13 ms to write and 5 ms to
// read for 2 % of the bytes; a grey PNG took 35 and 70 ms.
const matteFormat = "mattebox matte 1\n"

// matteHead is the line of JSON.
type matteHead struct {
	Source     uint32 // CRC-32C of the photograph's file
	Width      int
	Height     int
	Box        image.Rectangle
	Confidence float64
	Warnings   []matte.Warning
}

// maxHead is the longest line of JSON that is read, in bytes.
const maxHead = 4096

func writeMatte(w io.Writer, m *matte.Matte, file []byte) error {
	head, err := json.Marshal(matteHead{
		Source: checksum(file), Width: m.Width, Height: m.Height,
		Box: m.Box, Confidence: m.Confidence, Warnings: m.Warnings,
	})
	if err != nil {
		return fmt.Errorf("writing the matte: %w", err)
	}
	if _, err := fmt.Fprintf(w, "%s%s\n", matteFormat, head); err != nil {
		return fmt.Errorf("writing the matte: %w", err)
	}
	z, err := flate.NewWriter(w, flate.BestSpeed)
	if err != nil {
		return fmt.Errorf("writing the matte: %w", err)
	}
	if _, err := z.Write(m.Alpha); err != nil {
		return fmt.Errorf("writing the matte: %w", err)
	}
	if err := z.Close(); err != nil {
		return fmt.Errorf("writing the matte: %w", err)
	}
	return nil
}

// readMatte reads what writeMatte wrote of the photograph, which was decoded from
// file. Anything else is a CodeInternal error: no customer sends mattes.
func readMatte(data, file []byte, photo *imaging.Picture) (*matte.Matte, error) {
	rest, ok := bytes.CutPrefix(data, []byte(matteFormat))
	line, plane, found := bytes.Cut(rest, []byte("\n"))
	if !ok || !found || len(line) > maxHead {
		return nil, badMatte(nil, "is none that Measure wrote")
	}
	var h matteHead
	if err := json.Unmarshal(line, &h); err != nil {
		return nil, badMatte(err, "is damaged")
	}
	if h.Source != checksum(file) || h.Width != photo.Width || h.Height != photo.Height {
		return nil, badMatte(nil, "belongs to another photograph")
	}
	alpha := make([]uint8, h.Width*h.Height)
	z := flate.NewReader(bytes.NewReader(plane))
	if _, err := io.ReadFull(z, alpha); err != nil {
		return nil, badMatte(err, "is damaged")
	}
	if n, err := z.Read(make([]byte, 1)); n > 0 || err != io.EOF {
		return nil, badMatte(err, "is damaged")
	}
	return &matte.Matte{
		Width: h.Width, Height: h.Height, Alpha: alpha,
		Box:        h.Box.Intersect(image.Rect(0, 0, h.Width, h.Height)),
		Confidence: h.Confidence, Warnings: h.Warnings,
	}, nil
}

func badMatte(err error, what string) error {
	return mattebox.Wrap(mattebox.CodeInternal, err, "the matte %s; measure the photograph again", what)
}

func checksum(file []byte) uint32 { return crc32.Checksum(file, crc32.MakeTable(crc32.Castagnoli)) }
