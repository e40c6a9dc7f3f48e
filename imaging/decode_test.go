package imaging

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/gif"
	"math"
	"testing"

	"golang.org/x/image/bmp"
)

// oriented returns a PNG whose EXIF block says orientation k.
func oriented(t testing.TB, p *Picture, k int) []byte {
	t.Helper()
	exif := exifParts{}.tiff(directory{shorts(tagOrientation, k)}, nil)
	var b bytes.Buffer
	if err := writePNG(context.Background(), &b, rasterOf(p), []chunk{{"eXIf", exif}}, 1); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// upright turns a stored picture as EXIF 2.32 defines orientation k: it says
// where the stored 0th row and 0th column are in the scene.
func upright(p *Picture, k int) *Picture {
	q := *p
	if k >= 5 {
		q.Width, q.Height = p.Height, p.Width
	}
	q.Pix, q.Pix16 = bytes.Clone(p.Pix), append([]uint16(nil), p.Pix16...)
	q.Alpha = bytes.Clone(p.Alpha)
	for y := range p.Height {
		for x := range p.Width {
			right, bottom := p.Width-1-x, p.Height-1-y
			to := map[int][2]int{
				1: {x, y}, 2: {right, y}, 3: {right, bottom}, 4: {x, bottom},
				5: {y, x}, 6: {bottom, x}, 7: {bottom, right}, 8: {y, right},
			}[k]
			i, j := y*p.Width+x, to[1]*q.Width+to[0]
			if p.Deep() {
				copy(q.Pix16[3*j:3*j+3], p.Pix16[3*i:3*i+3])
			} else {
				copy(q.Pix[3*j:3*j+3], p.Pix[3*i:3*i+3])
			}
			if p.Alpha != nil {
				q.Alpha[j] = p.Alpha[i]
			}
		}
	}
	return &q
}

func TestDecodeTurnsUpright(t *testing.T) {
	for _, deep := range []bool{false, true} {
		for _, alpha := range []bool{false, true} {
			p := synthetic(203, 131, deep, alpha)
			for k := 1; k <= 8; k++ {
				t.Run(fmt.Sprintf("orientation=%d,deep=%v,alpha=%v", k, deep, alpha), func(t *testing.T) {
					data := oriented(t, p, k)
					want := upright(visible(p), k)
					h, err := ReadHeader(data, Limits{})
					if err != nil || h.Orientation != k || h.Width != want.Width || h.Height != want.Height {
						t.Fatalf("header %+v, %v; want orientation %d, %dx%d", h, err, k, want.Width, want.Height)
					}
					got := decode(t, data)
					samePixels(t, got, want)
					if o := exifNumber(t, got.Meta.EXIF, tagOrientation); o != 1 {
						t.Errorf("EXIF says orientation %d, want 1", o)
					}
				})
			}
		}
	}
}

func exifNumber(t testing.TB, block []byte, tag uint16) int {
	t.Helper()
	b, ok := newTIFFBlock(block)
	if !ok {
		t.Fatalf("no EXIF block: %q", block)
	}
	list, _ := b.entries(b.first())
	for _, e := range list {
		if e.tag == tagExifIFD && tag >= 0x8000 {
			offset, _ := b.number(e)
			more, _ := b.entries(offset)
			list = append(list, more...)
		}
	}
	for _, e := range list {
		if e.tag == tag {
			v, _ := b.number(e)
			return int(v)
		}
	}
	return -1
}

// tiffOf makes an uncompressed TIFF of one strip.
func tiffOf(width, height, bands, bits int, samples []byte, extra ...field) []byte {
	d := directory{
		longs(tagWidth, width), longs(tagHeight, height), longs(tagStripOffsets, 0),
		longs(tagStripByteCounts, len(samples)), longs(tagRowsPerStrip, height),
		shorts(tagSamplesPerPixel, bands), shorts(tagCompression, compressionNone),
	}
	var each []int
	for range bands {
		each = append(each, bits)
	}
	d = append(append(d, shorts(tagBitsPerSample, each...)), extra...)
	file := exifParts{}.tiff(d, func(d directory, end int) {
		d.set(longs(tagStripOffsets, end))
	})
	return append(file, samples...)
}

func near(t *testing.T, what string, got, want []uint8, tolerance int) {
	t.Helper()
	for i := range want {
		if d := int(got[i]) - int(want[i]); d > tolerance || d < -tolerance {
			t.Errorf("%s: sample %d is %d, want %d within %d (%v)", what, i, got[i], want[i], tolerance, got[:min(len(got), 30)])
			return
		}
	}
}

func TestDecodeColourSpaces(t *testing.T) {
	floats := func(values ...float32) []byte {
		var b []byte
		for _, v := range values {
			b = binary.LittleEndian.AppendUint32(b, math.Float32bits(v))
		}
		return b
	}
	const cmyk, lab, white = 5, 8, 0
	floatFormat := func(n int) field { return shorts(tagSampleFormat, []int{3, 3, 3}[:n]...) }
	tests := []struct {
		name      string
		file      []byte
		deep      bool
		want      []uint8
		tolerance int
	}{
		{"cmyk without a profile", tiffOf(4, 1, 4, 8,
			[]byte{0, 0, 0, 0, 255, 0, 0, 0, 0, 255, 255, 0, 0, 0, 0, 255}, shorts(tagPhotometric, cmyk)),
			false, []uint8{255, 255, 255, 0, 158, 224, 237, 20, 20, 20, 20, 20}, 25},
		{"lab", tiffOf(2, 1, 3, 8, []byte{255, 0, 0, 136, 80, 67}, shorts(tagPhotometric, lab)),
			false, []uint8{255, 255, 255, 254, 0, 13}, 5},
		{"grey", tiffOf(2, 1, 1, 8, []byte{0, 200}, shorts(tagPhotometric, photometricGrey)),
			false, []uint8{0, 0, 0, 200, 200, 200}, 0},
		{"white is zero", tiffOf(2, 1, 1, 8, []byte{0, 200}, shorts(tagPhotometric, white)),
			false, []uint8{255, 255, 255, 55, 55, 55}, 0},
		{"one bit", tiffOf(8, 1, 1, 1, []byte{0b10100000}, shorts(tagPhotometric, photometricGrey)),
			false, []uint8{255, 255, 255, 0, 0, 0, 255, 255, 255}, 0},
		{"grey 16", tiffOf(2, 1, 1, 16, []byte{0, 0, 0x34, 0x12}, shorts(tagPhotometric, photometricGrey)),
			true, []uint8{0, 0, 0, 0x12, 0x12, 0x12}, 0},
		{"float grey", tiffOf(3, 1, 1, 32, floats(0, 0.2140411, 1), shorts(tagPhotometric, photometricGrey), floatFormat(1)),
			true, []uint8{0, 0, 0, 127, 127, 127, 255, 255, 255}, 1},
		{"float rgb", tiffOf(2, 1, 3, 32, floats(0, 0.2140411, 1, 3, -1, 0.5), shorts(tagPhotometric, photometricRGB), floatFormat(3)),
			true, []uint8{0, 127, 255, 255, 0, 188}, 1},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p := decode(t, test.file)
			if p.Deep() != test.deep || p.Alpha != nil || p.Meta.Profile != nil {
				t.Fatalf("deep %v, alpha %v, profile %v", p.Deep(), p.Alpha, p.Meta.Profile)
			}
			near(t, test.name, eightBits(p), test.want, test.tolerance)
		})
	}
}

func eightBits(p *Picture) []uint8 {
	if !p.Deep() {
		return p.Pix
	}
	var b []uint8
	for _, v := range p.Pix16 {
		b = append(b, uint8(v>>8))
	}
	return b
}

func TestDecodeTIFFAlpha(t *testing.T) {
	samples := []byte{100, 50, 0, 128, 10, 20, 30, 255}
	rgb := shorts(tagPhotometric, photometricRGB)
	tests := []struct {
		name  string
		extra int
		pix   []uint8
		alpha []uint8
	}{
		{"straight", extraUnassociated, []uint8{100, 50, 0, 10, 20, 30}, []uint8{128, 255}},
		{"premultiplied", 1, []uint8{199, 99, 0, 10, 20, 30}, []uint8{128, 255}},
		{"a spot colour", extraUnspecified, []uint8{100, 50, 0, 10, 20, 30}, nil},
	}
	for _, test := range tests {
		p := decode(t, tiffOf(2, 1, 4, 8, samples, rgb, shorts(tagExtraSamples, test.extra)))
		if !bytes.Equal(p.Pix, test.pix) || !bytes.Equal(p.Alpha, test.alpha) {
			t.Errorf("%s: %v, %v; want %v, %v", test.name, p.Pix, p.Alpha, test.pix, test.alpha)
		}
	}
}

func TestDecodeDropsOpaqueAlpha(t *testing.T) {
	p := synthetic(40, 30, false, true)
	for i := range p.Alpha {
		p.Alpha[i] = 255
	}
	data := encode(t, p, EncodeOptions{Format: PNG})
	if h, _ := ReadHeader(data, Limits{}); !h.HasAlpha {
		t.Error("header does not mention the alpha channel")
	}
	if got := decode(t, data); got.Alpha != nil {
		t.Error("alpha of an opaque picture is not nil")
	}
}

func TestDecodeBMPAndGIF(t *testing.T) {
	p := synthetic(61, 37, false, false)
	img := image.NewRGBA(image.Rect(0, 0, p.Width, p.Height))
	indexed := image.NewPaletted(img.Rect, color.Palette{color.Gray{10}, color.RGBA{200, 30, 90, 255}, color.Transparent})
	for i := range p.Width * p.Height {
		copy(img.Pix[4*i:], []uint8{p.Pix[3*i], p.Pix[3*i+1], p.Pix[3*i+2], 255})
		indexed.Pix[i] = uint8(i % 2)
	}
	var b bytes.Buffer
	if err := bmp.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	samePixels(t, decode(t, b.Bytes()), p)

	b.Reset()
	if err := bmp.Encode(&b, indexed); err != nil {
		t.Fatal(err)
	}
	near(t, "indexed bmp", decode(t, b.Bytes()).Pix, []uint8{10, 10, 10, 200, 30, 90}, 0)

	b.Reset()
	indexed.Pix[1] = 2
	if err := gif.Encode(&b, indexed, nil); err != nil {
		t.Fatal(err)
	}
	got := decode(t, b.Bytes())
	near(t, "gif", got.Pix[:3], []uint8{10, 10, 10}, 0)
	near(t, "gif alpha", got.Alpha[:3], []uint8{255, 0, 255}, 0)
}

func TestDecodeStopsWithContext(t *testing.T) {
	data := encode(t, synthetic(3000, 2000, false, false), EncodeOptions{Format: JPEG})
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Decode(ctx, data, Limits{}); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want context.Canceled", err)
	}
	// A pipeline that is killed before it starts is the earliest of all kills.
	src, err := open(data, Limits{})
	if err != nil {
		t.Fatal(err)
	}
	defer src.close()
	p := &Picture{Width: 3000, Height: 2000}
	late := &lateContext{Context: ctx}
	if _, err := src.image.read(late, newTarget(p, src.layout(), 1)); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want context.Canceled", err)
	}
	if last := p.Pix[len(p.Pix)-1]; last != 0 {
		t.Error("the pipeline ran to its end")
	}
}

// lateContext has ended but does not say so when first asked.
type lateContext struct {
	context.Context
	asked bool
}

func (c *lateContext) Err() error {
	if !c.asked {
		c.asked = true
		return nil
	}
	return c.Context.Err()
}
