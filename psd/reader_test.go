package psd

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"fmt"
	"io"
	"testing"
	"unicode/utf16"
)

// readDoc is a PSD file taken apart by a reader that forgives nothing: every
// length must fit exactly, up to the end of the file.
type readDoc struct {
	width, height, depth, channels int
	resources                      map[uint16][]byte
	merged                         bool // negative layer count
	keys                           []string
	layers                         []readLayer
	composite                      [][]byte // unpacked planes
	compression                    uint16
}

type readLayer struct {
	x, y, width, height int
	ids                 []int16
	planes              map[int16][]byte // unpacked
	compression         map[int16]uint16
	blend               string
	opacity, flags      byte
	mask                []byte // the mask data block
	pascal, name        string
	id                  uint32
}

// cursor takes big-endian values off a block and fails the test at its end.
type cursor struct {
	t *testing.T
	b []byte
}

func (c *cursor) take(n int) []byte {
	c.t.Helper()
	if n < 0 || n > len(c.b) {
		c.t.Fatalf("wanted %d bytes where %d are left", n, len(c.b))
	}
	out := c.b[:n]
	c.b = c.b[n:]
	return out
}

func (c *cursor) u8() byte        { c.t.Helper(); return c.take(1)[0] }
func (c *cursor) u16() uint16     { c.t.Helper(); return binary.BigEndian.Uint16(c.take(2)) }
func (c *cursor) u32() uint32     { c.t.Helper(); return binary.BigEndian.Uint32(c.take(4)) }
func (c *cursor) i32() int        { c.t.Helper(); return int(int32(c.u32())) }
func (c *cursor) block() *cursor  { c.t.Helper(); return &cursor{c.t, c.take(int(c.u32()))} }
func (c *cursor) expect(s string) { c.t.Helper(); c.same(string(c.take(len(s))), s) }
func (c *cursor) done()           { c.t.Helper(); c.same(fmt.Sprintf("%d bytes left", len(c.b)), "0 bytes left") }
func (c *cursor) same(got, want string) {
	c.t.Helper()
	if got != want {
		c.t.Fatalf("read %q, want %q", got, want)
	}
}

func readPSD(t *testing.T, file []byte) *readDoc {
	t.Helper()
	c := &cursor{t, file}
	c.expect("8BPS\x00\x01\x00\x00\x00\x00\x00\x00")
	d := &readDoc{resources: map[uint16][]byte{}}
	d.channels, d.height, d.width = int(c.u16()), c.i32(), c.i32()
	d.depth = int(c.u16())
	c.expect("\x00\x03\x00\x00\x00\x00") // RGB, no colour mode data
	d.readResources(c.block())
	d.readSection(c.block())
	d.readComposite(c)
	c.done()
	return d
}

func (d *readDoc) readResources(c *cursor) {
	for len(c.b) > 0 {
		c.expect("8BIM")
		id := c.u16()
		c.expect("\x00\x00")
		n := int(c.u32())
		d.resources[id] = c.take(n)
		c.take(n % 2)
	}
}

func (d *readDoc) readSection(c *cursor) {
	if len(c.b)%2 != 0 {
		c.t.Fatalf("layer section of odd length %d", len(c.b))
	}
	if info := c.block(); len(info.b) > 0 {
		d.readLayerInfo(info)
	}
	c.block().done() // global layer mask info
	for len(c.b) > 0 {
		c.expect("8BIM")
		key := string(c.take(4))
		d.keys = append(d.keys, key)
		block := c.block()
		if key == "Lr16" {
			d.readLayerInfo(block)
			continue
		}
		block.done()
	}
}

func (d *readDoc) readLayerInfo(c *cursor) {
	if len(c.b)%4 != 0 {
		c.t.Fatalf("layer info of length %d", len(c.b))
	}
	n := int(int16(c.u16()))
	if n < 0 {
		d.merged, n = true, -n
	}
	lengths := make([][]int, n)
	for i := range n {
		var l readLayer
		lengths[i] = l.readRecord(c)
		d.layers = append(d.layers, l)
	}
	for i := range d.layers {
		l := &d.layers[i]
		for k, id := range l.ids {
			data := &cursor{c.t, c.take(lengths[i][k])}
			l.compression[id] = data.u16()
			l.planes[id] = data.planes(l.compression[id], 1, l.width*d.depth/8, l.height)[0]
			data.done()
		}
	}
	for _, b := range c.take(len(c.b) % 4) {
		c.same(fmt.Sprint(b), "0")
	}
	c.done()
}

func (l *readLayer) readRecord(c *cursor) (lengths []int) {
	l.y, l.x = c.i32(), c.i32()
	l.height, l.width = c.i32()-l.y, c.i32()-l.x
	for range c.u16() {
		l.ids = append(l.ids, int16(c.u16()))
		lengths = append(lengths, int(c.u32()))
	}
	l.planes, l.compression = map[int16][]byte{}, map[int16]uint16{}
	c.expect("8BIM")
	l.blend = string(c.take(4))
	l.opacity = c.u8()
	c.expect("\x00") // clipping
	l.flags = c.u8()
	c.expect("\x00") // filler
	extra := c.block()
	l.mask = extra.block().b
	extra.same(fmt.Sprint(len(extra.block().b)), fmt.Sprint(8*(1+4))) // blending ranges: grey, four channels
	n := int(extra.u8())
	l.pascal = string(extra.take(n))
	extra.take(padding(n + 1))
	l.readTagged(extra)
	return lengths
}

func (l *readLayer) readTagged(c *cursor) {
	for len(c.b) > 0 {
		c.expect("8BIM")
		key := string(c.take(4))
		block := c.block()
		switch key {
		case "luni":
			units := make([]uint16, block.u32())
			for i := range units {
				units[i] = block.u16()
			}
			l.name = string(utf16.Decode(units))
			block.take(len(block.b) % 4)
		case "lyid":
			l.id = block.u32()
		}
		block.done()
	}
}

func (d *readDoc) readComposite(c *cursor) {
	d.compression = c.u16()
	d.composite = c.planes(d.compression, d.channels, d.width*d.depth/8, d.height)
}

// planes reads n planes of rows; packed ones have the lengths of all rows first,
// zipped ones are the rest of the block.
func (c *cursor) planes(compression uint16, n, rowBytes, height int) [][]byte {
	out := make([][]byte, n)
	if compression == compressionRaw {
		for i := range out {
			out[i] = c.take(rowBytes * height)
		}
		return out
	}
	if compression == compressionZip {
		return [][]byte{c.unzip(rowBytes, height)}
	}
	c.same(fmt.Sprint(compression), fmt.Sprint(compressionPackBits))
	counts := &cursor{c.t, c.take(2 * n * height)}
	for i := range out {
		for y := range height {
			row, err := unpackBits(c.take(int(counts.u16())), rowBytes)
			if err != nil {
				c.t.Fatalf("plane %d row %d: %v", i, y, err)
			}
			out[i] = append(out[i], row...)
		}
	}
	return out
}

// unzip takes the block as a zlib stream of differences; the reader checks the
// stream's checksum.
func (c *cursor) unzip(rowBytes, height int) []byte {
	r, err := zlib.NewReader(bytes.NewReader(c.take(len(c.b))))
	if err != nil {
		c.t.Fatal(err)
	}
	out, err := io.ReadAll(r)
	if err != nil || len(out) != rowBytes*height {
		c.t.Fatalf("unzipped %d bytes of %d: %v", len(out), rowBytes*height, err)
	}
	for start := 0; start < len(out); start += rowBytes {
		for i := start + 2; i < start+rowBytes; i += 2 {
			v := binary.BigEndian.Uint16(out[i:]) + binary.BigEndian.Uint16(out[i-2:])
			binary.BigEndian.PutUint16(out[i:], v)
		}
	}
	return out
}
