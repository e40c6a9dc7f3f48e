package work

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"mattebox"
)

// Leases is how a worker keeps and gives up what it has claimed.
type Leases interface {
	Renew(ctx context.Context, id mattebox.ImageID, held mattebox.Lease, lease time.Duration) error
	HandBack(ctx context.Context, id mattebox.ImageID, held mattebox.Lease, crashed bool) error
}

// renewals is how often a lease is renewed in its time: one renewal may fail.
const renewals = 3

// grip holds an image for as long as a worker is at it.
type grip struct {
	ctx    context.Context // ends with the worker's, or with cause ErrLost when the lease has passed to another
	cancel context.CancelCauseFunc
	done   sync.WaitGroup
}

// grasp renews the lease from now on until release.
func grasp(ctx context.Context, leases Leases, id mattebox.ImageID, held mattebox.Lease, lease time.Duration, logger *slog.Logger) *grip {
	g := &grip{}
	g.ctx, g.cancel = context.WithCancelCause(ctx)
	g.done.Go(func() {
		tick := time.NewTicker(lease / renewals)
		defer tick.Stop()
		for {
			select {
			case <-g.ctx.Done():
				return
			case <-tick.C:
			}
			err := leases.Renew(g.ctx, id, held, lease)
			switch {
			case errors.Is(err, mattebox.ErrLost):
				g.cancel(mattebox.ErrLost)
			case err != nil && g.ctx.Err() == nil:
				logger.Warn("lease not renewed", "image", id, "error", err)
			}
		}
	})
	return g
}

// lost reports whether the lease has passed to another worker.
func (g *grip) lost() bool { return errors.Is(context.Cause(g.ctx), mattebox.ErrLost) }

// release ends the renewals. It may be called more than once.
func (g *grip) release() {
	g.cancel(context.Canceled)
	g.done.Wait()
}

// ending returns a context for the last words about a claim: they are to be said
// even when the worker's context has ended.
func ending(ctx context.Context) (context.Context, context.CancelFunc) {
	const timeout = 10 * time.Second
	return context.WithTimeout(context.WithoutCancel(ctx), timeout)
}

// insist calls f until it succeeds, the store says that the lease is lost or the
// call wrong, or its pauses are used up: what was worked for is not given up for a
// database that restarts. again reports whether it called more than once; then an
// ErrLost may mean that an earlier call was carried out and its answer lost.
func insist(ctx context.Context, f func(context.Context) error) (again bool, err error) {
	for _, pause := range []time.Duration{200 * time.Millisecond, time.Second, 3 * time.Second, 0} {
		last, cancel := ending(ctx)
		err = f(last)
		cancel()
		if err == nil || pause == 0 || final(err) {
			return again, err
		}
		again = true
		if !sleep(ctx, pause) {
			return again, err
		}
	}
	return again, err
}

// final reports whether another try could not change the error.
func final(err error) bool {
	switch mattebox.CodeOf(err) {
	case mattebox.CodeUnavailable, mattebox.CodeInternal:
		return false
	}
	return true
}

// sleep waits, and reports whether it did so to the end of the time.
func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
