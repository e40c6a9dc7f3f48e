package weights

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"mattebox"
	"mattebox/matte"
)

// maxFileBytes bounds every file that is fetched, extracted or copied.
const maxFileBytes = 4 << 30

// Store is the folder that holds the installed files, together with the entries
// of the manifest and of the operator's own models. Methods may be called from
// several goroutines and several processes; installations wait for each other.
// Set the exported fields before the first call.
type Store struct {
	// Packages is a folder of already packed npm packages (NAME-VERSION.tgz).
	// One that is there is used instead of being fetched, and one that is
	// fetched is kept there. Empty: none are kept.
	Packages string

	// Progress is told what an installation is at; nil for silence. It is called
	// from the goroutine that installs.
	Progress func(Event)

	dir    string
	broken []error

	mu      sync.RWMutex
	entries []Entry // guarded by mu
}

// Model is an installed network.
type Model struct {
	Path    string // of the ONNX file
	Spec    matte.Spec
	Licence Licence
}

// Open returns the store in the folder, which need not exist yet; nothing is
// written. Entries of the operator's own models (*.json in the folder) are read;
// one that cannot be read is left out and reported by Broken.
func Open(dir string) (*Store, error) {
	entries, err := Manifest()
	if err != nil {
		return nil, err
	}
	s := &Store{dir: dir, entries: entries}
	names, err := filepath.Glob(filepath.Join(dir, "*.json"))
	if err != nil {
		return nil, mattebox.Wrap(mattebox.CodeInvalid, err, "listing %s", dir)
	}
	for _, name := range names {
		e, err := readEntry(name)
		if err != nil {
			s.broken = append(s.broken, err)
			continue
		}
		s.add(e)
	}
	return s, nil
}

func readEntry(path string) (Entry, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return Entry{}, mattebox.Wrap(mattebox.CodeInvalid, err, "reading the entry %s", path)
	}
	e, err := ParseEntry(data)
	if err == nil && filepath.Base(path) != e.Name+".json" {
		err = mattebox.Invalid("name", "is %q, which is not the file's", e.Name)
	}
	if err != nil {
		return Entry{}, mattebox.Wrap(mattebox.CodeInvalid, err, "entry %s", path)
	}
	return e, nil
}

// add puts an operator's entry in the place of the template of its name, or
// last. Entries that we fetch ourselves are not replaced.
func (s *Store) add(e Entry) {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := slices.IndexFunc(s.entries, func(o Entry) bool { return o.Name == e.Name })
	switch {
	case i < 0:
		s.entries = append(s.entries, e)
	case s.entries[i].Package == "":
		s.entries[i] = e
	}
}

// Dir returns the store's folder.
func (s *Store) Dir() string { return s.dir }

// Entries returns every entry: the embedded ones, then the operator's own.
func (s *Store) Entries() []Entry {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return slices.Clone(s.entries)
}

// Broken returns one error for each of the operator's entries that could not be
// read when the store was opened.
func (s *Store) Broken() []error { return slices.Clone(s.broken) }

// Entry returns the entry of that name, or a CodeNotFound error that lists the
// names there are.
func (s *Store) Entry(name string) (Entry, error) {
	var names []string
	for _, e := range s.Entries() {
		if e.Name == name {
			return e, nil
		}
		names = append(names, e.Name)
	}
	return Entry{}, &mattebox.Error{Code: mattebox.CodeNotFound, Field: "model",
		Message: "there is no " + name + "; the manifest knows " + strings.Join(names, ", ")}
}

// Model returns the installed network of that name. It checks the file as
// Status does, which takes microseconds when its stamp is good. An error of
// CodeUnavailable says what to type to mend it.
func (s *Store) Model(name string) (Model, error) {
	status, err := s.ready(name)
	if err != nil {
		return Model{}, err
	}
	if status.Entry.IsRuntime() {
		return Model{}, mattebox.Invalid("model", "%s is the runtime, not a network", name)
	}
	return Model{Path: status.Path, Spec: *status.Entry.Spec, Licence: status.Entry.Licence}, nil
}

// Runtime returns the path of the installed native library. Errors are those of
// Model.
func (s *Store) Runtime() (string, error) {
	status, err := s.ready(RuntimeName)
	return status.Path, err
}

func (s *Store) ready(name string) (Status, error) {
	status, err := s.Status(name)
	if err != nil {
		return Status{}, err
	}
	if status.State != Ready {
		return Status{}, mattebox.Errorf(mattebox.CodeUnavailable, "%s is %s; run %q", name, status.State, status.Mend)
	}
	return status, nil
}

func (s *Store) path(e Entry) string { return filepath.Join(s.dir, e.FileName()) }

// isMissing reports whether err says that a file is not there.
func isMissing(err error) bool { return errors.Is(err, fs.ErrNotExist) }
