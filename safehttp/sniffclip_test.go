package safehttp

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
)

func TestSniffClip(t *testing.T) {
	for head, want := range map[string]string{
		"\x00\x00\x00\x20ftypisom\x00\x00\x02\x00": "video/mp4", "\x00\x00\x00\x14ftypqt  \x00\x00\x00\x00": "video/mp4",
		"\x00\x00\x00\x08wide\x00\x00\x00\x00mdat": "video/mp4", "\x1aE\xdf\xa3\x01\x00\x00\x00": "video/x-matroska",
		"RIFF\x00\x00\x00\x00AVI LIST": "video/x-msvideo",
		"":                             "", "RIFF\x00\x00\x00\x00WEBPVP8 ": "", "RIFF\x00\x00\x00\x00WAVEfmt ": "", "\x89PNG\r\n\x1a\n\x00\x00\x00\x0d": "",
		"\x00\x00\x00\x1cftypavif\x00\x00\x00\x00avifmif1": "", "#EXTM3U\n#EXT-X": "", "<html><body>404": "", "GIF89a\x01\x00\x01\x00\x00\x00": "",
		"\x00\x00\x00\x08 ft \x00\x00\x00\x00": "", "short": "",
	} {
		mediaType, refusal := sniffClip([]byte(head))
		if mediaType != want || (refusal == "") != (want != "") {
			t.Errorf("%q is %q, refused %q; want %q", head, mediaType, refusal, want)
		}
	}
}

// A clip is had where a clip is wanted, and not where a picture is; and the other
// way round.
func TestDownloadKinds(t *testing.T) {
	files := map[string]string{"/clip": "\x00\x00\x00\x20ftypisom" + strings.Repeat("\x00", 2000), "/picture": "\x89PNG\r\n\x1a\n" + strings.Repeat("\x00", 2000)}
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, files[r.URL.Path]) }))
	defer site.Close()
	client := New(Config{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}})
	defer client.Close()
	for _, c := range []struct {
		path  string
		kind  Kind
		bytes int64
		class Class
	}{
		{"/clip", Clip, 0, ""}, {"/picture", Picture, 0, ""}, {"/clip", Picture, 0, ClassNotPicture}, {"/picture", Clip, 0, ClassNotClip}, {"/clip", Clip, 100, ClassTooLarge},
	} {
		var got strings.Builder
		_, err := client.Download(t.Context(), site.URL+c.path, &got, Limits{Kind: c.kind, Bytes: c.bytes})
		class := Class("")
		if fault, ok := err.(*Error); ok {
			class = fault.Class
		}
		if class != c.class || c.class == "" && got.String() != files[c.path] {
			t.Errorf("%s as %v: %v, want class %q", c.path, c.kind, err, c.class)
		}
	}
}
