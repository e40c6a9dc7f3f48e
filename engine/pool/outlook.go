package pool

import "sync"

// outlook knows whether waiting for a child makes sense.
type outlook struct {
	children int
	started  chan struct{} // closed once a child got ready for the first time

	mu       sync.Mutex
	failed   map[int]bool  // children whose last start failed
	ready    map[int]bool  // children that live and have loaded
	hopeless chan struct{} // closed while all have failed
	err      error         // of the last failure, while all have failed
}

func newOutlook(children int) *outlook {
	return &outlook{
		children: children, started: make(chan struct{}), hopeless: make(chan struct{}),
		failed: map[int]bool{}, ready: map[int]bool{},
	}
}

// fail notes that a child did not get ready.
func (o *outlook) fail(child int, err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.failed[child] = true
	if len(o.failed) < o.children {
		return
	}
	if o.err == nil {
		close(o.hopeless)
	}
	o.err = err
}

// up notes that a child is ready.
func (o *outlook) up(child int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	delete(o.failed, child)
	o.ready[child] = true
	if o.err != nil {
		o.err, o.hopeless = nil, make(chan struct{})
	}
	select {
	case <-o.started:
	default:
		close(o.started)
	}
}

// end notes that a child is no longer ready.
func (o *outlook) end(child int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	delete(o.ready, child)
}

// now returns nil and a channel that is closed when there is no more hope, or the
// error because of which there is none.
func (o *outlook) now() (<-chan struct{}, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.hopeless, o.err
}

// count returns how many children are ready.
func (o *outlook) count() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return len(o.ready)
}
