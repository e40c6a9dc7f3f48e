package pool

import (
	"errors"
	"maps"
	"slices"
	"sync"
	"time"

	"mattebox"
)

// Stats is what a pool can tell of itself. Counts are since Open.
type Stats struct {
	Children int // that the pool keeps when all is well
	Ready    int // that live and have loaded, busy ones included
	Busy     int // that have a request in hand
	Waiting  int // requests that wait for a child

	Pictures uint64           // that Remove and Measure made, and segments and clips
	Refused  uint64           // that were answered by an error: the picture's, or the template's
	Crashes  uint64           // that ended in a *CrashError
	Seconds  float64          // that children had pictures in hand
	Restarts map[Cause]uint64 // children replaced, or not started, by cause

	Processes []Process
}

// Process is one living child.
type Process struct {
	PID      int
	Resident int64 // bytes of memory
}

// Stats reads the counts, and the children's memory from the kernel.
func (p *Pool) Stats() Stats {
	s, pids := p.tally.read()
	s.Children, s.Ready = p.config.Children, p.outlook.count()
	for _, pid := range pids {
		s.Processes = append(s.Processes, Process{PID: pid, Resident: resident(pid)})
	}
	return s
}

// tally counts what happens in a pool.
type tally struct {
	mu    sync.Mutex
	stats Stats
	pids  map[int]bool
}

// read returns a copy of the counts and the living children in order.
func (t *tally) read() (Stats, []int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	s := t.stats
	s.Restarts = maps.Clone(s.Restarts)
	return s, slices.Sorted(maps.Keys(t.pids))
}

func (t *tally) live(pid int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.pids == nil {
		t.pids = map[int]bool{}
	}
	t.pids[pid] = true
}

func (t *tally) dead(pid int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.pids, pid)
}

func (t *tally) restart(c Cause) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.stats.Restarts == nil {
		t.stats.Restarts = map[Cause]uint64{}
	}
	t.stats.Restarts[c]++
}

func (t *tally) wait(n int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.stats.Waiting += n
}

func (t *tally) begin() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.stats.Busy++
}

func (t *tally) end(op Op, err error, took time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.stats.Busy--
	if !op.looks() {
		t.stats.Seconds += took.Seconds()
	}
	var crash *CrashError
	var coded *mattebox.Error
	switch {
	case errors.As(err, &crash):
		t.stats.Crashes++
	case errors.As(err, &coded):
		t.stats.Refused++
	case err == nil && !op.looks():
		t.stats.Pictures++
	}
}
