package clip

import (
	"context"
	"time"
)

// filler gives every frame of the groups its matte: keys get theirs from the net,
// the frames between carry it along the motion, from both sides.
type filler struct {
	look     func(ctx context.Context, s *shot) error // sets the shot's raw matte
	emit     func(*shot) error                        // takes the shots in their order
	doubt    float64                                  // contradiction from which on a frame between gets the net; 0: never
	steady   bool                                     // keys' mattes are made steadier by their neighbours
	before   *shot                                    // the key before the group's first
	now      func() time.Time
	carried  int
	asked    int // frames between that got the net after all
	inMotion time.Duration
}

// group fills one group and emits its first key and what lies between; the last
// group of a scene also emits its last key.
func (f *filler) group(ctx context.Context, g *group) error {
	if g.first {
		f.before = nil
	}
	if err := f.between(ctx, g.from, g.to, g.mids); err != nil {
		return err
	}
	f.settle(g.from, f.before, g.to)
	if err := f.pass(g.from, g.mids...); err != nil {
		return err
	}
	f.before = g.from
	if !g.last || g.to == nil {
		return nil
	}
	f.settle(g.to, f.before, nil)
	return f.pass(g.to)
}

// between fills the frames between two keys. Where what comes from both sides
// contradicts itself, the frame in the middle becomes a key as well.
func (f *filler) between(ctx context.Context, from, to *shot, mids []*shot) error {
	if len(mids) == 0 {
		return nil
	}
	worst := f.carry(from, to, mids)
	if f.doubt == 0 || worst < f.doubt {
		f.carried += len(mids)
		return ctx.Err()
	}
	m := len(mids) / 2
	if err := f.look(ctx, mids[m]); err != nil {
		return err
	}
	f.asked++
	mids[m].alpha = mids[m].raw
	if err := f.between(ctx, from, mids[m], mids[:m]); err != nil {
		return err
	}
	return f.between(ctx, mids[m], to, mids[m+1:])
}

// carry fills the frames by motion and returns the greatest contradiction.
func (f *filler) carry(from, to *shot, mids []*shot) float64 {
	start := f.now()
	defer func() { f.inMotion += f.now().Sub(start) }()
	forth, back := make([]carried, len(mids)), make([]carried, len(mids))
	both(
		func() {
			var near *flow
			for i, s := range mids {
				forth[i], near = bring(from, s, near)
			}
		},
		func() {
			var near *flow
			for i := len(mids) - 1; i >= 0; i-- {
				back[i], near = bring(to, mids[i], near)
			}
		},
	)
	var worst float64
	for i, s := range mids {
		near := 1 - float32(i+1)/float32(len(mids)+1)
		var apart float64
		s.alpha, apart = between(forth[i], back[i], near)
		worst = max(worst, apart)
	}
	return worst
}

// bring carries a key's raw matte to another frame.
func bring(key, to *shot, near *flow) (carried, *flow) {
	grid := newEdgeGrid(key.raw, to.pyramid[0].width, to.pyramid[0].height)
	f := motion(to.pyramid, key.pyramid, near, grid.wanted)
	return carry(key.raw, f), f
}

// settle decides a key's matte.
func (f *filler) settle(key, before, after *shot) {
	key.alpha = key.raw
	if !f.steady {
		return
	}
	start := f.now()
	defer func() { f.inMotion += f.now().Sub(start) }()
	var sides []carried
	for _, other := range []*shot{before, after} {
		if other != nil && other.raw != key.raw {
			c, _ := bring(other, key, nil)
			sides = append(sides, c)
		}
	}
	if len(sides) > 0 {
		key.alpha = steady(key.raw, sides...)
	}
}

// pass emits a key, the frames that are the same, and those between.
func (f *filler) pass(key *shot, mids ...*shot) error {
	if err := f.emit(key); err != nil {
		return err
	}
	for _, s := range key.same {
		s.alpha, s.like = key.alpha, key
		if err := f.emit(s); err != nil {
			return err
		}
	}
	for _, s := range mids {
		if err := f.emit(s); err != nil {
			return err
		}
	}
	return nil
}

// both runs two functions at once and waits for them.
func both(a, b func()) {
	done := make(chan struct{})
	go func() { defer close(done); b() }()
	a()
	<-done
}
