package work

import (
	"sync"
	"time"
)

// hands counts what a Deliverer has in hand: attempts on their way, by host, and
// those that wait for their record.
type hands struct {
	slots, perHost int

	mu       sync.Mutex
	busy     map[string]int // by host
	quick    map[string]int // hosts by how many attempts in a row were quick
	sending  int
	claimed  int // not recorded yet; among them those that are sent
	hindered bool
}

const (
	// A host whose last attempts were delivered in so short a time may have more of
	// them at once: a tarpit never gets there.
	quickEnough = 250 * time.Millisecond
	quickInARow = 4
	// How many hosts are remembered. When there are more, all begin anew.
	quickHosts = 10_000
)

func newHands(slots, perHost int) hands {
	return hands{slots: slots, perHost: perHost, busy: map[string]int{}, quick: map[string]int{}}
}

// room returns how many attempts may begin, and how many count as being under way
// at each host: fewer than there are, where the host is quick.
func (h *hands) room() (limit int, busy map[string]int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	busy = make(map[string]int, len(h.busy)+len(h.quick))
	for host, n := range h.busy {
		busy[host] = n
	}
	if more := h.slots/2 - h.perHost; more > 0 {
		for host, n := range h.quick {
			if n >= quickInARow {
				busy[host] -= more
			}
		}
	}
	limit = min(h.slots-h.sending, recordsPerSlot*h.slots-h.claimed)
	h.hindered = h.sending < h.slots && limit <= 0
	return limit, busy
}

// take notes that an attempt begins.
func (h *hands) take(host string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.busy[host]++
	h.sending++
	h.claimed++
}

// put notes that an attempt has ended.
func (h *hands) put(host string, delivered bool, took time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.sending--
	if h.busy[host]--; h.busy[host] <= 0 {
		delete(h.busy, host)
	}
	if !delivered || took > quickEnough {
		delete(h.quick, host)
		return
	}
	if len(h.quick) >= quickHosts {
		clear(h.quick)
	}
	h.quick[host] = min(h.quick[host]+1, quickInARow)
}

// recorded notes that so many attempts are stored, and reports whether there was no
// room before only because they were not.
func (h *hands) recorded(n int) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.claimed -= n
	was := h.hindered
	h.hindered = false
	return was
}
