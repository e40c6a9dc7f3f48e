package video

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mattebox"
)

const ebml = "\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\xf7\x81\x01\x42\xf2\x81\x04\x42\xf3\x81\x08"

func TestSniff(t *testing.T) {
	for _, c := range []struct{ head, want string }{
		{"\x00\x00\x00\x20ftypisom\x00\x00\x02\x00isomiso2avc1mp41", "mp4"},
		{"\x00\x00\x00\x14ftypqt  \x00\x00\x02\x00qt  ", "mov"},
		{"\x00\x00\x00\x08wide\x00\x00\x01\x00mdat", "mov"},
		{"\x00\x00\x10\x00moov\x00\x00\x00\x6cmvhd", "mov"},
		{ebml + "\x42\x82\x84webm\x42\x87\x81\x04", "webm"},
		{ebml + "\x42\x82\x88matroska\x42\x87\x81\x04", "mkv"},
		{"RIFF\x24\x10\x00\x00AVI LIST", "avi"},
	} {
		if got, err := Sniff([]byte(c.head)); got != c.want || err != nil {
			t.Errorf("%.20q is %q (%v), want %s", c.head, got, err, c.want)
		}
	}
}

func TestSniffRefuses(t *testing.T) {
	for _, c := range []struct{ head, said string }{
		{"", "empty"},
		{"#EXTM3U\n#EXT-X-VERSION:3\nfile:///etc/passwd", "playlist"},
		{"\xef\xbb\xbf \n#extm3u", "playlist"},
		{"ffconcat version 1.0\nfile /etc/passwd", "playlist"},
		{"<?xml version=\"1.0\"?><MPD/>", "XML"},
		{"<svg xmlns='http://www.w3.org/2000/svg'/>", "SVG"},
		{"\x89PNG\r\n\x1a\n", "PNG"},
		{"\xff\xd8\xff\xe0", "JPEG"},
		{"GIF89a", "GIF"},
		{"RIFF\x24\x10\x00\x00WEBPVP8 ", "WebP"},
		{"RIFF\x24\x10\x00\x00WAVEfmt ", "sound"},
		{"\x00\x00\x00\x20ftypheic\x00\x00\x00\x00", "picture"},
		{"\x00\x00\x00\x20ftypM4A \x00\x00\x00\x00", "sound"},
		{"PK\x03\x04", "zip"},
		{ebml, "damaged"},
		{"ftypisom", "no clip"},
		{"hello, world", "no clip"},
	} {
		got, err := Sniff([]byte(c.head))
		if mattebox.CodeOf(err) != mattebox.CodeInvalid || !strings.Contains(err.Error(), c.said) {
			t.Errorf("%.20q is %q, %v; want an error with %q", c.head, got, err, c.said)
		}
	}
}

func TestProbeRefuses(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
		return path
	}
	small := DefaultLimits()
	small.Bytes = 10
	for name, c := range map[string]struct {
		path   string
		limits Limits
		want   mattebox.Code
	}{
		"a playlist in an mp4's clothes": {write("a.mp4", "#EXTM3U\nfile:///etc/passwd"), DefaultLimits(), mattebox.CodeInvalid},
		"a folder":                       {dir, DefaultLimits(), mattebox.CodeInvalid},
		"nothing":                        {filepath.Join(dir, "none"), DefaultLimits(), mattebox.CodeNotFound},
		"too many bytes":                 {write("b.mp4", "\x00\x00\x00\x20ftypisom\x00\x00\x02\x00isomiso2avc1mp41"), small, mattebox.CodeTooLarge},
	} {
		if _, err := Probe(t.Context(), c.path, c.limits); mattebox.CodeOf(err) != c.want {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
	}
}

// TestProbeLimits: what is too large is refused by what the container says.
func TestProbeLimits(t *testing.T) {
	path := sample(t)
	for name, l := range map[string]Limits{
		"pixels": {Pixels: 160*120 - 1}, "frames": {Frames: 59}, "duration": {Duration: 1e9},
	} {
		if _, err := Probe(t.Context(), path, l); mattebox.CodeOf(err) != mattebox.CodeTooLarge {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestDamage: what is cut off or garbled is an error for its owner, not a crash or
// a wait.
func TestDamage(t *testing.T) {
	whole, err := os.ReadFile(sample(t))
	if err != nil {
		t.Fatal(err)
	}
	garbled := append([]byte{}, whole...)
	for i := 64; i < len(garbled); i += 7 {
		garbled[i] ^= 0x5a
	}
	for name, data := range map[string][]byte{"cut off": whole[:len(whole)/2], "garbled": garbled, "head only": whole[:40]} {
		path := filepath.Join(t.TempDir(), "a.mp4")
		if err := os.WriteFile(path, data, 0o666); err != nil {
			t.Fatal(err)
		}
		if _, err := Probe(t.Context(), path, DefaultLimits()); mattebox.CodeOf(err) != mattebox.CodeInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzSniff(f *testing.F) {
	f.Add([]byte(ebml + "\x42\x82\x84webm"))
	f.Add([]byte(ebml + "\x42\x82\xff"))
	f.Add([]byte("\x00\x00\x00\x20ftypisom"))
	f.Add([]byte("RIFF\x24\x10\x00\x00AVI "))
	f.Fuzz(func(t *testing.T, head []byte) {
		name, err := Sniff(head)
		if (name == "") == (err == nil) {
			t.Errorf("%q with %v", name, err)
		}
	})
}
