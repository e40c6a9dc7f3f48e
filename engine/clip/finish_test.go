package clip

import (
	"image"
	"testing"

	"mattebox/matte"
	"mattebox/video"
)

// filled returns a frame of one colour.
func filled(width, height int, r, g, b, a uint8) *video.Frame {
	f := video.NewFrame(width, height)
	for i := 0; i < len(f.Pix); i += 4 {
		f.Pix[i], f.Pix[i+1], f.Pix[i+2], f.Pix[i+3] = r, g, b, a
	}
	return f
}

func alphaOf(n int, at func(i int) uint8) []uint8 {
	alpha := make([]uint8, n)
	for i := range alpha {
		alpha[i] = at(i)
	}
	return alpha
}

func TestOver(t *testing.T) {
	for name, c := range map[string]struct {
		below, src, want [4]uint8
	}{
		"clear over colour":  {[4]uint8{1, 2, 3, 255}, [4]uint8{200, 200, 200, 0}, [4]uint8{1, 2, 3, 255}},
		"solid over colour":  {[4]uint8{1, 2, 3, 255}, [4]uint8{200, 100, 50, 255}, [4]uint8{200, 100, 50, 255}},
		"half over nothing":  {[4]uint8{}, [4]uint8{200, 100, 50, 128}, [4]uint8{200, 100, 50, 128}},
		"half over opaque":   {[4]uint8{0, 0, 0, 255}, [4]uint8{255, 255, 255, 128}, [4]uint8{128, 128, 128, 255}},
		"half over the same": {[4]uint8{80, 80, 80, 100}, [4]uint8{80, 80, 80, 51}, [4]uint8{80, 80, 80, 131}},
	} {
		got := c.below
		over(got[:], c.src[:3], uint32(c.src[3]))
		if got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

func TestComposeScaledKeepsColoursAtTheEdge(t *testing.T) {
	frame := filled(40, 40, 220, 30, 30, 255)
	for y := range 40 { // the old background is green: none of it may show
		for x := 20; x < 40; x++ {
			copy(frame.Pix[(y*40+x)*4:], []uint8{0, 255, 0})
		}
	}
	alpha := alphaOf(1600, func(i int) uint8 {
		if i%40 < 20 {
			return 255
		}
		return 0
	})
	job := Job{Info: &video.Info{Width: 40, Height: 40}, Scene: Scene{Canvas: image.Pt(100, 60), Anchor: "top-left"}, Format: video.WebP}
	canvas := video.NewFrame(100, 60)
	newCompositor(job, image.Pt(100, 60)).compose(canvas, Matted{frame, alpha}, true)
	for x := range 100 {
		px := pixel(canvas, x, 30)
		if px[3] > 0 && px[1] > 60 {
			t.Errorf("column %d is %v", x, px)
		}
		if want := x < 29; want && px[3] != 255 || x > 31 && px[3] != 0 {
			t.Errorf("column %d has alpha %d", x, px[3])
		}
	}
}

func TestComposePartlyOutside(t *testing.T) {
	frame := filled(20, 20, 9, 9, 9, 255)
	for _, scale := range []float64{1, 2} {
		job := Job{Info: &video.Info{Width: 20, Height: 20}, Format: video.GIF,
			Scene: Scene{Canvas: image.Pt(20, 20), Scale: scale, Anchor: "top-left", Offset: image.Pt(-15, 12)}}
		canvas := video.NewFrame(20, 20)
		newCompositor(job, image.Pt(20, 20)).compose(canvas, Matted{frame, alphaOf(400, func(int) uint8 { return 255 })}, true)
		if pixel(canvas, 2, 15)[3] != 255 || pixel(canvas, 2, 5)[3] != 0 {
			t.Errorf("scale %g: inside %v, above %v", scale, pixel(canvas, 2, 15), pixel(canvas, 2, 5))
		}
	}
}

func TestBleedCarriesTheSubjectsColour(t *testing.T) {
	canvas := video.NewFrame(64, 64)
	for y := 24; y < 40; y++ {
		for x := 24; x < 40; x++ {
			copy(pixel(canvas, x, y), []uint8{200, 100, 50, 255})
		}
	}
	bleed(canvas)
	for _, at := range [][2]int{{23, 30}, {12, 30}, {0, 0}, {63, 63}} {
		if px := pixel(canvas, at[0], at[1]); px[0] != 200 || px[1] != 100 || px[2] != 50 || px[3] != 0 {
			t.Errorf("pixel %v is %v", at, px)
		}
	}
	empty := video.NewFrame(16, 16)
	bleed(empty)
	for i, v := range empty.Pix {
		if v != 0 {
			t.Fatalf("sample %d of an empty canvas is %d", i, v)
		}
	}
}

func TestBlurLeavesTheSubjectOut(t *testing.T) {
	frame := filled(120, 80, 60, 60, 60, 255)
	alpha := make([]uint8, 120*80)
	for y := 20; y < 60; y++ {
		for x := 40; x < 80; x++ {
			copy(pixel(frame, x, y), []uint8{255, 0, 0})
			alpha[y*120+x] = 255
		}
	}
	canvas := video.NewFrame(60, 40)
	blurBehind(canvas, Matted{frame, alpha})
	for _, at := range [][2]int{{0, 0}, {15, 20}, {30, 20}, {59, 39}} {
		if px := pixel(canvas, at[0], at[1]); px[0] < 55 || px[0] > 75 || px[1] < 50 || px[3] != 255 {
			t.Errorf("the background at %v is %v", at, px)
		}
	}
}

func TestFullTakesTheFramesOwnAlpha(t *testing.T) {
	frame := filled(8, 8, 1, 2, 3, 255)
	pixel(frame, 3, 3)[3] = 100
	m := matte.NewMap(4, 4)
	for i := range m.Pix {
		m.Pix[i] = 1
	}
	key := &shot{frame: frame, alpha: m}
	again := &shot{frame: filled(8, 8, 1, 2, 3, 255), alpha: m, like: key}
	if a := key.full(policy{}); a[3*8+3] != 100 || a[0] != 255 {
		t.Errorf("alpha is %d beside %d, want 100 beside 255", a[3*8+3], a[0])
	}
	if a := again.full(policy{}); a[3*8+3] != 255 {
		t.Errorf("the next frame's alpha is %d, want 255", a[3*8+3])
	}
}
