package clip

import (
	"sync"

	"mattebox/matte"
	"mattebox/video"
)

// shot is one frame on its way through the engine.
type shot struct {
	frame   *video.Frame
	pyramid pyramid
	raw     *matte.Map // what the net says of it; keys only
	alpha   *matte.Map // the answer, at the carried size
	same    []*shot    // frames after it in which nothing moves
	copied  bool       // raw is that of the key before, since nothing has moved since
	like    *shot      // the key after which nothing has moved
	once    sync.Once  // for bytes
	bytes   []uint8    // the answer at the frame's size
}

// group is a key, the frames after it, and the next key.
type group struct {
	from  *shot
	mids  []*shot
	to    *shot // nil: from stands alone
	first bool  // from starts the segment or a scene
	last  bool  // to ends it
}

// planner cuts the stream of frames into groups. It looks at brightness only.
type planner struct {
	every   int // frames from one key to the next
	emit    func(*group) error
	from    *shot // the last key
	first   bool  // from starts a scene
	mids    []*shot
	before  *shot   // the last frame
	usual   float64 // how much frames of this scene differ as a rule
	cuts    int
	statics int
}

// Scene cuts and static frames, in grey levels.
const (
	cutLevel    = 60       // a pyramid's size of at most this width shows cuts
	cutLeast    = 22       // mean difference between two frames below which there is no cut
	cutUsual    = 3        // and so many times the usual difference of the scene
	firstUsual  = 4        // what is usual before there was a frame to compare
	usualWeight = 0.2      // of a new frame's difference in the usual one
	staticMean  = 0.7      // most mean difference of a frame in which nothing moves
	staticCell  = 1.6      // and of its cell that differs most
	staticSide  = 8        // pixels of such a cell
	mostStill   = 48       // frames in which nothing moves that wait for what is next
	stillBytes  = 64 << 20 // and of large frames so many bytes
	leastStill  = 6        // but so many at least, as of frames in which something moves
)

// push takes the next frame.
func (p *planner) push(s *shot) error {
	if p.from == nil {
		p.from, p.first, p.before = s, true, s
		return nil
	}
	moved := changed(p.before.pyramid, s.pyramid)
	cut := moved > cutLeast && moved > cutUsual*p.usual
	if cut {
		p.cuts++
		if err := p.end(); err != nil {
			return err
		}
		p.from, p.first, p.usual, p.before = s, true, firstUsual, s
		return nil
	}
	p.usual += usualWeight * (moved - p.usual)
	p.before = s
	if len(p.mids) == 0 && static(p.from.pyramid[0], s.pyramid[0]) {
		return p.keep(s)
	}
	if len(p.mids)+1 < p.every {
		p.mids = append(p.mids, s)
		return nil
	}
	return p.close(s, false)
}

// keep takes a frame in which nothing has moved since the last key.
func (p *planner) keep(s *shot) error {
	p.statics++
	p.from.same = append(p.from.same, s)
	if len(p.from.same) < stillFrames(len(s.frame.Pix)) {
		return nil
	}
	// What waits goes on; the frame is a key that costs nothing.
	p.statics--
	p.from.same = p.from.same[:len(p.from.same)-1]
	s.copied = true
	return p.close(s, false)
}

// close ends a group at the key s, which begins the next one.
func (p *planner) close(s *shot, last bool) error {
	g := &group{from: p.from, mids: p.mids, to: s, first: p.first, last: last}
	p.from, p.mids, p.first = s, nil, false
	return p.emit(g)
}

// end closes what is open: the last frame of a scene is a key.
func (p *planner) end() error {
	switch n := len(p.mids); {
	case p.from == nil:
		return nil
	case n > 0:
		last := p.mids[n-1]
		p.mids = p.mids[:n-1]
		err := p.close(last, true)
		p.from = nil
		return err
	default:
		g := &group{from: p.from, first: p.first, last: true}
		p.from = nil
		return p.emit(g)
	}
}

// changed is how much two frames differ as a whole.
func changed(a, b pyramid) float64 {
	for i, l := range a {
		if l.width <= cutLevel || i == len(a)-1 {
			return l.difference(b[i])
		}
	}
	return 0
}

// static reports whether nothing moves between two frames but noise.
func static(a, b *luma) bool {
	if a.difference(b) > staticMean {
		return false
	}
	for y := 0; y+staticSide <= a.height; y += staticSide {
		for x := 0; x+staticSide <= a.width; x += staticSide {
			if cellDifference(a, b, x, y) > staticCell {
				return false
			}
		}
	}
	return true
}

// cellDifference compares the cell's means of absolute differences.
func cellDifference(a, b *luma, x, y int) float32 {
	var sum float32
	for r := y; r < y+staticSide; r++ {
		p, q := a.row(r)[x:x+staticSide], b.row(r)[x:x+staticSide]
		for i, v := range p {
			sum += abs32(v - q[i])
		}
	}
	return sum / (staticSide * staticSide)
}
