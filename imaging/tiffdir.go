package imaging

import (
	"encoding/binary"
	"math"
)

// TIFF value types (TIFF 6.0, section 2).
const (
	kindByte      = 1
	kindShort     = 3
	kindLong      = 4
	kindRational  = 5
	kindUndefined = 7
)

// field is a directory entry to be written, its values in little-endian order.
type field struct {
	tag, kind uint16
	count     int
	data      []byte
}

// directory is an image file directory to be written, sorted by tag.
type directory []field

func shorts(tag uint16, values ...int) field {
	f := field{tag: tag, kind: kindShort, count: len(values)}
	for _, v := range values {
		f.data = binary.LittleEndian.AppendUint16(f.data, uint16(v))
	}
	return f
}

func longs(tag uint16, values ...int) field {
	f := field{tag: tag, kind: kindLong, count: len(values)}
	for _, v := range values {
		f.data = binary.LittleEndian.AppendUint32(f.data, uint32(v))
	}
	return f
}

func rational(tag uint16, v float64) field {
	f := field{tag: tag, kind: kindRational, count: 1}
	f.data = binary.LittleEndian.AppendUint32(nil, uint32(math.Round(v*1000)))
	f.data = binary.LittleEndian.AppendUint32(f.data, 1000)
	return f
}

func blob(tag, kind uint16, data []byte) field {
	return field{tag: tag, kind: kind, count: len(data) / typeSize[kind], data: data}
}

// set replaces the field of the same tag.
func (d directory) set(f field) {
	for i := range d {
		if d[i].tag == f.tag {
			d[i] = f
		}
	}
}

// size is what append adds: the entries, the link to no further directory, and
// the values that do not fit into an entry, each on an even offset.
func (d directory) size() int {
	n := 2 + 12*len(d) + 4
	for _, f := range d {
		if len(f.data) > 4 {
			n += len(f.data) + len(f.data)%2
		}
	}
	return n
}

// append writes the directory to the end of file, whose length is its offset.
func (d directory) append(file []byte) []byte {
	values := len(file) + 2 + 12*len(d) + 4
	file = binary.LittleEndian.AppendUint16(file, uint16(len(d)))
	var rest []byte
	for _, f := range d {
		file = binary.LittleEndian.AppendUint16(file, f.tag)
		file = binary.LittleEndian.AppendUint16(file, f.kind)
		file = binary.LittleEndian.AppendUint32(file, uint32(f.count))
		if len(f.data) <= 4 {
			file = append(file, f.data...)
			file = append(file, make([]byte, 4-len(f.data))...)
			continue
		}
		file = binary.LittleEndian.AppendUint32(file, uint32(values+len(rest)))
		rest = append(rest, f.data...)
		if len(f.data)%2 != 0 {
			rest = append(rest, 0)
		}
	}
	file = append(file, 0, 0, 0, 0)
	return append(file, rest...)
}
