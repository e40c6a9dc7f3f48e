package imaging

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"
)

// inOrder computes parts 0..n-1 on up to GOMAXPROCS goroutines and hands them to
// emit one at a time in ascending order. newWorker makes each goroutine's own
// compute function, which may keep buffers. At most two parts per goroutine are
// held at once. The first error, of compute, emit or ctx, ends it; no goroutine
// is left behind.
func inOrder[T any](ctx context.Context, n int, newWorker func() func(i int) (T, error), emit func(T) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	workers := min(runtime.GOMAXPROCS(0), n)
	held := make(chan struct{}, 2*workers)
	done := make([]chan T, n)
	for i := range done {
		done[i] = make(chan T, 1)
	}
	var next atomic.Int64
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			compute := newWorker()
			for acquire(ctx, held) {
				i := int(next.Add(1)) - 1
				if i >= n {
					return
				}
				part, err := compute(i)
				if err != nil {
					cancel(err)
					return
				}
				done[i] <- part
			}
		})
	}
	err := emitAll(ctx, done, held, emit)
	cancel(err)
	wg.Wait()
	return err
}

func acquire(ctx context.Context, held chan struct{}) bool {
	select {
	case <-ctx.Done():
		return false
	case held <- struct{}{}:
		return ctx.Err() == nil
	}
}

func emitAll[T any](ctx context.Context, done []chan T, held chan struct{}, emit func(T) error) error {
	for _, c := range done {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case part := <-c:
			if err := emit(part); err != nil {
				return err
			}
			<-held
		}
	}
	return nil
}

// parallelRows calls do on contiguous ranges of 0..n that together cover it, on
// up to GOMAXPROCS goroutines.
func parallelRows(n int, do func(from, to int)) {
	workers := min(runtime.GOMAXPROCS(0), n)
	var wg sync.WaitGroup
	for i := range workers {
		wg.Go(func() { do(n*i/workers, n*(i+1)/workers) })
	}
	wg.Wait()
}
