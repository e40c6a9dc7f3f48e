package main

import (
	"context"
	"strings"

	"mattebox"
)

// watch treats what is in the folders and what arrives, until interrupted.
func (r *removal) watch() error {
	if err := r.checkWatch(); err != nil {
		return err
	}
	w, err := newWatcher(r)
	if err != nil {
		return err
	}
	defer w.events.Close()
	c, err := r.open(cores())
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancelCause(r.app.Context)
	defer stop(nil)
	items := make(chan item)
	go func() {
		stop(w.run(ctx, items))
		close(items)
	}()
	told := newReporter(r.app.Stdout, r.app.Stderr, r.cmd.RunFlags, r.cmd.SkipExisting, 0)
	total := 0
	batch(r.app.Context, items, c.workers, c.cut, func(out outcome) {
		total++
		r.tell(told, out)
	})
	told.close()
	if err := c.close(); err != nil {
		return err
	}
	if r.app.Context.Err() == nil { // the channel was closed: watching itself failed
		r.complain("%s", sentence(context.Cause(ctx)))
		r.tally.failed++
	}
	return r.end(total)
}

// checkWatch refuses what would have no end: results that are taken for sources.
func (r *removal) checkWatch() error {
	for _, input := range r.cmd.Inputs {
		if !isFolder(input) {
			return mattebox.Invalid("--watch", "takes folders, which %s is not", input)
		}
	}
	d := r.planner.destination
	switch {
	case d.place == stream:
		return mattebox.Invalid("--output", "is stdout, which cannot hold several pictures; name a folder")
	case d.place == pattern && strings.Contains(d.text, "{n}"):
		return mattebox.Invalid("--output", "has {n}, which would begin at 1 again whenever --watch is started; use {name}")
	case d.place == pattern && strings.HasPrefix(d.text, "{dir}"):
		return mattebox.Invalid("--output", "puts results among the pictures that are watched; name another folder")
	}
	for _, input := range r.cmd.Inputs {
		if root := d.root(); root != "" && absolute(root) == absolute(input) {
			return mattebox.Invalid("--output", "is the folder that is watched; name another, which may be in it")
		}
	}
	return nil
}
