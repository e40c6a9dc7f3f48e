package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// writeFile makes the file at path of what fill writes. Nobody ever sees half of
// it: the bytes go to a file without a name in the same folder, which is synced
// and then named. A process that is killed leaves nothing behind. Without force
// a file that is there stays and the error is fs.ErrExist.
func writeFile(path string, force bool, fill func(io.Writer) error) (err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return err
	}
	f, err := newOutFile(path)
	if err != nil {
		return err
	}
	defer f.discard()
	buffered := bufio.NewWriterSize(f, 1<<18)
	if err := fill(buffered); err != nil {
		return err
	}
	if err := buffered.Flush(); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	return f.publish(force)
}

// outFile is a file that is being written. Where the file system can, it has no
// name yet (open(2), O_TMPFILE); elsewhere it has a hidden one.
type outFile struct {
	*os.File
	path   string // of the result
	hidden string // empty when there is no name
}

func newOutFile(path string) (*outFile, error) {
	f := &outFile{path: path}
	fd, err := unix.Open(filepath.Dir(path), unix.O_TMPFILE|unix.O_WRONLY|unix.O_CLOEXEC, 0o666)
	if err == nil {
		f.File = os.NewFile(uintptr(fd), path)
		if _, err := os.Stat(f.handle()); err == nil {
			return f, nil
		}
		f.Close() // without /proc it could never be named
	}
	f.hidden = f.hiddenName()
	// Unlike os.CreateTemp's, the file has the permissions of any file that its
	// user makes, since it is to stay.
	f.File, err = os.OpenFile(f.hidden, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	return f, err
}

// handle is a path by which a file without a name is reached.
func (f *outFile) handle() string { return fmt.Sprintf("/proc/self/fd/%d", f.Fd()) }

func (f *outFile) hiddenName() string {
	return filepath.Join(filepath.Dir(f.path), fmt.Sprintf(".%s.%016x.part", filepath.Base(f.path), rand.Uint64()))
}

// publish gives the file its name.
func (f *outFile) publish(force bool) error {
	if f.hidden == "" {
		err := f.link(f.path)
		if !force || !errors.Is(err, fs.ErrExist) {
			return err
		}
		// A link cannot take the place of a file, a rename can.
		name := f.hiddenName()
		if err := f.link(name); err != nil {
			return err
		}
		f.hidden = name
	}
	if force {
		return os.Rename(f.hidden, f.path)
	}
	return renameNew(f.hidden, f.path)
}

func (f *outFile) link(path string) error {
	return unix.Linkat(unix.AT_FDCWD, f.handle(), unix.AT_FDCWD, path, unix.AT_SYMLINK_FOLLOW)
}

// discard closes the file and removes the hidden one, if it still is. What was
// published stays.
func (f *outFile) discard() {
	f.Close()
	if f.hidden != "" {
		os.Remove(f.hidden)
	}
}

// renameNew renames unless there is something at to already. File systems that
// cannot do that in one step get two.
func renameNew(from, to string) error {
	err := unix.Renameat2(unix.AT_FDCWD, from, unix.AT_FDCWD, to, unix.RENAME_NOREPLACE)
	if !errors.Is(err, unix.EINVAL) && !errors.Is(err, unix.ENOSYS) {
		return err
	}
	if _, err := os.Lstat(to); err == nil {
		return fs.ErrExist
	}
	return os.Rename(from, to)
}
