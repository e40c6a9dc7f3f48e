package blobs

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// install moves a whole and synced file to its key so that a power cut after its
// return cannot undo it: a file is only as durable as the entries of all folders
// above it. It fails with EXDEV when the file lies on another file system.
func (f *folder) install(path, key string) error {
	to := f.path(key)
	if err := f.rename(path, to); err != nil {
		return full(err, "moving %s into place", key)
	}
	return f.syncUp(filepath.Dir(to))
}

// rename makes the folders on the way and moves the file. The prune of another
// process may remove a folder that was just made, so it tries more than once.
func (f *folder) rename(from, to string) error {
	f.pruning.RLock()
	defer f.pruning.RUnlock()
	const tries = 5
	var err error
	for range tries {
		if err = os.MkdirAll(filepath.Dir(to), folderMode); err != nil && !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, fs.ErrExist) {
			return err
		}
		if err = os.Rename(from, to); err == nil || !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		if _, absent := os.Lstat(from); absent != nil {
			return absent
		}
	}
	return err
}

// syncUp syncs the folder and all above it up to the root. Which of them are new is
// not asked: another goroutine may have made one and not have synced it yet, and a
// clean folder costs next to nothing.
func (f *folder) syncUp(dir string) error {
	for ; strings.HasPrefix(dir, f.root); dir = filepath.Dir(dir) {
		if err := syncFolder(dir); err != nil {
			return fmt.Errorf("syncing %s: %w", dir, err)
		}
	}
	return nil
}

// prune removes the folder and those above it as long as they are empty, and syncs
// the first that stays, so that deleted bytes do not come back with a power cut.
func (f *folder) prune(dir string) error {
	dir = f.removeEmpty(dir)
	if err := syncFolder(dir); err != nil && !gone(err) {
		return fmt.Errorf("syncing %s: %w", dir, err)
	}
	return nil
}

// removeEmpty returns the first folder from dir upwards that is not empty.
func (f *folder) removeEmpty(dir string) string {
	f.pruning.Lock()
	defer f.pruning.Unlock()
	for ; dir != f.root; dir = filepath.Dir(dir) {
		if err := os.Remove(dir); err != nil && !gone(err) {
			break
		}
	}
	return dir
}

func syncFolder(path string) error {
	dir, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}
