package psd

import (
	"encoding/binary"
	"math/bits"
)

// PackBits (Apple Technical Note TN1023): a header byte h of 0..127 is followed
// by h+1 literal bytes, one of 129..255 by one byte to be repeated 257-h times.
// 128 does nothing and is never written.
const maxPacket = 128

// appendPackBits appends src packed to dst. The result is at most
// len(src) + ceil(len(src)/128) bytes longer.
func appendPackBits(dst, src []byte) []byte {
	for len(src) > 0 {
		start := nextRun(src)
		for lit := src[:start]; len(lit) > 0; {
			n := min(len(lit), maxPacket)
			dst = append(dst, byte(n-1))
			dst = append(dst, lit[:n]...)
			lit = lit[n:]
		}
		run := runLength(src[start:])
		for left := run; left > 0; {
			n := min(left, maxPacket)
			dst = append(dst, byte(1-n), src[start])
			left -= n
		}
		src = src[start+run:]
	}
	return dst
}

// packBitsLen returns how many bytes appendPackBits appends for src.
func packBitsLen(src []byte) int {
	total := 0
	for len(src) > 0 {
		start := nextRun(src)
		run := runLength(src[start:])
		total += start + packets(start) + 2*packets(run)
		src = src[start+run:]
	}
	return total
}

func packets(n int) int { return (n + maxPacket - 1) / maxPacket }

// Bytes of a word, for looking at eight samples at once.
const (
	ones  = 0x0101010101010101
	highs = 0x8080808080808080
)

// nextRun returns the index of the first of three equal bytes, or len(b).
// Shorter runs are cheaper as literals, or cost the same.
func nextRun(b []byte) int {
	i := 0
	for ; i+10 <= len(b); i += 8 {
		x := binary.LittleEndian.Uint64(b[i:])
		y := binary.LittleEndian.Uint64(b[i+1:])
		z := binary.LittleEndian.Uint64(b[i+2:])
		// A byte of diff is zero where three neighbours are equal; the lowest
		// marked byte of the zero test is exact, borrows only disturb higher ones.
		diff := (x ^ y) | (y ^ z)
		if zero := (diff - ones) &^ diff & highs; zero != 0 {
			return i + bits.TrailingZeros64(zero)/8
		}
	}
	for ; i+2 < len(b); i++ {
		if b[i] == b[i+1] && b[i] == b[i+2] {
			return i
		}
	}
	return len(b)
}

// runLength returns how many bytes at the start of b are equal to the first.
func runLength(b []byte) int {
	if len(b) == 0 {
		return 0
	}
	word := uint64(b[0]) * ones
	i := 1
	for ; i+8 <= len(b); i += 8 {
		if diff := binary.LittleEndian.Uint64(b[i:]) ^ word; diff != 0 {
			return i + bits.TrailingZeros64(diff)/8
		}
	}
	for i < len(b) && b[i] == b[0] {
		i++
	}
	return i
}
