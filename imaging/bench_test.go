package imaging

import (
	"bytes"
	"context"
	"io"
	"os/exec"
	"path/filepath"
	"testing"
)

// twelve returns a picture of 4000x3000 pixels: real photographs side by side at
// their own resolution where the test data is there, a synthetic one otherwise.
func twelve(b *testing.B, alpha bool) *Picture {
	b.Helper()
	p := &Picture{Width: 4000, Height: 3000, Pix: make([]uint8, 3*4000*3000)}
	files, _ := filepath.Glob(filepath.Join("..", "..", "shared", "testdata", "photos", "*.jpg"))
	tile := synthetic(1000, 1000, false, true)
	mask := tile.Alpha
	for i := range 12 {
		if len(files) > 0 {
			tile = decode(b, read(b, files[i%len(files)]))
		}
		w, h := min(1000, tile.Width), min(1000, tile.Height)
		for y := range h {
			copy(p.Pix[3*((i/4*1000+y)*4000+i%4*1000):], tile.Pix[3*y*tile.Width:3*(y*tile.Width+w)])
		}
	}
	if alpha {
		p.Alpha = make([]uint8, 4000*3000)
		for y := range 3000 {
			for x := range 4000 {
				p.Alpha[y*4000+x] = mask[(y/3)*1000+x/4]
			}
		}
	}
	return p
}

func BenchmarkDecodeJPEG12MP(b *testing.B) {
	data := encode(b, twelve(b, false), EncodeOptions{Format: JPEG})
	b.SetBytes(3 * 4000 * 3000)
	b.ReportAllocs()
	for b.Loop() {
		decode(b, data)
	}
}

func BenchmarkDecodeJPEG12MPTurned(b *testing.B) {
	p := twelve(b, false)
	var file bytes.Buffer
	file.Write(encode(b, p, EncodeOptions{Format: JPEG}))
	exif := exifParts{}.tiff(directory{shorts(tagOrientation, 6)}, nil)
	var head bytes.Buffer
	head.WriteString("\xff\xd8")
	segment(&head, 0xe1, exifPrefix, exif)
	data := append(head.Bytes(), file.Bytes()[2:]...)
	for b.Loop() {
		decode(b, data)
	}
}

func BenchmarkEncode12MP(b *testing.B) {
	for _, format := range []Format{PNG, TIFF, JPEG, WebP, AVIF} {
		for _, alpha := range []bool{false, true} {
			if format == JPEG && alpha {
				continue
			}
			name := string(format)
			if alpha {
				name += ",cut-out"
			}
			p := twelve(b, alpha)
			b.Run(name, func(b *testing.B) {
				size := 0
				for b.Loop() {
					size = len(encode(b, p, EncodeOptions{Format: format}))
				}
				b.ReportMetric(float64(size)/1e6, "MB")
			})
		}
	}
}

func BenchmarkEncodePNG12MP(b *testing.B) {
	p := twelve(b, true)
	for level := 1; level <= 9; level++ {
		b.Run(string(rune('0'+level)), func(b *testing.B) {
			var file bytes.Buffer
			for b.Loop() {
				file.Reset()
				if err := Encode(context.Background(), &file, p, EncodeOptions{Format: PNG, Level: level}); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(file.Len())/1e6, "MB")
		})
	}
}

// What libvips makes of the same cut-out, by its own program.
func BenchmarkVipsPNG12MP(b *testing.B) {
	vips, err := exec.LookPath("vips")
	if err != nil {
		b.Skip("no vips program to compare with")
	}
	in := filepath.Join(b.TempDir(), "in.tif")
	out := filepath.Join(b.TempDir(), "out.png")
	writeFile(b, in, encode(b, visible(twelve(b, true)), EncodeOptions{Format: TIFF, Level: NoCompression}))
	for _, filter := range []string{"none", "all"} {
		b.Run("level 6, filter "+filter, func(b *testing.B) {
			for b.Loop() {
				if err := run(vips, "pngsave", in, out, "--compression", "6", "--filter", filter); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(len(read(b, out)))/1e6, "MB")
		})
	}
}

func BenchmarkResizeLinear(b *testing.B) {
	for _, alpha := range []bool{false, true} {
		p := twelve(b, alpha)
		name := "opaque"
		if alpha {
			name = "cut-out"
		}
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				resize(b, p, 2000, 1500)
			}
		})
	}
}

func BenchmarkToSRGB(b *testing.B) {
	p := synthetic(1024, 1024, false, false)
	profile := adobeRGB()
	for b.Loop() {
		if err := ToSRGB(p.Pix, 1024, 1024, profile); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkEncodeGreyPNG(b *testing.B) {
	alpha := twelve(b, true).Alpha
	for b.Loop() {
		if err := EncodeGrey(context.Background(), io.Discard, alpha, 4000, 3000, EncodeOptions{Format: PNG}); err != nil {
			b.Fatal(err)
		}
	}
}
