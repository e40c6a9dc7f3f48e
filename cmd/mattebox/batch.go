package main

import (
	"context"
	"sync"
)

// batch treats items with so many workers at a time and hands each outcome to
// told, one after the other, in the order in which they are done. It ends when
// items is closed, or soon after ctx is; then the outcomes of what was broken off
// are told, too, and what was not begun is left in the channel.
func batch(ctx context.Context, items <-chan item, workers int, cut func(context.Context, item) outcome, told func(outcome)) {
	outcomes := make(chan outcome)
	var working sync.WaitGroup
	for range workers {
		working.Go(func() {
			for it := range until(ctx, items) {
				outcomes <- cut(ctx, it)
			}
		})
	}
	go func() {
		working.Wait()
		close(outcomes)
	}()
	for out := range outcomes {
		told(out)
	}
}

// until yields the items of the channel until it is closed or ctx is done.
func until(ctx context.Context, items <-chan item) func(func(item) bool) {
	return func(yield func(item) bool) {
		for ctx.Err() == nil {
			select {
			case <-ctx.Done():
				return
			case it, open := <-items:
				if !open || !yield(it) {
					return
				}
			}
		}
	}
}

// feed returns a channel of the items. It is drained or garbage.
func feed(items []item) <-chan item {
	c := make(chan item, len(items))
	for _, it := range items {
		c <- it
	}
	close(c)
	return c
}
