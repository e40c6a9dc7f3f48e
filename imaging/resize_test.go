package imaging

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"testing"
)

func resize(t testing.TB, p *Picture, width, height int) *Picture {
	t.Helper()
	out, err := ResizeLinear(context.Background(), p, width, height)
	if err != nil {
		t.Fatal(err)
	}
	if err := out.validate(); err != nil {
		t.Fatal(err)
	}
	if out.Width != width || out.Height != height {
		t.Fatalf("got %dx%d, want %dx%d", out.Width, out.Height, width, height)
	}
	return out
}

var resizes = []struct{ width, height int }{
	{1, 1}, {7, 3}, {50, 33}, {99, 66}, {100, 50}, {100, 67}, {137, 211}, {400, 268}, {1, 300}, {300, 1},
}

func TestResizeKeepsFlatColours(t *testing.T) {
	for v := 0; v < 256; v += 15 {
		p := &Picture{Width: 100, Height: 67}
		p.Pix = bytes.Repeat([]uint8{uint8(v), uint8(255 - v), uint8(v / 2)}, 100*67)
		q := &Picture{Width: 100, Height: 67, Pix16: make([]uint16, 3*100*67), Alpha: bytes.Repeat([]uint8{uint8(255 - v/2)}, 100*67)}
		for i := range q.Pix16 {
			q.Pix16[i] = uint16(v*257 + 31*(i%3)*(v%2))
		}
		for _, size := range resizes {
			got := resize(t, p, size.width, size.height)
			for i, s := range got.Pix {
				if s != p.Pix[i%3] {
					t.Fatalf("%v: colour %v became %v", size, p.Pix[:3], got.Pix[i-i%3:i-i%3+3])
				}
			}
			got = resize(t, q, size.width, size.height)
			for i, s := range got.Pix16 {
				if s != q.Pix16[i%3] || got.Alpha[i/3] != q.Alpha[0] {
					t.Fatalf("%v: %v with alpha %d became %v, %d", size, q.Pix16[:3], q.Alpha[0], got.Pix16[i-i%3:i-i%3+3], got.Alpha[i/3])
				}
			}
		}
	}
}

// Half the light of white is 188 in sRGB, not 128.
func TestResizeIsInLinearLight(t *testing.T) {
	p := &Picture{Width: 200, Height: 200, Pix: make([]uint8, 3*200*200)}
	for i := range p.Pix {
		p.Pix[i] = 255 * uint8((i/3%200+i/600)%2)
	}
	got := resize(t, p, 50, 50)
	for y := 5; y < 45; y++ {
		near(t, fmt.Sprint("row ", y), got.Pix[3*(50*y+5):3*(50*y+45)], bytes.Repeat([]uint8{188}, 120), 1)
	}
}

// The colour of soft pixels must not take on what lies under transparency.
func TestResizeHasNoFringes(t *testing.T) {
	for _, hidden := range []uint8{0, 255} {
		p := &Picture{Width: 120, Height: 120, Pix: make([]uint8, 3*120*120), Alpha: make([]uint8, 120*120)}
		for i := range p.Alpha {
			if x := i % 120; x > 30 && x < 91 {
				p.Alpha[i] = 255
				copy(p.Pix[3*i:], []uint8{200, 120, 40})
			} else {
				fill(p.Pix[3*i:3*i+3], hidden)
			}
		}
		for _, side := range []int{37, 60, 77, 200} {
			got := resize(t, p, side, side)
			soft := 0
			for i, a := range got.Alpha {
				if a > 0 {
					near(t, fmt.Sprintf("side %d, alpha %d", side, a), got.Pix[3*i:3*i+3], []uint8{200, 120, 40}, 1)
				}
				if a > 20 && a < 235 {
					soft++
				}
			}
			if soft == 0 {
				t.Errorf("side %d: no soft pixel to judge by", side)
			}
		}
	}
}

// A slow reference in double precision, straight from the definition.
func reference(p *Picture, width, height int) []float64 {
	axis := func(in, out, o int) (weights []float64) {
		scale := float64(in) / float64(out)
		stretch := math.Max(1, scale)
		weights = make([]float64, in)
		sum := 0.0
		for i := range weights {
			x := (float64(i) - (float64(o)+0.5)*scale + 0.5) / stretch
			switch {
			case x == 0:
				weights[i] = 1
			case math.Abs(x) < 3:
				weights[i] = math.Sin(math.Pi*x) / (math.Pi * x) * math.Sin(math.Pi*x/3) / (math.Pi * x / 3)
			}
			sum += weights[i]
		}
		for i := range weights {
			weights[i] /= sum
		}
		return weights
	}
	out := make([]float64, 3*width*height)
	for y := range height {
		down := axis(p.Height, height, y)
		for x := range width {
			across := axis(p.Width, width, x)
			for c := range 3 {
				sum := 0.0
				for j, wy := range down {
					for i, wx := range across {
						if wx*wy != 0 {
							sum += wx * wy * linearFromSRGB(float64(p.Pix[3*(j*p.Width+i)+c])/255)
						}
					}
				}
				out[3*(y*width+x)+c] = 255 * srgbFromLinear(math.Min(1, math.Max(0, sum)))
			}
		}
	}
	return out
}

func TestResizeMatchesReference(t *testing.T) {
	p := synthetic(60, 41, false, false)
	for _, size := range []struct{ width, height int }{{23, 17}, {60, 20}, {90, 70}, {5, 80}, {1, 1}} {
		got, want := resize(t, p, size.width, size.height), reference(p, size.width, size.height)
		for i, w := range want {
			if math.Abs(float64(got.Pix[i])-w) > 0.52 {
				t.Fatalf("%v: sample %d is %d, want %.2f", size, i, got.Pix[i], w)
			}
		}
	}
}

func TestResizeDeepMatchesShallow(t *testing.T) {
	p := synthetic(80, 50, false, true)
	deep := &Picture{Width: 80, Height: 50, Alpha: p.Alpha, Pix16: make([]uint16, len(p.Pix))}
	for i, v := range p.Pix {
		deep.Pix16[i] = uint16(v) * 257
	}
	a, b := resize(t, p, 33, 71), resize(t, deep, 33, 71)
	if !bytes.Equal(a.Alpha, b.Alpha) {
		t.Error("alpha differs")
	}
	for i, v := range a.Pix {
		if math.Abs(float64(v)-float64(b.Pix16[i])/257) > 0.51 {
			t.Fatalf("sample %d: %d and %.2f", i, v, float64(b.Pix16[i])/257)
		}
	}
}

func TestResizeEdges(t *testing.T) {
	p := synthetic(40, 30, false, true)
	p.Meta.DPI = 300
	same, err := ResizeLinear(context.Background(), p, 40, 30)
	if err != nil || same != p {
		t.Errorf("the same size gives another picture (%v)", err)
	}
	if got := resize(t, p, 20, 15); got.Meta.DPI != 300 {
		t.Error("metadata is lost")
	}
	for _, size := range [][2]int{{0, 5}, {5, -1}} {
		if _, err := ResizeLinear(context.Background(), p, size[0], size[1]); err == nil {
			t.Errorf("%v passes", size)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := ResizeLinear(ctx, p, 20, 20); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want context.Canceled", err)
	}
}
