package weights

import (
	"context"
	"encoding/json"
	"os"
	"path"
	"path/filepath"
	"strings"

	"mattebox"
)

// Local is a file that the operator brings.
type Local struct {
	From   string // path or address (https, or http with SHA256) of the file
	Name   string // of the entry; empty: EntryFile's, else the file's own name without its ending
	Entry  string // path of a manifest entry in JSON; empty: From with the ending .json, where that is a file
	SHA256 string // what the file must be; empty: what the entry says, if it says
}

// InstallLocal installs a file that the operator brings. For an entry that is
// on the package registry it must be the very file that Install would fetch, or
// the one it would leave; so machines without a network are set up. For any
// other the file is taken, its graph looked at and prepared where that fits, and
// the completed entry kept beside it. Errors are CodeInvalid for what the
// operator can mend and CodeUnavailable for the rest.
func (s *Store) InstallLocal(ctx context.Context, l Local) (Status, error) {
	e, err := s.resolve(l)
	if err != nil {
		return Status{}, err
	}
	if l.SHA256 != "" {
		if err := validateSHA256("sha256", l.SHA256); err != nil {
			return Status{}, err
		}
	}
	unlock, err := s.lock(ctx)
	if err != nil {
		return Status{}, err
	}
	defer unlock()
	work, err := s.workFolder()
	if err != nil {
		return Status{}, err
	}
	defer os.RemoveAll(work)
	file := filepath.Join(work, "brought")
	if err := s.bring(ctx, e, l, file); err != nil {
		return Status{}, err
	}
	if e.Package != "" {
		err = s.placeKnown(ctx, e, file)
	} else if e, err = s.adopt(ctx, e, file); err == nil {
		s.add(e)
	}
	if err != nil {
		return Status{}, err
	}
	return s.examine(ctx, e, false)
}

// resolve finds the entry that the file is for.
func (s *Store) resolve(l Local) (Entry, error) {
	if l.From == "" {
		return Entry{}, mattebox.Invalid("from", "is empty; name a file or an address")
	}
	base := fileName(l.From)
	name := l.Name
	if name == "" {
		name = strings.TrimSuffix(base, path.Ext(base))
	}
	entryFile := l.Entry
	if beside := strings.TrimSuffix(l.From, path.Ext(base)) + ".json"; entryFile == "" && !isAddress(l.From) {
		if _, err := os.Stat(beside); err == nil {
			entryFile = beside
		}
	}
	if entryFile != "" {
		return s.resolveFile(entryFile, l.Name)
	}
	e, err := s.Entry(name)
	if err != nil {
		return Entry{}, mattebox.Invalid("model", "%q is not in the manifest: name one of its entries, or describe the model in a JSON entry beside the file (see \"mattebox model entry\")", name)
	}
	return e, nil
}

// resolveFile reads the operator's entry and makes sure that it does not take
// the name of one of ours.
func (s *Store) resolveFile(entryFile, name string) (Entry, error) {
	data, err := os.ReadFile(entryFile)
	if err != nil {
		return Entry{}, mattebox.Wrap(mattebox.CodeInvalid, err, "reading the entry")
	}
	e, err := ParseEntry(data)
	if err != nil {
		return Entry{}, err
	}
	if name != "" && name != e.Name {
		return Entry{}, mattebox.Invalid("name", "is %q in %s, but %q was asked for", e.Name, entryFile, name)
	}
	if known, err := s.Entry(e.Name); (err == nil && known.Package != "") || e.IsRuntime() {
		return Entry{}, mattebox.Invalid("name", "%q is one of the program's own; choose another", e.Name)
	}
	return e, nil
}

// bring copies or downloads the file and compares it with what the operator or
// the operator's entry says it is.
func (s *Store) bring(ctx context.Context, e Entry, l Local, file string) error {
	s.tell(Event{Entry: e.Name, Step: StepFetch})
	if isAddress(l.From) {
		if err := s.download(ctx, e, l, file); err != nil {
			return err
		}
	} else if err := copyFile(ctx, l.From, file); err != nil {
		return mattebox.Wrap(mattebox.CodeInvalid, err, "reading %s", l.From)
	}
	got, err := sumFile(ctx, file)
	if err != nil {
		return err
	}
	if l.SHA256 != "" && got.SHA256 != l.SHA256 {
		return mattebox.Invalid("sha256", "the file's is %s, not %s", got.SHA256, l.SHA256)
	}
	if f, ok := e.Fetched(); ok && e.Package == "" && f.Sum != got {
		return mattebox.Wrap(mattebox.CodeInvalid, &mismatchError{got: got, want: f.Sum}, "%s", l.From)
	}
	return nil
}

// placeKnown installs a file of an entry whose sums we know.
func (s *Store) placeKnown(ctx context.Context, e Entry, file string) error {
	got, err := sumFile(ctx, file)
	if err != nil {
		return err
	}
	fetched, ok := e.Fetched()
	installed, _ := e.Installed()
	if got != installed {
		if !ok || got != fetched.Sum {
			return mattebox.Wrap(mattebox.CodeInvalid, &mismatchError{got: got, want: fetched.Sum}, "this is not %s", e.Title)
		}
		if file, err = s.prepareFile(e, file); err != nil {
			return err
		}
	}
	return s.place(ctx, file, e)
}

// adopt takes a network that only the operator knows: it completes the entry
// from the graph, prepares the graph where the preparation fits, installs the
// file and keeps the entry.
func (s *Store) adopt(ctx context.Context, e Entry, file string) (Entry, error) {
	brought, err := sumFile(ctx, file)
	if err != nil {
		return Entry{}, err
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return Entry{}, mattebox.Wrap(mattebox.CodeUnavailable, err, "reading the brought %s", e.Name)
	}
	graph, err := asONNX(data, e.Prepare)
	if err != nil {
		return Entry{}, err
	}
	spec, fixed, err := complete(*e.Spec, graph)
	if err != nil {
		return Entry{}, err
	}
	e.Spec, e.Files, e.Prepared = &spec, []File{{Sum: brought}}, nil
	prepared, err := s.prepareFile(e, file)
	switch {
	case err == nil && prepared != file:
		sum, err := sumFile(ctx, prepared)
		if err != nil {
			return Entry{}, err
		}
		e.Prepared, file = &sum, prepared
	case err != nil && (mattebox.CodeOf(err) != mattebox.CodeInvalid || e.Prepare == PrepareTFLite): // that is no ONNX file to be taken as it is
		return Entry{}, err
	case err != nil:
		s.tell(Event{Entry: e.Name, Step: StepAsIs})
		e.Prepare = PrepareNone
	}
	if e.Prepare == PrepareNone && fixed {
		e.Spec.Multiple = 0
	}
	if err := s.place(ctx, file, e); err != nil {
		return Entry{}, err
	}
	return e, s.keepEntry(e)
}

// keepEntry writes the operator's entry beside its file.
func (s *Store) keepEntry(e Entry) error {
	data, err := json.MarshalIndent(e, "", "  ")
	if err != nil {
		return mattebox.Wrap(mattebox.CodeInternal, err, "writing the entry of %s", e.Name)
	}
	if err := writeAtomically(filepath.Join(s.dir, e.Name+".json"), append(data, '\n')); err != nil {
		return mattebox.Wrap(mattebox.CodeUnavailable, err, "writing the entry of %s", e.Name)
	}
	return nil
}
