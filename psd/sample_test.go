package psd

import (
	"bytes"
	"context"
	"encoding/binary"
	"math/rand/v2"
	"testing"
)

// The pictures of the tests: a third flat, a third smooth, a third noise, so
// that every branch of the packing is taken.

func samples8(seed uint64, n int) []uint8 {
	r := rand.New(rand.NewPCG(seed, 8))
	out := make([]uint8, n)
	for i := range out {
		switch 3 * i / n {
		case 0:
			out[i] = uint8(40 * seed)
		case 1:
			out[i] = uint8(i / 7)
		default:
			out[i] = uint8(r.Uint32())
		}
	}
	return out
}

func samples16(seed uint64, n int) []uint16 {
	out := make([]uint16, n)
	for i, v := range samples8(seed, n) {
		out[i] = uint16(v)<<8 | uint16(i)&255
	}
	return out
}

// raster is a picture of the tests at the depth, opaque.
func raster(seed uint64, width, height, depth int) Raster {
	n := 3 * width * height
	if depth == 8 {
		return Raster{Pixels: Pixels{Pix: samples8(seed, n)}}
	}
	return Raster{Pixels: Pixels{Pix16: samples16(seed, n)}}
}

// cutOut is what a service of ours delivers, with something of everything: a
// solid background, a hidden original, a shadow with its own alpha, and a
// foreground of full colour under a mask.
func cutOut(width, height, depth int, transparent bool) *Document {
	n := width * height
	d := &Document{Width: width, Height: height, Depth: depth, DPI: 300}
	d.Composite = raster(9, width, height, depth)
	if transparent {
		d.Composite.Alpha = samples8(5, n)
	}
	d.Layers = []Layer{
		{Name: "Background", Width: width, Height: height, Raster: Raster{Pixels: Solid(250, 128, 3)}, Opacity: 255},
		{Name: "Original", Width: width, Height: height, Raster: raster(1, width, height, depth), Opacity: 255, Hidden: true},
		{Name: "Schatten äöü", X: 1, Y: -2, Width: width, Height: height, Raster: raster(2, width, height, depth),
			Opacity: 255, Blend: Multiply},
		{Name: "切り抜き 🐒", Width: width, Height: height, Raster: raster(3, width, height, depth),
			Mask: samples8(6, n), Opacity: 255},
	}
	d.Layers[2].Alpha = samples8(4, n)
	return d
}

func mustEncode(t testing.TB, d *Document) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := Encode(context.Background(), &b, d); err != nil {
		t.Fatalf("Encode: %v", err)
	}
	return b.Bytes()
}

// wantPlane is channel c of a raster as a file has it: big-endian at 16 bits.
func wantPlane(t testing.TB, r *Raster, width, height, depth, c int) []byte {
	t.Helper()
	var out []byte
	for y := range height {
		row8, row16 := make([]uint8, 3*width), make([]uint16, 3*width)
		var err error
		switch {
		case depth == 8 && r.Pix != nil:
			copy(row8, r.Pix[3*width*y:])
		case depth == 8:
			err = r.Row(y, row8)
		case r.Pix16 != nil:
			copy(row16, r.Pix16[3*width*y:])
		default:
			err = r.Row16(y, row16)
		}
		if err != nil {
			t.Fatal(err)
		}
		for x := range width {
			if depth == 8 {
				out = append(out, row8[3*x+c])
				continue
			}
			out = binary.BigEndian.AppendUint16(out, row16[3*x+c])
		}
	}
	return out
}

// wantAlpha is an 8-bit plane as a file has it; nil is opaque.
func wantAlpha(plane []uint8, n, depth int) []byte {
	if plane == nil {
		plane = bytes.Repeat([]byte{255}, n)
	}
	if depth == 8 {
		return plane
	}
	var out []byte
	for _, v := range plane {
		out = append(out, v, v)
	}
	return out
}

// onWhite lays a plane over white, in floating point.
func onWhite(plane []byte, alpha []uint8, depth int) []byte {
	var out []byte
	for i, a := range alpha {
		f := float64(a) / 255
		if depth == 8 {
			out = append(out, uint8(float64(plane[i])*f+255*(1-f)+.5))
			continue
		}
		v := float64(binary.BigEndian.Uint16(plane[2*i:]))*f + 65535*(1-f)
		out = binary.BigEndian.AppendUint16(out, uint16(v+.5))
	}
	return out
}
