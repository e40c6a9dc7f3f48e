package video

import (
	"os"
	"testing"
	"time"
)

// TestRealClip: the dog of the shared test data, 9.64 s in NTSC's rate with sound and a
// third stream that is no picture.
func TestRealClip(t *testing.T) {
	path := "../../shared/testdata/video/clips/dog.mp4"
	if _, err := os.Stat(path); err != nil {
		t.Skip("the shared test data is not there")
	}
	sample(t) // skips without ffmpeg
	info := mustProbe(t, path)
	if info.Frames != 289 || info.Rate != (Rate{30000, 1001}) || info.VariableRate || !info.HasSound || info.Width != 1280 {
		t.Errorf("probed as %+v", info)
	}
	if off := info.Duration - info.Rate.at(289); off != 0 {
		t.Errorf("%s long", info.Duration)
	}
	spans := info.Segments(2*time.Second, 0)
	if len(spans) < 2 || spans[0].From != 0 || spans[len(spans)-1].To != info.Duration {
		t.Errorf("spans are %v", spans)
	}
	last := spans[len(spans)-1]
	frames := readAll(t, path, info, ReadOptions{From: last.To - 200*time.Millisecond, Width: 64, Height: 36})
	if n := len(frames); n < 5 || frames[n-1].At != info.Rate.at(288) {
		t.Errorf("the end has %d frames: %v", n, times(frames))
	}
}
