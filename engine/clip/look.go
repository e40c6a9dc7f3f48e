package clip

import (
	"context"
	"image"
	"math"
	"sync"
	"time"

	"mattebox/matte"
)

// eye shows frames to the net.
type eye struct {
	net   matte.Inferer
	side  int
	twice bool // it also sees the mirror image
	now   func() time.Time
	mu    sync.Mutex // guards what follows: stages look at once
	looks int
	spent time.Duration
}

// Gain of what the net says: nets rarely reach 0 and 1, and a veil of two per cent
// over a new background shows.
const (
	gainLow  = 0.02
	gainSpan = 0.96
)

// look sets the shot's raw matte.
func (e *eye) look(ctx context.Context, s *shot) error {
	p := rgbOf(s.frame)
	w, h := netSize(e.net.Spec(), p.Width, p.Height, e.side)
	m, err := e.show(ctx, p, p.Bounds(), w, h)
	if err != nil {
		return err
	}
	s.raw = m.Resize(carriedSize(p.Width, p.Height, e.side))
	return nil
}

// show shows a box of a picture to the net at a size.
func (e *eye) show(ctx context.Context, p *matte.Picture, r image.Rectangle, width, height int) (*matte.Map, error) {
	start := e.now()
	look, asked := matte.Look, 1
	if e.twice {
		look, asked = matte.LookBoth, 2
	}
	m, err := look(ctx, e.net, p, r, width, height)
	if err != nil {
		return nil, err
	}
	e.mu.Lock()
	e.looks += asked
	e.spent += e.now().Sub(start)
	e.mu.Unlock()
	for i, v := range m.Pix {
		m.Pix[i] = clamp((v-gainLow)/gainSpan, 0, 1)
	}
	return m, nil
}

// netSize returns the size at which a net sees a frame, as nearly as the net's steps
// allow: as many pixels as the frame has when its longer side is scaled to side, and
// an aspect half way to a square. Nets are trained on pictures stretched to squares,
// and lose what is small in a wide frame; a whole square distorts too much
// (docs/video.md). A net of one size sees the frame stretched to that.
func netSize(s matte.Spec, width, height, side int) (int, int) {
	if s.Multiple == 0 {
		return s.Size, s.Size
	}
	scale := float64(side) / float64(max(width, height))
	area := scale * scale * float64(width) * float64(height)
	w := math.Sqrt(area * math.Sqrt(float64(width)/float64(height)))
	fit := func(v float64) int { return max(int(math.Round(v/float64(s.Multiple))), 1) * s.Multiple }
	return fit(w), fit(area / w)
}

// carriedSize returns the size at which mattes are carried: no more than the net
// resolves, and no more than the frame has.
func carriedSize(width, height, side int) (int, int) {
	return within(width, height, min(side, max(width, height)))
}

// within returns the size of the same aspect whose longer side is given.
func within(width, height, side int) (int, int) {
	long := max(width, height)
	fit := func(n int) int { return max((n*side+long/2)/long, 1) }
	return fit(width), fit(height)
}

// minMotion is the least side of the plane on which motion is found: two patches.
const minMotion = 2 * patchSide

// motionSize returns the size of that plane.
func motionSize(width, height, side int) (int, int) {
	w, h := within(width, height, side)
	return max(w, minMotion), max(h, minMotion)
}
