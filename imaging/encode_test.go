package imaging

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// photographEXIF is a little-endian block with a camera, a size and a thumbnail.
func photographEXIF(orientation int) []byte {
	ascii := func(tag uint16, s string) field { return field{tag, 2, len(s) + 1, append([]byte(s), 0)} }
	parts := exifParts{
		top:  directory{ascii(0x010f, "Mattebox"), ascii(0x0110, "One")},
		exif: directory{ascii(0x9003, "2024:05:06 07:08:09"), longs(tagPixelWidth, 4000), longs(tagPixelHeight, 3000)},
		gps:  directory{ascii(0x0001, "N")},
	}
	block := parts.tiff(directory{
		shorts(tagOrientation, orientation), rational(tagXResolution, 72), rational(tagYResolution, 72), shorts(tagResolutionUnit, 2),
	}, nil)
	return block
}

func fullMeta() Meta {
	return Meta{
		Profile: adobeRGB(), DPI: 300, EXIF: photographEXIF(1),
		XMP:  []byte(`<x:xmpmeta xmlns:x="adobe:ns:meta/"><a tiff:Orientation="1"/></x:xmpmeta>`),
		IPTC: []byte("\x1c\x02\x05\x00\x05title"),
	}
}

func TestEncodeKeepsMetadata(t *testing.T) {
	p := synthetic(90, 60, false, false)
	p.Meta = fullMeta()
	tests := []struct {
		format    Format
		xmp, iptc bool
	}{{JPEG, true, true}, {PNG, true, false}, {TIFF, true, true}, {WebP, true, false}, {AVIF, false, false}}
	for _, test := range tests {
		m := decode(t, encode(t, p, EncodeOptions{Format: test.format})).Meta
		if !bytes.Equal(m.Profile, p.Meta.Profile) {
			t.Errorf("%s: profile of %d bytes, want %d", test.format, len(m.Profile), len(p.Meta.Profile))
		}
		if m.DPI != 300 {
			t.Errorf("%s: %v DPI, want 300", test.format, m.DPI)
		}
		if test.xmp && !bytes.Equal(m.XMP, p.Meta.XMP) {
			t.Errorf("%s: XMP %q", test.format, m.XMP)
		}
		if test.iptc && !bytes.Equal(m.IPTC, p.Meta.IPTC) {
			t.Errorf("%s: IPTC %q", test.format, m.IPTC)
		}
		if !bytes.Contains(m.EXIF, []byte("Mattebox\x00")) || !bytes.Contains(m.EXIF, []byte("2024:05:06")) {
			t.Errorf("%s: EXIF has lost its camera or time: %q", test.format, m.EXIF)
		}
		if w, h := exifNumber(t, m.EXIF, tagPixelWidth), exifNumber(t, m.EXIF, tagPixelHeight); w != 90 || h != 60 {
			t.Errorf("%s: EXIF says %dx%d, want 90x60", test.format, w, h)
		}
	}
}

func TestEncodeWithoutMetadata(t *testing.T) {
	for _, alpha := range []bool{false, true} {
		p := synthetic(33, 17, false, alpha)
		for _, f := range []Format{JPEG, PNG, TIFF, WebP, AVIF} {
			if alpha && f == JPEG {
				continue
			}
			m := decode(t, encode(t, p, EncodeOptions{Format: f})).Meta
			if m.Profile != nil || m.DPI != 0 || m.XMP != nil || m.IPTC != nil || m.EXIF != nil {
				t.Errorf("%s: metadata out of nothing: %+v", f, m)
			}
		}
	}
}

func TestEncodeIsNear(t *testing.T) {
	for _, alpha := range []bool{false, true} {
		for _, deep := range []bool{false, true} {
			p := synthetic(203, 131, deep, alpha)
			want := *p
			want.Pix, want.Pix16 = eightBits(p), nil
			for f, least := range map[Format]float64{JPEG: 32, WebP: 27, AVIF: 27} {
				if alpha && f == JPEG {
					continue
				}
				got := decode(t, encode(t, p, EncodeOptions{Format: f}))
				if d := psnr(t, got, &want); d < least {
					t.Errorf("%s, deep %v, alpha %v: %.1f dB, want %v", f, deep, alpha, d, least)
				}
				if (got.Alpha != nil) != alpha {
					t.Errorf("%s: alpha %v, want %v", f, got.Alpha != nil, alpha)
				}
				if f == WebP && !bytes.Equal(got.Alpha, p.Alpha) {
					t.Errorf("%s: alpha differs at %d", f, firstDifference(got.Alpha, p.Alpha))
				}
			}
		}
	}
}

func TestQualityMatters(t *testing.T) {
	p := synthetic(203, 131, false, false)
	for _, f := range []Format{JPEG, WebP, AVIF} {
		low, high := len(encode(t, p, EncodeOptions{Format: f, Quality: 30})), len(encode(t, p, EncodeOptions{Format: f, Quality: 95}))
		if low >= high {
			t.Errorf("%s: %d bytes at quality 30, %d at 95", f, low, high)
		}
	}
}

func TestJPEGIsNotSubsampled(t *testing.T) {
	data := encode(t, synthetic(64, 64, false, false), EncodeOptions{Format: JPEG})
	i := bytes.Index(data, []byte{0xff, 0xc0, 0, 17, 8})
	if i < 0 {
		t.Fatal("no baseline frame header")
	}
	for c := range 3 { // after marker, length, depth, size and count: ID, sampling, table
		if sampling := data[i+10+3*c+1]; sampling != 0x11 {
			t.Errorf("component %d is sampled %02x, want 11", c, sampling)
		}
	}
}

func TestTIFFIsExact(t *testing.T) {
	for _, deep := range []bool{false, true} {
		for _, alpha := range []bool{false, true} {
			for _, size := range pngSizes {
				p := synthetic(size.width, size.height, deep, alpha)
				want := visible(p)
				for _, level := range []int{NoCompression, 0} {
					samePixels(t, decode(t, encode(t, p, EncodeOptions{Format: TIFF, Level: level})), want)
				}
			}
		}
	}
}

func TestTIFFLevels(t *testing.T) {
	p := synthetic(300, 200, false, true)
	for level := 1; level <= 9; level++ {
		samePixels(t, decode(t, encode(t, p, EncodeOptions{Format: TIFF, Level: level})), visible(p))
	}
}

func TestTIFFInImageMagick(t *testing.T) {
	convert, err := exec.LookPath("convert")
	if err != nil {
		t.Skip("no ImageMagick (convert) to read TIFF with")
	}
	for _, deep := range []bool{false, true} {
		p := synthetic(700, 400, deep, true)
		file := filepath.Join(t.TempDir(), "x.tif")
		if err := os.WriteFile(file, encode(t, p, EncodeOptions{Format: TIFF}), 0o600); err != nil {
			t.Fatal(err)
		}
		depth := map[bool]string{false: "8", true: "16"}[deep]
		got, err := exec.Command(convert, file, "-depth", depth, "-endian", "MSB", "rgba:-").Output()
		if err != nil {
			t.Fatal(err)
		}
		if want := interleaved(visible(p)); !bytes.Equal(got, want) {
			t.Errorf("deep %v: ImageMagick sees other samples from %d on", deep, firstDifference(got, want))
		}
		out, err := exec.Command("identify", "-format", "%[tiff:alpha]", file).Output()
		if err != nil || string(out) != "unassociated" {
			t.Errorf("alpha is %q (%v), want unassociated", out, err)
		}
	}
}

func TestEncodeGrey(t *testing.T) {
	alpha := synthetic(150, 90, false, true).Alpha
	for f, tolerance := range map[Format]int{PNG: 0, TIFF: 0, JPEG: 16, WebP: 16, AVIF: 40} {
		var b bytes.Buffer
		if err := EncodeGrey(context.Background(), &b, alpha, 150, 90, EncodeOptions{Format: f}); err != nil {
			t.Errorf("%s: %v", f, err)
			continue
		}
		p := decode(t, b.Bytes())
		got := make([]uint8, len(alpha))
		for i := range got {
			got[i] = p.Pix[3*i+1]
		}
		near(t, "grey "+string(f), got, alpha, tolerance)
	}
}

func TestEncodeRefuses(t *testing.T) {
	opaque, cutout := synthetic(8, 8, false, false), synthetic(8, 8, false, true)
	wide := &Picture{Width: 16384, Height: 1, Pix: make([]uint8, 3*16384)}
	broken := &Picture{Width: 8, Height: 8, Pix: make([]uint8, 5)}
	tests := []struct {
		p    *Picture
		o    EncodeOptions
		want string
	}{
		{cutout, EncodeOptions{Format: JPEG}, "Alpha"},
		{opaque, EncodeOptions{Format: "psd"}, "Format"},
		{opaque, EncodeOptions{}, "Format"},
		{opaque, EncodeOptions{Format: GIF}, "Format"},
		{opaque, EncodeOptions{Format: JPEG, Quality: 101}, "Quality"},
		{opaque, EncodeOptions{Format: PNG, Level: 10}, "Level"},
		{opaque, EncodeOptions{Format: PNG, Level: NoCompression}, "Level"},
	}
	for _, test := range tests {
		err := Encode(context.Background(), &bytes.Buffer{}, test.p, test.o)
		var option *OptionError
		if !errors.As(err, &option) || option.Field != test.want {
			t.Errorf("%+v: error %v, want one of %s", test.o, err, test.want)
		}
	}
	var limit *LimitError
	if err := Encode(context.Background(), &bytes.Buffer{}, wide, EncodeOptions{Format: WebP}); !errors.As(err, &limit) || limit.Max != 16383 {
		t.Errorf("wide WebP: error %v, want a limit of 16383", err)
	}
	if err := Encode(context.Background(), &bytes.Buffer{}, broken, EncodeOptions{Format: PNG}); err == nil || !strings.Contains(err.Error(), "samples") {
		t.Errorf("broken picture: error %v", err)
	}
	if err := EncodeGrey(context.Background(), &bytes.Buffer{}, nil, 3, 3, EncodeOptions{Format: PNG}); err == nil {
		t.Error("grey without samples passes")
	}
}

// What lies far behind transparency must not be in the file.
func TestHiddenColourIsNotWritten(t *testing.T) {
	p := &Picture{Width: 256, Height: 256, Pix: bytes.Repeat([]uint8{250, 20, 20}, 256*256), Alpha: make([]uint8, 256*256)}
	for i := range 256 * 128 {
		p.Alpha[i] = 255
	}
	for _, f := range []Format{PNG, TIFF, WebP, AVIF} {
		got := decode(t, encode(t, p, EncodeOptions{Format: f}))
		at := 3 * (256*220 + 128)
		if r := got.Pix[at]; r > 200 {
			t.Errorf("%s: colour %v under alpha %d", f, got.Pix[at:at+3], got.Alpha[256*220+128])
		}
	}
}

func TestLongProfileInJPEG(t *testing.T) {
	p := synthetic(16, 16, false, false)
	p.Meta.Profile = append(adobeRGB(), make([]byte, 200_000)...) // as long as press profiles are
	got := decode(t, encode(t, p, EncodeOptions{Format: JPEG}))
	if !bytes.Equal(got.Meta.Profile, p.Meta.Profile) {
		t.Errorf("profile of %d bytes, want %d", len(got.Meta.Profile), len(p.Meta.Profile))
	}
}

func TestConcurrentUse(t *testing.T) {
	p := synthetic(240, 160, false, false)
	done := make(chan error)
	for range 8 {
		go func() {
			done <- func() error {
				for _, f := range []Format{JPEG, PNG, TIFF, WebP} {
					var b bytes.Buffer
					if err := Encode(context.Background(), &b, p, EncodeOptions{Format: f}); err != nil {
						return fmt.Errorf("%s: %w", f, err)
					}
					if _, err := Decode(context.Background(), b.Bytes(), Limits{}); err != nil {
						return fmt.Errorf("%s: %w", f, err)
					}
				}
				return nil
			}()
		}()
	}
	for range 8 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}

// Encoders of moving pictures are not used to these sizes.
func TestLossyFormatsOfAnySize(t *testing.T) {
	for _, size := range pngSizes {
		for _, alpha := range []bool{false, true} {
			p := synthetic(size.width, size.height, false, alpha)
			for _, f := range []Format{JPEG, WebP, AVIF} {
				if alpha && f == JPEG {
					continue
				}
				for _, quality := range []int{1, 0, 100} {
					got := decode(t, encode(t, p, EncodeOptions{Format: f, Quality: quality}))
					if got.Width != size.width || got.Height != size.height || (got.Alpha != nil) != alpha {
						t.Errorf("%s of %v: got %dx%d, alpha %v", f, size, got.Width, got.Height, got.Alpha != nil)
					}
				}
			}
		}
	}
}
