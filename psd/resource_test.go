package psd

import (
	"bytes"
	"testing"
)

func TestBareIPTC(t *testing.T) {
	const records = "\x1c\x02\x05\x00\x01x"
	block := func(id, name, data string) string {
		s := "8BIM" + id + name + string([]byte{0, 0, 0, byte(len(data))}) + data
		if len(data)%2 == 1 {
			s += "\x00"
		}
		return s
	}
	other := block("\x03\xed", "\x00\x00", "odd")
	named := block("\x04\x0c", "\x03abc", "1234")
	iptc := block("\x04\x04", "\x00\x00", records)
	for _, c := range []struct{ name, in, want string }{
		{"nothing", "", ""},
		{"bare", records, records},
		{"wrapped", photoshopPrefix + iptc, records},
		{"after others", photoshopPrefix + other + named + iptc, records},
		{"absent", photoshopPrefix + other, ""},
		{"cut short", (photoshopPrefix + iptc)[:len(photoshopPrefix)+14], ""},
		{"name beyond the end", photoshopPrefix + "8BIM\x04\x04\xff\x00\x00\x00\x00\x00", ""},
		{"not a block", photoshopPrefix + "8BIX\x04\x04\x00\x00\x00\x00\x00\x00", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := bareIPTC([]byte(c.in)); string(got) != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func FuzzBareIPTC(f *testing.F) {
	f.Add([]byte(photoshopPrefix + "8BIM\x04\x04\x00\x00\x00\x00\x00\x02ab"))
	f.Add([]byte(photoshopPrefix + "8BIM\x04\x0c\x03abc\x00\x00\x00\x01a\x008BIM\x04\x04\x00\x00\xff\xff\xff\xff"))
	f.Add([]byte("\x1c\x02\x05"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if got := bareIPTC(b); !bytes.Contains(b, got) {
			t.Errorf("% x is not part of % x", got, b)
		}
	})
}
