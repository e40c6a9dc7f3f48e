package video

import (
	"testing"
	"time"

	"mattebox"
)

// The price goes by the length: too many frames in it are refused.
func TestFramesAreBoundByTheLength(t *testing.T) {
	for name, c := range map[string]struct {
		length time.Duration
		frames int
		want   mattebox.Code
	}{
		"film":                           {time.Hour, 24 * 3600, ""},
		"slow motion":                    {time.Minute, 240 * 60, ""},
		"with a clock that is off":       {time.Minute, 240*60 + 200, ""},
		"a flash of few frames":          {time.Millisecond, 240, ""},
		"no length known yet":            {0, 100_000, ""},
		"20,000 frames in a second":      {time.Second, 20_000, mattebox.CodeInvalid},
		"300 in a second":                {time.Second, 300, mattebox.CodeInvalid},
		"more than an hour has":          {2 * time.Hour, 1, mattebox.CodeTooLarge},
		"more than any clip has":         {time.Hour, 60*3600 + 1, mattebox.CodeTooLarge},
		"a quarter of an hour at 250 Hz": {15 * time.Minute, 250 * 15 * 60, mattebox.CodeTooLarge},
	} {
		err := DefaultLimits().checkLength(c.length, c.frames)
		if err == nil && c.want != "" || err != nil && mattebox.CodeOf(err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

// TestProbeRefusesTooManyFrames looks at a real clip of 1,000 frames in a second.
func TestProbeRefusesTooManyFrames(t *testing.T) {
	path := makeClip(t, "dense.mp4", "-f", "lavfi", "-i", "color=s=32x32:rate=1000:duration=1",
		"-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-video_track_timescale", "1000")
	if _, err := Probe(t.Context(), path, DefaultLimits()); mattebox.CodeOf(err) != mattebox.CodeInvalid {
		t.Errorf("got %v", err)
	}
}
