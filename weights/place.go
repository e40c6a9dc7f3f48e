package weights

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"mattebox"
)

// workPrefix begins the names of the folders in the store that installations
// work in. One that is left over was left by a killed installation.
const workPrefix = ".work-"

// lock waits until no other installation works in the store, clears what a
// killed one left, and returns the function that lets the next one in. The
// kernel drops the lock of a process that dies.
func (s *Store) lock(ctx context.Context) (func(), error) {
	if err := os.MkdirAll(s.dir, 0o755); err != nil {
		return nil, mattebox.Wrap(mattebox.CodeUnavailable, err, "making the models folder")
	}
	f, err := os.OpenFile(filepath.Join(s.dir, ".lock"), os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, mattebox.Wrap(mattebox.CodeUnavailable, err, "locking the models folder")
	}
	if err := s.waitForLock(ctx, f); err != nil {
		f.Close()
		return nil, mattebox.Wrap(mattebox.CodeUnavailable, err, "waiting for another installation in %s", s.dir)
	}
	leftovers, _ := filepath.Glob(filepath.Join(s.dir, workPrefix+"*"))
	for _, path := range leftovers {
		if err := os.RemoveAll(path); err != nil {
			f.Close()
			return nil, mattebox.Wrap(mattebox.CodeUnavailable, err, "clearing up after an interrupted installation")
		}
	}
	return func() { f.Close() }, nil
}

func (s *Store) waitForLock(ctx context.Context, f *os.File) error {
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for told := false; ; told = true {
		err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if !errors.Is(err, syscall.EWOULDBLOCK) {
			return err
		}
		if !told {
			s.tell(Event{Step: StepWait})
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}

// workFolder makes a folder in the store, so that a rename out of it is atomic.
func (s *Store) workFolder() (string, error) {
	dir, err := os.MkdirTemp(s.dir, workPrefix)
	if err != nil {
		return "", mattebox.Wrap(mattebox.CodeUnavailable, err, "making a work folder")
	}
	return dir, nil
}

// place checks the finished file and moves it to its name, durably: its bytes
// are on disk before the name is, so a power cut leaves the old file or the new.
func (s *Store) place(ctx context.Context, file string, e Entry) error {
	want, _ := e.Installed()
	s.tell(Event{Entry: e.Name, Step: StepCheck, Total: want.Size})
	if err := check(ctx, file, want); err != nil {
		return err
	}
	if err := syncPath(file); err != nil {
		return mattebox.Wrap(mattebox.CodeUnavailable, err, "writing %s to disk", e.Name)
	}
	path := s.path(e)
	if err := rename(file, path); err != nil {
		return mattebox.Wrap(mattebox.CodeUnavailable, err, "putting %s in place", e.Name)
	}
	if err := writeStamp(path, want); err != nil {
		return mattebox.Wrap(mattebox.CodeUnavailable, err, "stamping %s", e.Name)
	}
	return nil
}

// check compares the file with what it must be.
func check(ctx context.Context, file string, want Sum) error {
	got, err := sumFile(ctx, file)
	if err != nil {
		return err
	}
	if got != want {
		return &mismatchError{got: got, want: want}
	}
	return nil
}

// mismatchError says that a file is not the one that the manifest names.
type mismatchError struct{ got, want Sum }

func (e *mismatchError) Error() string {
	if e.got.Size != e.want.Size {
		return fmt.Sprintf("the file has %d bytes, not %d: it is broken off or another file", e.got.Size, e.want.Size)
	}
	return fmt.Sprintf("the file's SHA-256 is %s, not %s: it is damaged or another file", e.got.SHA256, e.want.SHA256)
}

func rename(from, to string) error {
	if err := os.Rename(from, to); err != nil {
		return err
	}
	return syncPath(filepath.Dir(to))
}

// move renames the file, or copies it where the two names are on different file
// systems; either way the new name is there with all bytes or not at all.
func move(ctx context.Context, from, to string) error {
	err := rename(from, to)
	if !errors.Is(err, syscall.EXDEV) {
		return err
	}
	near, err := os.MkdirTemp(filepath.Dir(to), workPrefix)
	if err != nil {
		return err
	}
	defer os.RemoveAll(near)
	copied := filepath.Join(near, "copy")
	if err := copyFile(ctx, from, copied); err != nil {
		return err
	}
	return rename(copied, to)
}

// copyFile copies at most maxFileBytes and flushes them to disk.
func copyFile(ctx context.Context, from, to string) error {
	r, err := os.Open(from)
	if err != nil {
		return err
	}
	defer r.Close()
	return writeFrom(contextReader{ctx, r}, to)
}

// writeFrom makes the file of what r gives, at most maxFileBytes.
func writeFrom(r io.Reader, to string) error {
	w, err := os.Create(to)
	if err != nil {
		return err
	}
	n, err := io.Copy(w, io.LimitReader(r, maxFileBytes+1))
	if err == nil && n > maxFileBytes {
		err = fmt.Errorf("it has more than %d bytes", int64(maxFileBytes))
	}
	return errors.Join(err, w.Sync(), w.Close())
}

// syncPath flushes a file or a folder to disk.
func syncPath(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	return f.Sync()
}

// writeAtomically writes a small file under a temporary name and renames it.
func writeAtomically(path string, data []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), workPrefix)
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.Write(data)
	err = errors.Join(err, f.Chmod(0o644), f.Sync(), f.Close())
	if err != nil {
		return err
	}
	return rename(f.Name(), path)
}
