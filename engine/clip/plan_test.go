package clip

import (
	"testing"

	"mattebox/matte"
)

// groupsOf plans frames that are drawn by disc and returns the groups as
// from, mids and to, by the frames' numbers; -1 for no last key.
func groupsOf(t *testing.T, every, n int, x func(i int) float64, seed func(i int) int) ([][]int, *planner) {
	t.Helper()
	var groups [][]int
	number := map[*shot]int{nil: -1}
	p := &planner{every: every}
	p.emit = func(g *group) error {
		line := []int{number[g.from]}
		for _, s := range append(append([]*shot{}, g.mids...), g.to) {
			line = append(line, number[s])
		}
		groups = append(groups, line)
		return nil
	}
	for i := range n {
		f := disc(160, 96, x(i), 48, 20, seed(i))
		s := &shot{frame: f, pyramid: newPyramid(f.Pix, 160, 96, 160, 96)}
		number[s] = i
		if err := p.push(s); err != nil {
			t.Fatal(err)
		}
	}
	if err := p.end(); err != nil {
		t.Fatal(err)
	}
	return groups, p
}

func TestPlanGroups(t *testing.T) {
	moving := func(i int) float64 { return 30 + 3*float64(i) }
	same := func(int) int { return 0 }
	for name, c := range map[string]struct {
		every, n int
		want     [][]int
	}{
		"one frame":       {4, 1, [][]int{{0, -1}}},
		"two":             {4, 2, [][]int{{0, 1}}},
		"a whole group":   {4, 5, [][]int{{0, 1, 2, 3, 4}, {4, -1}}},
		"and some":        {4, 7, [][]int{{0, 1, 2, 3, 4}, {4, 5, 6}}},
		"every frame":     {1, 3, [][]int{{0, 1}, {1, 2}, {2, -1}}},
		"shorter than it": {9, 4, [][]int{{0, 1, 2, 3}}},
	} {
		t.Run(name, func(t *testing.T) {
			got, _ := groupsOf(t, c.every, c.n, moving, same)
			if len(got) != len(c.want) {
				t.Fatalf("groups %v, want %v", got, c.want)
			}
			for i := range got {
				if len(got[i]) != len(c.want[i]) || got[i][0] != c.want[i][0] || got[i][len(got[i])-1] != c.want[i][len(c.want[i])-1] {
					t.Errorf("group %d is %v, want %v", i, got[i], c.want[i])
				}
			}
		})
	}
}

func TestPlanWaitsWhileNothingMoves(t *testing.T) {
	_, p := groupsOf(t, 4, 30, func(i int) float64 { return 40 + max(0, float64(i-20)) }, func(int) int { return 0 })
	if p.statics != 20 || p.cuts != 0 {
		t.Errorf("%d static frames and %d cuts, want 20 and none", p.statics, p.cuts)
	}
}

// Few large frames wait while nothing moves, and many small ones.
func TestPlanHoldsStillFramesByTheirSize(t *testing.T) {
	for bytes, want := range map[int]int{4 * 160 * 96: 48, 4 * 1920 * 1080: 8, 4 * 4096 * 2304: 6} {
		if got := stillFrames(bytes); got != want {
			t.Errorf("%d frames of %d bytes, want %d", got, bytes, want)
		}
	}
	groups, p := groupsOf(t, 4, 60, func(int) float64 { return 40 }, func(int) int { return 0 })
	if len(groups) != 2 || p.statics != 58 {
		t.Errorf("%d groups, %d static frames", len(groups), p.statics)
	}
}

func TestBetweenWeighsByNearnessAndTrust(t *testing.T) {
	a, b := carried{matte.NewMap(20, 20), make([]float32, 400)}, carried{matte.NewMap(20, 20), make([]float32, 400)}
	for i := range 400 {
		a.alpha.Pix[i], a.trust[i], b.trust[i] = 1, 1, 1
	}
	m, apart := between(a, b, .75)
	if v := m.Pix[0]; v < .74 || v > .76 {
		t.Errorf("three quarters of the way it is %g", v)
	}
	if apart < 1 {
		t.Errorf("two sides that have nothing in common contradict each other by %g only", apart)
	}
	b.trust[5] = minTrust
	if m, _ := between(a, b, .5); m.Pix[5] < .95 {
		t.Errorf("the side that is not to be trusted moves alpha to %g", m.Pix[5])
	}
	if _, apart := between(a, a, .5); apart != 0 {
		t.Errorf("a side contradicts itself by %g", apart)
	}
}

func TestSteady(t *testing.T) {
	side := func(alpha, trust float32) carried {
		m := matte.NewMap(1, 1)
		m.Pix[0] = alpha
		return carried{m, []float32{trust}}
	}
	own := matte.NewMap(1, 1)
	for _, c := range []struct {
		own           float32
		before, after carried
		least, most   float32
	}{
		{.5, side(.7, 1), side(.7, 1), .59, .61},               // noise is averaged
		{0, side(1, 1), side(1, 1), 1, 1},                      // a miss of one key is mended
		{0, side(1, 1), side(1, .1), 0, 0},                     // unless a neighbour is not to be trusted
		{1, side(0, 1), side(1, 1), 1, 1},                      // the median of three
		{.8, side(.6, minTrust), side(.6, minTrust), .79, .81}, // untrusted neighbours hardly count
	} {
		own.Pix[0] = c.own
		if got := steady(own, c.before, c.after).Pix[0]; got < c.least || got > c.most {
			t.Errorf("own %g: %g, want %g to %g", c.own, got, c.least, c.most)
		}
	}
}

func TestEdgeGridMarksEdges(t *testing.T) {
	m := matte.NewMap(64, 64)
	for y := range 64 {
		for x := 32; x < 64; x++ {
			m.Pix[y*64+x] = 1
		}
	}
	g := newEdgeGrid(m, 64, 64)
	if !g.wanted(32, 10, 0, 0) || !g.wanted(24, 60, 0, 0) || g.wanted(4, 30, 0, 0) || g.wanted(60, 30, 0, 0) {
		t.Error("the grid is not marked at the edge, or far from it")
	}
	if !g.wanted(4, 30, 28, 0) {
		t.Error("the grid does not look where the patch comes from")
	}
}
