package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/bmatcuk/doublestar/v4"

	"mattebox"
)

// standardStream stands for stdin as an input and for stdout as an output.
const standardStream = "-"

// source is a picture that the inputs stand for.
type source struct {
	path string // as the user would write it; "-" for stdin
	sub  string // its folder below the folder or the fixed part of the pattern that it was found by; "."
	err  error  // why it cannot be had
}

// finder turns inputs into sources, in the order of the inputs and by name within
// a folder. A file that two inputs stand for is taken once.
type finder struct {
	leaveOut func(folder string) bool // folders that are not looked into
	sources  []source
	seen     map[string]bool // by absolute path
	hits     int             // files that inputs stand for, those that were seen before included
}

// findSources returns the sources of the inputs. What an input cannot give is a
// source with an error, so that the others are treated all the same. results is
// the number of pictures that were left out because they are results themselves.
func findSources(inputs []string, leaveOut func(string) bool) (sources []source, results int) {
	f := &finder{leaveOut: leaveOut, seen: map[string]bool{}}
	for _, input := range inputs {
		f.add(input)
	}
	return withoutResults(f.sources)
}

// findsSeveral reports whether an input may stand for several pictures.
func findsSeveral(input string) bool {
	if input == standardStream {
		return false
	}
	info, err := os.Stat(input)
	if err != nil {
		return isGlob(input)
	}
	return info.IsDir()
}

// isGlob reports whether the text has a character that a pattern would.
func isGlob(text string) bool { return strings.ContainsAny(text, "*?[{") }

func (f *finder) add(input string) {
	if input == standardStream {
		f.keep(source{path: input, sub: "."})
		return
	}
	info, err := os.Stat(input)
	switch {
	case err == nil && info.IsDir():
		f.orNone(input, func() { f.walk(input, input) })
	case err == nil:
		f.keep(source{path: input, sub: "."})
	case isGlob(input):
		f.orNone(input, func() { f.glob(input) })
	default:
		f.keep(source{path: input, err: mattebox.Wrap(mattebox.CodeNotFound, cause(err), "cannot be read")})
	}
}

// orNone calls find and keeps an error for the input if that finds nothing.
func (f *finder) orNone(input string, find func()) {
	before := f.hits
	find()
	if f.hits == before {
		f.keep(source{path: input, err: mattebox.Errorf(mattebox.CodeNotFound, "no pictures there")})
	}
}

func (f *finder) glob(pattern string) {
	base, _ := doublestar.SplitPattern(filepath.ToSlash(pattern))
	matches, err := doublestar.FilepathGlob(pattern, doublestar.WithNoHidden(), doublestar.WithNoFollow())
	if err != nil {
		f.keep(source{path: pattern, err: mattebox.Wrap(mattebox.CodeInvalid, err, "no pattern")})
		return
	}
	for _, path := range matches {
		info, err := os.Stat(path)
		switch {
		case err != nil: // a dangling link is no picture
		case !info.IsDir():
			f.found(path, filepath.FromSlash(base), info)
		case !strings.Contains(pattern, "**"): // there each file is matched by itself
			f.walk(path, filepath.FromSlash(base))
		}
	}
}

// walk keeps the pictures below the folder; their sub is relative to base. Of
// links to folders only the one that was named is followed, which the slash does.
func (f *finder) walk(folder, base string) {
	folder = strings.TrimSuffix(folder, string(filepath.Separator)) + string(filepath.Separator)
	err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			f.keep(source{path: path, err: mattebox.Wrap(mattebox.CodeNotFound, cause(err), "cannot be read")})
			if d != nil && d.IsDir() {
				return fs.SkipDir
			}
			return nil
		case path != folder && (isHidden(d.Name()) || d.IsDir() && f.leaveOut(path)):
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		case d.IsDir():
			return nil
		}
		if info, err := os.Stat(path); err == nil { // follows links; a dangling one is no picture
			f.found(path, base, info)
		}
		return nil
	})
	if err != nil {
		f.keep(source{path: folder, err: err})
	}
}

// found keeps a file that was not named if it is a picture.
func (f *finder) found(path, base string, info fs.FileInfo) {
	if !info.Mode().IsRegular() || !isPicture(path) {
		return
	}
	f.keep(source{path: path, sub: below(base, path)})
}

func (f *finder) keep(s source) {
	f.hits++
	key := absolute(s.path)
	if f.seen[key] {
		return
	}
	f.seen[key] = true
	f.sources = append(f.sources, s)
}

// below returns the folder of path relative to base.
func below(base, path string) string {
	sub, err := filepath.Rel(base, filepath.Dir(path))
	if err != nil || !filepath.IsLocal(sub) {
		return "."
	}
	return sub
}

// absolute returns the path by which two names of one file are recognised, links
// in its folder resolved. It does not touch "-".
func absolute(path string) string {
	if path == standardStream {
		return path
	}
	whole, err := filepath.Abs(path)
	if err != nil {
		return filepath.Clean(path)
	}
	dir := filepath.Dir(whole)
	if real, err := filepath.EvalSymlinks(dir); err == nil {
		dir = real
	}
	return filepath.Join(dir, filepath.Base(whole))
}

// cause strips the operation and the path off an error of the os package: both
// are told beside it.
func cause(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

// The endings of our own results' names, behind the source's.
const (
	cutoutSuffix = "-cutout"
	alphaSuffix  = "-alpha"
)

// withoutResults leaves out pictures that look like our own results: those that
// lie beside another source and have its name with one of our endings. So a
// folder can be treated again after pictures were added.
func withoutResults(sources []source) (kept []source, results int) {
	type name struct{ folder, stem string }
	names := map[name]bool{}
	for _, s := range sources {
		names[name{filepath.Dir(s.path), stem(s.path)}] = true
	}
	for _, s := range sources {
		if original, ok := originalStem(s.path); ok && names[name{filepath.Dir(s.path), original}] {
			results++
			continue
		}
		kept = append(kept, s)
	}
	return kept, results
}

// originalStem returns the name that a result's source would have.
func originalStem(path string) (string, bool) {
	name := stem(path)
	for _, suffix := range [...]string{cutoutSuffix, alphaSuffix} {
		if original, ok := strings.CutSuffix(name, suffix); ok && original != "" {
			return original, true
		}
	}
	return "", false
}
