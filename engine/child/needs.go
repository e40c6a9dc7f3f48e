package child

import (
	"context"

	"mattebox"
	"mattebox/engine/pool"
	"mattebox/imaging"
)

// What a picture takes at its peak, roughly: three copies of its samples (the
// decoded ones, the original beside the cut-out, the encoder's share), alpha and
// coverage, and what the networks' view of it takes whatever its size.
const (
	copies    = 3
	masks     = 2         // bytes for each pixel
	fixedCost = 100 << 20 // see matte.CanvasBytes
)

// needs estimates the memory that a task takes, in bytes, from the headers of its
// sources. What is no picture needs nothing: the engine will refuse it.
func needs(t pool.Task, sources [][]byte, limits imaging.Limits) int64 {
	var pixels, sample int64 = 0, 1
	for _, source := range sources {
		h, err := imaging.ReadHeader(source, limits)
		if err != nil {
			return 0
		}
		pixels += int64(h.Width) * int64(h.Height)
		if h.Depth > 8 {
			sample = 2
		}
	}
	canvas := max(0, canvasPixels(t.Template)-pixels)
	return pixels*(3*sample*copies+masks) + canvas*(3*sample+masks) + fixedCost
}

// canvasPixels is how many pixels the template asks for, as far as that can be told
// without a picture.
func canvasPixels(t mattebox.Template) int64 {
	least := t.Pixels(t.MinSize, 0)
	width, height := max(least, t.Pixels(t.Width, 0)), max(least, t.Pixels(t.Height, 0))
	return int64(min(width*height, mattebox.MaxCanvasPixels))
}

// reserve asks the pool for memory for a picture that needs much, and waits for the
// grant or the end of the context.
func (s *server) reserve(ctx context.Context, r pool.Request, bytes int64) error {
	if bytes <= pool.FreeMemory {
		return nil
	}
	s.large = true
	if err := pool.WriteFrame(s.out, pool.Answer{ID: r.ID, Needs: bytes}); err != nil {
		return err
	}
	select {
	case <-s.granted:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
