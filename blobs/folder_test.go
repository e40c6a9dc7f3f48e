package blobs_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"

	"mattebox"
	"mattebox/blobs"
)

// files lists what lies in the folder: files, and folders that are empty.
func files(t *testing.T, root string) []string {
	t.Helper()
	var found []string
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || path == root {
			return err
		}
		inside, err := os.ReadDir(path)
		if err != nil && !errors.Is(err, fs.ErrInvalid) && d.IsDir() {
			return err
		}
		if !d.IsDir() || len(inside) == 0 {
			rel, _ := filepath.Rel(root, path)
			found = append(found, rel)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestAFolderHoldsNothingButTheBlobs(t *testing.T) {
	root := t.TempDir()
	s := open(t, "file://"+root)
	put(t, s, "1/2/1-1/a.png", "a")
	put(t, s, "1/3/1-1/a.png", "a")
	if err := s.Delete(t.Context(), "1/2/1-1/a.png"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Put(t.Context(), "1/4/x", failing{}, ""); err == nil {
		t.Fatal("stored a broken reader")
	}
	if diff := cmp.Diff([]string{".unfinished", "1/3/1-1/a.png"}, files(t, root)); diff != "" {
		t.Error(diff)
	}
}

func TestLocal(t *testing.T) {
	root := t.TempDir()
	s := open(t, root)
	put(t, s, "1/2/1-1/a.png", "a")
	path, ok := s.Local("1/2/1-1/a.png")
	if want := filepath.Join(root, "1/2/1-1/a.png"); path != want || !ok {
		t.Errorf("Local = %q, %v; want %q", path, ok, want)
	}
	if path, ok := s.Local("../x"); ok {
		t.Errorf("Local(../x) = %q", path)
	}
	if path, ok := open(t, bucket(t, "")).Local("1/2/1-1/a.png"); ok {
		t.Errorf("a bucket's key is at %q", path)
	}
}

func TestPutFileFromAnotherFileSystem(t *testing.T) {
	other, err := os.MkdirTemp("/dev/shm", "mattebox-*")
	if err != nil {
		t.Skip("no second file system:", err)
	}
	t.Cleanup(func() { os.RemoveAll(other) })
	s := open(t, t.TempDir())
	path := filepath.Join(other, "result")
	if err := os.WriteFile(path, []byte("pixels"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := s.PutFile(t.Context(), "1/2/1-1/a", path, ""); err != nil {
		t.Fatal(err)
	}
	if got := content(t, s, "1/2/1-1/a"); got != "pixels" {
		t.Errorf("content = %q", got)
	}
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the file is still there: %v", err)
	}
}

func TestOpenDiscardsWhatACrashLeft(t *testing.T) {
	root := t.TempDir()
	open(t, root)
	old, young := filepath.Join(root, ".unfinished", "old"), filepath.Join(root, ".unfinished", "young")
	for _, path := range []string{old, young} {
		if err := os.WriteFile(path, []byte("half"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	yesterday := time.Now().Add(-25 * time.Hour)
	if err := os.Chtimes(old, yesterday, yesterday); err != nil {
		t.Fatal(err)
	}
	open(t, root)
	if diff := cmp.Diff([]string{".unfinished/young"}, files(t, root)); diff != "" {
		t.Error(diff)
	}
}

func TestPutBesideDeletesOfItsFolder(t *testing.T) {
	s := open(t, t.TempDir())
	var wg sync.WaitGroup
	for i := range 4 {
		key := fmt.Sprintf("1/2/%d", i)
		wg.Go(func() {
			for range 50 {
				if _, err := s.Put(t.Context(), key, strings.NewReader("x"), ""); err != nil {
					t.Error(err)
					return
				}
				if err := s.Delete(t.Context(), key); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
}

func FuzzKeyStaysInItsFolder(f *testing.F) {
	for _, seed := range []string{"1/2/a.png", "../x", "a/../../x", "/etc/passwd", "a\x00", ".unfinished/a", "~/x", "a/b/..", "1/2/"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, key string) {
		root := t.TempDir()
		s, err := blobs.Open(t.Context(), filepath.Join(root, "blobs"))
		if err != nil {
			t.Fatal(err)
		}
		if path, ok := s.Local(key); ok && (!strings.HasPrefix(path, filepath.Join(root, "blobs")+"/") || strings.Contains(path, "/.")) {
			t.Errorf("%q leads to %q", key, path)
		}
		_, _ = s.Put(t.Context(), key, strings.NewReader("x"), "")
		entries, err := os.ReadDir(root)
		if err != nil || len(entries) != 1 {
			t.Errorf("%q wrote outside: %v, %v", key, entries, err)
		}
	})
}

func TestAFullDisk(t *testing.T) {
	dir := t.TempDir()
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, "size=64k"); err != nil {
		t.Skip("cannot make a small disk:", err)
	}
	t.Cleanup(func() { _ = unix.Unmount(dir, unix.MNT_DETACH) })
	s := open(t, dir)
	put(t, s, "1/2/small", "x")
	_, err := s.Put(t.Context(), "1/2/big", strings.NewReader(strings.Repeat("x", 1<<20)), "")
	if mattebox.CodeOf(err) != mattebox.CodeUnavailable || !strings.Contains(err.Error(), "full") {
		t.Errorf("a megabyte on a disk of 64 KB: %v", err)
	}
	if diff := cmp.Diff([]string{".unfinished", "1/2/small"}, files(t, dir)); diff != "" {
		t.Error(diff)
	}
	put(t, s, "1/2/small2", "room again")
}
