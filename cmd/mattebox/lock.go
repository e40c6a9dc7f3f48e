package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"

	"golang.org/x/sys/unix"

	"mattebox"
)

// lockedError is lockFile's error when somebody else has the lock.
type lockedError struct{ error }

// Unwrap returns what is told.
func (e lockedError) Unwrap() error { return e.error }

// folderLock is the right to be the one server of a data folder. The kernel takes
// it back when the process dies, however it dies.
type folderLock struct{ file *os.File }

// lockFolder takes the lock of the data folder, or returns a CodeConflict error
// that says who has it.
func lockFolder(dir string) (*folderLock, error) {
	return lockFile(filepath.Join(dir, lockName), "%s is in use by another mattebox%s; stop that one, or name another folder with --data", dir)
}

// lockFile takes the lock on the file. taken words the error when somebody else
// has it, from what and who.
func lockFile(path, taken, what string) (*folderLock, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, mattebox.Wrap(mattebox.CodeUnavailable, err, "cannot lock %s", what)
	}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		defer f.Close()
		if errors.Is(err, unix.EWOULDBLOCK) {
			return nil, lockedError{mattebox.Errorf(mattebox.CodeConflict, taken, what, holder(f))}
		}
		return nil, mattebox.Wrap(mattebox.CodeUnavailable, err, "cannot lock %s", what)
	}
	if err := f.Truncate(0); err == nil {
		fmt.Fprintln(f, os.Getpid()) // for people only
	}
	return &folderLock{f}, nil
}

// holder returns " (process 123)" when the file says so.
func holder(f *os.File) string {
	var pid int
	if _, err := fmt.Fscan(f, &pid); err != nil {
		return ""
	}
	return " (process " + strconv.Itoa(pid) + ")"
}

func (l *folderLock) release() { l.file.Close() }

// isLocked reports whether somebody else has the lock.
func isLocked(err error) bool {
	var locked lockedError
	return errors.As(err, &locked)
}
