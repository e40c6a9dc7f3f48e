package work

import (
	"sync"

	"mattebox"
)

// lines keeps the deliveries that wait for a place at their host. They are in
// memory only: each is due in its row, and comes again by the store's sweep when
// this process forgets it.
type lines struct {
	mu     sync.Mutex
	hosts  map[string]*line
	closed bool
}

type line struct {
	busy  int
	ids   []mattebox.DeliveryID
	known map[mattebox.DeliveryID]bool // of ids
}

// longestLine bounds what is remembered for a host that does not keep up.
const longestLine = 1000

// enter takes one of so many places at the host and reports whether there was one.
// Otherwise the delivery is in the line, unless that is full.
func (l *lines) enter(host string, id mattebox.DeliveryID, places int) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.hosts == nil {
		l.hosts = map[string]*line{}
	}
	at := l.hosts[host]
	if at == nil {
		at = &line{known: map[mattebox.DeliveryID]bool{}}
		l.hosts[host] = at
	}
	if at.busy < places {
		at.busy++
		return true
	}
	if !at.known[id] && len(at.ids) < longestLine {
		at.ids, at.known[id] = append(at.ids, id), true
	}
	return false
}

// leave gives the place to the first in line; more is false when there is none and
// the place is free again.
func (l *lines) leave(host string) (next mattebox.DeliveryID, more bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	at := l.hosts[host]
	if len(at.ids) == 0 || l.closed {
		l.free(host)
		return 0, false
	}
	next = at.ids[0]
	at.ids = at.ids[1:]
	delete(at.known, next)
	return next, true
}

// abandon frees a place without taking on another.
func (l *lines) abandon(host string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.free(host)
}

// free gives a place up. Without anybody at the host its line is forgotten: nobody
// would take it on.
func (l *lines) free(host string) {
	at := l.hosts[host]
	if at.busy--; at.busy == 0 {
		delete(l.hosts, host)
	}
}

// close makes every leave the last.
func (l *lines) close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed = true
}
