package clip

import (
	"image"
	"math"

	"mattebox/matte"
)

// carried is a matte brought from one frame to another along the motion, and how
// far to trust it at each pixel.
type carried struct {
	alpha *matte.Map
	trust []float32 // 0..1
}

// Trust falls with the difference that the motion leaves unexplained, in grey
// levels: noise and light change a little, what was covered before a lot.
const (
	missNoise = 6
	missWrong = 22
	minTrust  = 0.02
)

// trusted turns an unexplained difference into trust.
func trusted(miss float32) float32 {
	over := clamp((miss-missNoise)/(missWrong-missNoise), 0, 1)
	return max32((1-over)*(1-over), minTrust)
}

// carry brings the matte of the flow's source to its target.
func carry(alpha *matte.Map, f *flow) carried {
	w, h := alpha.Width, alpha.Height
	out := carried{alpha: matte.NewMap(w, h), trust: make([]float32, w*h)}
	sx, sy := float32(w)/float32(f.width), float32(h)/float32(f.height)
	xs := steps(f.width, w)
	for y := range h {
		pos := clamp((float32(y)+.5)/sy-.5, 0, float32(f.height-1))
		top := int(pos)
		v := pos - float32(top)
		a, b := top*f.width, min(top+1, f.height-1)*f.width
		dst, trust := out.alpha.Pix[y*w:(y+1)*w], out.trust[y*w:(y+1)*w]
		for x, s := range xs {
			k00, k01, k10, k11 := a+s.i, a+s.next, b+s.i, b+s.next
			w00, w01, w10, w11 := (1-v)*(1-s.w), (1-v)*s.w, v*(1-s.w), v*s.w
			dx := w00*f.dx[k00] + w01*f.dx[k01] + w10*f.dx[k10] + w11*f.dx[k11]
			dy := w00*f.dy[k00] + w01*f.dy[k01] + w10*f.dy[k10] + w11*f.dy[k11]
			miss := w00*f.miss[k00] + w01*f.miss[k01] + w10*f.miss[k10] + w11*f.miss[k11]
			dst[x] = sampleMap(alpha, float32(x)+dx*sx, float32(y)+dy*sy)
			trust[x] = trusted(miss)
		}
	}
	return out
}

// stepTo is a position between two samples of a line.
type stepTo struct {
	i, next int
	w       float32
}

// steps returns where the centres of n samples fall among m.
func steps(m, n int) []stepTo {
	out := make([]stepTo, n)
	for k := range out {
		pos := clamp((float32(k)+.5)*float32(m)/float32(n)-.5, 0, float32(m-1))
		i := int(pos)
		out[k] = stepTo{i: i, next: min(i+1, m-1), w: pos - float32(i)}
	}
	return out
}

// sampleMap interpolates a map; outside it the edge goes on.
func sampleMap(m *matte.Map, x, y float32) float32 {
	x, y = clamp(x, 0, float32(m.Width-1)), clamp(y, 0, float32(m.Height-1))
	ix, iy := int(x), int(y)
	at := iy*m.Width + ix
	right, down := 1, m.Width
	if ix == m.Width-1 {
		right = 0
	}
	if iy == m.Height-1 {
		down = 0
	}
	a, b, c, d := m.Pix[at], m.Pix[at+right], m.Pix[at+down], m.Pix[at+down+right]
	if a == b && c == d && a == c {
		return a
	}
	ax, ay := x-float32(ix), y-float32(iy)
	top, bottom := a+ax*(b-a), c+ax*(d-c)
	return top + ay*(bottom-top)
}

// between makes the matte of a frame out of those carried from both sides; near is
// how close the frame lies to the first, 0..1. It also returns how far the two contradict each
// other: the sum of their differences as a share of the subject.
func between(a, b carried, near float32) (*matte.Map, float64) {
	out := matte.NewMap(a.alpha.Width, a.alpha.Height)
	var apart, subject float32
	for i, p := range a.alpha.Pix {
		q := b.alpha.Pix[i]
		if p == q {
			out.Pix[i] = p
			subject += p
			continue
		}
		wa, wb := near*a.trust[i], (1-near)*b.trust[i]
		out.Pix[i] = (wa*p + wb*q) / (wa + wb)
		apart += abs32(p - q)
		subject += out.Pix[i]
	}
	least := float32(len(out.Pix)) / 200 // a subject of a few pixels is no reason for alarm
	return out, float64(apart / max32(subject, least))
}

// Weights of the neighbouring keys in a key's own matte, and the difference from which on
// a mean would paint a ghost and the median of the three is taken.
const (
	steadyWeight = 0.5
	contested    = 0.4
)

// steady makes a key's matte steadier with those carried from the keys before and after it,
// of which either may be missing: what the net says for one frame only is mostly
// its noise.
func steady(own *matte.Map, neighbours ...carried) *matte.Map {
	out := matte.NewMap(own.Width, own.Height)
	for i, p := range own.Pix {
		lo, hi, sum, weight := p, p, p, float32(1)
		for _, n := range neighbours {
			q, w := n.alpha.Pix[i], steadyWeight*n.trust[i]
			lo, hi = min32(lo, q), max32(hi, q)
			sum += w * q
			weight += w
		}
		out.Pix[i] = sum / weight
		if hi-lo > contested {
			out.Pix[i] = settle(p, lo, hi, i, neighbours)
		}
	}
	return out
}

// settle decides a pixel about which the keys disagree: the median where both
// neighbours are trusted, else the key itself.
func settle(own, lo, hi float32, i int, neighbours []carried) float32 {
	if len(neighbours) < 2 || neighbours[0].trust[i] < .5 || neighbours[1].trust[i] < .5 {
		return own
	}
	return own + neighbours[0].alpha.Pix[i] + neighbours[1].alpha.Pix[i] - lo - hi
}

// edgeGrid marks where a matte has an edge, on a coarse grid over a luma plane:
// only there does it matter how things move.
type edgeGrid struct {
	columns, lines int
	near           []bool
}

const (
	gridCell  = 4 // pixels of the plane
	gridReach = 3 // cells by which edges are widened
	gridFlat  = 0.05
)

func newEdgeGrid(alpha *matte.Map, width, height int) *edgeGrid {
	g := &edgeGrid{columns: (width + gridCell - 1) / gridCell, lines: (height + gridCell - 1) / gridCell}
	hit := make([]bool, g.columns*g.lines)
	for y := range g.lines {
		y0, y1 := y*alpha.Height/g.lines, (y+1)*alpha.Height/g.lines
		for x := range g.columns {
			// One pixel over, so that an edge between two cells is seen.
			x1 := min((x+1)*alpha.Width/g.columns+1, alpha.Width)
			hit[y*g.columns+x] = varies(alpha, image.Rect(x*alpha.Width/g.columns, y0, x1, min(y1+1, alpha.Height)))
		}
	}
	g.near = widen(widen(hit, g.columns, g.lines, 1, g.columns), g.lines, g.columns, g.columns, 1)
	return g
}

// varies reports whether a box of the map is not all 0 or all 1.
func varies(m *matte.Map, r image.Rectangle) bool {
	first := m.Pix[r.Min.Y*m.Width+r.Min.X] > .5
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for _, v := range m.Pix[y*m.Width+r.Min.X : y*m.Width+r.Max.X] {
			if v > gridFlat && v < 1-gridFlat || (v > .5) != first {
				return true
			}
		}
	}
	return false
}

// widen spreads marks by gridReach along lines of n cells, step apart.
func widen(hit []bool, n, lines, step, line int) []bool {
	out := make([]bool, len(hit))
	for l := range lines {
		last := math.MinInt / 2
		for i := range n {
			at := l*line + i*step
			if hit[at] {
				for b := max(i-gridReach, 0); b <= i; b++ {
					out[l*line+b*step] = true
				}
				last = i
			}
			if i-last <= gridReach {
				out[at] = true
			}
		}
	}
	return out
}

// wanted is the question that motion asks of each patch of the finest size.
func (g *edgeGrid) wanted(x, y int, dx, dy float32) bool {
	cx, cy := (x+int(dx))/gridCell, (y+int(dy))/gridCell
	return g.near[min(max(cy, 0), g.lines-1)*g.columns+min(max(cx, 0), g.columns-1)]
}

func min32(a, b float32) float32 {
	if a < b {
		return a
	}
	return b
}
