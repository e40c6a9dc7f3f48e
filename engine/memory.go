package engine

import (
	"context"
	"fmt"

	"golang.org/x/sync/semaphore"

	"mattebox/compose"
	"mattebox/imaging"
	"mattebox/matte"
)

// defaultMemory is what the pictures in hand may take together unless told.
const defaultMemory = 1 << 30

// budget is the memory that all pictures in hand share. A picture waits until
// its estimate fits; one that is larger than the whole budget runs alone.
type budget struct {
	size int64
	sem  *semaphore.Weighted
}

func newBudget(size int64) *budget {
	if size <= 0 {
		size = defaultMemory
	}
	return &budget{size: size, sem: semaphore.NewWeighted(size)}
}

func (b *budget) reserve(ctx context.Context, n int64) (release func(), err error) {
	n = min(n, b.size)
	if err := b.sem.Acquire(ctx, n); err != nil {
		return nil, fmt.Errorf("waiting for memory: %w", err)
	}
	return func() { b.sem.Release(n) }, nil
}

// estimate is the memory that a picture takes at the peak of its road, in
// bytes: its samples, once more where the template wants the photograph beside
// the cut-out, the matte, the encoder's strips, and the working canvas.
func estimate(h imaging.Header, job Job) int64 {
	pixels := int64(h.Width) * int64(h.Height)
	sample := int64(1)
	if h.Depth > 8 {
		sample = 2
	}
	copies := int64(2) // samples, and the canvas or the encoder's share
	if compose.NeedsPhoto(job.Template) {
		copies++
	}
	return pixels*(3*sample*copies+2) + min(pixels, matte.CanvasPixels)*matte.CanvasBytes
}

// reserve reads the header, refuses what is over the limits, and waits for
// memory.
func (p *passage) reserve(ctx context.Context) (release func(), err error) {
	p.header, err = imaging.ReadHeader(p.job.Source, p.engine.limits)
	if err != nil {
		return nil, pictureError(err)
	}
	return p.engine.memory.reserve(ctx, estimate(p.header, p.job))
}
