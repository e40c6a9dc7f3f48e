package matte

import (
	"math"
	"testing"
)

func TestSettleOnePass(t *testing.T) {
	large := randomMap(1, 40, 30)
	got := (&opinions{large: large}).settle()
	if worst(got.Pix, large.Pix) != 0 || got == large {
		t.Error("one pass does not stand as it is, in a map of its own")
	}
}

func TestSettleTakesTheMeanWherePassesAgree(t *testing.T) {
	edge := func(r float64) *Map { return draw(200, 160, disc(100, 80, r, 6)) }
	v := &opinions{large: edge(60), box: edge(60.5), mirror: edge(61)}
	mean := draw(200, 160, func(x, y int) float32 {
		i := y*200 + x
		return (v.large.Pix[i] + v.box.Pix[i] + v.mirror.Pix[i]) / 3
	})
	if d := worst(v.settle().Pix, mean.Pix); d > 1e-6 {
		t.Errorf("differs from the mean by %g", d)
	}
}

func TestSettleDoesNotBelieveABoxPassThatDisagrees(t *testing.T) {
	large := draw(200, 160, disc(100, 80, 50, 4))
	v := &opinions{large: large, box: draw(200, 160, disc(80, 80, 25, 4))}
	if d := worst(v.settle().Pix, large.Pix); d != 0 {
		t.Errorf("the result moved by %g towards it", d)
	}
}

// One pass of three claims a thing that the others do not see, or the other way
// round: the majority has it, and no ghost is painted.
func TestSettleTakesTheMedianWherePassesContest(t *testing.T) {
	base := draw(200, 160, disc(100, 80, 60, 0))
	for name, m := range map[string]mark{"claimed by one": {180, 10, 8, 1}, "missed by one": {95, 75, 10, 0}} {
		odd := base.clone()
		m.on(odd)
		for turn := range 3 {
			v := &opinions{large: base, box: base, mirror: base}
			*[]**Map{&v.large, &v.box, &v.mirror}[turn] = odd
			if d := worst(v.settle().Pix, base.Pix); d != 0 {
				t.Errorf("%s (number %d): differs from the majority by %g", name, turn, d)
			}
		}
	}
}

func TestGainClearsTheVeil(t *testing.T) {
	m := &Map{Width: 5, Height: 1, Pix: []float32{0, .015, .5, .985, 1}}
	gain(m)
	if m.Pix[0] != 0 || m.Pix[1] != 0 || m.Pix[3] != 1 || m.Pix[4] != 1 || math.Abs(float64(m.Pix[2]-.5)) > 1e-6 {
		t.Errorf("got %v", m.Pix)
	}
}

// The large net sees the body of a figure; what the small one sees beyond it is
// believed where it is a part that was missed, and nowhere else.
func TestWitness(t *testing.T) {
	body := box(rect(100, 60, 200, 260))
	with := func(parts ...func(x, y int) float32) *Map {
		return draw(320, 320, func(x, y int) float32 {
			var v float32
			for _, p := range parts {
				v = max(v, p(x, y))
			}
			return v
		})
	}
	arm := box(rect(200, 80, 260, 200))
	faint := func(x, y int) float32 { return .6 * arm(x, y) }
	hole := with(body)
	for y := 120; y < 200; y++ {
		for x := 120; x < 180; x++ {
			hole.Pix[y*320+x] = 0
		}
	}
	for _, tt := range []struct {
		name         string
		large, small *Map
		x, y         int
		added        bool
	}{
		{"a missed part", with(body), with(body, arm), 230, 140, true},
		{"a faint claim", with(body), with(body, faint), 230, 140, false},
		{"a hole", hole, with(body), 150, 160, false},
		{"a thing apart", with(body), with(body, box(rect(230, 80, 300, 200))), 265, 140, false},
		{"a small bump", with(body), with(body, box(rect(200, 80, 215, 100))), 207, 90, false},
		{"a wider edge", with(body), with(body, box(rect(97, 57, 203, 263))), 98, 160, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			v := &opinions{large: tt.large, small: tt.small}
			before := tt.large.Pix[tt.y*320+tt.x]
			got := v.decide()
			if v := got.Pix[tt.y*320+tt.x]; tt.added && v < .5 || !tt.added && v != before {
				t.Errorf("alpha there went from %g to %g", before, v)
			}
			if v := got.Pix[100*320+110]; v != 1 {
				t.Errorf("the subject has alpha %g", v)
			}
			if v := got.Pix[300*320+20]; v != 0 {
				t.Errorf("the background has alpha %g", v)
			}
		})
	}
}

func TestOverlap(t *testing.T) {
	a, b := draw(10, 10, box(rect(0, 0, 6, 10))), draw(10, 10, box(rect(3, 0, 9, 10)))
	for _, tt := range []struct {
		name string
		a, b *Map
		want float64
	}{
		{"themselves", a, a, 1}, {"a third", a, b, 1. / 3},
		{"nothing", a, NewMap(10, 10), 0}, {"both empty", NewMap(10, 10), NewMap(10, 10), 1},
	} {
		if got := overlap(tt.a, tt.b); math.Abs(got-tt.want) > 1e-9 {
			t.Errorf("%s: %g, want %g", tt.name, got, tt.want)
		}
	}
}

// The order matters, not the figures: agreeing and sure nets rank above unsure
// ones, and those above nets that see different things.
func TestConfidenceRanks(t *testing.T) {
	sharp, soft := draw(200, 160, disc(100, 80, 50, 2)), draw(200, 160, disc(100, 80, 50, 40))
	other := draw(200, 160, disc(60, 80, 50, 2))
	ranked := []struct {
		name string
		v    opinions
	}{
		{"agreeing and sure", opinions{large: sharp, small: sharp}},
		{"agreeing and unsure", opinions{large: soft, small: soft}},
		{"disagreeing", opinions{large: sharp, small: other}},
		{"nothing in common", opinions{large: sharp, small: draw(200, 160, disc(185, 20, 10, 2))}},
	}
	last := 1.01
	for _, r := range ranked {
		c := r.v.confidence()
		if c < 0 || c >= last {
			t.Errorf("%s: confidence %.3f, want less than %.3f", r.name, c, last)
		}
		last = c
	}
	one, two := opinions{small: sharp}, opinions{small: soft}
	if one.confidence() <= two.confidence() {
		t.Error("of one net alone the unsure map has the higher confidence")
	}
}
