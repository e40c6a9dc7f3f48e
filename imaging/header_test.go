package imaging

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestSniff(t *testing.T) {
	tests := []struct {
		data   string
		want   Format
		reason string
	}{
		{"\xff\xd8\xff\xe0", JPEG, ""},
		{"\x89PNG\r\n\x1a\n", PNG, ""},
		{"GIF89a", GIF, ""},
		{"II*\x00\x08\x00\x00\x00", TIFF, ""},
		{"MM\x00+\x00\x08\x00\x00", TIFF, ""},
		{"RIFF\x00\x00\x00\x00WEBPVP8 ", WebP, ""},
		{"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic", HEIC, ""},
		{"\x00\x00\x00\x1cftypmif1\x00\x00\x00\x00mif1avif", AVIF, ""},
		{"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isommp41", "", "video"},
		{"BM" + strings.Repeat("\x00", 12) + "\x28" + strings.Repeat("\x00", 20), BMP, ""},
		{"BMW is a maker of cars and not of pictures", "", "not a picture"},
		{"II*\x00\x10\x00\x00\x00CR\x02\x00", "", "raw"},
		{"%PDF-1.4", "", "PDF"},
		{"%!PS-Adobe", "", "PostScript"},
		{"8BPS", "", "Photoshop"},
		{"<?xml version=\"1.0\"?>\n<!-- x -->\n<SVG/>", "", "SVG"},
		{"<!DOCTYPE html>", "", "web page"},
		{"PK\x03\x04", "", "ZIP"},
		{"\xff", "", "not a picture"},
		{"", "", "empty"},
	}
	for _, test := range tests {
		got, err := Sniff([]byte(test.data))
		var refused *FormatError
		if test.reason == "" && (got != test.want || err != nil) {
			t.Errorf("%q: %q, %v; want %q", test.data, got, err, test.want)
		}
		if test.reason != "" && (!errors.As(err, &refused) || !strings.Contains(refused.Reason, test.reason)) {
			t.Errorf("%q: error %v, want one about %q", test.data, err, test.reason)
		}
	}
}

func TestReadHeader(t *testing.T) {
	p := synthetic(120, 80, false, true)
	deep := synthetic(120, 80, true, false)
	p.Meta.DPI, deep.Meta.DPI = 240, 240
	tests := []struct {
		p    *Picture
		o    EncodeOptions
		want Header
	}{
		{p, EncodeOptions{Format: PNG}, Header{Format: PNG, Depth: 8, Bands: 4, HasAlpha: true}},
		{p, EncodeOptions{Format: TIFF}, Header{Format: TIFF, Depth: 8, Bands: 4, HasAlpha: true}},
		{p, EncodeOptions{Format: WebP}, Header{Format: WebP, Depth: 8, Bands: 4, HasAlpha: true}},
		{p, EncodeOptions{Format: AVIF}, Header{Format: AVIF, Depth: 8, Bands: 4, HasAlpha: true}},
		{deep, EncodeOptions{Format: PNG}, Header{Format: PNG, Depth: 16, Bands: 3}},
		{deep, EncodeOptions{Format: TIFF}, Header{Format: TIFF, Depth: 16, Bands: 3}},
		{deep, EncodeOptions{Format: JPEG}, Header{Format: JPEG, Depth: 8, Bands: 3}},
	}
	for _, test := range tests {
		test.want.Width, test.want.Height, test.want.Orientation, test.want.DPI = 120, 80, 1, 240
		got, err := ReadHeader(encode(t, test.p, test.o), Limits{})
		if diff := cmp.Diff(test.want, got); diff != "" || err != nil {
			t.Errorf("%s: %v %s", test.o.Format, err, diff)
		}
	}
}

// claim overwrites the size that a PNG's header states.
func claim(data []byte, width, height uint32) []byte {
	data = bytes.Clone(data)
	binary.BigEndian.PutUint32(data[16:], width)
	binary.BigEndian.PutUint32(data[20:], height)
	binary.BigEndian.PutUint32(data[29:], crc32.ChecksumIEEE(data[12:29]))
	return data
}

func TestLimits(t *testing.T) {
	data := encode(t, synthetic(200, 100, false, false), EncodeOptions{Format: PNG})
	tests := []struct {
		name string
		data []byte
		lim  Limits
		what string
	}{
		{"bytes", data, Limits{Bytes: int64(len(data)) - 1}, "bytes"},
		{"pixels", data, Limits{Pixels: 19999}, "pixels"},
		{"side", data, Limits{Side: 199}, "side"},
		{"all within", data, Limits{Bytes: int64(len(data)), Pixels: 20000, Side: 200}, ""},
		{"default pixels", claim(data, 20000, 20000), Limits{}, "pixels"},
		{"default side", claim(data, 70000, 10), Limits{}, "side"},
		{"turned side", oriented(t, synthetic(200, 10, false, false), 6), Limits{Side: 199}, "side"},
	}
	for _, test := range tests {
		for name, err := range map[string]error{
			"ReadHeader": second(ReadHeader(test.data, test.lim)),
			"Decode":     second(Decode(context.Background(), test.data, test.lim)),
		} {
			var over *LimitError
			switch {
			case test.what == "" && err != nil:
				t.Errorf("%s, %s: %v", name, test.name, err)
			case test.what != "" && (!errors.As(err, &over) || over.What != test.what):
				t.Errorf("%s, %s: error %v, want a limit of %s", name, test.name, err, test.what)
			}
		}
	}
}

func second[T any](_ T, err error) error { return err }

// Every refusal must be quick and cost next to nothing, whatever a file claims.
func TestRefusalsAreCheap(t *testing.T) {
	png := encode(t, synthetic(200, 100, false, false), EncodeOptions{Format: PNG})
	jpeg := encode(t, synthetic(200, 100, false, false), EncodeOptions{Format: JPEG})
	huge := map[string][]byte{
		"png bomb":                 claim(png, 60000, 60000),
		"tiff bomb":                tiffOf(60000, 60000, 3, 8, make([]byte, 100), shorts(tagPhotometric, photometricRGB)),
		"tiff of bands":            tiffOf(100, 100, 500, 8, make([]byte, 100), shorts(tagPhotometric, photometricRGB)),
		"scans":                    append(bytes.Clone(jpeg), bytes.Repeat([]byte{0xff, 0xda}, 5000)...),
		"bmp bomb":                 bmpHeader(30000, 3000),
		"gif":                      []byte("GIF89a\xff\xff\xff\xff\x00\x00\x00\x2c\x00\x00\x00\x00\xff\xff\xff\xff\x00\x08\xff"),
		"webp":                     []byte("RIFF\x1a\x00\x00\x00WEBPVP8L\x0d\x00\x00\x00\x2f\xff\xff\xff\x0f\x00\x00\x00\x00\x00\x00\x00\x00\x00"),
		"pdf":                      []byte("%PDF-1.4"),
		"one byte":                 {0},
		"just a jpeg id":           {0xff, 0xd8, 0xff},
		"png with a chunk of 2 GB": append(bytes.Clone(png[:33]), "\x77\x00\x00\x00iTXtXML:com.adobe.xmp\x00\x00\x00\x00\x00<x/>"...),
	}
	if err := Startup(0); err != nil {
		t.Fatal(err)
	}
	for name, data := range huge {
		before := status(t, "VmRSS")
		var m0, m1 runtime.MemStats
		runtime.ReadMemStats(&m0)
		start := time.Now()
		_, err := Decode(context.Background(), data, Limits{})
		took := time.Since(start)
		runtime.ReadMemStats(&m1)
		var format *FormatError
		var limit *LimitError
		if !errors.As(err, &format) && !errors.As(err, &limit) {
			t.Errorf("%s: error %v, want a *FormatError or *LimitError", name, err)
		}
		if took > time.Second {
			t.Errorf("%s: took %v", name, took)
		}
		if grown := status(t, "VmRSS") - before; grown > 64<<20 || m1.TotalAlloc-m0.TotalAlloc > 1<<20 {
			t.Errorf("%s: allocated %d bytes in Go, process grew by %d", name, m1.TotalAlloc-m0.TotalAlloc, grown)
		}
	}
}

func bmpHeader(width, height uint32) []byte {
	b := append([]byte("BM"), make([]byte, 52)...)
	binary.LittleEndian.PutUint32(b[10:], 54)
	binary.LittleEndian.PutUint32(b[14:], 40)
	binary.LittleEndian.PutUint32(b[18:], width)
	binary.LittleEndian.PutUint32(b[22:], height)
	b[26], b[28] = 1, 24
	return b
}

func TestTruncatedFiles(t *testing.T) {
	p := synthetic(300, 200, false, false)
	files := map[Format][]byte{BMP: append(bmpHeader(300, 200), make([]byte, 900*200)...)}
	for _, f := range []Format{JPEG, PNG, TIFF, WebP, AVIF} {
		files[f] = encode(t, p, EncodeOptions{Format: f})
	}
	for f, data := range files {
		if _, err := Decode(context.Background(), data, Limits{}); err != nil {
			t.Errorf("%s: whole file: %v", f, err)
		}
		for _, part := range []float64{0.05, 0.3, 0.6, 0.9} {
			cut := data[:int(part*float64(len(data)))]
			_, err := Decode(context.Background(), cut, Limits{})
			var broken *FormatError
			if !errors.As(err, &broken) || broken.Fault != FaultDamaged || broken.Format != f {
				t.Errorf("%s cut at %.0f%%: error %v, want damaged", f, 100*part, err)
			}
		}
	}
}

func FuzzReadHeader(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		h, err := ReadHeader(data, Limits{Pixels: 1 << 16, Side: 1 << 10, Bytes: 1 << 16})
		if err == nil && (h.Width < 1 || h.Height < 1 || h.Width*h.Height > 1<<16 || h.Format == "") {
			t.Errorf("header %+v passes", h)
		}
		checkTyped(t, err)
	})
}

func FuzzDecode(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		defer func(start time.Time) {
			if took := time.Since(start); took > 2*time.Second {
				t.Errorf("took %v", took)
			}
		}(time.Now())
		p, err := Decode(context.Background(), data, Limits{Pixels: 1 << 16, Side: 1 << 10, Bytes: 1 << 16})
		checkTyped(t, err)
		if err != nil {
			return
		}
		if err := p.validate(); err != nil {
			t.Error(err)
		}
		encode(t, p, EncodeOptions{Format: TIFF, Level: 1}) // whatever metadata came along
		encode(t, p, EncodeOptions{Format: PNG, Level: 1})
	})
}

func checkTyped(t *testing.T, err error) {
	var format *FormatError
	var limit *LimitError
	if err != nil && !errors.As(err, &format) && !errors.As(err, &limit) {
		t.Errorf("error %v (%T) has no type an edge could map", err, err)
	}
}

func seed(f *testing.F) {
	p := synthetic(16, 12, false, true)
	p.Meta = Meta{DPI: 72, Profile: adobeRGB(), XMP: []byte("<x tiff:Orientation=\"6\"/>"), EXIF: resolutionEXIF(300)}
	opaque := *p
	opaque.Alpha = nil
	for _, format := range []Format{JPEG, PNG, TIFF, WebP, AVIF} {
		f.Add(encode(f, &opaque, EncodeOptions{Format: format}))
		if format != JPEG {
			f.Add(encode(f, p, EncodeOptions{Format: format}))
		}
	}
	f.Add(bmpHeader(4, 4))
	f.Add([]byte("GIF89a\x01\x00\x01\x00\x80\x00\x00\xff\xff\xff\x00\x00\x00!\xf9\x04\x00\x00\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"))
	f.Add([]byte("<svg/>"))
}
