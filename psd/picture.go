package psd

import (
	"encoding/binary"
	"fmt"
)

// Channel ids of the specification's "Channel information".
const (
	red          int16 = 0
	transparency int16 = -1
	userMask     int16 = -2
)

// Compression codes in front of channel data. The image data section knows the
// first two only.
const (
	compressionRaw      uint16 = 0
	compressionPackBits uint16 = 1
	compressionZip      uint16 = 3 // of differences
)

// picture is a layer or the composite as the file sees it: planes of
// big-endian rows.
type picture struct {
	name          string // for errors, as in Go
	width, height int
	depth         int
	colour        Pixels
	alpha, mask   []uint8
	onWhite       bool   // lay the colour over white
	composite     bool   // not a layer
	method        uint16 // the compression to try
	channels      []channel
}

// channel is one plane of a picture and what measuring found out about it.
type channel struct {
	id          int16
	compression uint16
	packed      int64     // bytes after the compression code, unless that is raw
	counts      []uint16  // PackBits: bytes of each row, at most 60469 (30000 samples of 16 bits)
	zips        []zipSize // zip: of each strip
}

func newPicture(d *Document, name string, width, height int, r *Raster) *picture {
	return &picture{
		name: name, width: width, height: height, depth: d.Depth,
		colour: r.Pixels, alpha: r.Alpha,
	}
}

func (p *picture) addChannels(ids ...int16) {
	for _, id := range ids {
		p.channels = append(p.channels, channel{id: id})
	}
}

// rowBytes is the length of an unpacked row of one channel.
func (p *picture) rowBytes() int { return p.width * p.depth / 8 }

// rawBytes is the length of an unpacked channel.
func (p *picture) rawBytes() int64 { return int64(p.rowBytes()) * int64(p.height) }

// scratch is one goroutine's working rows.
type scratch struct {
	plane []byte   // the row of a channel, as the file holds it
	rgb   []uint8  // the row of a function source
	rgb16 []uint16 // the same at 16 bits
	of    *picture // whose row y rgb or rgb16 hold
	y     int
	zip   zipper
	trial []byte // what was packed to learn its length
}

// row returns row y of a channel as the file holds it unpacked, the caller's to
// change until the next call with the same scratch.
func (p *picture) row(id int16, y int, s *scratch) ([]byte, error) {
	s.plane = resize(s.plane, p.rowBytes())
	switch id {
	case transparency:
		p.widen(s.plane, p.alpha, y)
		return s.plane, nil
	case userMask:
		p.widen(s.plane, p.mask, y)
		return s.plane, nil
	}
	if p.depth == 8 {
		rgb, err := p.row8(y, s)
		if err != nil {
			return nil, err
		}
		p.pick8(s.plane, rgb[id-red:], y)
		return s.plane, nil
	}
	rgb, err := p.row16(y, s)
	if err != nil {
		return nil, err
	}
	p.pick16(s.plane, rgb[id-red:], y)
	return s.plane, nil
}

// widen copies row y of an 8-bit plane at the file's depth; a nil plane is full.
func (p *picture) widen(dst []byte, plane []uint8, y int) {
	if plane == nil {
		for i := range dst {
			dst[i] = 255
		}
		return
	}
	src := plane[y*p.width : (y+1)*p.width]
	if p.depth == 8 {
		copy(dst, src)
		return
	}
	for x, v := range src {
		dst[2*x], dst[2*x+1] = v, v // v*257
	}
}

// row8 returns the interleaved samples of row y.
func (p *picture) row8(y int, s *scratch) ([]uint8, error) {
	n := 3 * p.width
	if p.colour.Pix != nil {
		return p.colour.Pix[y*n : (y+1)*n], nil
	}
	if s.of == p && s.y == y {
		return s.rgb, nil
	}
	s.rgb = resize(s.rgb, n)
	s.of = nil
	if err := p.colour.Row(y, s.rgb); err != nil {
		return nil, fmt.Errorf("psd: row %d of %s: %w", y, p.name, err)
	}
	s.of, s.y = p, y
	return s.rgb, nil
}

// row16 is row8 for 16-bit samples.
func (p *picture) row16(y int, s *scratch) ([]uint16, error) {
	n := 3 * p.width
	if p.colour.Pix16 != nil {
		return p.colour.Pix16[y*n : (y+1)*n], nil
	}
	if s.of == p && s.y == y {
		return s.rgb16, nil
	}
	s.rgb16 = resize(s.rgb16, n)
	s.of = nil
	if err := p.colour.Row16(y, s.rgb16); err != nil {
		return nil, fmt.Errorf("psd: row %d of %s: %w", y, p.name, err)
	}
	s.of, s.y = p, y
	return s.rgb16, nil
}

// pick8 takes every third sample of rgb, laid over white if the picture is.
func (p *picture) pick8(dst []byte, rgb []uint8, y int) {
	if !p.onWhite {
		for x := range dst {
			dst[x] = rgb[3*x]
		}
		return
	}
	alpha := p.alpha[y*p.width:][:len(dst)]
	for x, a := range alpha {
		dst[x] = 255 - a + uint8((uint32(rgb[3*x])*uint32(a)+127)/255)
	}
}

// pick16 is pick8 for 16-bit samples, stored big-endian.
func (p *picture) pick16(dst []byte, rgb []uint16, y int) {
	if !p.onWhite {
		for x := range p.width {
			binary.BigEndian.PutUint16(dst[2*x:], rgb[3*x])
		}
		return
	}
	alpha := p.alpha[y*p.width:][:p.width]
	for x, a := range alpha {
		v := 65535 - uint16(a)*257 + uint16((uint32(rgb[3*x])*uint32(a)+127)/255)
		binary.BigEndian.PutUint16(dst[2*x:], v)
	}
}

// resize returns a slice of length n, b itself when it is long enough.
func resize[T any](b []T, n int) []T {
	if cap(b) < n {
		return make([]T, n)
	}
	return b[:n]
}
