package safehttp

import (
	"mime"
	"net/http"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxName is how many bytes a file name keeps.
const maxName = 120

// fileName returns what the file calls itself: by Content-Disposition (RFC 6266),
// else by the address that was asked for, else by the one that redirects led to.
func fileName(res *http.Response, address string) string {
	if _, params, err := mime.ParseMediaType(res.Header.Get("Content-Disposition")); err == nil {
		if name := safeName(params["filename"]); name != "" {
			return name
		}
	}
	if u, err := url.Parse(address); err == nil {
		if name := safeName(u.Path); name != "" {
			return name
		}
	}
	return safeName(res.Request.URL.Path)
}

// safeName returns the last element of a path of either kind as one harmless
// element: valid UTF-8 without control characters or what file systems reserve, no
// dot in front, at most maxName bytes with the extension kept; empty when nothing
// is left.
func safeName(path string) string {
	name := path[strings.LastIndexAny(path, `/\`)+1:]
	name = strings.Map(func(r rune) rune {
		if r == utf8.RuneError || !unicode.IsPrint(r) || strings.ContainsRune(`<>:"|?*`, r) {
			return -1
		}
		return r
	}, name)
	name = strings.Trim(name, " ")
	name = strings.TrimRight(strings.TrimLeft(name, ". "), ". ")
	return shorten(name)
}

// shorten cuts the stem of a name that is too long.
func shorten(name string) string {
	if len(name) <= maxName {
		return name
	}
	ext := ""
	if i := strings.LastIndexByte(name, '.'); i > 0 && len(name)-i <= 10 {
		ext = name[i:]
	}
	stem := name[:maxName-len(ext)]
	for !utf8.ValidString(stem) {
		stem = stem[:len(stem)-1]
	}
	return strings.TrimRight(stem, ". ") + ext
}
