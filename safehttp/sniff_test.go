package safehttp

import (
	"strings"
	"testing"
)

func TestSniff(t *testing.T) {
	const tail = "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"
	for _, c := range []struct{ name, head, mediaType, refusal string }{
		{"jpeg", "\xff\xd8\xff\xe0" + tail, "image/jpeg", ""},
		{"png", "\x89PNG\r\n\x1a\n" + tail, "image/png", ""},
		{"webp", "RIFF\x10\x00\x00\x00WEBPVP8 " + tail, "image/webp", ""},
		{"tiff, little-endian", "II*\x00" + tail, "image/tiff", ""},
		{"tiff, big-endian", "MM\x00*" + tail, "image/tiff", ""},
		{"big tiff", "II+\x00\x08\x00" + tail, "image/tiff", ""},
		{"gif", "GIF89a" + tail, "image/gif", ""},
		{"bmp", "BM" + tail[:12] + "\x28\x00\x00\x00" + tail, "image/bmp", ""},
		{"heic", "\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + tail, "image/heic", ""},
		{"heif of any codec", "\x00\x00\x00\x18ftypmif1\x00\x00\x00\x00mif1heic" + tail, "image/heic", ""},
		{"avif", "\x00\x00\x00\x1cftypavif\x00\x00\x00\x00avifmif1miaf" + tail, "image/avif", ""},
		{"avif by its second brand", "\x00\x00\x00\x18ftypmif1\x00\x00\x00\x00avifmif1" + tail, "image/avif", ""},

		{"nothing", "", "", "empty"},
		{"a text that begins like a bitmap", "BMW builds cars, and some of them are fast", "", "not known"},
		{"heic box alone", "\x00\x00\x00\x08ftyp", "", "not known"},
		{"mp4", "\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isomavc1" + tail, "", "a film"},
		{"mov", "\x00\x00\x00\x14ftypqt  \x00\x00\x02\x00qt  " + tail, "", "a film"},
		{"webm", "\x1aE\xdf\xa3" + tail, "", "a film"},
		{"avi", "RIFF\x10\x00\x00\x00AVI LIST", "", "a film"},
		{"pdf", "%PDF-1.7\n%", "", "PDF"},
		{"pdf behind junk", "junk\n%PDF-1.4", "", "PDF"},
		{"ps", "%!PS-Adobe-3.0", "", "PostScript"},
		{"eps of DOS", "\xc5\xd0\xd3\xc6" + tail, "", "PostScript"},
		{"svg", "<svg xmlns='http://www.w3.org/2000/svg'>", "", "SVG"},
		{"svg behind a prologue", "\ufeff<?xml version='1.0'?>\n<!-- x -->\n<SVG>", "", "SVG"},
		{"svg in UTF-16", "\xff\xfe<\x00s\x00v\x00g\x00>\x00", "", "SVG"},
		{"svgz", "\x1f\x8b\x08" + tail, "", "archive"},
		{"zip", "PK\x03\x04" + tail, "", "archive"},
		{"html", "<!DOCTYPE html><title>Not found</title>", "", "HTML"},
		{"html without doctype", "  \n<html>", "", "HTML"},
		{"xml", "<?xml version='1.0'?><Error/>", "", "XML"},
		{"hls", "#EXTM3U\n#EXT-X-VERSION:3", "", "playlist"},
		{"hls behind a mark", "\ufeff#extm3u", "", "playlist"},
		{"concat list", "ffconcat version 1.0\nfile '/etc/passwd'", "", "list of files"},
		{"json", `{"error":"expired"}`, "", "JSON"},
		{"psd", "8BPS\x00\x01", "", "Photoshop"},
		{"text", "hello", "", "not known"},
	} {
		mediaType, refusal := sniff([]byte(c.head))
		if mediaType != c.mediaType || !strings.Contains(refusal, c.refusal) || (refusal == "") != (c.refusal == "") {
			t.Errorf("%s: sniff = %q, %q, want %q, %q", c.name, mediaType, refusal, c.mediaType, c.refusal)
		}
	}
}

func FuzzSniff(f *testing.F) {
	for _, seed := range []string{"\x00\x00\x00\x18ftypmif1\x00\x00\x00\x00avifmif1", "\xff\xff\xff\xffftyp12345678", "BM", "\xff\xfe<\x00s\x00", "RIFF"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, head []byte) {
		if mediaType, refusal := sniff(head); (mediaType == "") == (refusal == "") {
			t.Errorf("sniff(%q) = %q, %q", head, mediaType, refusal)
		}
	})
}
