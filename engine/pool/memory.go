package pool

import (
	"context"

	"golang.org/x/sync/semaphore"
)

// memory is what all pictures in hand share, so that large ones wait for each other
// while small ones pass.
type memory struct {
	size int64
	sem  *semaphore.Weighted
}

func newMemory(size int64) *memory {
	return &memory{size: size, sem: semaphore.NewWeighted(size)}
}

// grant is memory on its way to a picture.
type grant struct {
	given   <-chan struct{} // closed when the memory is there
	release func()          // gives it back, or up; must be called once
}

// reserve asks for so many bytes; more than there is altogether means all of it.
func (m *memory) reserve(n int64) *grant {
	n = min(n, m.size)
	ctx, giveUp := context.WithCancel(context.Background())
	given, over := make(chan struct{}), make(chan error, 1)
	go func() {
		err := m.sem.Acquire(ctx, n)
		if err == nil {
			close(given)
		}
		over <- err
	}()
	return &grant{given: given, release: func() {
		giveUp()
		if <-over == nil {
			m.sem.Release(n)
		}
	}}
}
