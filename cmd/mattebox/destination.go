package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"mattebox"
)

// place is a kind of destination.
type place int

const (
	beside  place = iota // NAME-cutout.EXT in the source's folder
	stream               // stdout
	single               // one file
	folder               // NAME.EXT below a folder, structure kept
	pattern              // a path with placeholders
)

// destination says where results go.
type destination struct {
	place  place
	text   string // path or pattern as typed
	suffix string // of beside
}

// placeholders are what a pattern may hold.
const placeholders = "{name} {dir} {sub} {ext} {n}"

// parseDestination reads --output. several says that the inputs may stand for
// more than one picture.
func parseDestination(output string, several, stdin, alpha bool) (destination, error) {
	d := destination{text: output, suffix: cutoutSuffix}
	if alpha {
		d.suffix = alphaSuffix
	}
	switch {
	case output == "" && stdin && !several, output == standardStream:
		d.place = stream
	case output == "":
		d.place = beside
	case strings.ContainsAny(output, "{}"):
		d.place = pattern
		return d, checkPattern(output)
	case strings.HasSuffix(output, "/"), isFolder(output):
		d.place = folder
	case !several:
		d.place = single
	case filepath.Ext(output) == "":
		d.place = folder
	default:
		return d, mattebox.Invalid("--output", "is the file %s, which cannot hold several pictures; name a folder (ending in /) or a pattern with {name}", output)
	}
	if d.place == stream && several {
		return d, mattebox.Invalid("--output", "is stdout, which cannot hold several pictures; name a folder")
	}
	return d, nil
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

func checkPattern(text string) error {
	rest := text
	for _, p := range strings.Fields(placeholders) {
		rest = strings.ReplaceAll(rest, p, "")
	}
	if strings.ContainsAny(rest, "{}") {
		return mattebox.Invalid("--output", "is the pattern %s; the placeholders are %s", text, placeholders)
	}
	if strings.HasSuffix(text, "/") {
		return mattebox.Invalid("--output", "is the pattern %s, which names a folder; end it with {name}.{ext}", text)
	}
	return nil
}

// extension returns what the destination says of the format, without a dot;
// empty when it says nothing.
func (d destination) extension() string {
	if d.place != single && d.place != pattern {
		return ""
	}
	extension := strings.TrimPrefix(filepath.Ext(d.text), ".")
	if strings.ContainsAny(extension, "{}") {
		return ""
	}
	return extension
}

// root returns the folder below which all results lie, empty when there is none
// other than the sources' own.
func (d destination) root() string {
	switch d.place {
	case folder:
		return d.text
	case pattern:
		fixed, _, _ := strings.Cut(d.text, "{")
		return filepath.Dir(fixed + "x")
	}
	return ""
}

// path returns where the source's result goes. n is the source's number, of
// total.
func (d destination) path(s source, extension string, n, total int) string {
	name := stem(s.path)
	if s.path == standardStream {
		name = "stdin"
	}
	switch d.place {
	case stream:
		return standardStream
	case single:
		return d.text
	case folder:
		return filepath.Join(d.text, s.sub, name+"."+extension)
	case pattern:
		number := fmt.Sprintf("%0*d", len(fmt.Sprint(total)), n)
		return filepath.Clean(strings.NewReplacer(
			"{name}", name, "{dir}", filepath.Dir(s.path), "{sub}", s.sub, "{ext}", extension, "{n}", number,
		).Replace(d.text))
	}
	return filepath.Join(filepath.Dir(s.path), name+d.suffix+"."+extension)
}
