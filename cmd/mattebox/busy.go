package main

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// isBusy reports whether a process has the file open for writing: the kernel
// refuses a read lease on such a file (fcntl(2), F_SETLEASE). Where leases are
// not to be had, the answer is no, and only size and time tell.
func isBusy(path string) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close() // gives the lease back
	_, err = unix.FcntlInt(f.Fd(), unix.F_SETLEASE, unix.F_RDLCK)
	return errors.Is(err, unix.EAGAIN)
}
