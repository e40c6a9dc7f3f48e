package psd

import (
	"hash/adler32"
	"testing"
)

func TestJoinAdler(t *testing.T) {
	high := make([]byte, 200_000) // sums that wrap
	for i := range high {
		high[i] = 255 - byte(i%3)
	}
	for _, whole := range [][]byte{nil, {0}, {255}, staircase(70_000), high, make([]byte, 131_042)} {
		for _, cut := range []int{0, 1, 2, len(whole) / 3, 65520, 65521, 65522, len(whole) - 1, len(whole)} {
			if cut < 0 || cut > len(whole) {
				continue
			}
			got := joinAdler(adler32.Checksum(whole[:cut]), adler32.Checksum(whole[cut:]), int64(len(whole)-cut))
			if want := adler32.Checksum(whole); got != want {
				t.Errorf("%d bytes cut at %d: %08x, want %08x", len(whole), cut, got, want)
			}
		}
	}
}

// TestZipIsSmaller holds the reason for zipping to its word: 16-bit samples that
// PackBits leaves alone get smaller.
func TestZipIsSmaller(t *testing.T) {
	d := benchDocument(300, 200, 16)
	d.Layers = d.Layers[1:2]
	got := len(mustEncode(t, d)) - 300*200*8 // without the composite at its largest
	if raw := 300 * 200 * 6; got > raw*9/10 {
		t.Errorf("a layer of %d bytes takes %d", raw, got)
	}
}
