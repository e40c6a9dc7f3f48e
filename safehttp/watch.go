package safehttp

import (
	"io"
	"time"
)

// step is how many bytes count as progress: a server that sends single bytes just
// in time would otherwise hold us for the whole of Limits.Total.
const step = 4 << 10

// watch calls off a transfer that makes no progress.
type watch struct {
	stall time.Duration
	timer *time.Timer
	bytes int // since the last progress
}

func newWatch(stall time.Duration, cancel func()) *watch {
	return &watch{stall: stall, timer: time.AfterFunc(stall, cancel)}
}

func (w *watch) progress() {
	w.bytes = 0
	w.timer.Reset(w.stall)
}

func (w *watch) read(n int) {
	if w.bytes += n; w.bytes >= step {
		w.progress()
	}
}

func (w *watch) stop() { w.timer.Stop() }

// watchedReader reports to a watch and remembers how reading ended, so that the
// server's failures are not taken for the disk's.
type watchedReader struct {
	r     io.Reader
	watch *watch
	err   error
}

func (r *watchedReader) Read(p []byte) (int, error) {
	n, err := r.r.Read(p)
	r.watch.read(n)
	if err != nil {
		r.err = err
	}
	return n, err
}
