package clip

import (
	"context"
	"image"
	"math"
	"slices"
	"sync"
	"testing"

	"mattebox/matte"
	"mattebox/video"
)

// peopleNet is brightNet that also remembers the sizes at which it looked.
type peopleNet struct {
	brightNet
	mu    sync.Mutex
	sizes []image.Point
}

func (n *peopleNet) Infer(ctx context.Context, in *matte.Tensor) (*matte.Map, error) {
	n.mu.Lock()
	n.sizes = append(n.sizes, image.Pt(in.Width, in.Height))
	n.mu.Unlock()
	return n.brightNet.Infer(ctx, in)
}

// newPeopleCutter returns a cutter that has a net for people.
func newPeopleCutter(t *testing.T) (*Cutter, *peopleNet) {
	t.Helper()
	people := &peopleNet{brightNet: brightNet{name: "people"}}
	k, err := New(Config{Large: &brightNet{name: "large"}, Small: &brightNet{name: "small"}, People: people})
	if err != nil {
		t.Fatal(err)
	}
	return k, people
}

func TestHumanFollowsPeople(t *testing.T) {
	const w, h, n = 320, 180, 14
	at := func(i int) (float64, float64) { return 50 + 7*float64(i), 80 + 20*math.Sin(float64(i)/4) }
	k, net := newPeopleCutter(t)
	alphas, report := mattesOf(t, k, Human, film(n, func(i int) *video.Frame {
		x, y := at(i)
		return disc(w, h, x, y, 30, 0)
	}))
	for i, alpha := range alphas {
		x, y := at(i)
		if d := apart(alpha, w, h, x, y, 30); d > 2.5 {
			t.Errorf("frame %d: differs from the disc by %.1f of 255 in the mean", i, d)
		}
	}
	// Each frame in the box, two as a whole, each with its mirror image.
	if report.Net != "people" || report.Looks != 2*(n+2) || int(net.asked.Load()) != report.Looks || len(report.Warnings) > 0 {
		t.Errorf("the report is %+v", report)
	}
	if wide := net.sizes[0]; wide.X <= wide.Y {
		t.Errorf("the whole frame was shown as %v", wide)
	}
	if box := net.sizes[2]; box.X > 2*box.Y || box.Y > 2*box.X {
		t.Errorf("the box around a disc was shown as %v", box)
	}
}

// Who comes in while another is followed is seen, at the latest after wholeEvery frames.
func TestHumanSeesNewcomers(t *testing.T) {
	const w, h = 320, 180
	k, _ := newPeopleCutter(t)
	alphas, _ := mattesOf(t, k, Human, film(2*wholeEvery, func(i int) *video.Frame {
		f := disc(w, h, 50+float64(i), 90, 20, 0)
		if i > 2 {
			other := disc(w, h, 270-float64(i), 60, 20, 0)
			for y := range h {
				copy(f.Pix[(y*w+w/2)*4:(y+1)*w*4], other.Pix[(y*w+w/2)*4:])
			}
		}
		return f
	}))
	last := alphas[len(alphas)-1]
	for _, at := range []image.Point{{50 + 2*wholeEvery - 1, 90}, {270 - 2*wholeEvery + 1, 60}} {
		if a := last[at.Y*w+at.X]; a < 250 {
			t.Errorf("alpha is %d at %v", a, at)
		}
	}
}

func TestHumanWithoutPeople(t *testing.T) {
	k, net := newPeopleCutter(t)
	alphas, report := mattesOf(t, k, Human, film(6, func(i int) *video.Frame { return disc(160, 96, 500, 40+float64(i), 20, i) }))
	if slices.Max(alphas[5]) > 20 || report.Looks < 2 {
		t.Errorf("alpha up to %d after %d looks", slices.Max(alphas[5]), report.Looks)
	}
	for _, size := range net.sizes {
		if size != net.sizes[0] {
			t.Errorf("a box was shown as %v where nobody is", size)
		}
	}
}

// Without its net Human asks the small one and says so; other models say nothing.
func TestHumanWithoutItsNet(t *testing.T) {
	draw := func(i int) *video.Frame { return disc(160, 96, 40+2*float64(i), 50, 20, 0) }
	for _, m := range Models() {
		k, _ := newCutter(t)
		_, report := mattesOf(t, k, m, film(12, draw))
		if said := slices.Contains(report.Warnings, NoPeopleNet); said != (m == Human) {
			t.Errorf("%s: warnings %v", m, report.Warnings)
		}
	}
}

func TestPeople(t *testing.T) {
	m := matte.NewMap(100, 50)
	m.Pix[7*100+3] = 1 // a speck
	for y := 20; y < 40; y++ {
		for x := 40; x < 60; x++ {
			m.Pix[y*100+x] = .9
		}
	}
	got := people(m, 400, 200)
	want := image.Rect(146, 66, 254, 174) // 20 pixels, a twentieth of that and 2.5 around, times 4
	if got != want {
		t.Errorf("the box is %v, want %v", got, want)
	}
	if got := people(matte.NewMap(100, 50), 400, 200); !got.Empty() {
		t.Errorf("nobody is in %v", got)
	}
}

// What is pasted lies where it was cut out, whatever the sizes.
func TestPaste(t *testing.T) {
	for _, size := range []image.Point{{64, 32}, {16, 48}, {200, 120}} {
		r := image.Rect(37, 21, 165, 117) // of a frame of 320 x 180
		m := matte.NewMap(size.X, size.Y)
		for y := range size.Y {
			for x := range size.X {
				m.Pix[y*size.X+x] = float32(37+128*(float64(x)+.5)/float64(size.X)) / 320 // the frame's own x
			}
		}
		into := matte.NewMap(160, 90)
		paste(into, m, r, 320, 180)
		for _, at := range []image.Point{{30, 30}, {50, 40}, {70, 50}} {
			if got, want := into.Pix[at.Y*160+at.X], float32(at.X*2+1)/320; math.Abs(float64(got-want)) > .002 {
				t.Errorf("%v at %v: %.4f, want %.4f", size, at, got, want)
			}
		}
		if into.Pix[0] != 0 || into.Pix[60*160+60] != 0 || into.Pix[40*160+17] != 0 {
			t.Errorf("%v: something lies outside the box", size)
		}
	}
}

func TestSizes(t *testing.T) {
	w := &watch{eye: &eye{net: &brightNet{}}}
	for _, tt := range []struct {
		box  image.Rectangle
		want image.Point
	}{
		{image.Rect(0, 0, 320, 320), image.Pt(320, 320)},
		{image.Rect(0, 0, 1920, 1080), image.Pt(416, 256)},
		{image.Rect(0, 0, 40, 40), image.Pt(128, 128)},    // enlarged twice, and no less than four steps
		{image.Rect(0, 0, 100, 2000), image.Pt(128, 640)}, // as long as is allowed
		{image.Rect(9, 9, 10, 10), image.Pt(128, 128)},
	} {
		if x, y := w.sizes(tt.box, boxSide*boxSide); image.Pt(x, y) != tt.want {
			t.Errorf("%v is shown as %d x %d, want %v", tt.box, x, y, tt.want)
		}
	}
}
