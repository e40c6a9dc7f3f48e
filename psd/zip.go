package psd

import (
	"compress/flate"
	"encoding/binary"
	"fmt"
	"hash/adler32"
)

// The channels of 16-bit layers are zlib streams of differences between
// neighbours, Photoshop's own choice: PackBits finds no runs in 16-bit samples,
// and ag-psd cannot undo it there. A strip becomes deflate blocks of its own
// that end on a byte, so that strips are made in parallel; joined they are one
// stream. Level 1 packs such differences as well as level 6 does, and four
// times faster.
const (
	zlibHead  = "\x78\x01" // deflate, 32 KiB window, fastest (RFC 1950)
	zlibClose = "\x03\x00" // a last, empty block (RFC 1951)
)

// zlibFrame is how many bytes a stream has around its blocks: head, close, and
// the checksum.
const zlibFrame = len(zlibHead) + len(zlibClose) + adler32.Size

// zipSize is what measuring found out about a strip of one channel.
type zipSize struct {
	bytes int    // of deflate blocks
	sum   uint32 // Adler-32 of what they unpack to
}

// zipper is one goroutine's compressor.
type zipper struct {
	flate *flate.Writer
	out   sliceWriter
}

// sliceWriter appends to a slice.
type sliceWriter []byte

func (w *sliceWriter) Write(b []byte) (int, error) {
	*w = append(*w, b...)
	return len(b), nil
}

// appendZip appends a strip of a 16-bit channel as deflate blocks.
func (t *strip) appendZip(dst []byte, id int16, s *scratch) ([]byte, zipSize, error) {
	z, err := s.zipper(dst)
	if err != nil {
		return dst, zipSize{}, err
	}
	sum := adler32.New()
	for y := t.first; y < t.last; y++ {
		row, err := t.of.row(id, y, s)
		if err != nil {
			return dst, zipSize{}, err
		}
		differences(row)
		sum.Write(row)
		if _, err := z.flate.Write(row); err != nil {
			return dst, zipSize{}, fmt.Errorf("psd: deflate: %w", err)
		}
	}
	if err := z.flate.Flush(); err != nil {
		return dst, zipSize{}, fmt.Errorf("psd: deflate: %w", err)
	}
	return z.out, zipSize{len(z.out) - len(dst), sum.Sum32()}, nil
}

// zipper returns the compressor, ready to append to dst.
func (s *scratch) zipper(dst []byte) (*zipper, error) {
	z := &s.zip
	z.out = dst
	if z.flate != nil {
		z.flate.Reset(&z.out)
		return z, nil
	}
	w, err := flate.NewWriter(&z.out, flate.BestSpeed)
	if err != nil {
		return nil, fmt.Errorf("psd: deflate: %w", err)
	}
	z.flate = w
	return z, nil
}

// differences replaces each big-endian 16-bit sample but the first by its
// difference from the one before, modulo 65536.
func differences(row []byte) {
	last := uint16(0)
	for len(row) >= 2 {
		v := binary.BigEndian.Uint16(row)
		binary.BigEndian.PutUint16(row, v-last)
		last = v
		row = row[2:]
	}
}

// joinAdler returns the Adler-32 of two pieces in a row from those of each; the
// second is n bytes long. The first half of a sum is 1 + the bytes, the second
// is n + the sums after each byte (RFC 1950), both modulo 65521.
func joinAdler(first, second uint32, n int64) uint32 {
	const base = 65521
	a1, b1 := int64(first&0xffff), int64(first>>16)
	a2, b2 := int64(second&0xffff), int64(second>>16)
	a := (a1 + a2 - 1 + base) % base
	b := (b1 + b2 + n%base*(a1-1+base)) % base
	return uint32(b<<16 | a)
}
