package matte

import (
	"image"
	"math"
	"testing"
)

func TestClean(t *testing.T) {
	subject := draw(200, 160, disc(100, 80, 50, 0))
	with := func(marks ...mark) *Map {
		m := subject.clone()
		for _, k := range marks {
			k.on(m)
		}
		return m
	}
	for _, tt := range []struct {
		name      string
		in, after *Map
	}{
		{"nothing to do", with(), with()},
		{"a speck goes", with(mark{10, 10, 2, .9}), with()},
		{"a faint speck goes", with(mark{10, 10, 2, .2}), with()},
		{"a second subject stays", with(mark{10, 10, 12, 1}), with(mark{10, 10, 12, 1})},
		{"a pin-hole closes", with(mark{100, 80, 1, 0}), with()},
		{"a hole stays", with(mark{100, 80, 12, 0}), with(mark{100, 80, 12, 0})},
		{"a gap in soft ground stays", with(mark{90, 70, 20, .7}, mark{100, 80, 1, 0}), with(mark{90, 70, 20, .7}, mark{100, 80, 1, 0})},
		{"no subject", NewMap(200, 160), NewMap(200, 160)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			clean(tt.in)
			if d := worst(tt.in.Pix, tt.after.Pix); d != 0 {
				t.Errorf("differs by %g", d)
			}
		})
	}
}

// mark is a square of one value.
type mark struct {
	x, y, side int
	v          float32
}

func (k mark) on(m *Map) {
	for y := k.y; y < k.y+k.side; y++ {
		for x := k.x; x < k.x+k.side; x++ {
			m.Pix[y*m.Width+x] = k.v
		}
	}
}

func TestClearHaze(t *testing.T) {
	subject := draw(300, 200, disc(90, 100, 60, 6))
	hazy := subject.clone()
	mark{200, 20, 80, .2}.on(hazy) // over background, nothing solid in reach
	mark{80, 90, 20, .85}.on(hazy) // deep inside the subject
	got := hazy.clone()
	clearHaze(got)
	if d := worst(got.Pix, subject.Pix); d > .02 {
		t.Errorf("differs from the matte without haze by %g", d)
	}
}

func TestClearHazeKeepsSoftEdgesAndGlass(t *testing.T) {
	for name, m := range map[string]*Map{
		"a soft edge": draw(200, 160, disc(100, 80, 50, 10)),
		"glass":       draw(200, 160, func(x, y int) float32 { return .55 * disc(100, 80, 50, 0)(x, y) }),
		"all clear":   NewMap(50, 40),
		"all solid":   constantMap(50, 40, 1),
		"one pixel":   constantMap(1, 1, .5),
	} {
		got := m.clone()
		clearHaze(got)
		if d := worst(got.Pix, m.Pix); d > .05 {
			t.Errorf("%s: moved by %g", name, d)
		}
	}
}

func TestShiftMovesTheEdge(t *testing.T) {
	for d, want := range map[int]image.Rectangle{
		0: rect(20, 25, 60, 55), 3: rect(17, 22, 63, 58), -4: rect(24, 29, 56, 51), -30: {}, 60: rect(0, 0, 90, 80),
	} {
		plane := toBytes(draw(90, 80, box(rect(20, 25, 60, 55))))
		shift(plane, 90, 80, d)
		if e := meanError(plane, toBytes(draw(90, 80, box(want)))); e != 0 {
			t.Errorf("shift by %d differs by %g", d, e)
		}
	}
}

// A subject that the frame cuts does not shrink away from the frame.
func TestShiftInwardsStaysAtTheFrame(t *testing.T) {
	plane := toBytes(draw(60, 50, box(rect(0, 0, 30, 50))))
	shift(plane, 60, 50, -5)
	if e := meanError(plane, toBytes(draw(60, 50, box(rect(0, 0, 25, 50))))); e != 0 {
		t.Errorf("differs by %g", e)
	}
}

func TestShiftIsTheExtremeOfTheSquare(t *testing.T) {
	m := randomMap(4, 30, 21)
	for _, d := range []int{1, 2, 5, 40, -1, -3, -40} {
		got := toBytes(m)
		shift(got, 30, 21, d)
		r := max(d, -d)
		for y := range 21 {
			for x := range 30 {
				lo, hi := uint8(255), uint8(0)
				for j := max(0, y-r); j <= min(20, y+r); j++ {
					for i := max(0, x-r); i <= min(29, x+r); i++ {
						v := toByte(m.Pix[j*30+i])
						lo, hi = min(lo, v), max(hi, v)
					}
				}
				want := hi
				if d < 0 {
					want = lo
				}
				if got[y*30+x] != want {
					t.Fatalf("shift by %d: pixel %d, %d is %d, want %d", d, x, y, got[y*30+x], want)
				}
			}
		}
	}
}

func TestSolidInterior(t *testing.T) {
	m := draw(200, 160, disc(100, 80, 60, 8))
	mark{90, 70, 20, .7}.on(m)
	out := &Matte{Width: 200, Height: 160, Alpha: toBytes(m)}
	out.retouch(Options{SolidInterior: true})
	exact := toBytes(draw(200, 160, disc(100, 80, 60, 8)))
	for i, a := range out.Alpha {
		x, y := float64(i%200)+.5, float64(i/200)+.5
		if d := math.Hypot(x-100, y-80); d < 50 && a != 255 {
			t.Fatalf("deep inside alpha is %d", a)
		} else if d > 62 && a != exact[i] {
			t.Fatalf("outside alpha is %d, want %d", a, exact[i])
		}
	}
}
