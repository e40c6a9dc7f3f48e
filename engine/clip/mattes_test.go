package clip

import (
	"bytes"
	"context"
	"errors"
	"math"
	"testing"

	"mattebox"
	"mattebox/video"
)

// apart is the mean difference between an alpha and a disc, 0..255.
func apart(alpha []uint8, width, height int, x, y, radius float64) float64 {
	var sum float64
	for i, a := range alpha {
		d := float64(clamp(float32(radius-math.Hypot(float64(i%width)-x, float64(i/width)-y)+.5), 0, 1)) * 255
		sum += math.Abs(float64(a) - d)
	}
	return sum / float64(width*height)
}

func TestMattesFollowTheSubject(t *testing.T) {
	const w, h, n = 256, 144, 16
	at := func(i int) (float64, float64) { return 60 + 4*float64(i), 60 + 20*math.Sin(float64(i)/5) }
	for _, model := range Models() {
		t.Run(string(model), func(t *testing.T) {
			k, _ := newCutter(t)
			alphas, report := mattesOf(t, k, model, film(n, func(i int) *video.Frame {
				x, y := at(i)
				return disc(w, h, x, y, 28, 0)
			}))
			if len(alphas) != n || report.Frames != n {
				t.Fatalf("%d mattes and %d frames in the report, want %d", len(alphas), report.Frames, n)
			}
			for i, alpha := range alphas {
				x, y := at(i)
				if d := apart(alpha, w, h, x, y, 28); d > 3 {
					t.Errorf("frame %d: differs from the disc by %.1f of 255 in the mean", i, d)
				}
			}
			if report.Looks+report.Carried != n || model != Pro && report.Carried < n/3 {
				t.Errorf("%d looks and %d carried of %d frames", report.Looks, report.Carried, n)
			}
		})
	}
}

func TestModelsSpendDifferently(t *testing.T) {
	draw := func(i int) *video.Frame { return disc(160, 96, 40+2*float64(i), 50, 20, 0) }
	looks := map[Model]int{}
	for _, m := range Models() {
		k, _ := newCutter(t)
		_, report := mattesOf(t, k, m, film(31, draw))
		looks[m] = report.Looks
		if want := map[bool]string{true: "small", false: "large"}[m == Human]; report.Net != want {
			t.Errorf("%s asks the net %q, want %q", m, report.Net, want)
		}
	}
	if !(looks[Light] < looks[Original] && looks[Original] < looks[Pro]) {
		t.Errorf("looks are %v, want light < original < pro", looks)
	}
}

func TestMattesAreDeterministic(t *testing.T) {
	draw := func(i int) *video.Frame { return disc(200, 120, 50+7*float64(i), 60, 22, i/9) }
	k, _ := newCutter(t)
	first, _ := mattesOf(t, k, Original, film(20, draw))
	second, _ := mattesOf(t, k, Original, film(20, draw))
	for i := range first {
		if !bytes.Equal(first[i], second[i]) {
			t.Fatalf("frame %d differs between two runs", i)
		}
	}
}

func TestStillFramesAreNotLookedAt(t *testing.T) {
	k, net := newCutter(t)
	alphas, report := mattesOf(t, k, Original, film(200, func(int) *video.Frame { return disc(160, 96, 80, 48, 25, 0) }))
	if got := net.asked.Load(); got > 2 {
		t.Errorf("the net was asked %d times about a still picture", got)
	}
	if report.Static < 190 {
		t.Errorf("%d of 200 frames are static", report.Static)
	}
	for i, a := range alphas {
		if !bytes.Equal(a, alphas[0]) {
			t.Fatalf("frame %d has another matte than the first", i)
		}
	}
}

func TestSceneCutStartsAnew(t *testing.T) {
	k, _ := newCutter(t)
	const w, h, cut = 200, 120, 9
	alphas, report := mattesOf(t, k, Light, film(16, func(i int) *video.Frame {
		if i < cut {
			return disc(w, h, 50, 60, 25, 0)
		}
		f := disc(w, h, 150, 60, 25, 0)
		for p := range f.Pix { // another light: a scene of its own
			if p%4 != 3 {
				f.Pix[p] = uint8(min(int(f.Pix[p])+60, 255))
			}
		}
		return f
	}))
	if report.Cuts != 1 {
		t.Fatalf("%d cuts found, want 1", report.Cuts)
	}
	if d := apart(alphas[cut-1], w, h, 50, 60, 25); d > 3 {
		t.Errorf("the last frame before the cut is off by %.1f", d)
	}
	if d := apart(alphas[cut], w, h, 150, 60, 25); d > 8 {
		t.Errorf("the first frame after the cut is off by %.1f", d)
	}
}

func TestCutOutKeepsItsAlpha(t *testing.T) {
	k, net := newCutter(t)
	alphas, report := mattesOf(t, k, Pro, film(5, func(i int) *video.Frame {
		f := disc(64, 48, 30, 24, 12, 0)
		for p := 3; p < len(f.Pix); p += 4 {
			f.Pix[p] = uint8(p / 4 % 256)
		}
		return f
	}))
	if net.asked.Load() != 0 || len(report.Warnings) != 1 || report.Warnings[0] != KeptAlpha {
		t.Errorf("the net was asked %d times, warnings %v", net.asked.Load(), report.Warnings)
	}
	for i, a := range alphas[4] {
		if int(a) != i%256 {
			t.Fatalf("alpha %d is %d, want its own, %d", i, a, i%256)
		}
	}
}

func TestTinyAndOddFrames(t *testing.T) {
	for _, size := range [][2]int{{2, 2}, {3, 71}, {501, 7}, {17, 17}} {
		k, _ := newCutter(t)
		alphas, _ := mattesOf(t, k, Pro, film(7, func(i int) *video.Frame {
			return disc(size[0], size[1], float64(i), 3, 5, i)
		}))
		if len(alphas) != 7 || len(alphas[6]) != size[0]*size[1] {
			t.Errorf("%v: %d mattes, the last of %d pixels", size, len(alphas), len(alphas[6]))
		}
	}
}

func TestMattesReportFaults(t *testing.T) {
	draw := func(i int) *video.Frame { return disc(64, 48, 20+float64(i), 24, 12, 0) }
	none := func(Matted) error { return nil }
	t.Run("no frames", func(t *testing.T) {
		k, _ := newCutter(t)
		if _, err := k.Mattes(t.Context(), Light, &reel{}, none); mattebox.CodeOf(err) != mattebox.CodeInvalid {
			t.Errorf("got %v", err)
		}
	})
	t.Run("source", func(t *testing.T) {
		k, _ := newCutter(t)
		r := film(9, draw)
		r.fail = errBroken
		if _, err := k.Mattes(t.Context(), Light, r, none); !errors.Is(err, errBroken) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("net", func(t *testing.T) {
		k, net := newCutter(t)
		net.fail = errBroken
		if _, err := k.Mattes(t.Context(), Light, film(9, draw), none); !errors.Is(err, errBroken) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("taker", func(t *testing.T) {
		k, _ := newCutter(t)
		if _, err := k.Mattes(t.Context(), Light, film(30, draw), func(Matted) error { return errBroken }); !errors.Is(err, errBroken) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("cancelled", func(t *testing.T) {
		k, _ := newCutter(t)
		ctx, cancel := context.WithCancel(t.Context())
		_, err := k.Mattes(ctx, Light, film(60, draw), func(Matted) error { cancel(); return nil })
		if !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("size", func(t *testing.T) {
		k, _ := newCutter(t)
		r := film(9, draw)
		r.frames[4] = disc(32, 32, 10, 10, 5, 0)
		if _, err := k.Mattes(t.Context(), Light, r, none); mattebox.CodeOf(err) != mattebox.CodeInvalid {
			t.Errorf("got %v", err)
		}
	})
	t.Run("no net", func(t *testing.T) {
		if _, err := New(Config{}); mattebox.CodeOf(err) != mattebox.CodeUnavailable {
			t.Errorf("got %v", err)
		}
	})
}

func TestParseModel(t *testing.T) {
	for name, want := range map[string]Model{"": Original, "LIGHT": Light, "pro": Pro, "human": Human} {
		if got, err := ParseModel(name); err != nil || got != want {
			t.Errorf("%q: %q, %v", name, got, err)
		}
	}
	if _, err := ParseModel("sam"); mattebox.CodeOf(err) != mattebox.CodeInvalid {
		t.Errorf("an unknown model: %v", err)
	}
}
