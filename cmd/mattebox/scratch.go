package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"mattebox"
)

// scratch is a process's own folder for files in the making: downloads, results
// before they are stored. It is on the file system of the data folder, so that a
// finished file moves to the pictures without being copied.
type scratch struct {
	dir  string
	lock *folderLock
}

// newScratch makes the folder, and removes those of processes that are no more.
func newScratch(data string) (*scratch, error) {
	parent := filepath.Join(data, scratchName)
	if err := os.MkdirAll(parent, dataMode); err != nil {
		return nil, mattebox.Wrap(mattebox.CodeUnavailable, err, "cannot make the folder for files in the making")
	}
	removeDead(parent)
	dir, err := os.MkdirTemp(parent, "process-")
	if err != nil {
		return nil, mattebox.Wrap(mattebox.CodeUnavailable, err, "cannot make the folder for files in the making")
	}
	lock, err := lockFile(filepath.Join(dir, lockName), "%s is in use%s", dir)
	if err != nil {
		return nil, err
	}
	return &scratch{dir, lock}, nil
}

// removeDead removes the folders whose lock nobody holds. What cannot be removed
// does no harm but the room that it takes.
func removeDead(parent string) {
	entries, _ := os.ReadDir(parent)
	for _, e := range entries {
		dir := filepath.Join(parent, e.Name())
		info, err := os.Stat(filepath.Join(dir, lockName))
		if err != nil || time.Since(info.ModTime()) < time.Minute {
			continue // not ours, or made just now and not locked yet
		}
		lock, err := lockFile(filepath.Join(dir, lockName), "%s is in use%s", dir)
		if err != nil {
			continue
		}
		os.RemoveAll(dir)
		lock.release()
	}
}

func (s *scratch) remove() error {
	err := os.RemoveAll(s.dir)
	s.lock.release()
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("removing files in the making: %w", err)
	}
	return nil
}
