package video

import (
	"bytes"
	"encoding/binary"
	"io"
	"os"

	"mattebox"
)

// sniffed is how much of a file Sniff needs.
const sniffed = 4096

// container is what a file's first bytes say.
type container struct {
	name    string // as in Info.Container
	demuxer string // ffmpeg's
}

// Sniff returns the container (mp4, mov, webm, mkv or avi) that the first bytes
// of a file name, as many as 4096 of them. Everything else is a CodeInvalid error
// that says what was found: pictures, playlists and sound among them. Names of
// files do not count.
func Sniff(head []byte) (string, error) {
	c, err := sniff(head)
	return c.name, err
}

func sniff(head []byte) (container, error) {
	switch {
	case len(head) == 0:
		return container{}, mattebox.Errorf(mattebox.CodeInvalid, "the file is empty")
	case bytes.HasPrefix(head, []byte{0x1a, 0x45, 0xdf, 0xa3}):
		return sniffMatroska(head)
	case len(head) >= 12 && string(head[:4]) == "RIFF" && string(head[8:11]) == "AVI":
		return container{"avi", "avi"}, nil
	}
	if c, ok := sniffMOV(head); ok {
		return c, nil
	}
	if what := stranger(head); what != "" {
		return container{}, mattebox.Errorf(mattebox.CodeInvalid, "the file is %s; send a clip as mp4, mov, webm, mkv or avi", what)
	}
	return container{}, mattebox.Errorf(mattebox.CodeInvalid, "the file is no clip that is known here; send mp4, mov, webm, mkv or avi")
}

// sniffMatroska reads the document type out of the EBML head (RFC 8794, section
// 11): element 0x4282.
func sniffMatroska(head []byte) (container, error) {
	at := bytes.Index(head[:min(len(head), 128)], []byte{0x42, 0x82})
	if at >= 0 && len(head) > at+3 {
		size := int(head[at+2] &^ 0x80)
		text := head[at+3:]
		switch text = bytes.TrimRight(text[:min(size, len(text))], "\x00"); string(text) {
		case "webm":
			return container{"webm", "matroska"}, nil
		case "matroska":
			return container{"mkv", "matroska"}, nil
		}
	}
	return container{}, mattebox.Errorf(mattebox.CodeInvalid, "the file begins like Matroska but does not say that it is; it is damaged")
}

// sniffMOV reads the first box (ISO/IEC 14496-12, sections 4.2 and 4.3). Files of
// QuickTime may begin with others than ftyp.
func sniffMOV(head []byte) (container, bool) {
	if len(head) < 8 {
		return container{}, false
	}
	size := binary.BigEndian.Uint32(head)
	switch string(head[4:8]) {
	case "ftyp":
		if len(head) < 12 || size < 16 && size > 1 {
			return container{}, false
		}
		if stillBrand(string(head[8:12])) {
			return container{}, false
		}
		if string(head[8:12]) == "qt  " {
			return container{"mov", "mov"}, true
		}
		return container{"mp4", "mov"}, true
	case "moov", "mdat", "wide", "free", "skip", "pnot":
		return container{"mov", "mov"}, size == 0 || size == 1 || size >= 8
	}
	return container{}, false
}

// stillBrand reports whether the brand is one of pictures or of sound alone.
func stillBrand(brand string) bool {
	switch brand {
	case "avif", "heic", "heix", "heim", "heis", "mif1", "mif2", "crx ", "M4A ", "M4B ", "M4P ", "F4A ":
		return true
	}
	return false
}

// stranger names what is often sent by mistake, or in order to do harm.
func stranger(head []byte) string {
	text := lower(bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")), " \t\r\n"))
	for _, s := range []struct{ begin, what string }{
		{"#extm3u", "a playlist"}, {"ffconcat", "a playlist"}, {"[playlist]", "a playlist"},
		{"<?xml", "XML"}, {"<svg", "an SVG drawing"}, {"<mpd", "a playlist"}, {"<smil", "a playlist"},
		{"<!doctype html", "a web page"}, {"<html", "a web page"},
		{"\x89png", "a picture (PNG)"}, {"\xff\xd8\xff", "a picture (JPEG)"}, {"gif8", "a picture (GIF)"},
		{"bm", "a picture (BMP)"}, {"ii*\x00", "a picture (TIFF)"}, {"mm\x00*", "a picture (TIFF)"},
		{"id3", "sound alone"}, {"oggs", "an Ogg file"}, {"flac", "sound alone"}, {"flv", "a Flash video"},
		{"pk\x03\x04", "a zip archive"}, {"%pdf", "a PDF document"}, {"0&\xb2u", "a Windows Media file"},
	} {
		if bytes.HasPrefix(text, []byte(s.begin)) {
			return s.what
		}
	}
	switch {
	case len(head) >= 12 && string(head[:4]) == "RIFF" && string(head[8:12]) == "WEBP":
		return "a picture (WebP)"
	case len(head) >= 12 && string(head[:4]) == "RIFF":
		return "sound alone"
	case len(head) >= 12 && string(head[4:8]) == "ftyp":
		return "a picture or sound alone"
	}
	return ""
}

// lower returns a copy of the first bytes with ASCII's letters in lower case;
// bytes.ToLower changes bytes that are no UTF-8.
func lower(head []byte) []byte {
	text := bytes.Clone(head[:min(len(head), 64)])
	for i, b := range text {
		if 'A' <= b && b <= 'Z' {
			text[i] = b + 'a' - 'A'
		}
	}
	return text
}

// sniffFile sniffs a regular file and returns its length.
func sniffFile(path string) (container, int64, error) {
	f, err := os.Open(path)
	if err != nil {
		return container{}, 0, mattebox.Wrap(mattebox.CodeNotFound, err, "the clip cannot be read")
	}
	defer f.Close()
	stat, err := f.Stat()
	if err != nil {
		return container{}, 0, mattebox.Wrap(mattebox.CodeNotFound, err, "the clip cannot be read")
	}
	if !stat.Mode().IsRegular() {
		return container{}, 0, mattebox.Errorf(mattebox.CodeInvalid, "the clip is no regular file")
	}
	head := make([]byte, sniffed)
	n, err := io.ReadFull(f, head)
	if err != nil && err != io.ErrUnexpectedEOF && err != io.EOF {
		return container{}, 0, mattebox.Wrap(mattebox.CodeNotFound, err, "the clip cannot be read")
	}
	c, err := sniff(head[:n])
	return c, stat.Size(), err
}
