package matte

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestFullSizeOfACanvasSizedPicture(t *testing.T) {
	p := noisePicture(1, 50, 40)
	f := &fitted{c: canvasOf(p), alpha: randomMap(1, 50, 40)}
	if d := cmp.Diff(toBytes(f.alpha), f.fullSize(p)); d != "" {
		t.Error("the matte is not the canvas's")
	}
}

// shrunk is the canvas of a picture at one over by of its sides.
func shrunk(t *testing.T, p *Picture, by int) *canvas {
	t.Helper()
	w, h := p.Width/by, p.Height/by
	rgb, err := p.sample(p.Bounds(), w, h)
	must(t, err)
	return &canvas{width: w, height: h, rgb: rgb}
}

// The edge lies between the canvas's samples; only the photograph knows where.
func TestFullSizeFollowsThePhotographsEdge(t *testing.T) {
	exact := draw(320, 240, box(rect(0, 0, 162, 240)))
	p := blend(exact, [3]uint8{210, 60, 40}, [3]uint8{40, 120, 200})
	for _, pic := range []*Picture{p, deep(p)} {
		c := shrunk(t, pic, 4)
		alpha := exact.scaleTo(c.width, c.height)
		got := guide(c, alpha, true).fullSize(pic)
		plain := toBytes(alpha.scaleTo(320, 240))
		want := toBytes(exact)
		if before, after := meanError(plain, want), meanError(got, want); after > before/2 {
			t.Errorf("the error is %.5f, plain interpolation has %.5f", after, before)
		}
		for _, x := range []int{158, 161} {
			if v := got[120*320+x]; v < 230 {
				t.Errorf("column %d, inside, has alpha %d", x, v)
			}
		}
		for _, x := range []int{162, 165} {
			if v := got[120*320+x]; v > 25 {
				t.Errorf("column %d, outside, has alpha %d", x, v)
			}
		}
	}
}

func TestFullSizeKeepsConstants(t *testing.T) {
	p := noisePicture(2, 128, 96)
	c := shrunk(t, p, 4)
	for _, v := range []float32{0, .4, 1} {
		got := guide(c, constantMap(c.width, c.height, v), true).fullSize(p)
		for i, a := range got {
			if math.Abs(float64(a)-float64(v)*255) > 1 {
				t.Fatalf("constant %g is %d at pixel %d", v, a, i)
			}
		}
	}
}

func TestLerpsMeetSampleCentres(t *testing.T) {
	for _, tt := range []struct {
		m, n int
		want []float64
	}{
		{2, 4, []float64{0, .25, .75, 1}},
		{3, 3, []float64{0, 1, 2}},
		{1, 3, []float64{0, 0, 0}},
	} {
		var got []float64
		for _, l := range lerps(tt.m, tt.n) {
			got = append(got, float64(l.i)*float64(1-l.w)+float64(l.next)*float64(l.w))
		}
		if d := cmp.Diff(tt.want, got); d != "" {
			t.Errorf("%d samples among %d: %s", tt.n, tt.m, d)
		}
	}
}
