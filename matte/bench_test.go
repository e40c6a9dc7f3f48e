package matte

import (
	"fmt"
	"slices"
	"testing"
)

// sides of the benchmarks' pictures: 1 and 12 megapixels.
var megapixels = []struct{ n, width, height int }{{1, 1154, 866}, {12, 4000, 3000}}

// scene is a round subject with a soft edge on a textured ground, its exact
// matte, its canvas and what a net would say of it.
type scene struct {
	p     *Picture
	exact []uint8
	c     *canvas
	net   *Map
}

func newScene(width, height int) scene {
	s := float64(min(width, height))
	alpha := draw(width, height, disc(float64(width)/2, float64(height)/2, .35*s, .004*s))
	p := blend(alpha, fore, back)
	random := newRandom(1)
	for i, v := range p.Pix {
		p.Pix[i] = uint8(min(int(v)+random.IntN(24), 255))
	}
	c := newCanvas(p)
	net := draw(c.width, c.height, func(x, y int) float32 {
		s := float64(min(c.width, c.height))
		return disc(float64(c.width)/2, float64(c.height)/2, .35*s, .02*s)(x, y)
	})
	return scene{p, toBytes(alpha), c, net}
}

// perSize runs a step at both sizes.
func perSize(b *testing.B, step func(b *testing.B, s scene)) {
	for _, m := range megapixels {
		b.Run(fmt.Sprintf("%dMP", m.n), func(b *testing.B) {
			s := newScene(m.width, m.height)
			b.ReportAllocs()
			b.ResetTimer()
			step(b, s)
		})
	}
}

func BenchmarkSample(b *testing.B) {
	perSize(b, func(b *testing.B, s scene) {
		for b.Loop() {
			if _, err := s.p.sample(s.p.Bounds(), 1024, 1024); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkSample16(b *testing.B) {
	perSize(b, func(b *testing.B, s scene) {
		p := deep(s.p)
		for b.Loop() {
			if _, err := p.sample(p.Bounds(), 1024, 1024); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkClean(b *testing.B) {
	perSize(b, func(b *testing.B, s scene) {
		for b.Loop() {
			clean(s.net.clone())
		}
	})
}

func BenchmarkClearHaze(b *testing.B) {
	perSize(b, func(b *testing.B, s scene) {
		for b.Loop() {
			clearHaze(s.net.clone())
		}
	})
}

func BenchmarkBackdrop(b *testing.B) {
	perSize(b, func(b *testing.B, s scene) {
		white := paint(s.c.width, s.c.height, func(x, y int) [3]uint8 {
			if s.net.Pix[y*s.c.width+x] > .5 {
				return fore
			}
			return [3]uint8{240, 240, 240}
		})
		c := canvasOf(white)
		for b.Loop() {
			m := s.net.clone()
			found, ok := findBackdrop(c, m)
			if !ok {
				b.Fatal("no backdrop")
			}
			found.correct(c, m)
		}
	})
}

func BenchmarkGuide(b *testing.B) {
	perSize(b, func(b *testing.B, s scene) {
		for b.Loop() {
			guide(s.c, s.net, true)
		}
	})
}

func BenchmarkClosedForm(b *testing.B) {
	perSize(b, func(b *testing.B, s scene) {
		for b.Loop() {
			solveClosedForm(s.c, s.net, s.net.clone(), Standard.steps())
		}
	})
}

func BenchmarkFullSize(b *testing.B) {
	perSize(b, func(b *testing.B, s scene) {
		f := guide(s.c, s.net, true)
		for b.Loop() {
			f.fullSize(s.p)
		}
	})
}

func BenchmarkForeground(b *testing.B) {
	perSize(b, func(b *testing.B, s scene) {
		p := &Picture{Width: s.p.Width, Height: s.p.Height, Pix: slices.Clone(s.p.Pix)}
		for b.Loop() {
			Foreground(p, s.exact)
		}
	})
}

func BenchmarkRetouch(b *testing.B) {
	perSize(b, func(b *testing.B, s scene) {
		out := &Matte{Width: s.p.Width, Height: s.p.Height, Alpha: s.exact}
		for b.Loop() {
			out.retouch(Options{SolidInterior: true, EdgeShift: 2})
		}
	})
}
