package engine

import (
	"context"
	"fmt"

	"golang.org/x/sync/semaphore"

	"mattebox"
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

// reserve reads the headers, refuses what is over the limits, and waits for
// memory. Several photographs take what they would take apart: only their nets run
// one after the other.
func (p *passage) reserve(ctx context.Context) (release func(), err error) {
	var bytes, pixels int64
	for _, s := range p.photos {
		if s.header, err = ReadHeader(s.File, p.engine.limits); err != nil {
			return nil, p.about(s, err)
		}
		bytes += estimate(s.header, p.job)
		pixels += int64(s.header.Width) * int64(s.header.Height)
	}
	if err := p.checkTogether(pixels); err != nil {
		return nil, err
	}
	return p.engine.memory.reserve(ctx, bytes)
}

// checkTogether holds several photographs to the limit for one.
func (p *passage) checkTogether(pixels int64) error {
	most := p.engine.limits.Pixels
	if most <= 0 {
		most = imaging.DefaultLimits().Pixels
	}
	if len(p.photos) > 1 && pixels > most {
		return mattebox.Errorf(mattebox.CodeTooLarge, "the photographs have %d pixels together, more than the %d allowed; scale them down", pixels, most)
	}
	return nil
}
