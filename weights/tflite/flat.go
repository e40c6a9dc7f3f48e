package tflite

import (
	"encoding/binary"
	"errors"
)

// flat reads a flatbuffer. Reading outside it, or a vector longer than it, sets
// err and gives zeroes from there on, so that callers look at err once, when they
// have what they came for.
type flat struct {
	data []byte
	err  error
}

var errOutside = errors.New("the file is damaged: something in it points outside it")

// bytes returns n bytes at a place of the file.
func (f *flat) bytes(at, n int64) []byte {
	size := int64(len(f.data))
	if f.err == nil && (at < 0 || n < 0 || at > size || n > size-at) {
		f.err = errOutside
	}
	if f.err != nil {
		return nil
	}
	return f.data[at : at+n]
}

func (f *flat) u16(at int64) int64 {
	if b := f.bytes(at, 2); b != nil {
		return int64(binary.LittleEndian.Uint16(b))
	}
	return 0
}

func (f *flat) u32(at int64) int64 {
	if b := f.bytes(at, 4); b != nil {
		return int64(binary.LittleEndian.Uint32(b))
	}
	return 0
}

func (f *flat) i32(at int64) int64 { return int64(int32(f.u32(at))) }

// table is an object of the file: its fields are found through a list of their
// places (vtable), in which those that were left out have none.
type table struct {
	f      *flat
	at     int64
	fields int64 // where the list of places begins
	count  int64 // of its entries
}

// none is the table of an object that is not there: all its fields are left out.
func (f *flat) none() table { return table{f: f} }

// root returns the file's first object.
func (f *flat) root() table { return f.tableAt(f.u32(0)) }

func (f *flat) tableAt(at int64) table {
	list := at - f.i32(at)
	size := f.u16(list)
	if f.bytes(list, size) == nil || size < 4 {
		return f.none()
	}
	return table{f: f, at: at, fields: list + 4, count: (size - 4) / 2}
}

// place returns where field n lies; 0 when it was left out.
func (t table) place(n int64) int64 {
	if n >= t.count {
		return 0
	}
	if offset := t.f.u16(t.fields + 2*n); offset != 0 {
		return t.at + offset
	}
	return 0
}

// int returns a field of four bytes with a sign.
func (t table) int(n, missing int64) int64 {
	if at := t.place(n); at != 0 {
		return t.f.i32(at)
	}
	return missing
}

// byte returns a field of one byte, without a sign.
func (t table) byte(n int64) int64 {
	if at := t.place(n); at != 0 {
		if b := t.f.bytes(at, 1); b != nil {
			return int64(b[0])
		}
	}
	return 0
}

// table returns the object that a field points to.
func (t table) table(n int64) table {
	if at := t.place(n); at != 0 {
		return t.f.tableAt(at + t.f.u32(at))
	}
	return t.f.none()
}

// vector returns the bytes of a vector of elements of so many bytes each, and how many there
// are; at most limit.
func (t table) vector(n, size, limit int64) (at, count int64) {
	place := t.place(n)
	if place == 0 {
		return 0, 0
	}
	at = place + t.f.u32(place)
	count = t.f.u32(at)
	if count > limit {
		t.f.fail("a list in the file has more entries than are allowed")
	}
	if t.f.bytes(at+4, count*size) == nil {
		return 0, 0
	}
	return at + 4, count
}

// blob returns a vector of bytes, at most limit.
func (t table) blob(n, limit int64) []byte {
	at, count := t.vector(n, 1, limit)
	return t.f.bytes(at, count)
}

// ints returns a vector of numbers of four bytes, at most limit.
func (t table) ints(n, limit int64) []int64 {
	at, count := t.vector(n, 4, limit)
	if count == 0 {
		return nil
	}
	out := make([]int64, count)
	for i := range out {
		out[i] = t.f.i32(at + 4*int64(i))
	}
	return out
}

// tables returns a vector of objects, at most limit.
func (t table) tables(n, limit int64) []table {
	at, count := t.vector(n, 4, limit)
	if count == 0 {
		return nil
	}
	out := make([]table, count)
	for i := range out {
		entry := at + 4*int64(i)
		out[i] = t.f.tableAt(entry + t.f.u32(entry))
	}
	return out
}

func (f *flat) fail(message string) {
	if f.err == nil {
		f.err = errors.New(message)
	}
}
