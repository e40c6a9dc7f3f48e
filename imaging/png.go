package imaging

import (
	"context"
	"encoding/binary"
	"hash/crc32"
	"io"
)

// pngLevel is the default effort.
const pngLevel = 6

// writePNG writes a raster as PNG (W3C PNG, third edition): not interlaced, rows
// filtered and compressed in parallel, straight from the planes.
func writePNG(ctx context.Context, w io.Writer, r raster, meta []chunk, level int) error {
	if level == 0 {
		level = pngLevel
	}
	p := &pngWriter{w: w}
	p.bytes([]byte("\x89PNG\r\n\x1a\n"))
	p.chunk("IHDR", ihdr(r))
	for _, c := range meta {
		p.chunk(c.name, c.data)
	}
	if err := p.pixels(ctx, newStrips(r, level)); err != nil {
		return err
	}
	p.chunk("IEND", nil)
	return p.err
}

func ihdr(r raster) []byte {
	colour := map[int]byte{1: 0, 3: 2, 4: 6}[r.bands]
	b := binary.BigEndian.AppendUint32(nil, uint32(r.width))
	b = binary.BigEndian.AppendUint32(b, uint32(r.height))
	return append(b, byte(r.depth), colour, 0, 0, 0)
}

// pngWriter writes chunks and remembers the first error.
type pngWriter struct {
	w   io.Writer
	err error
}

func (p *pngWriter) bytes(b []byte) {
	if p.err == nil {
		_, p.err = p.w.Write(b)
	}
}

func (p *pngWriter) chunk(name string, data []byte) {
	var head [8]byte
	binary.BigEndian.PutUint32(head[:], uint32(len(data)))
	copy(head[4:], name)
	crc := crc32.Update(crc32.ChecksumIEEE(head[4:]), crc32.IEEETable, data)
	p.bytes(head[:])
	p.bytes(data)
	p.bytes(binary.BigEndian.AppendUint32(nil, crc))
}

// pixels writes the zlib stream of all rows (RFC 1950), one chunk a strip.
func (p *pngWriter) pixels(ctx context.Context, s strips) error {
	p.chunk("IDAT", []byte{0x78, 0x9c}) // deflate, 32 KB window
	sum := uint32(1)
	err := s.write(ctx, func(part strip) error {
		sum = combineAdler32(sum, part.adler, part.size)
		p.chunk("IDAT", part.data)
		return p.err
	})
	if err != nil {
		return err
	}
	p.chunk("IDAT", binary.BigEndian.AppendUint32(nil, sum))
	return p.err
}

// combineAdler32 returns the checksum of two pieces in a row from the checksums
// of each and the length of the second (zlib's adler32_combine): with the first
// piece's sums a1, b1 before it, the second's b grows by n*(a1-1).
func combineAdler32(first, second uint32, n int64) uint32 {
	const mod = 65521
	a1, b1 := int64(first&0xffff), int64(first>>16)
	a2, b2 := int64(second&0xffff), int64(second>>16)
	a := (a1 + a2 - 1 + mod) % mod
	b := (b1 + b2 + n%mod*(a1-1+mod)) % mod
	return uint32(b<<16 | a)
}

// chunk is a named piece of a PNG or RIFF file.
type chunk struct {
	name string
	data []byte
}
