package main

import (
	"context"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

func itemsNamed(names ...string) []item {
	var items []item
	for _, n := range names {
		items = append(items, item{source: source{path: n}})
	}
	return items
}

func TestBatchTellsAsPicturesAreDone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		times := map[string]time.Duration{"slow": 5, "quick": 1, "next": 1, "last": 1}
		var running, most atomic.Int32
		cut := func(_ context.Context, it item) outcome {
			most.Store(max(most.Load(), running.Add(1)))
			time.Sleep(times[it.path] * time.Second) // of the bubble, which takes no time
			running.Add(-1)
			return outcome{item: it}
		}
		var order []string
		start := time.Now()
		batch(t.Context(), feed(itemsNamed("slow", "quick", "next", "last")), 2, cut, func(o outcome) { order = append(order, o.path) })
		if want := []string{"quick", "next", "last", "slow"}; !slices.Equal(order, want) {
			t.Errorf("told in the order %q, want %q", order, want)
		}
		if took := time.Since(start); took != 5*time.Second || most.Load() != 2 {
			t.Errorf("took %v with %d at a time", took, most.Load())
		}
	})
}

func TestBatchEndsWhenInterrupted(t *testing.T) {
	ctx, interrupt := context.WithCancel(t.Context())
	begun := 0
	cut := func(ctx context.Context, it item) outcome {
		begun++
		if begun == 2 {
			interrupt()
		}
		return outcome{item: it, err: ctx.Err()}
	}
	var told []string
	items := make(chan item) // never closed, as while watching
	go func() {
		for _, it := range itemsNamed("a", "b", "c", "d") {
			select {
			case items <- it:
			case <-ctx.Done():
				return
			}
		}
	}()
	batch(ctx, items, 1, cut, func(o outcome) { told = append(told, o.path) })
	if !slices.Equal(told, []string{"a", "b"}) {
		t.Errorf("told %q", told)
	}
}

func TestDivide(t *testing.T) {
	tests := []struct{ pictures, asked, cores, workers, threads int }{
		{1, 0, 2, 1, 2}, {50, 0, 2, 2, 1}, {2, 0, 8, 2, 4}, {3, 0, 8, 3, 2}, {50, 1, 8, 1, 8}, {50, 16, 8, 16, 1}, {1, 4, 8, 4, 2},
	}
	for _, tt := range tests {
		if got := divide(tt.pictures, tt.asked, tt.cores, 7); got != (share{workers: tt.workers, threads: tt.threads, memory: 7}) {
			t.Errorf("%d pictures on %d cores: %+v", tt.pictures, tt.cores, got)
		}
	}
}

func TestMemoryBudget(t *testing.T) {
	if got := memoryBudget(5); got != 5 {
		t.Errorf("asked for 5 bytes, got %d", got)
	}
	if got := memoryBudget(0); got < minMemory {
		t.Errorf("got %d by default", got)
	}
}
