package matte

import (
	"context"
	"fmt"
	"math"
	"testing"
)

// redDisc is a red subject off the middle of a blue picture, and its matte.
func redDisc(width, height int) (*Picture, *Map) {
	s := float64(min(width, height))
	alpha := draw(width, height, disc(.35*float64(width), .6*float64(height), .25*s, 3))
	return blend(alpha, [3]uint8{255, 40, 0}, [3]uint8{0, 40, 255}), alpha
}

func logit(a float32) float32 {
	a = min(max(a, 1e-4), 1-1e-4)
	return float32(math.Log(float64(a / (1 - a))))
}

// Whatever a net wants to see, its map comes back to where the subject is.
func TestEverySpecFindsTheSubjectWhereItIs(t *testing.T) {
	recipes := map[string]Spec{
		"0..1":          {Divisor: 255, Std: [3]float32{1, 1, 1}},
		"ImageNet":      {Divisor: 255, Mean: [3]float32{.485, .456, .406}, Std: [3]float32{.229, .224, .225}},
		"minus a half":  {Divisor: 256, Mean: [3]float32{.5, .5, .5}, Std: [3]float32{1, 1, 1}},
		"its own range": {Divisor: 0, Mean: [3]float32{.485, .456, .406}, Std: [3]float32{.229, .224, .225}},
	}
	raw := map[Activation]func(float32) float32{
		None: asIs, Sigmoid: logit, MinMax: func(a float32) float32 { return .1 + .6*a },
	}
	for recipe, s := range recipes {
		for _, resize := range []Resize{Stretch, Letterbox, Aspect} {
			for activation, f := range raw {
				for _, size := range [][2]int{{200, 120}, {90, 210}} {
					s.Name, s.Size, s.Multiple, s.Resize, s.Activation = "test", 96, 32, resize, activation
					t.Run(fmt.Sprint(recipe, resize, activation, size), func(t *testing.T) {
						checkSpec(t, s, f, size[0], size[1])
					})
				}
			}
		}
	}
}

func checkSpec(t *testing.T, s Spec, raw func(float32) float32, width, height int) {
	p, alpha := redDisc(width, height)
	g, err := look(p, p.Bounds(), s)
	must(t, err)
	m, err := infer(context.Background(), seesRed(s, raw), g)
	must(t, err)
	if m.Width != g.width || m.Height != g.height {
		t.Fatalf("map is %d x %d, want %d x %d", m.Width, m.Height, g.width, g.height)
	}
	got, want := toBytes(m.scaleTo(width, height)), toBytes(alpha)
	if overlap := iou(got, want); overlap < .93 {
		t.Errorf("overlap with the subject is %.3f", overlap)
	}
	if e := meanError(got, want); e > .02 {
		t.Errorf("mean error is %.4f", e)
	}
}

func TestSpecFit(t *testing.T) {
	for _, tt := range []struct {
		resize       Resize
		w, h         int
		wantW, wantH int
	}{
		{Stretch, 3000, 10, 512, 512},
		{Letterbox, 3000, 1500, 512, 256},
		{Letterbox, 1500, 3000, 256, 512},
		{Letterbox, 3000, 1, 512, 1},
		{Aspect, 1000, 500, 1024, 512},
		{Aspect, 500, 760, 512, 768},
		{Aspect, 500, 500, 512, 512},
		{"", 40, 30, 512, 512},
	} {
		s := Spec{Size: 512, Multiple: 32, Resize: tt.resize}
		if w, h := s.fit(tt.w, tt.h); w != tt.wantW || h != tt.wantH {
			t.Errorf("%s: %d x %d is shown as %d x %d, want %d x %d", tt.resize, tt.w, tt.h, w, h, tt.wantW, tt.wantH)
		}
	}
}

func TestTensorIsPlanesOfNormalisedSamples(t *testing.T) {
	s := Spec{Size: 2, Resize: Stretch, Divisor: 200, Mean: [3]float32{.1, .2, .3}, Std: [3]float32{1, 2, 4}}
	got := s.tensor(&glance{width: 2, height: 2, rgb: []uint8{0, 100, 200, 1, 2, 3, 20, 40, 60, 80, 120, 160}})
	want := []float32{-.1, -.095, 0, .3, .15, -.095, 0, .2, .175, -.07125, 0, .125}
	if got.Width != 2 || got.Height != 2 || worst(got.Data, want) > 1e-6 {
		t.Errorf("got %v, want %v", got.Data, want)
	}
}

func TestLetterboxPadsWithGrey(t *testing.T) {
	s := Spec{Size: 6, Resize: Letterbox, Divisor: 255, Std: [3]float32{1, 1, 1}}
	rgb := make([]uint8, 6*3*3)
	for i := range rgb {
		rgb[i] = 255
	}
	in := s.tensor(&glance{width: 6, height: 3, rgb: rgb})
	for i, v := range in.Data {
		want := float32(128. / 255)
		if y := i / 6 % 6; y >= 1 && y < 4 {
			want = 1
		}
		if math.Abs(float64(v-want)) > 1e-6 {
			t.Fatalf("value %d is %g, want %g", i, v, want)
		}
	}
}

func TestActivations(t *testing.T) {
	for _, tt := range []struct {
		name     string
		a        Activation
		in, want []float32
	}{
		{"none", None, []float32{.1, .9}, []float32{.1, .9}},
		{"sigmoid", Sigmoid, []float32{0, 100, -100, float32(math.Log(3))}, []float32{.5, 1, 0, .75}},
		{"min-max", MinMax, []float32{.2, .4, .6}, []float32{0, .5, 1}},
		{"min-max of no subject", MinMax, []float32{.01, .2, .05}, []float32{.01, .2, .05}},
		{"min-max of a full frame", MinMax, []float32{.8, .8, .8}, []float32{.8, .8, .8}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := append([]float32(nil), tt.in...)
			tt.a.apply(got)
			if worst(got, tt.want) > 1e-6 {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}

func TestInferSaysWhichNetFailed(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	p, alpha := redDisc(40, 30)
	s := plainSpec("the-net", 32)
	g, err := look(p, p.Bounds(), s)
	must(t, err)
	if _, err := infer(ctx, knows(s, alpha), g); err == nil || err.Error() != "running the-net: context canceled" {
		t.Errorf("error is %v", err)
	}
}
