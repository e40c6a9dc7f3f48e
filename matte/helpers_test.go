package matte

import (
	"context"
	"image"
	"math"
	"math/rand/v2"
	"sync/atomic"
	"testing"
	"time"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func newRandom(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 7)) }

// paint makes an 8-bit picture of the colours that f gives.
func paint(width, height int, f func(x, y int) [3]uint8) *Picture {
	p := &Picture{Width: width, Height: height, Pix: make([]uint8, 0, width*height*3)}
	for y := range height {
		for x := range width {
			c := f(x, y)
			p.Pix = append(p.Pix, c[:]...)
		}
	}
	return p
}

// deep returns the picture with 16 bits a sample.
func deep(p *Picture) *Picture {
	out := &Picture{Width: p.Width, Height: p.Height, Alpha: p.Alpha, Pix16: make([]uint16, len(p.Pix))}
	for i, v := range p.Pix {
		out.Pix16[i] = uint16(v) * 257
	}
	return out
}

func noisePicture(seed uint64, width, height int) *Picture {
	random := newRandom(seed)
	return paint(width, height, func(int, int) [3]uint8 {
		return [3]uint8{uint8(random.IntN(256)), uint8(random.IntN(256)), uint8(random.IntN(256))}
	})
}

// draw makes a map of the values that f gives.
func draw(width, height int, f func(x, y int) float32) *Map {
	m := NewMap(width, height)
	for y := range height {
		for x := range width {
			m.Pix[y*width+x] = f(x, y)
		}
	}
	return m
}

func constantMap(width, height int, v float32) *Map {
	return draw(width, height, func(int, int) float32 { return v })
}

func randomMap(seed uint64, width, height int) *Map {
	random := newRandom(seed)
	return draw(width, height, func(int, int) float32 { return random.Float32() })
}

func (m *Map) clone() *Map {
	out := NewMap(m.Width, m.Height)
	copy(out.Pix, m.Pix)
	return out
}

// disc is 1 inside a circle and 0 outside, with a straight ramp of the given
// width between.
func disc(cx, cy, r, ramp float64) func(x, y int) float32 {
	return func(x, y int) float32 {
		d := r - math.Hypot(float64(x)+.5-cx, float64(y)+.5-cy)
		return clamp01(float32(d/max(ramp, 1e-9) + .5))
	}
}

func box(r image.Rectangle) func(x, y int) float32 {
	return func(x, y int) float32 {
		if image.Pt(x, y).In(r) {
			return 1
		}
		return 0
	}
}

func canvasOf(p *Picture) *canvas { return &canvas{width: p.Width, height: p.Height, rgb: p.Pix} }

func toBytes(m *Map) []uint8 {
	out := make([]uint8, len(m.Pix))
	for i, v := range m.Pix {
		out[i] = toByte(v)
	}
	return out
}

// blend composes fore over back by alpha.
func blend(alpha *Map, fore, back [3]uint8) *Picture {
	return paint(alpha.Width, alpha.Height, func(x, y int) [3]uint8 {
		a := alpha.Pix[y*alpha.Width+x]
		var c [3]uint8
		for i := range c {
			c[i] = uint8(a*float32(fore[i]) + (1-a)*float32(back[i]) + .5)
		}
		return c
	})
}

// worst returns the largest difference of two planes, infinite where one of them
// is not a number.
func worst(a, b []float32) float64 {
	var d float64
	for i := range a {
		diff := math.Abs(float64(a[i]) - float64(b[i]))
		if math.IsNaN(diff) {
			return math.Inf(1)
		}
		d = max(d, diff)
	}
	return d
}

// meanError is the mean absolute difference of two mattes, 0..1.
func meanError(a, b []uint8) float64 {
	var sum float64
	for i := range a {
		sum += math.Abs(float64(a[i]) - float64(b[i]))
	}
	return sum / float64(len(a)) / 255
}

// iou is the intersection over union of two mattes' masks at one half.
func iou(a, b []uint8) float64 {
	var both, either int
	for i := range a {
		p, q := a[i] > 127, b[i] > 127
		if p && q {
			both++
		}
		if p || q {
			either++
		}
	}
	return float64(both) / float64(max(either, 1))
}

// plainSpec is a net that takes samples as 0..1 and answers with alpha.
func plainSpec(name string, size int) Spec {
	return Spec{Name: name, Size: size, Resize: Stretch, Divisor: 255, Std: [3]float32{1, 1, 1}, Activation: None}
}

// fakeNet answers each tensor with a fresh map of its size.
type fakeNet struct {
	spec   Spec
	answer func(in *Tensor) *Map
	calls  atomic.Int32
}

func (f *fakeNet) Spec() Spec { return f.spec }

func (f *fakeNet) Infer(ctx context.Context, in *Tensor) (*Map, error) {
	f.calls.Add(1)
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return f.answer(in), nil
}

// knows is a net that has seen the answer: it returns the map at the tensor's
// size, whatever it is shown.
func knows(spec Spec, m *Map) *fakeNet {
	return &fakeNet{spec: spec, answer: func(in *Tensor) *Map {
		if in.Width == m.Width && in.Height == m.Height {
			return m.clone()
		}
		return m.scaleTo(in.Width, in.Height)
	}}
}

// seesRed is a net that takes red for subject: it finds it wherever it is shown,
// in a box, mirrored or padded. raw turns alpha into the net's own output.
func seesRed(spec Spec, raw func(a float32) float32) *fakeNet {
	return &fakeNet{spec: spec, answer: func(in *Tensor) *Map {
		n := in.Width * in.Height
		return draw(in.Width, in.Height, func(x, y int) float32 {
			i := y*in.Width + x
			r, b := spec.sample(in.Data[i], 0), spec.sample(in.Data[2*n+i], 2)
			return raw(clamp01((r - b + 255) / 510))
		})
	}}
}

// sample turns a tensor's value back into 0..255.
func (s Spec) sample(v float32, c int) float32 {
	div := s.Divisor
	if div == 0 {
		div = 255
	}
	return (v*s.Std[c] + s.Mean[c]) * div
}

func asIs(a float32) float32 { return a }

// matter runs on a clock that ticks a millisecond at every look.
func matter(large, small Inferer) *Matter {
	var ticks atomic.Int64
	return &Matter{Large: large, Small: small, Now: func() time.Time { return time.UnixMilli(ticks.Add(1)) }}
}
