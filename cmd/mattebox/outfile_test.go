package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func write(text string) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := io.WriteString(w, text)
		return err
	}
}

func wantFile(t *testing.T, path, want string) {
	t.Helper()
	got, err := os.ReadFile(path)
	if err != nil || string(got) != want {
		t.Errorf("%s holds %q, %v, want %q", path, got, err, want)
	}
}

func TestWriteFileIsSeenWholeOnly(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "new", "a.png")
	err := writeFile(path, false, func(w io.Writer) error {
		for range 10_000 { // more than any buffer
			if _, err := io.WriteString(w, strings.Repeat("x", 100)); err != nil {
				return err
			}
		}
		for _, name := range filesBelow(t, dir) {
			if !isHidden(filepath.Base(name)) {
				t.Errorf("%s is seen before it is complete", name)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Size() != 1_000_000 {
		t.Fatal(info, err)
	}
	plain := filepath.Join(dir, "plain")
	if err := os.WriteFile(plain, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	if want, err := os.Stat(plain); err != nil || info.Mode() != want.Mode() {
		t.Errorf("mode %v, a plain file has %v", info.Mode(), want.Mode())
	}
}

func TestWriteFileKeepsWhatIsThere(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a.png")
	for _, step := range []struct {
		text, want string
		force      bool
		err        error
	}{
		{"one", "one", false, nil}, {"two", "one", false, fs.ErrExist}, {"three", "three", true, nil},
	} {
		if err := writeFile(path, step.force, write(step.text)); !errors.Is(err, step.err) {
			t.Errorf("%s: %v, want %v", step.text, err, step.err)
		}
		wantFile(t, path, step.want)
	}
	if got := filesBelow(t, dir); !slices.Equal(got, []string{"a.png"}) {
		t.Errorf("left behind: %q", got)
	}
}

func TestWriteFileLeavesNothingAfterAnError(t *testing.T) {
	dir := t.TempDir()
	fault := errors.New("broken picture")
	err := writeFile(filepath.Join(dir, "a.png"), true, func(w io.Writer) error {
		fmt.Fprint(w, "half")
		return fault
	})
	if !errors.Is(err, fault) || len(filesBelow(t, dir)) > 0 {
		t.Errorf("error %v, files %q", err, filesBelow(t, dir))
	}
}

// Where a file cannot be without a name, it has a hidden one until it is
// complete.
func TestHiddenFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a.png")
	hidden := func(text string) *outFile {
		f := &outFile{path: path}
		f.hidden = f.hiddenName()
		file, err := os.Create(f.hidden)
		if err != nil {
			t.Fatal(err)
		}
		f.File = file
		if _, err := f.WriteString(text); err != nil {
			t.Fatal(err)
		}
		return f
	}
	for _, step := range []struct {
		text, want string
		force      bool
		err        error
	}{
		{"one", "one", false, nil}, {"two", "one", false, fs.ErrExist}, {"three", "three", true, nil},
	} {
		f := hidden(step.text)
		if name := filesBelow(t, dir)[0]; !isHidden(name) {
			t.Errorf("the unfinished file is %s", name)
		}
		if err := f.publish(step.force); !errors.Is(err, step.err) {
			t.Errorf("%s: %v, want %v", step.text, err, step.err)
		}
		f.discard()
		wantFile(t, path, step.want)
		if got := filesBelow(t, dir); !slices.Equal(got, []string{"a.png"}) {
			t.Errorf("left behind: %q", got)
		}
	}
}
