package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// fakeFile is a file as its writer leaves it from time to time.
type fakeFile struct {
	fs.FileInfo
	size     int64
	modified time.Time
	folder   bool
}

func (f fakeFile) Size() int64        { return f.size }
func (f fakeFile) ModTime() time.Time { return f.modified }
func (f fakeFile) Mode() fs.FileMode {
	if f.folder {
		return fs.ModeDir
	}
	return 0
}

// scene is a settler over files and a clock that the test moves.
type scene struct {
	settler
	files map[string]fakeFile
	open  map[string]bool
	now   time.Time
}

func newScene() *scene {
	s := &scene{files: map[string]fakeFile{}, open: map[string]bool{}, now: time.Unix(1000, 0)}
	s.settler = settler{
		quiet: time.Second, waiting: map[string]sighting{},
		stat: func(path string) (fs.FileInfo, error) {
			if f, ok := s.files[path]; ok {
				return f, nil
			}
			return nil, fs.ErrNotExist
		},
		busy: func(path string) bool { return s.open[path] },
	}
	return s
}

// write changes a file and lets the settler see it.
func (s *scene) write(path string, size int64) {
	s.files[path] = fakeFile{size: size, modified: s.now}
	s.touch(path, s.now)
}

func (s *scene) after(d time.Duration) []string {
	s.now = s.now.Add(d)
	return s.complete(s.now)
}

func (s *scene) want(t *testing.T, d time.Duration, want ...string) {
	t.Helper()
	if got := s.after(d); !slices.Equal(got, want) {
		t.Errorf("after %v: %q, want %q", d, got, want)
	}
}

func TestSettlerWaitsForQuiet(t *testing.T) {
	s := newScene()
	s.write("a", 10)
	s.want(t, 900*time.Millisecond)
	s.write("a", 20)
	s.want(t, 900*time.Millisecond)
	if due, ok := s.next(); !ok || !due.Equal(s.now.Add(100*time.Millisecond)) {
		t.Errorf("due %v, %t", due, ok)
	}
	s.want(t, 100*time.Millisecond, "a")
	s.want(t, time.Hour)
	if _, ok := s.next(); ok {
		t.Error("something still waits")
	}
}

func TestSettlerSeesChangesWithoutAnEvent(t *testing.T) {
	s := newScene()
	s.write("a", 10)
	s.files["a"] = fakeFile{size: 11, modified: s.now}
	s.want(t, time.Second)
	s.files["a"] = fakeFile{size: 11, modified: s.now}
	s.want(t, time.Second)
	s.want(t, time.Second, "a")
}

func TestSettlerWaitsForTheWriterToClose(t *testing.T) {
	s := newScene()
	s.write("a", 10)
	s.open["a"] = true
	s.want(t, time.Second)
	s.want(t, time.Minute)
	s.open["a"] = false
	s.want(t, time.Second, "a")
}

func TestSettlerForgets(t *testing.T) {
	s := newScene()
	s.write("gone", 10)
	s.write("dropped", 10)
	s.write("empty", 0)
	s.files["folder"] = fakeFile{folder: true}
	s.touch("folder", s.now)
	delete(s.files, "gone")
	s.forget("dropped")
	s.want(t, time.Second)
	if len(s.waiting) > 0 {
		t.Errorf("waits for %v", s.waiting)
	}
	s.write("empty", 5)
	s.want(t, time.Second, "empty")
}

func TestSettlerTakesOldFilesAtOnce(t *testing.T) {
	s := newScene()
	s.files["old"] = fakeFile{size: 1, modified: s.now.Add(-time.Hour)}
	s.files["new"] = fakeFile{size: 1, modified: s.now.Add(-300 * time.Millisecond)}
	s.files["future"] = fakeFile{size: 1, modified: s.now.Add(time.Hour)}
	for path := range s.files {
		s.find(path, s.now)
	}
	s.want(t, 0, "old")
	s.want(t, 700*time.Millisecond, "new")
	s.want(t, 300*time.Millisecond, "future")
}

func TestSettlerTellsByName(t *testing.T) {
	s := newScene()
	for _, path := range []string{"c", "a", "d", "b"} {
		s.write(path, 1)
	}
	s.want(t, time.Second, "a", "b", "c", "d")
}

func TestIsBusy(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if !isBusy(path) {
		t.Skip("this file system has no leases")
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if isBusy(path) {
		t.Error("a closed file is busy")
	}
	reader, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	if isBusy(path) {
		t.Error("a file that is read is busy")
	}
	if isBusy(path + "gone") {
		t.Error("a file that is not there is busy")
	}
}
