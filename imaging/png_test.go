package imaging

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/adler32"
	"image/png"
	"os/exec"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var pngSizes = []struct{ width, height int }{
	{1, 1}, {1, 2}, {2, 1}, {1, 4000}, {4000, 1}, {7, 5}, {64, 64}, {333, 217},
	{1201, 901}, // several strips
}

func TestPNGIsExact(t *testing.T) {
	for _, size := range pngSizes {
		for _, deep := range []bool{false, true} {
			for _, alpha := range []bool{false, true} {
				t.Run(fmt.Sprintf("%dx%d,deep=%v,alpha=%v", size.width, size.height, deep, alpha), func(t *testing.T) {
					p := synthetic(size.width, size.height, deep, alpha)
					data := encode(t, p, EncodeOptions{Format: PNG})
					img, err := png.Decode(bytes.NewReader(data))
					if err != nil {
						t.Fatal(err)
					}
					samePixels(t, goPixels(img), visible(p))
					samePixels(t, decode(t, data), visible(p))
				})
			}
		}
	}
}

func TestPNGLevels(t *testing.T) {
	p := synthetic(700, 500, false, true)
	for level := range 10 {
		samePixels(t, decode(t, encode(t, p, EncodeOptions{Format: PNG, Level: level})), visible(p))
	}
}

func TestPNGInImageMagick(t *testing.T) {
	convert, err := exec.LookPath("convert")
	if err != nil {
		t.Skip("no ImageMagick (convert) to read PNG with")
	}
	for _, p := range []*Picture{
		synthetic(1201, 901, false, true), synthetic(33, 21, false, false), synthetic(1, 9, true, true),
	} {
		depth := "8"
		if p.Deep() {
			depth = "16"
		}
		cmd := exec.Command(convert, "png:-", "-depth", depth, "-endian", "MSB", "rgba:-")
		cmd.Stdin = bytes.NewReader(encode(t, p, EncodeOptions{Format: PNG}))
		got, err := cmd.Output()
		if err != nil {
			t.Fatal(err)
		}
		if want := interleaved(visible(p)); !bytes.Equal(got, want) {
			t.Errorf("%dx%d: ImageMagick sees other samples from %d on", p.Width, p.Height, firstDifference(got, want))
		}
	}
}

// interleaved returns RGBA samples, 16-bit ones with the high byte first.
func interleaved(p *Picture) []byte {
	var b []byte
	for i := range p.Width * p.Height {
		a := uint8(255)
		if p.Alpha != nil {
			a = p.Alpha[i]
		}
		if !p.Deep() {
			b = append(append(b, p.Pix[3*i:3*i+3]...), a)
			continue
		}
		for _, v := range p.Pix16[3*i : 3*i+3] {
			b = binary.BigEndian.AppendUint16(b, v)
		}
		b = append(b, a, a)
	}
	return b
}

func TestEncodeGreyPNG(t *testing.T) {
	alpha := synthetic(301, 203, false, true).Alpha
	var b bytes.Buffer
	if err := EncodeGrey(context.Background(), &b, alpha, 301, 203, EncodeOptions{Format: PNG}); err != nil {
		t.Fatal(err)
	}
	if h, err := ReadHeader(b.Bytes(), Limits{}); err != nil || h.Bands != 1 || h.Depth != 8 {
		t.Fatalf("header %+v, %v; want one band of 8 bits", h, err)
	}
	p := decode(t, b.Bytes())
	for i, want := range alpha {
		if p.Pix[3*i] != want || p.Pix[3*i+2] != want {
			t.Fatalf("pixel %d is %v, want %d", i, p.Pix[3*i:3*i+3], want)
		}
	}
}

func TestCombineAdler32(t *testing.T) {
	data := synthetic(300, 40, false, false).Pix
	want := adler32.Checksum(data)
	for _, cut := range []int{0, 1, 5551, 20000, len(data) - 1, len(data)} {
		got := combineAdler32(adler32.Checksum(data[:cut]), adler32.Checksum(data[cut:]), int64(len(data)-cut))
		if got != want {
			t.Errorf("cut at %d: %08x, want %08x", cut, got, want)
		}
	}
}

func TestPNGFilterChoice(t *testing.T) {
	flat := &Picture{Width: 512, Height: 256, Pix: make([]uint8, 512*256*3)}
	for i := range flat.Pix { // a dithered drawing, which filters only disturb
		flat.Pix[i] = uint8(255 * ((i/3%7 ^ i/3/512*5%11) & 1))
	}
	photo := synthetic(512, 256, false, false)
	for _, test := range []struct {
		name   string
		p      *Picture
		filter bool
	}{{"drawing", flat, false}, {"photograph", photo, true}} {
		c := newStripCompressor(newStrips(rasterOf(test.p), pngLevel))
		if got := c.cheapest(0, test.p.Height); (got != filterNone) != test.filter {
			t.Errorf("%s: filter %d, want one: %v", test.name, got, test.filter)
		}
	}
}

// cancelWriter ends a context with the first chunk of pixels.
type cancelWriter struct {
	cancel context.CancelFunc
	wrote  int
}

func (w *cancelWriter) Write(b []byte) (int, error) {
	if w.wrote += len(b); w.wrote > 1000 {
		w.cancel()
	}
	return len(b), nil
}

func TestPNGStopsWithContext(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	w := &cancelWriter{cancel: cancel}
	p := synthetic(2000, 3000, false, false)
	if err := Encode(ctx, w, p, EncodeOptions{Format: PNG}); !errors.Is(err, context.Canceled) {
		t.Fatalf("error %v, want context.Canceled", err)
	}
	if w.wrote > 3*stripBytes {
		t.Errorf("wrote %d bytes after the context ended", w.wrote)
	}
}

type failingWriter struct{ left int }

var errFull = errors.New("disk full")

func (w *failingWriter) Write(b []byte) (int, error) {
	if w.left -= len(b); w.left < 0 {
		return 0, errFull
	}
	return len(b), nil
}

func TestEncodeReportsWriteErrors(t *testing.T) {
	p := synthetic(400, 300, false, false)
	for _, f := range []Format{PNG, TIFF, JPEG, WebP, AVIF} {
		for _, room := range []int{0, 100, 2000} {
			if err := Encode(context.Background(), &failingWriter{room}, p, EncodeOptions{Format: f}); !errors.Is(err, errFull) {
				t.Errorf("%s with room for %d bytes: error %v, want %v", f, room, err, errFull)
			}
		}
	}
}

func FuzzEncodePNG(f *testing.F) {
	f.Add(uint8(3), false, true, uint8(6), []byte("some samples, used over and over"))
	f.Add(uint8(1), true, false, uint8(1), []byte{0, 255, 3})
	f.Fuzz(func(t *testing.T, width uint8, deep, alpha bool, level uint8, samples []byte) {
		w := int(width)%64 + 1
		h := len(samples)/(3*w) + 1
		p := &Picture{Width: w, Height: h}
		at := func(i int) uint8 {
			if len(samples) == 0 {
				return 0
			}
			return samples[i%len(samples)]
		}
		if deep {
			p.Pix16 = make([]uint16, 3*w*h)
			for i := range p.Pix16 {
				p.Pix16[i] = uint16(at(i))<<8 | uint16(at(i+1))
			}
		} else {
			p.Pix = make([]uint8, 3*w*h)
			for i := range p.Pix {
				p.Pix[i] = at(i)
			}
		}
		if alpha {
			p.Alpha = make([]uint8, w*h)
			for i := range p.Alpha {
				p.Alpha[i] = at(i + 2)
			}
		}
		data := encode(t, p, EncodeOptions{Format: PNG, Level: int(level) % 10})
		img, err := png.Decode(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		samePixels(t, goPixels(img), visible(p))
	})
}

func TestPNGMetadataChunks(t *testing.T) {
	m := Meta{DPI: 300, XMP: []byte("<x/>"), IPTC: []byte("\x1c\x02\x05\x00\x02hi")}
	var names []string
	for _, c := range pngMeta(m, 4, 4) {
		names = append(names, c.name)
	}
	if diff := cmp.Diff([]string{"sRGB", "pHYs", "iTXt", "zTXt"}, names); diff != "" {
		t.Error(diff)
	}
}
