package blobs

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"mattebox"
)

const (
	folderMode = 0o700 // customers' pictures are nobody else's
	unfinished = ".unfinished"
	// A file that is still being written after a day is left from a crash.
	abandoned = 24 * time.Hour
)

// folder is a store in a folder. Files are written beside the keys, under
// unfinished, and moved into place when they are whole and synced.
type folder struct {
	root    string
	pruning sync.RWMutex // empty folders are removed only while no file is moved into one
}

func newFolder(path string) (*folder, error) {
	root, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("finding the blob folder: %w", err)
	}
	f := &folder{root: root}
	if err := os.MkdirAll(filepath.Join(root, unfinished), folderMode); err != nil {
		return nil, mattebox.Wrap(mattebox.CodeUnavailable, err, "cannot make the blob folder %s", root)
	}
	f.discardAbandoned()
	return f, nil
}

// discardAbandoned removes files that a crash left unfinished. Other processes may
// be writing theirs, so young ones stay; what cannot be removed does no harm.
func (f *folder) discardAbandoned() {
	dir := filepath.Join(f.root, unfinished)
	entries, _ := os.ReadDir(dir)
	for _, e := range entries {
		if info, err := e.Info(); err == nil && time.Since(info.ModTime()) > abandoned {
			_ = os.Remove(filepath.Join(dir, e.Name()))
		}
	}
}

func (f *folder) path(key string) string {
	return filepath.Join(f.root, filepath.FromSlash(key))
}

func (f *folder) close() error { return nil }

func (f *folder) put(ctx context.Context, key string, r io.Reader, _ string) (int64, error) {
	temp, err := os.CreateTemp(filepath.Join(f.root, unfinished), "put-*")
	if err != nil {
		return 0, full(err, "making a file for %s", key)
	}
	defer os.Remove(temp.Name()) // fails, as it shall, once the file is in place
	defer temp.Close()
	n, err := io.Copy(temp, reader{ctx, r})
	if err != nil {
		return 0, full(err, "writing %s", key)
	}
	if err := temp.Sync(); err != nil {
		return 0, full(err, "syncing %s", key)
	}
	return n, f.install(temp.Name(), key)
}

func (f *folder) take(ctx context.Context, key, path, mediaType string) error {
	file, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("opening the file for %s: %w", key, err)
	}
	defer file.Close()
	if err := file.Sync(); err != nil {
		return full(err, "syncing %s", key)
	}
	err = f.install(path, key)
	if !errors.Is(err, syscall.EXDEV) {
		return err
	}
	if _, err := f.put(ctx, key, file, mediaType); err != nil {
		return err
	}
	return os.Remove(path)
}

func (f *folder) get(_ context.Context, key string) (*Blob, error) {
	file, err := os.Open(f.path(key))
	if err != nil {
		return nil, missing(err, key)
	}
	info, err := file.Stat()
	if err == nil && info.IsDir() {
		err = fs.ErrNotExist
	}
	if err != nil {
		_ = file.Close()
		return nil, missing(err, key)
	}
	return &Blob{ReadSeekCloser: file, Size: info.Size(), Modified: info.ModTime()}, nil
}

func (f *folder) remove(_ context.Context, key string) error {
	path := f.path(key)
	if err := os.Remove(path); err != nil && !gone(err) {
		return fmt.Errorf("removing %s: %w", key, err)
	}
	return f.prune(filepath.Dir(path))
}

func (f *folder) removePrefix(_ context.Context, prefix string) error {
	path := f.path(prefix)
	if err := os.RemoveAll(path); err != nil {
		return fmt.Errorf("removing %s: %w", prefix, err)
	}
	return f.prune(filepath.Dir(path))
}

func (f *folder) folders(_ context.Context, prefix string) ([]string, error) {
	entries, err := os.ReadDir(f.path(prefix))
	if err != nil && !gone(err) {
		return nil, fmt.Errorf("listing %s: %w", prefix, err)
	}
	var found []string
	for _, e := range entries {
		if e.IsDir() {
			found = append(found, prefix+e.Name()+"/")
		}
	}
	return found, nil
}

// gone reports whether the error says that there is no such file, be it that an
// element of its path is missing or no folder.
func gone(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR)
}

func missing(err error, key string) error {
	if gone(err) {
		return mattebox.Wrap(mattebox.CodeNotFound, err, "there is nothing under %s", key)
	}
	return fmt.Errorf("opening %s: %w", key, err)
}

// full wraps the error of a write, telling a full disk from the rest.
func full(err error, format string, args ...any) error {
	what := fmt.Sprintf(format, args...)
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return mattebox.Wrap(mattebox.CodeUnavailable, fmt.Errorf("%s: %w", what, err), "the disk that holds the pictures is full; make room on it")
	}
	return fmt.Errorf("%s: %w", what, err)
}

// reader ends with the context's error when the context ends.
type reader struct {
	ctx context.Context
	r   io.Reader
}

func (r reader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.r.Read(p)
}
