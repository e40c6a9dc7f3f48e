package safehttp

import (
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestFileName(t *testing.T) {
	for _, c := range []struct{ disposition, asked, final, want string }{
		{"", "http://h/a/my image.jpg?x=/y.png", "http://h/b.png", "my image.jpg"},
		{"", "http://h/", "http://cdn/b.png", "b.png"},
		{"", "http://h", "http://h", ""},
		{"", "http://h/%C3%BC.jpg", "http://h/", "ü.jpg"},
		{"", "http://h/a%2Fb.jpg", "http://h/", "b.jpg"},
		{`attachment; filename="c.jpg"`, "http://h/a.jpg", "http://h/", "c.jpg"},
		{`attachment; filename="x.jpg"; filename*=UTF-8''%e2%82%ac.jpg`, "http://h/a.jpg", "http://h/", "€.jpg"},
		{`attachment; filename="../../etc/passwd"`, "http://h/a.jpg", "http://h/", "passwd"},
		{`attachment; filename="C:\\temp\\d.jpg"`, "http://h/a.jpg", "http://h/", "d.jpg"},
		{`attachment; filename=".."`, "http://h/a.jpg", "http://h/", "a.jpg"},
		{`inline`, "http://h/a.jpg", "http://h/", "a.jpg"},
		{`;;;`, "http://h/a.jpg", "http://h/", "a.jpg"},
	} {
		final, err := url.Parse(c.final)
		if err != nil {
			t.Fatal(err)
		}
		res := &http.Response{Header: http.Header{}, Request: &http.Request{URL: final}}
		if c.disposition != "" {
			res.Header.Set("Content-Disposition", c.disposition)
		}
		if got := fileName(res, c.asked); got != c.want {
			t.Errorf("fileName(%q, %s, %s) = %q, want %q", c.disposition, c.asked, c.final, got, c.want)
		}
	}
}

func TestSafeName(t *testing.T) {
	for in, want := range map[string]string{
		".htaccess":                       "htaccess",
		"a\x00b\n.jpg":                    "ab.jpg",
		"a<b>:\"|?*.jpg":                  "ab.jpg",
		"name. ":                          "name",
		"\u202egpj.exe":                   "gpj.exe", // a mark that turns the text round
		"\xff\xfe.jpg":                    "jpg",
		strings.Repeat("ü", 100) + ".jpg": strings.Repeat("ü", 58) + ".jpg",
		strings.Repeat("a", 200):          strings.Repeat("a", 120),
	} {
		if got := safeName(in); got != want {
			t.Errorf("safeName(%q) = %q, want %q", in, got, want)
		}
	}
}

func FuzzSafeName(f *testing.F) {
	for _, seed := range []string{"a/b.jpg", `..\..`, ". . .", strings.Repeat("é", 90) + ".jpeg", strings.Repeat(".", 200)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		name := safeName(text)
		if name == "" {
			return
		}
		if len(name) > maxName || !utf8.ValidString(name) || !filepath.IsLocal(name) || filepath.Base(name) != name || name[0] == '.' || strings.ContainsAny(name, "/\\\x00") {
			t.Errorf("safeName(%q) = %q", text, name)
		}
	})
}
