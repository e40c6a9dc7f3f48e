package video

import (
	"math"
	"testing"
)

// seam compares a clip that is made in two segments with the same pictures made in
// one: as many frames, times without a gap, and an alpha that does not jump where
// the segments meet.
func seam(t *testing.T, h *house) {
	c := h.customer(t)
	lossless := func(name string, keys ...string) string {
		return clip(t, name, append(append(panned("160x90", 4, 12), "-c:v", "libx264", "-preset", "veryfast", "-qp", "0", "-bf", "0", "-sc_threshold", "0"), keys...)...)
	}
	two := c.start(c.upload(lossless("two-segments.mp4", "-g", "42", "-keyint_min", "42")), object{"model": "light"})
	one := c.start(c.upload(lossless("one-segment.mp4", "-g", "1000", "-keyint_min", "1000")), object{"model": "light"})
	_, twoPath := c.finished(two)
	_, onePath := c.finished(one)

	got, want := alphas(t, twoPath, 160*90), alphas(t, onePath, 160*90)
	if len(got) != 48 || len(want) != 48 {
		t.Fatalf("%d frames of two segments and %d of one, want 48", len(got), len(want))
	}
	checkMattes(t, got)
	for n, at := range times(t, twoPath) {
		if math.Abs(at-float64(n)/4) > .002 {
			t.Errorf("frame %d is shown at %v", n, at)
		}
	}
	// Elsewhere both look at the same frames, every seventh, and carry the same mattes.
	const meet = 42
	usual, jump := 0., off(got[meet-1], got[meet])
	for n := 1; n < 48; n++ {
		usual = max(usual, off(want[n-1], want[n]))
	}
	if jump > usual+1 {
		t.Errorf("where the segments meet alpha changes by %.2f, in one segment by %.2f at the most", jump, usual)
	}
	for n := meet - 3; n < meet+3; n++ {
		if d := off(got[n], want[n]); d > 1.5 {
			t.Errorf("frame %d differs by %.2f from that of one segment", n, d)
		}
	}
	if off(got[meet], want[meet]) >= off(got[meet], want[meet-1]) {
		t.Errorf("where the segments meet the frame before comes again")
	}
	t.Logf("alpha changes by %.2f where the segments meet, in one segment by %.2f at the most and %.2f there", jump, usual, off(want[meet-1], want[meet]))
}
