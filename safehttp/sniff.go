package safehttp

import (
	"bytes"
	"encoding/binary"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// sniff returns the media type of a picture by the first bytes of its file, or why
// the file is refused. What the type in the headers or the name says does not
// count. A picture that passes may still be broken; the engine tells.
func sniff(head []byte) (mediaType, refusal string) {
	if t := pictureType(head); t != "" {
		return t, ""
	}
	if len(head) == 0 {
		return "", "the server's answer is empty"
	}
	what := "of a kind that is not known"
	if name := foreign(head); name != "" {
		what = name
	}
	return "", "the file is " + what + "; send a JPEG, PNG, WebP, TIFF, BMP, GIF, HEIC or AVIF picture"
}

func pictureType(head []byte) string {
	switch {
	case has(head, "\xff\xd8\xff"):
		return "image/jpeg"
	case has(head, "\x89PNG\r\n\x1a\n"):
		return "image/png"
	case has(head, "RIFF") && len(head) >= 12 && string(head[8:12]) == "WEBP":
		return "image/webp"
	case has(head, "II*\x00"), has(head, "MM\x00*"), has(head, "II+\x00\x08\x00"), has(head, "MM\x00+\x00\x08"):
		return "image/tiff"
	case has(head, "GIF87a"), has(head, "GIF89a"):
		return "image/gif"
	case bitmap(head):
		return "image/bmp"
	}
	return heifType(head)
}

func has(head []byte, magic string) bool { return bytes.HasPrefix(head, []byte(magic)) }

// bitmap reports whether the head is a BMP's: besides "BM", which much text begins
// with as well, one of the lengths that its second header has.
func bitmap(head []byte) bool {
	if !has(head, "BM") || len(head) < 18 {
		return false
	}
	return slices.Contains([]uint32{12, 16, 40, 52, 56, 64, 108, 124}, binary.LittleEndian.Uint32(head[14:]))
}

// brands returns the brands of an ISO base media file (ISO/IEC 14496-12), the major
// one first; none when the head is not one's.
func brands(head []byte) []string {
	if len(head) < 16 || string(head[4:8]) != "ftyp" {
		return nil
	}
	size := min(int(min(binary.BigEndian.Uint32(head), sniffed)), len(head))
	all := []string{string(head[8:12])}
	for i := 16; i+4 <= size; i += 4 {
		all = append(all, string(head[i:i+4]))
	}
	return all
}

// heifType tells HEIC and AVIF pictures from the films that share their container.
func heifType(head []byte) string {
	all := brands(head)
	if all == nil {
		return ""
	}
	switch all[0] {
	case "avif", "avis":
		return "image/avif"
	case "heic", "heix", "heim", "heis":
		return "image/heic"
	case "mif1", "msf1":
		if slices.Contains(all, "avif") {
			return "image/avif"
		}
		return "image/heic"
	}
	return ""
}

// foreign names what people send in place of a picture.
func foreign(head []byte) string {
	switch {
	case brands(head) != nil, has(head, "\x1aE\xdf\xa3"), has(head, "RIFF"):
		return "a film or a sound"
	case bytes.Contains(head, []byte("%PDF-")):
		return "a PDF document"
	case has(head, "%!PS"), has(head, "\xc5\xd0\xd3\xc6"):
		return "a PostScript document"
	case has(head, "\x1f\x8b"), has(head, "PK\x03\x04"), has(head, "7z\xbc\xaf"), has(head, "Rar!"), has(head, "\x28\xb5\x2f\xfd"):
		return "an archive"
	case has(head, "8BPS"):
		return "a Photoshop document"
	}
	return foreignText(strings.ToLower(string(bytes.ToValidUTF8(bytes.ReplaceAll(head, []byte{0}, nil), []byte("\ufffd")))))
}

// foreignText is foreign for text in lower case; zero bytes are left out, so that
// UTF-16 reads like ASCII.
func foreignText(text string) string {
	start := strings.TrimLeftFunc(text, func(r rune) bool { // byte order marks of all kinds
		return r == '\ufeff' || r == utf8.RuneError || unicode.IsSpace(r)
	})
	switch {
	case strings.HasPrefix(start, "#extm3u"):
		return "a playlist"
	case strings.HasPrefix(start, "ffconcat"):
		return "a list of files"
	case strings.Contains(text, "<svg"):
		return "an SVG drawing"
	case strings.Contains(text, "<html"), strings.Contains(text, "<!doctype html"), strings.HasPrefix(start, "<"):
		return "an HTML or XML page"
	case strings.HasPrefix(start, "{"), strings.HasPrefix(start, "["):
		return "JSON"
	}
	return ""
}
