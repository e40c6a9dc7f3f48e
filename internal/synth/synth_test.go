package synth_test

import (
	"bytes"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
	"math"
	"testing"

	"mattebox/internal/synth"
)

const side = 72

// photo draws a square picture that most tests share the size of.
func photo(seed int64, kind synth.Kind) synth.Picture {
	return synth.Photo(seed, kind, side, side)
}

func TestTruthExplainsThePhotograph(t *testing.T) {
	for _, kind := range synth.Kinds() {
		t.Run(kind.String(), func(t *testing.T) {
			p := photo(1, kind)
			for i, a := range p.Alpha {
				for c := 3 * i; c < 3*i+3; c++ {
					k := float64(a) / 255
					want := k*float64(p.Foreground[c]) + (1-k)*float64(p.Background[c])
					if math.Abs(float64(p.RGB[c])-want) > .51 {
						t.Fatalf("sample %d is %d, the truth makes %.2f", c, p.RGB[c], want)
					}
					if a == 0 && p.Foreground[c] != 0 {
						t.Fatalf("sample %d has a foreground where there is no subject", c)
					}
				}
			}
		})
	}
}

func TestSeedsDecide(t *testing.T) {
	for _, kind := range synth.Kinds() {
		t.Run(kind.String(), func(t *testing.T) {
			first, again, other := photo(1, kind), photo(1, kind), photo(2, kind)
			if !bytes.Equal(first.RGB, again.RGB) || !bytes.Equal(first.Alpha, again.Alpha) {
				t.Error("the same seed drew two pictures")
			}
			if bytes.Equal(first.RGB, other.RGB) {
				t.Error("two seeds drew the same picture")
			}
		})
	}
}

// share returns the part of the pixels whose alpha lies between the bounds.
func share(p synth.Picture, from, to uint8) float64 {
	n := 0
	for _, a := range p.Alpha {
		if a >= from && a <= to {
			n++
		}
	}
	return float64(n) / float64(len(p.Alpha))
}

func TestEveryKindIsWhatItIsNamedAfter(t *testing.T) {
	tests := []struct {
		kind     synth.Kind
		soft     [2]float64 // least and most share of pixels with 13 <= alpha <= 242
		coverage [2]float64 // of pixels with alpha above 127
	}{
		{synth.Product, [2]float64{.001, .04}, [2]float64{.08, .5}},
		{synth.Gradient, [2]float64{.001, .04}, [2]float64{.08, .5}},
		{synth.Textured, [2]float64{.001, .04}, [2]float64{.08, .5}},
		{synth.White, [2]float64{.001, .04}, [2]float64{.08, .5}},
		{synth.Ring, [2]float64{.001, .05}, [2]float64{.05, .4}},
		{synth.Hair, [2]float64{.02, .2}, [2]float64{.15, .6}},
		{synth.Soft, [2]float64{.03, .2}, [2]float64{.08, .5}},
		{synth.Motion, [2]float64{.03, .2}, [2]float64{.08, .5}},
		{synth.Glass, [2]float64{.1, .5}, [2]float64{.02, .4}},
		{synth.Empty, [2]float64{0, 0}, [2]float64{0, 0}},
	}
	for _, test := range tests {
		for seed := range int64(3) {
			t.Run(fmt.Sprintf("%s/%d", test.kind, seed), func(t *testing.T) {
				p := photo(seed, test.kind)
				if v := share(p, 13, 242); v < test.soft[0] || v > test.soft[1] {
					t.Errorf("%.4f of the pixels are soft, want %v", v, test.soft)
				}
				if v := share(p, 128, 255); v < test.coverage[0] || v > test.coverage[1] {
					t.Errorf("%.4f of the pixels are the subject's, want %v", v, test.coverage)
				}
			})
		}
	}
}

// bounds returns the box of the pixels with any alpha.
func bounds(p synth.Picture) image.Rectangle {
	var box image.Rectangle
	for i, a := range p.Alpha {
		if a > 0 {
			x, y := i%p.Width, i/p.Width
			box = box.Union(image.Rect(x, y, x+1, y+1))
		}
	}
	return box
}

func TestSubjectStaysInTheFrame(t *testing.T) {
	frames := [][2]int{{side, side}, {180, 100}, {100, 180}}
	for _, kind := range synth.Kinds() {
		if kind == synth.Empty {
			continue
		}
		for _, frame := range frames {
			t.Run(fmt.Sprintf("%s/%dx%d", kind, frame[0], frame[1]), func(t *testing.T) {
				p := synth.Photo(3, kind, frame[0], frame[1])
				inner := image.Rect(1, 1, frame[0]-1, frame[1]-1)
				if box := bounds(p); !box.In(inner) {
					t.Errorf("the subject's box %v leaves the frame %v", box, inner)
				}
			})
		}
	}
}

func TestRingHasAHole(t *testing.T) {
	for seed := range int64(3) {
		p := photo(seed, synth.Ring)
		box := bounds(p)
		x := (box.Min.X + box.Max.X) / 2
		opaque, clear := false, false // seen while walking up from below
		through := false
		for y := box.Max.Y - 1; y >= box.Min.Y; y-- {
			switch a := p.Alpha[y*p.Width+x]; {
			case a == 255 && clear:
				through = true
			case a == 255:
				opaque = true
			case a == 0 && opaque:
				clear = true
			}
		}
		if !through {
			t.Errorf("seed %d: no background between the bottom and the top of the ring", seed)
		}
	}
}

func TestWhiteIsHardToTellFromItsBackground(t *testing.T) {
	distance := func(kind synth.Kind) float64 {
		p := photo(5, kind)
		var sum, n float64
		for i, a := range p.Alpha {
			if a == 255 {
				for c := 3 * i; c < 3*i+3; c++ {
					sum += math.Abs(float64(p.Foreground[c]) - float64(p.Background[c]))
					n++
				}
			}
		}
		return sum / n
	}
	if white, coloured := distance(synth.White), distance(synth.Product); white > 60 || white > coloured {
		t.Errorf("white differs from its background by %.0f, a coloured product by %.0f", white, coloured)
	}
}

func TestShotChangesOnlyTheSamples(t *testing.T) {
	p := photo(1, synth.Product)
	shot, err := p.Shot(1, 2, 90)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(shot.Alpha, p.Alpha) || !bytes.Equal(shot.Foreground, p.Foreground) {
		t.Error("the truth changed")
	}
	var squares float64
	for i := range p.RGB {
		d := float64(p.RGB[i]) - float64(shot.RGB[i])
		squares += d * d
	}
	if rms := math.Sqrt(squares / float64(len(p.RGB))); rms < .5 || rms > 8 {
		t.Errorf("the camera changed the samples by %.2f, want a little", rms)
	}
}

func TestFilesHoldThePhotograph(t *testing.T) {
	p := photo(1, synth.Textured)
	file, err := p.PNG()
	if err != nil {
		t.Fatal(err)
	}
	decoded, err := png.Decode(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	for i := range p.Alpha {
		r, g, b, _ := decoded.At(i%side, i/side).RGBA()
		if got := [3]uint8{uint8(r >> 8), uint8(g >> 8), uint8(b >> 8)}; got != [3]uint8(p.RGB[3*i:3*i+3]) {
			t.Fatalf("pixel %d is %v, want %v", i, got, p.RGB[3*i:3*i+3])
		}
	}
	if file, err = p.JPEG(80); err != nil {
		t.Fatal(err)
	}
	header, err := jpeg.DecodeConfig(bytes.NewReader(file))
	if err != nil || header.Width != side || header.Height != side {
		t.Errorf("the JPEG is %d x %d (%v), want %d square", header.Width, header.Height, err, side)
	}
}

func TestOddSizes(t *testing.T) {
	for _, size := range [][2]int{{1, 1}, {1, 9}, {17, 3}} {
		p := synth.Photo(1, synth.Hair, size[0], size[1])
		if len(p.RGB) != 3*size[0]*size[1] || len(p.Alpha) != size[0]*size[1] {
			t.Errorf("%v: %d samples and %d alphas", size, len(p.RGB), len(p.Alpha))
		}
	}
	if p := synth.Photo(1, synth.Hair, 0, 5); len(p.RGB) != 0 || p.Width != 0 {
		t.Errorf("a picture without pixels has %d samples and width %d", len(p.RGB), p.Width)
	}
}

func BenchmarkPhoto(b *testing.B) {
	for _, kind := range synth.Kinds() {
		b.Run(kind.String(), func(b *testing.B) {
			for b.Loop() {
				synth.Photo(1, kind, 512, 512)
			}
		})
	}
}
