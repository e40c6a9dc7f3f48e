package matte

import (
	"context"
	"errors"
	"fmt"
	"image"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mattebox/internal/synth"
)

// synthetic returns a drawn photograph and its exact matte.
func synthetic(kind synth.Kind, width, height int) (*Picture, []uint8) {
	s := synth.Photo(3, kind, width, height)
	return &Picture{Width: width, Height: height, Pix: s.RGB}, s.Alpha
}

func fromBytes(alpha []uint8, width, height int) *Map {
	m := NewMap(width, height)
	for i, v := range alpha {
		m.Pix[i] = float32(v) / 255
	}
	return m
}

// The road as a whole improves on the net's map, which is blurred as a small
// net's is: the result is nearer to the exact matte on every kind of picture.
func TestMatteIsNearerToTheTruthThanTheNet(t *testing.T) {
	const w, h = 300, 240
	for _, kind := range []synth.Kind{synth.Product, synth.Gradient, synth.Textured, synth.Hair, synth.Ring, synth.White} {
		for _, deepness := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, 16 bits %t", kind, deepness), func(t *testing.T) {
				p, exact := synthetic(kind, w, h)
				if deepness {
					p = deep(p)
				}
				net := boxBlur(boxBlur(fromBytes(exact, w, h), 2), 2)
				got, err := matter(knows(plainSpec("large", 128), net), nil).Matte(t.Context(), p, Options{Effort: Standard})
				must(t, err)
				before := meanError(toBytes(net.scaleTo(128, 128).scaleTo(w, h)), exact)
				if after := meanError(got.Alpha, exact); after > before*.8 {
					t.Errorf("the error went from %.4f to %.4f", before, after)
				}
				if o := iou(got.Alpha, exact); o < .93 {
					t.Errorf("overlap with the exact matte is %.3f", o)
				}
			})
		}
	}
}

func TestEffortsAskTheNetsTheyAreWorth(t *testing.T) {
	p, alpha := redDisc(160, 120)
	_, ghost := redDisc(120, 160)
	ghost = ghost.scaleTo(160, 120)
	small := func() *fakeNet { return knows(plainSpec("small", 32), alpha) }
	large := func() *fakeNet { return seesRed(plainSpec("large", 64), asIs) }
	for _, tt := range []struct {
		name         string
		large, small *fakeNet
		effort       Effort
		nets         []string
		least, most  int
	}{
		{"fast", large(), small(), Fast, []string{"small"}, 1, 1},
		{"fast without the small net", large(), nil, Fast, []string{"large"}, 1, 1},
		{"standard", large(), small(), Standard, []string{"large", "small"}, 2, 2},
		{"standard without a witness", large(), nil, Standard, []string{"large"}, 1, 1},
		{"best without the large net", nil, small(), Best, []string{"small"}, 1, 1},
		{"best", large(), small(), Best, []string{"large", "small"}, 3, 4},
		{"best with a witness that disagrees", large(), knows(plainSpec("small", 32), ghost), Best, []string{"large", "small"}, 3, 4},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m := matter(nil, nil)
			if tt.large != nil {
				m.Large = tt.large
			}
			if tt.small != nil {
				m.Small = tt.small
			}
			got, err := m.Matte(t.Context(), p, Options{Effort: tt.effort})
			must(t, err)
			if d := cmp.Diff(tt.nets, got.Nets); d != "" || got.Passes < tt.least || got.Passes > tt.most {
				t.Errorf("%d passes of %v, want %d to %d of %v", got.Passes, got.Nets, tt.least, tt.most, tt.nets)
			}
			if o := iou(got.Alpha, toBytes(alpha)); o < .95 {
				t.Errorf("overlap is %.3f", o)
			}
		})
	}
}

// The best effort's passes see a box and a mirrored picture; a net that finds red
// wherever it is proves that both come back to their places.
func TestEveryPassComesBackToItsPlace(t *testing.T) {
	p, alpha := redDisc(220, 140)
	for _, resize := range []Resize{Stretch, Letterbox, Aspect} {
		s := plainSpec("large", 96)
		s.Resize, s.Multiple = resize, 32
		m := matter(seesRed(s, asIs), nil)
		c := newCanvas(p)
		v, err := m.opinions(t.Context(), p, c, Best)
		must(t, err)
		for name, pass := range map[string]*Map{"whole": v.large, "box": v.box, "mirror": v.mirror} {
			if pass == nil {
				continue
			}
			if o := iou(toBytes(pass), toBytes(alpha)); o < .93 {
				t.Errorf("%s, %s: overlap is %.3f", resize, name, o)
			}
		}
		if v.box == nil {
			t.Errorf("%s: no pass over the subject's box", resize)
		}
	}
}

func TestNoSubject(t *testing.T) {
	p, _ := synthetic(synth.Empty, 120, 90)
	for _, level := range []float32{0, .01, .3} {
		got, err := matter(knows(plainSpec("large", 64), constantMap(8, 8, level)), knows(plainSpec("small", 32), NewMap(8, 8))).Matte(t.Context(), p, Options{Effort: Best})
		must(t, err)
		want := &Matte{Width: 120, Height: 90, Alpha: make([]uint8, 120*90), Nets: []string{"large", "small"}, Passes: 2, Warnings: []Warning{NoSubject}, Net: got.Net, Refine: got.Refine}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("a map of %g: %s", level, d)
		}
	}
}

func TestACutOutKeepsItsAlpha(t *testing.T) {
	p, m := redDisc(100, 80)
	p.Alpha = toBytes(m)
	net := knows(plainSpec("large", 64), NewMap(100, 80))
	got, err := matter(net, nil).Matte(t.Context(), p, Options{Effort: Best})
	must(t, err)
	if !slices.Equal(got.Alpha, toBytes(m)) || net.calls.Load() != 0 || got.Confidence != 1 || !slices.Contains(got.Warnings, KeptAlpha) {
		t.Errorf("confidence %g, warnings %q, %d calls", got.Confidence, got.Warnings, net.calls.Load())
	}
	if got.Box.Empty() || got.Box.Dx() > 60 {
		t.Errorf("box is %v", got.Box)
	}
}

// Rounded corners do not make a picture a cut-out; they stay transparent.
func TestStrayTransparencyStays(t *testing.T) {
	p, m := redDisc(100, 80)
	p.Alpha = toBytes(constantMap(100, 80, 1))
	middle := 48*100 + 35
	p.Alpha[middle], p.Alpha[0] = 0, 0
	if p.IsCutOut() {
		t.Fatal("two clear pixels make a cut-out")
	}
	got, err := matter(knows(plainSpec("large", 64), m), nil).Matte(t.Context(), p, Options{Effort: Standard})
	must(t, err)
	if got.Alpha[middle] != 0 || got.Alpha[middle+3] != 255 {
		t.Errorf("alpha is %d where the source is clear and %d beside it", got.Alpha[middle], got.Alpha[middle+3])
	}
}

func TestDisagreementIsSaid(t *testing.T) {
	p, m := redDisc(120, 90)
	other := draw(120, 90, disc(95, 20, 14, 3))
	got, err := matter(knows(plainSpec("large", 64), m), knows(plainSpec("small", 64), other)).Matte(t.Context(), p, Options{Effort: Standard})
	must(t, err)
	if got.Confidence > .3 || !slices.Contains(got.Warnings, Disagreement) {
		t.Errorf("confidence %.2f, warnings %q", got.Confidence, got.Warnings)
	}
	got, err = matter(knows(plainSpec("large", 64), m), knows(plainSpec("small", 64), m)).Matte(t.Context(), p, Options{Effort: Standard})
	must(t, err)
	if got.Confidence < lowConfidence || slices.Contains(got.Warnings, Disagreement) {
		t.Errorf("agreeing nets: confidence %.2f, warnings %q", got.Confidence, got.Warnings)
	}
}

// Large pictures are worked on a smaller canvas and come back at their size.
func TestMatteOfALargePicture(t *testing.T) {
	const w, h = 2100, 1400
	alpha := draw(w, h, disc(900, 700, 420, 3))
	p := blend(alpha, fore, back)
	net := alpha.scaleTo(256, 256)
	got, err := matter(knows(plainSpec("large", 256), net), nil).Matte(t.Context(), p, Options{Effort: Standard})
	must(t, err)
	if got.Width != w || got.Height != h || len(got.Alpha) != w*h {
		t.Fatalf("matte is %d x %d", got.Width, got.Height)
	}
	before := meanError(toBytes(net.scaleTo(w, h)), toBytes(alpha))
	if after := meanError(got.Alpha, toBytes(alpha)); after > before/4 {
		t.Errorf("the error went from %.5f to %.5f", before, after)
	}
}

func TestTheSmallestPictures(t *testing.T) {
	for _, size := range [][2]int{{1, 1}, {2, 1}, {1, 50}, {4, 4}, {3000, 1}} {
		p := noisePicture(1, size[0], size[1])
		for _, v := range []float32{0, .6, 1} {
			for _, pic := range []*Picture{p, deep(p)} {
				net := knows(plainSpec("large", 16), constantMap(16, 16, v))
				got, err := matter(net, net).Matte(t.Context(), pic, Options{Effort: Best, SolidInterior: true, EdgeShift: 3})
				must(t, err)
				if len(got.Alpha) != size[0]*size[1] {
					t.Errorf("%v: %d alpha values", size, len(got.Alpha))
				}
			}
		}
	}
}

func TestMatteRefusesBuffersThatDoNotFit(t *testing.T) {
	for name, p := range map[string]*Picture{
		"no size":    {Pix: []uint8{}},
		"no samples": {Width: 2, Height: 2},
		"both":       {Width: 1, Height: 1, Pix: make([]uint8, 3), Pix16: make([]uint16, 3)},
		"too few":    {Width: 2, Height: 2, Pix: make([]uint8, 11)},
		"too few 16": {Width: 2, Height: 2, Pix16: make([]uint16, 13)},
		"alpha":      {Width: 2, Height: 2, Pix: make([]uint8, 12), Alpha: make([]uint8, 3)},
	} {
		if _, err := matter(knows(plainSpec("large", 8), NewMap(8, 8)), nil).Matte(t.Context(), p, Options{}); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestCancellation(t *testing.T) {
	p, m := redDisc(100, 80)
	ctx, cancel := context.WithCancel(t.Context())
	last := &fakeNet{spec: plainSpec("small", 32), answer: func(in *Tensor) *Map {
		cancel() // while the last net runs
		return m.scaleTo(in.Width, in.Height)
	}}
	if _, err := matter(knows(plainSpec("large", 64), m), last).Matte(ctx, p, Options{Effort: Standard}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled between the steps: error is %v", err)
	}
	net := knows(plainSpec("large", 64), m)
	if _, err := matter(net, nil).Matte(ctx, p, Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled before: error is %v", err)
	}
}

func TestAFaultOfTheProfileIsSaid(t *testing.T) {
	p, m := redDisc(60, 50)
	fault := errors.New("no such profile")
	p.ToSRGB = func([]uint8, int, int) error { return fault }
	if _, err := matter(knows(plainSpec("large", 32), m), nil).Matte(t.Context(), p, Options{}); !errors.Is(err, fault) {
		t.Errorf("error is %v", err)
	}
}

func TestIsCutOut(t *testing.T) {
	for _, tt := range []struct {
		name  string
		clear int // of 10000
		value uint8
		want  bool
	}{
		{"opaque", 0, 0, false}, {"rounded corners", 60, 0, false}, {"a cut-out", 3000, 0, true},
		{"half see-through", 3000, 100, true}, {"hardly see-through", 3000, 200, false},
	} {
		alpha := toBytes(constantMap(100, 100, 1))
		for i := range tt.clear {
			alpha[i] = tt.value
		}
		if got := (&Picture{Width: 100, Height: 100, Alpha: alpha}).IsCutOut(); got != tt.want {
			t.Errorf("%s: %t", tt.name, got)
		}
	}
	if (&Picture{Width: 5, Height: 5}).IsCutOut() {
		t.Error("a picture without alpha is a cut-out")
	}
}

func TestBounds(t *testing.T) {
	m := func(r image.Rectangle) *Map { return draw(20, 15, box(r)) }
	noisy := m(rect(4, 5, 9, 11))
	noisy.Pix[0] = 2. / 255
	for _, tt := range []struct {
		name string
		m    *Map
		want image.Rectangle
	}{
		{"nothing", NewMap(20, 15), image.Rectangle{}},
		{"everything", constantMap(20, 15, 1), rect(0, 0, 20, 15)},
		{"a part", m(rect(4, 5, 9, 11)), rect(4, 5, 9, 11)},
		{"one corner", m(rect(19, 14, 20, 15)), rect(19, 14, 20, 15)},
		{"noise does not count", noisy, rect(4, 5, 9, 11)},
	} {
		if got := bounds(toBytes(tt.m), 20, 15); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}
