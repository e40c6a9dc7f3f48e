package video

import (
	"time"

	"mattebox"
)

// Limits bound what a clip may cost. Zero fields stand for no limit.
type Limits struct {
	Bytes    int64         // of the file
	Duration time.Duration // of the clip
	Pixels   int           // of one frame
	Frames   int           // of the clip
}

// DefaultLimits are 2 GB, an hour, 4K DCI and as many frames as an hour has at 60
// a second.
func DefaultLimits() Limits {
	return Limits{Bytes: 2e9, Duration: time.Hour, Pixels: 4096 * 2304, Frames: 60 * 3600}
}

func (l Limits) checkBytes(n int64) error {
	if l.Bytes > 0 && n > l.Bytes {
		return mattebox.Errorf(mattebox.CodeTooLarge, "the clip has %d MB; at most %d MB are allowed", n/1e6, l.Bytes/1e6)
	}
	return nil
}

func (l Limits) checkSize(width, height int) error {
	const side = 16384 // what encoders take
	if width <= 0 || height <= 0 {
		return mattebox.Errorf(mattebox.CodeInvalid, "the clip does not say how large its frames are; it is damaged")
	}
	if width > side || height > side || l.Pixels > 0 && width*height > l.Pixels {
		return mattebox.Errorf(mattebox.CodeTooLarge, "the clip's frames are %dx%d; at most %d pixels are allowed (4096x2304)", width, height, l.Pixels)
	}
	return nil
}

// densest is the highest mean rate of a clip in frames a second, and how many frames
// any clip may have. What a clip costs its owner goes by its length, what it costs us
// by its frames: without a bound, an hour's frames could be sent as one second. Phones
// and cameras record up to 240 a second; denseSlack is for clocks that are a little off.
const (
	densest    = 240
	denseSlack = 1.02
)

func (l Limits) checkLength(d time.Duration, frames int) error {
	if l.Duration > 0 && d > l.Duration {
		return mattebox.Errorf(mattebox.CodeTooLarge, "the clip is %s long; at most %s are allowed", d.Round(time.Second), l.Duration)
	}
	if l.Frames > 0 && frames > l.Frames {
		return mattebox.Errorf(mattebox.CodeTooLarge, "the clip has %d frames; at most %d are allowed", frames, l.Frames)
	}
	if rate := float64(frames) / d.Seconds(); d > 0 && frames > densest && rate > densest*denseSlack {
		return mattebox.Errorf(mattebox.CodeInvalid, "the clip has %d frames in %s, %.0f a second; at most %d a second are allowed, so slow it down or leave frames out",
			frames, d.Round(time.Millisecond), rate, densest)
	}
	return nil
}
