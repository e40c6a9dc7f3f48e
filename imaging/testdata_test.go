package imaging

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
)

// want says what comes of each file: its size and what it has, or a word of the
// reason that it is refused for.
func TestDecodeTestdata(t *testing.T) {
	want := map[string]string{
		"1.webp": "550x368", "1bit.tif": "256x4", "avif-orientation-6.avif": "3024x4032 profile",
		"big-height.webp": "13x169", "blankpage.pdf": "PDF", "cd1.1.jpg": "531x373",
		"cramps.gif": "159x203", "indexed.png": "290x442", "invalid_multiframe.gif": "10x9 alpha",
		"logo.svg": "SVG", "looks-like-svg.webp": "256x256 alpha", "rgba.png": "128x128 alpha",
		"sRGB.icm": "not a picture", "sample-xyb.jpg": "290x442", "sample.jpg": "290x442 profile 300dpi",
		"sample.tif": "290x442 deep", "small.bmp": "16x12", "subsampled.tif": "YCbCr",
		"trans-x.png": "100x100 alpha", "truncated.gif": "cut short", "truncated.jpg": "cut short",
		"ultra-hdr.jpg": "3840x2160 profile",
	}
	for _, file := range testdata(t, "formats/*") {
		name := filepath.Base(file)
		t.Run(name, func(t *testing.T) {
			p, err := Decode(context.Background(), read(t, file), Limits{})
			var broken *FormatError
			if err != nil {
				if !errors.As(err, &broken) || !strings.Contains(broken.Reason, want[name]) {
					t.Fatalf("error %v, want %q", err, want[name])
				}
				return
			}
			got := fmt.Sprintf("%dx%d", p.Width, p.Height)
			for _, has := range []struct {
				name string
				is   bool
			}{{"alpha", p.Alpha != nil}, {"deep", p.Deep()}, {"profile", p.Meta.Profile != nil}} {
				if has.is {
					got += " " + has.name
				}
			}
			if !strings.HasPrefix(want[name], got) {
				t.Errorf("got %q, want %q", got, want[name])
			}
		})
	}
}

func TestDecodeEXIFExamples(t *testing.T) {
	for _, shape := range []string{"Landscape", "Portrait"} {
		files := testdata(t, "exif/"+shape+"_?.jpg")
		first := decode(t, read(t, files[0]))
		for k := 2; k <= 4; k++ {
			if d := psnr(t, upright(first, k), first); d > 15 {
				t.Fatalf("the scene hardly differs from itself turned: %.1f dB", d)
			}
		}
		for _, file := range files[1:] { // each shows its own number
			p := decode(t, read(t, file))
			if d := psnr(t, p, first); d < 25 {
				t.Errorf("%s differs from the upright picture: %.1f dB", filepath.Base(file), d)
			}
		}
	}
}

// JPEG XYB is colour in a table profile: taken as RGB it would be green.
func TestDecodeXYB(t *testing.T) {
	xyb := decode(t, read(t, testdata(t, "formats/sample-xyb.jpg")[0]))
	plain := decode(t, read(t, testdata(t, "formats/sample.jpg")[0]))
	if err := ToSRGB(plain.Pix, plain.Width, plain.Height, plain.Meta.Profile); err != nil {
		t.Fatal(err)
	}
	if d := psnr(t, resize(t, xyb, 72, 110), resize(t, plain, 72, 110)); d < 22 {
		t.Errorf("%.1f dB from the same scene in RGB", d)
	}
}
