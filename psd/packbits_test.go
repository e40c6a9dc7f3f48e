package psd

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
)

var errPackBits = errors.New("malformed PackBits")

// unpackBits is the decoder of TN1023; it takes exactly n bytes out of b.
func unpackBits(b []byte, n int) ([]byte, error) {
	out := make([]byte, 0, n)
	for len(b) > 0 {
		h := int(int8(b[0]))
		b = b[1:]
		switch {
		case h >= 0 && len(b) > h:
			out = append(out, b[:h+1]...)
			b = b[h+1:]
		case h < 0 && h != -128 && len(b) > 0:
			out = append(out, bytes.Repeat(b[:1], 1-h)...)
			b = b[1:]
		default:
			return nil, errPackBits
		}
	}
	if len(out) != n {
		return nil, errPackBits
	}
	return out, nil
}

// checkPackBits packs b and holds the result against the decoder, the measured
// length and the promised bound.
func checkPackBits(t *testing.T, b []byte) []byte {
	t.Helper()
	packed := appendPackBits([]byte{7}, b)[1:]
	if got := packBitsLen(b); got != len(packed) {
		t.Errorf("packBitsLen is %d, packed %d bytes", got, len(packed))
	}
	if bound := len(b) + (len(b)+127)/128; len(packed) > bound {
		t.Errorf("%d bytes packed into %d, over the bound %d", len(b), len(packed), bound)
	}
	got, err := unpackBits(packed, len(b))
	if err != nil || !bytes.Equal(got, b) {
		t.Errorf("unpacked % x (%v), want % x", got, err, b)
	}
	return packed
}

func TestPackBits(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"nothing", "", ""},
		{"one byte", "a", "\x00a"},
		{"pair stays literal", "aab", "\x02aab"},
		{"run of three", "aaa", "\xfea"},
		{"literal then run", "abccc", "\x01ab\xfec"},
		{"run then literal", "aaab", "\xfea\x00b"},
		{"two runs", "aaabbbb", "\xfea\xfdb"},
		{
			"technical note", // TN1023's example
			"\xaa\xaa\xaa\x80\x00\x2a\xaa\xaa\xaa\xaa\x80\x00\x2a\x22\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa",
			"\xfe\xaa\x02\x80\x00\x2a\xfd\xaa\x03\x80\x00\x2a\x22\xf7\xaa",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := checkPackBits(t, []byte(c.in)); string(got) != c.want {
				t.Errorf("packed % x, want % x", got, c.want)
			}
		})
	}
}

func TestPackBitsLengths(t *testing.T) {
	for _, n := range []int{1, 2, 3, 7, 8, 9, 10, 11, 127, 128, 129, 130, 255, 256, 257, 258, 1000} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			if got, want := len(checkPackBits(t, make([]byte, n))), 2*((n+127)/128); n > 2 && got != want {
				t.Errorf("a run of %d took %d bytes, want %d", n, got, want)
			}
			if got, want := len(checkPackBits(t, staircase(n))), n+(n+127)/128; got != want {
				t.Errorf("%d different bytes took %d, want %d", n, got, want)
			}
		})
	}
}

// TestPackBitsMixtures puts runs of every length at every place of a word.
func TestPackBitsMixtures(t *testing.T) {
	for before := range 20 {
		for run := range 20 {
			for after := range 12 {
				b := append(staircase(before), bytes.Repeat([]byte{200}, run)...)
				checkPackBits(t, append(b, staircase(after)...))
			}
		}
	}
	r := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		b := make([]byte, r.IntN(400))
		for i := range b {
			b[i] = byte(r.IntN(2)) // many short runs
		}
		checkPackBits(t, b)
	}
}

// staircase is n bytes of which no two neighbours are equal.
func staircase(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(i*37 + 1)
	}
	return b
}

func FuzzPackBits(f *testing.F) {
	f.Add([]byte("aaabbbccc"))
	f.Add(make([]byte, 300))
	f.Add(staircase(300))
	f.Add(append(staircase(127), 5, 5, 5, 5))
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) > 1<<16 {
			t.Skip("longer than any row")
		}
		checkPackBits(t, b)
	})
}
