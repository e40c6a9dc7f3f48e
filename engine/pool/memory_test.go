package pool

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"
)

// Large pictures wait for each other, small ones pass, and one that is larger than
// all the memory there is has it for itself.
func TestMemoryIsShared(t *testing.T) {
	p := openWith(t, Config{Children: 3, Memory: 100, Limits: Limits{Picture: 10 * time.Second}})
	gate, openGate := mkfifo(t)
	first, second := make(chan error, 1), make(chan error, 1)
	ask := func(source string, done chan error) {
		_, err := p.Remove(t.Context(), task(source))
		done <- err
	}
	go ask(fmt.Sprintf("needs:60:%s", gate), first)
	eventually(t, "the first has it", func() bool { return !p.memory.sem.TryAcquire(50) || release(p, 50) })
	go ask("needs:1000", second)
	eventually(t, "both are in hand", func() bool { return p.Stats().Busy == 2 })
	made(t, p)
	select {
	case err := <-second:
		t.Errorf("the second did not wait: %v", err)
	default:
	}
	openGate()
	for _, done := range []chan error{first, second} {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	if !p.memory.sem.TryAcquire(100) {
		t.Error("not all memory was given back")
	}
}

// release gives back what a test took to see whether it is there.
func release(p *Pool, n int64) bool {
	p.memory.sem.Release(n)
	return false
}

// A picture that waits for memory is not one that hangs, and can be cancelled.
func TestWaitingForMemory(t *testing.T) {
	p := openWith(t, Config{Children: 1, Memory: 100, Limits: Limits{Picture: 500 * time.Millisecond, Grace: time.Minute}})
	if !p.memory.sem.TryAcquire(100) {
		t.Fatal("the memory is not there")
	}
	ctx, cancel := context.WithTimeout(t.Context(), 800*time.Millisecond)
	defer cancel()
	if _, err := p.Remove(ctx, task("needs:1")); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v", err)
	}
	p.memory.sem.Release(100)
	made(t, p)
	if s := p.Stats(); s.Crashes != 0 || len(s.Restarts) != 0 {
		t.Errorf("stats %+v", s)
	}
	if !p.memory.sem.TryAcquire(100) {
		t.Error("the memory was not given back")
	}
}
