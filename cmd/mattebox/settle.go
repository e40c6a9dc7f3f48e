package main

import (
	"io/fs"
	"slices"
	"time"
)

// settler tells when files that are being written are complete: their size and
// time have not changed for as long as quiet, and nobody has them open for
// writing. It knows no clock and no file system of its own.
type settler struct {
	quiet   time.Duration
	stat    func(path string) (fs.FileInfo, error)
	busy    func(path string) bool // somebody has the file open for writing
	waiting map[string]sighting
}

// sighting is how a file looked, and when it will have been so for long enough.
type sighting struct {
	size     int64
	modified time.Time
	due      time.Time
}

// touch notes that something happened to the file.
func (s *settler) touch(path string, now time.Time) {
	info, err := s.stat(path)
	if err != nil || !info.Mode().IsRegular() {
		delete(s.waiting, path)
		return
	}
	s.waiting[path] = sighting{size: info.Size(), modified: info.ModTime(), due: now.Add(s.quiet)}
}

// find notes a file that was there before anybody watched: its time says since
// when it has been as it is.
func (s *settler) find(path string, now time.Time) {
	s.touch(path, now)
	if seen, ok := s.waiting[path]; ok && seen.modified.Before(now) {
		seen.due = seen.modified.Add(s.quiet)
		s.waiting[path] = seen
	}
}

// forget drops a file that is gone.
func (s *settler) forget(path string) { delete(s.waiting, path) }

// complete returns the files that are complete and drops them, by name.
// Files that have changed, were emptied or are still open wait on; an empty one
// is one whose writer has not begun.
func (s *settler) complete(now time.Time) []string {
	var paths []string
	for path, seen := range s.waiting {
		if now.Before(seen.due) {
			continue
		}
		info, err := s.stat(path)
		switch {
		case err != nil:
			delete(s.waiting, path)
		case info.Size() != seen.size, !info.ModTime().Equal(seen.modified), s.busy(path):
			s.touch(path, now)
		case info.Size() == 0:
			delete(s.waiting, path) // an event will tell when something is written
		default:
			delete(s.waiting, path)
			paths = append(paths, path)
		}
	}
	slices.Sort(paths)
	return paths
}

// next returns when complete should be asked again; false when nothing waits.
func (s *settler) next() (time.Time, bool) {
	var soonest time.Time
	for _, seen := range s.waiting {
		if soonest.IsZero() || seen.due.Before(soonest) {
			soonest = seen.due
		}
	}
	return soonest, !soonest.IsZero()
}
