package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/fsnotify/fsnotify"

	"mattebox"
)

// watcher finds pictures in folders, those that are there and those that arrive,
// and queues each once it is complete. It runs in one goroutine.
type watcher struct {
	events   *fsnotify.Watcher
	roots    []string
	planner  *planner
	leaveOut func(folder string) bool
	complain func(format string, args ...any)
	now      func() time.Time

	settle *settler
	old    map[string]bool // files that were there at the start
	ours   map[string]bool // results, by absolute path
	queue  []item
	known  int // pictures queued so far
}

func newWatcher(r *removal) (*watcher, error) {
	events, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, mattebox.Wrap(mattebox.CodeUnavailable, err, "cannot watch folders")
	}
	return &watcher{
		events: events, roots: cleaned(r.cmd.Inputs), planner: &r.planner, leaveOut: r.holdsResults, complain: r.complain, now: time.Now,
		settle: &settler{
			quiet: time.Duration(r.cmd.Settle), stat: os.Stat, busy: isBusy, waiting: map[string]sighting{},
		},
		old: map[string]bool{}, ours: map[string]bool{},
	}, nil
}

// run sends items until ctx is done, or until watching fails.
func (w *watcher) run(ctx context.Context, items chan<- item) error {
	for _, root := range w.roots {
		if err := w.scan(root, true); err != nil {
			return err
		}
	}
	w.collect()
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		if due, waiting := w.settle.next(); waiting {
			timer.Reset(due.Sub(w.now()))
		} else {
			timer.Stop()
		}
		var to chan<- item
		var first item
		if len(w.queue) > 0 {
			to, first = items, w.queue[0]
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case to <- first:
			w.queue = w.queue[1:]
		case e := <-w.events.Events:
			if err := w.see(e); err != nil {
				return err
			}
		case err := <-w.events.Errors:
			if err := w.mend(err); err != nil {
				return err
			}
		case <-timer.C:
			w.collect()
		}
	}
}

func cleaned(paths []string) []string {
	out := make([]string, len(paths))
	for i, p := range paths {
		out[i] = filepath.Clean(p)
	}
	return out
}

// scan watches the folder and all below it, and notes the files that it finds.
// The watch comes first, so that nothing falls between. old says that what is
// there is no news.
func (w *watcher) scan(folder string, old bool) error {
	if err := w.events.Add(folder); err != nil {
		if errors.Is(err, fs.ErrNotExist) && !slices.Contains(w.roots, folder) {
			return nil // gone again already
		}
		return mattebox.Wrap(mattebox.CodeUnavailable, err, "cannot watch %s", folder)
	}
	entries, err := os.ReadDir(folder)
	if err != nil {
		w.complain("%s: %v", folder, cause(err))
		return nil
	}
	for _, e := range entries {
		path := filepath.Join(folder, e.Name())
		switch {
		case isHidden(e.Name()):
		case e.IsDir() && w.leaveOut(path):
		case e.IsDir():
			if err := w.scan(path, old); err != nil {
				return err
			}
		case old:
			w.old[path] = true
			w.settle.find(path, w.now())
		default:
			w.settle.touch(path, w.now())
		}
	}
	return nil
}

// see takes in what happened in a folder.
func (w *watcher) see(e fsnotify.Event) error {
	path := filepath.Clean(e.Name)
	switch {
	case e.Has(fsnotify.Remove) || e.Has(fsnotify.Rename):
		if slices.Contains(w.roots, path) {
			return mattebox.Errorf(mattebox.CodeUnavailable, "%s is gone", path)
		}
		w.drop(path)
	case isHidden(filepath.Base(path)), !e.Has(fsnotify.Create) && !e.Has(fsnotify.Write):
	case isFolder(path):
		if e.Has(fsnotify.Create) && !w.leaveOut(path) {
			return w.scan(path, false)
		}
	default:
		delete(w.old, path)
		w.settle.touch(path, w.now())
	}
	return nil
}

// drop forgets what is no longer at path. A folder that was moved would go on
// being watched under its former name, and so would those below it.
func (w *watcher) drop(path string) {
	w.settle.forget(path)
	for _, watched := range w.events.WatchList() {
		if watched == path || strings.HasPrefix(watched, path+string(filepath.Separator)) {
			_ = w.events.Remove(watched) // it may have gone by itself
		}
	}
}

// mend looks through all folders again when so much happened that events were
// lost; any other error is told.
func (w *watcher) mend(err error) error {
	if !errors.Is(err, fsnotify.ErrEventOverflow) {
		w.complain("watching: %v", err)
		return nil
	}
	for _, root := range w.roots {
		if err := w.scan(root, true); err != nil {
			return err
		}
	}
	return nil
}

// collect queues the files that are complete, if they are pictures and not our
// own results. Results that were there from the start need no word.
func (w *watcher) collect() {
	for _, path := range w.settle.complete(w.now()) {
		if w.ours[absolute(path)] || isResult(path) || !isPicture(path) {
			continue
		}
		s := source{path: path, sub: "."}
		for _, root := range w.roots {
			if inside, err := filepath.Rel(root, path); err == nil && filepath.IsLocal(inside) {
				s.sub = below(root, path)
				break
			}
		}
		w.known++
		it, err := w.planner.item(s, w.known, w.known)
		if err != nil {
			it.err = err
		}
		if it.exists && w.old[path] {
			continue
		}
		w.ours[absolute(it.output)] = true
		w.queue = append(w.queue, it)
	}
}

// isResult reports whether a picture lies beside the one whose result it seems to
// be by its name.
func isResult(path string) bool {
	original, ok := originalStem(path)
	if !ok {
		return false
	}
	entries, err := os.ReadDir(filepath.Dir(path))
	return err == nil && slices.ContainsFunc(entries, func(e fs.DirEntry) bool {
		return stem(e.Name()) == original && !e.IsDir()
	})
}
