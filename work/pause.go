package work

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

// pause keeps the workers of a kind from claiming: while what they need is broken,
// after each failure in a row for twice as long; and for good when the service is
// about to stop.
type pause struct {
	mu       sync.Mutex
	failures int
	until    time.Time
	drained  chan struct{}
	drain    sync.Once
}

const (
	firstPause   = 500 * time.Millisecond
	longestPause = 30 * time.Second
)

// over waits for the pause to be over, and reports whether there is still anything
// to be claimed then.
func (p *pause) over(ctx context.Context) bool {
	p.mu.Lock()
	timer := time.NewTimer(time.Until(p.until))
	p.mu.Unlock()
	defer timer.Stop()
	select {
	case <-p.end():
		return false
	default:
	}
	select {
	case <-p.end():
		return false
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}

// end returns what is closed when there is nothing more to be claimed.
func (p *pause) end() chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.drained == nil {
		p.drained = make(chan struct{})
	}
	return p.drained
}

// quit lets nobody claim any more.
func (p *pause) quit() { p.drain.Do(func() { close(p.end()) }) }

// failed lengthens the pause. Failures of workers that ran side by side count as
// one; it reports whether this is the one.
func (p *pause) failed() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	if now.Before(p.until) {
		return false
	}
	p.until = now.Add(min(firstPause<<min(p.failures, 10), longestPause))
	p.failures++
	return true
}

// claim returns what do brings. While the store is down it tries again after each
// pause: a job that ended without a claim would be missing when the store is back.
// nil without an error is that there is nothing, or that nothing more is claimed.
func claim[T any](ctx context.Context, p *pause, log *slog.Logger, do func(context.Context) (*T, error)) (*T, error) {
	for p.over(ctx) {
		claimed, err := do(ctx)
		if !down(err) {
			return claimed, err
		}
		if p.failed() {
			log.Warn("nothing can be claimed, trying again", "error", err)
		}
	}
	return nil, nil
}

// worked ends it.
func (p *pause) worked() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.failures, p.until = 0, time.Time{}
}
