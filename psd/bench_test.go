package psd

import (
	"context"
	"fmt"
	"testing"
)

// photograph fills n samples with something that packs like one: slow changes
// and noise in the lowest bits, over a flat upper third.
func photograph(n int) []uint8 {
	out := make([]uint8, n)
	state := uint32(1)
	for i := range out {
		state = state*1664525 + 1013904223
		if i > n/3 {
			out[i] = uint8(i/9000) + uint8(state>>30)
		}
	}
	return out
}

func widened(pix []uint8) []uint16 {
	out := make([]uint16, len(pix))
	for i, v := range pix {
		out[i] = uint16(v)<<8 | uint16(i*7)&63
	}
	return out
}

// benchDocument is a delivered cut-out: background, hidden original, foreground
// under a mask, and a transparent composite.
func benchDocument(width, height, depth int) *Document {
	n := width * height
	pix := photograph(3 * n)
	var colour Pixels
	if depth == 16 {
		colour.Pix16 = widened(pix)
	} else {
		colour.Pix = pix
	}
	alpha := make([]uint8, n) // a disc with a soft edge
	for i := range alpha {
		x, y := 2*float64(i%width)/float64(width)-1, 2*float64(i/width)/float64(height)-1
		alpha[i] = uint8(min(max(0, (0.7-x*x-y*y)*2000), 255))
	}
	return &Document{
		Width: width, Height: height, Depth: depth, DPI: 300,
		Composite: Raster{Pixels: colour, Alpha: alpha},
		Layers: []Layer{
			{Name: "Background", Width: width, Height: height, Raster: Raster{Pixels: Solid(255, 255, 255)}, Opacity: 255},
			{Name: "Original", Width: width, Height: height, Raster: Raster{Pixels: colour}, Opacity: 255, Hidden: true},
			{Name: "Cut-out", Width: width, Height: height, Raster: Raster{Pixels: colour}, Mask: alpha, Opacity: 255},
		},
	}
}

// byteCount counts what is written.
type byteCount int64

func (c *byteCount) Write(b []byte) (int, error) { *c += byteCount(len(b)); return len(b), nil }

// BenchmarkEncode writes 12 megapixels in three layers. MB/s is of all samples
// that go in, masks and transparency included.
func BenchmarkEncode(b *testing.B) {
	for _, depth := range []int{8, 16} {
		b.Run(fmt.Sprintf("%dbit", depth), func(b *testing.B) {
			d := benchDocument(4000, 3000, depth)
			b.SetBytes(4000 * 3000 * (3*4 + 1 + 4) * int64(depth) / 8)
			b.ReportAllocs()
			var size byteCount
			for b.Loop() {
				size = 0
				if err := Encode(context.Background(), &size, d); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(size)/1e6, "MB/file")
		})
	}
}

func BenchmarkPackBits(b *testing.B) {
	rows := map[string][]byte{
		"flat":       make([]byte, 4000),
		"different":  staircase(4000),
		"photograph": photograph(3 * 4000)[8000:],
	}
	for name, row := range rows {
		b.Run("append/"+name, func(b *testing.B) {
			b.SetBytes(int64(len(row)))
			var dst []byte
			for b.Loop() {
				dst = appendPackBits(dst[:0], row)
			}
		})
		b.Run("length/"+name, func(b *testing.B) {
			b.SetBytes(int64(len(row)))
			for b.Loop() {
				packBitsLen(row)
			}
		})
	}
}
