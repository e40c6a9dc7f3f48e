package imaging

import (
	"bytes"
	"errors"
	"io"
	"math"
	"testing"
)

func thumbnail(t *testing.T, p *Picture, side int) (*Picture, Format) {
	t.Helper()
	var b bytes.Buffer
	f, err := WriteThumbnail(t.Context(), &b, p, side)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := Sniff(b.Bytes()); err != nil || got != f {
		t.Errorf("a %s file says that it is %s (%v)", f, got, err)
	}
	return decode(t, b.Bytes()), f
}

func TestThumbnailSize(t *testing.T) {
	for _, tt := range []struct{ width, height, wantWidth, wantHeight int }{
		{1000, 500, 256, 128}, {500, 1000, 128, 256}, {256, 256, 256, 256}, {100, 40, 100, 40},
		{257, 3, 256, 3}, {3000, 2, 256, 1}, {2001, 1333, 256, 171},
	} {
		got, format := thumbnail(t, synthetic(tt.width, tt.height, false, false), 256)
		if got.Width != tt.wantWidth || got.Height != tt.wantHeight || format != JPEG {
			t.Errorf("%d x %d becomes a %s of %d x %d, want %d x %d", tt.width, tt.height, format, got.Width, got.Height, tt.wantWidth, tt.wantHeight)
		}
	}
}

func TestThumbnailFormat(t *testing.T) {
	p := synthetic(400, 300, false, true)
	for i := range p.Alpha {
		p.Alpha[i] = 255
	}
	if got, format := thumbnail(t, p, 256); format != JPEG || got.Alpha != nil {
		t.Errorf("opaque throughout: %s", format)
	}
	clear(p.Alpha[:400*150])
	got, format := thumbnail(t, p, 256)
	if format != PNG || got.Alpha == nil || got.Alpha[20*256+128] != 0 || got.Alpha[170*256+128] != 255 {
		t.Errorf("half transparent: %s", format)
	}
	if p.Alpha == nil || len(p.Pix) != 3*400*300 {
		t.Error("the picture changed")
	}
}

// A thumbnail is in sRGB with 8 bits, whatever the picture, and tells nothing else.
func TestThumbnailColours(t *testing.T) {
	p := &Picture{Width: 600, Height: 600, Pix16: make([]uint16, 3*600*600), Alpha: bytes.Repeat([]byte{255}, 600*600)}
	p.Alpha[0] = 0
	for i := range p.Pix16 {
		p.Pix16[i] = [3]uint16{200 * 257, 100 * 257, 100 * 257}[i%3]
	}
	p.Meta = Meta{Profile: adobeRGB(), DPI: 300, EXIF: []byte("MM\x00*\x00\x00\x00\x08\x00\x00\x00\x00\x00\x00"), XMP: []byte("<x/>"), IPTC: []byte{0x1c, 2, 5, 0, 1, 'a'}}
	for _, translucent := range []bool{true, false} {
		if !translucent {
			p.Alpha = nil
		}
		got, _ := thumbnail(t, p, 256)
		if got.Deep() || got.Meta.Profile != nil || got.Meta.DPI != 0 || got.Meta.EXIF != nil || got.Meta.XMP != nil || got.Meta.IPTC != nil {
			t.Errorf("deep %t, %+v", got.Deep(), got.Meta)
		}
		at := 3 * (128*256 + 128)
		near(t, "colour", got.Pix[at:at+3], []uint8{229, 99, 100}, 3)
	}
}

// The two steps together come near the proper kernel, and keep what is even even.
func TestShrinkComesNearTheKernel(t *testing.T) {
	for _, alpha := range []bool{false, true} {
		p := synthetic(1111, 907, false, alpha)
		fast, err := shrink(t.Context(), p, 256, 209)
		if err != nil {
			t.Fatal(err)
		}
		slow, err := ResizeLinear(t.Context(), p, 256, 209)
		if err != nil {
			t.Fatal(err)
		}
		if got := psnr(t, visible(fast), visible(slow)); got < 28 {
			t.Errorf("alpha %t: %.1f dB from the kernel's own result", alpha, got)
		}
	}
	even := &Picture{Width: 999, Height: 777, Pix: bytes.Repeat([]uint8{7, 130, 250}, 999*777)}
	got, err := shrink(t.Context(), even, 256, 199)
	if err != nil || !bytes.Equal(got.Pix, even.Pix[:3*256*199]) {
		t.Errorf("an even colour did not stay so (%v)", err)
	}
}

func TestBlocksMeanEachInputOnce(t *testing.T) {
	for _, tt := range [][2]int{{1000, 333}, {7, 3}, {512, 256}, {10, 10}, {9, 1}} {
		k := blocks(tt[0], tt[1])
		seen := make([]float64, tt[0])
		for o := range tt[1] {
			sum, used := 0., 0.
			for i, w := range k.of(o) {
				if w > 0 {
					used++
					seen[k.start[o]+i]++
				}
				sum += float64(w)
			}
			if math.Abs(sum-1) > 1e-6 || used > math.Ceil(float64(tt[0])/float64(tt[1])) {
				t.Fatalf("%v: output %d is made of %g inputs that weigh %g", tt, o, used, sum)
			}
		}
		for i, n := range seen {
			if n != 1 {
				t.Fatalf("%v: input %d is used %g times", tt, i, n)
			}
		}
	}
}

func TestThumbnailFails(t *testing.T) {
	broken := errors.New("full")
	for _, alpha := range []bool{false, true} {
		p := synthetic(300, 200, false, alpha)
		if _, err := WriteThumbnail(t.Context(), failing{broken}, p, 256); !errors.Is(err, broken) {
			t.Errorf("alpha %t: error is %v", alpha, err)
		}
	}
	if _, err := WriteThumbnail(t.Context(), io.Discard, &Picture{}, 256); err == nil {
		t.Error("no picture, yet no error")
	}
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }
