package clip

import (
	"math"
	"testing"

	"mattebox/video"
)

// texture draws grey noise, moved by dx, dy.
func texture(width, height int, dx, dy float64) *video.Frame {
	f := video.NewFrame(width, height)
	for y := range height {
		for x := range width {
			u, v := float64(x)-dx+900, float64(y)-dy+900
			g := uint8(255 * (noise(u, v, 1) + noise(u/3, v/3, 2) + noise(u/9, v/9, 3)) / 3)
			px := f.Pix[(y*width+x)*4:][:4]
			px[0], px[1], px[2], px[3] = g, g, g, 255
		}
	}
	return f
}

func pyramidOf(f *video.Frame) pyramid {
	return newPyramid(f.Pix, f.Width, f.Height, f.Width, f.Height)
}

func TestMotionFindsTranslations(t *testing.T) {
	const w, h, border = 192, 128, 24
	for _, move := range [][2]float64{{0, 0}, {.5, -.25}, {3, 2}, {-7.5, 4}, {14, -9}, {0, 20}} {
		source, target := pyramidOf(texture(w, h, 0, 0)), pyramidOf(texture(w, h, move[0], move[1]))
		f := motion(target, source, nil, nil)
		var sum float64
		var n int
		for y := border; y < h-border; y++ {
			for x := border; x < w-border; x++ {
				k := y*w + x
				sum += math.Hypot(float64(f.dx[k])+move[0], float64(f.dy[k])+move[1])
				n++
			}
		}
		if off := sum / float64(n); off > .35 {
			t.Errorf("moved by %v: the flow is off by %.2f pixels in the mean", move, off)
		}
	}
}

func TestMotionSaysWhatItCannotExplain(t *testing.T) {
	const w, h = 96, 96
	a, b := texture(w, h, 0, 0), texture(w, h, 2, 0)
	for y := 40; y < 60; y++ { // something new appears
		for x := 40; x < 60; x++ {
			copy(b.Pix[(y*w+x)*4:], []uint8{255, 255, 255})
		}
	}
	f := motion(pyramidOf(b), pyramidOf(a), nil, nil)
	if miss := f.miss[50*w+50]; trusted(miss) > .2 {
		t.Errorf("what has appeared is missed by %.1f grey levels and trusted by %.2f", miss, trusted(miss))
	}
	if miss := f.miss[20*w+20]; trusted(miss) < .8 {
		t.Errorf("what has moved is missed by %.1f grey levels and trusted by %.2f", miss, trusted(miss))
	}
}

func TestMotionOnlyWhereItIsWanted(t *testing.T) {
	asked := 0
	target, source := pyramidOf(texture(128, 96, 2, 0)), pyramidOf(texture(128, 96, 0, 0))
	motion(target, source, nil, func(x, y int, _, _ float32) bool {
		asked++
		if x < 0 || y < 0 || x >= 128 || y >= 96 {
			t.Fatalf("asked about %d, %d", x, y)
		}
		return false
	})
	if asked < 128*96/patchStep/patchStep/2 {
		t.Errorf("asked about %d patches", asked)
	}
}

func TestShrinkLumaKeepsTheMean(t *testing.T) {
	f := video.NewFrame(37, 23)
	for i := range f.Pix {
		f.Pix[i] = 200
	}
	for _, size := range [][2]int{{37, 23}, {10, 9}, {16, 40}, {64, 64}} {
		l := shrinkLuma(f.Pix, f.Width, f.Height, size[0], size[1])
		for i, v := range l.pix {
			if math.Abs(float64(v)-200) > .5 {
				t.Fatalf("%v: sample %d is %g", size, i, v)
			}
		}
	}
}

func BenchmarkMotion(b *testing.B) {
	target, source := pyramidOf(texture(224, 126, 5, 3)), pyramidOf(texture(224, 126, 0, 0))
	for b.Loop() {
		motion(target, source, nil, nil)
	}
}
