package httpd

import (
	"net/url"
	"slices"
	"strings"
)

// maxLogged is how much of a path or a query the log keeps, in bytes.
const maxLogged = 512

// shown returns the query parameters whose values a log may have. Every other
// value is left out, so that a key under a misspelt name stays out, too.
func shown() []string {
	return []string{
		"imagestatus", "excludeimagestatus", "fromdate", "todate", "page", "imagesperpage",
		"productidsperpage", "sortby", "isdescending", "wsdl", "limit", "offset", "status", "days",
	}
}

// loggedQuery returns a query string for the log, its parameters in their order,
// with "-" for each value that is not to be shown.
func loggedQuery(raw string) string {
	if raw == "" {
		return ""
	}
	var out strings.Builder
	allowed := shown()
	for pair := range strings.SplitSeq(raw, "&") {
		if out.Len() >= maxLogged {
			break
		}
		name, value, given := strings.Cut(pair, "=")
		if decoded, err := url.QueryUnescape(name); err == nil {
			name = decoded
		}
		if !parameterName(name) {
			name = "-" // a value that lost its name may be a key
		}
		if out.Len() > 0 {
			out.WriteByte('&')
		}
		out.WriteString(name)
		switch {
		case given && slices.Contains(allowed, strings.ToLower(name)):
			out.WriteString("=" + value)
		case given:
			out.WriteString("=-")
		}
	}
	return cut(out.String())
}

// parameterName reports whether the text is a word of letters: digits and hyphens
// are what keys are made of.
func parameterName(text string) bool {
	return text != "" && len(text) <= 64 &&
		strings.Trim(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_[].") == ""
}

// loggedPath returns a path for the log. Whoever writes & for ? puts the query
// with its keys there; what follows is left out.
func loggedPath(path string) string {
	if i := strings.IndexAny(path, "&=?"); i >= 0 {
		path = path[:i] + "-"
	}
	return cut(path)
}

func cut(text string) string {
	if len(text) > maxLogged {
		return text[:maxLogged] + "..."
	}
	return text
}
