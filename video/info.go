package video

import (
	"time"
)

// Info is what Probe says of a clip. It goes with a job as JSON.
type Info struct {
	Container string `json:"container"` // mp4, mov, webm, mkv or avi
	Codec     string `json:"codec"`     // as ffprobe names it: h264, hevc, vp9 ...
	Bytes     int64  `json:"bytes"`

	// Width and Height are those of the frames that a Reader gives: upright and
	// with square pixels.
	Width    int `json:"width"`
	Height   int `json:"height"`
	Rotation int `json:"rotation"` // that makes the stored picture upright: 0, 90, 180 or 270 degrees clockwise

	Rate         Rate          `json:"rate"`          // frames a second; of a variable rate the mean
	VariableRate bool          `json:"variable_rate"` // the frames' times do not lie on a grid
	First        time.Duration `json:"first"`         // when the first frame is shown
	Duration     time.Duration `json:"duration"`      // when the last frame ceases to be shown
	Frames       int           `json:"frames"`        // in the container; a damaged clip gives fewer

	HasAlpha bool   `json:"has_alpha"`
	HasSound bool   `json:"has_sound"`
	Sound    *Sound `json:"sound,omitempty"`

	// Keys are the times of the key frames: where decoding can begin.
	Keys []time.Duration `json:"keys"`

	Track track `json:"track"`
}

// Sound is the sound track that is kept.
type Sound struct {
	Stream   int           `json:"stream"` // its number in the file
	Codec    string        `json:"codec"`
	Channels int           `json:"channels"`
	Duration time.Duration `json:"duration"` // 0 when the container does not say
}

// track is what a Reader needs to know of the video stream beyond what others do.
type track struct {
	Stream     int    `json:"stream"`
	TimeBase   Rate   `json:"time_base"`     // ticks a second
	Start      int64  `json:"start"`         // of the container, in nanoseconds of its own clock
	Lag        int64  `json:"lag,omitempty"` // ticks by which frames of AVI come late: it has no times of showing
	Width      int    `json:"width"`         // as stored
	Height     int    `json:"height"`
	Matrix     string `json:"matrix,omitempty"` // colour matrix, empty when the clip does not say
	Transfer   string `json:"transfer,omitempty"`
	Interlaced bool   `json:"interlaced,omitempty"`
}

// Span is a part of a clip: the frames with From <= time < To.
type Span struct {
	From time.Duration `json:"from"`
	To   time.Duration `json:"to"`
}

// Segments cuts the clip, up to the time until (0: all of it), at key frames into
// spans of at least target, so that each can be decoded without the one before.
// The last may be shorter. A clip with few key frames gives long spans.
func (i *Info) Segments(target, until time.Duration) []Span {
	if until <= 0 || until > i.Duration {
		until = i.Duration
	}
	var spans []Span
	from := time.Duration(0)
	for _, key := range i.Keys {
		if key >= until {
			break
		}
		if key-from >= target && key > i.First {
			spans = append(spans, Span{from, key})
			from = key
		}
	}
	return append(spans, Span{from, until})
}

// Expected returns about how many frames the span has.
func (i *Info) Expected(s Span) int {
	if s.To <= 0 || s.To > i.Duration {
		s.To = i.Duration
	}
	length := i.Duration - i.First
	if length <= 0 || s.To <= s.From {
		return 1
	}
	share := float64(s.To-max(s.From, i.First)) / float64(length)
	return max(1, int(share*float64(i.Frames)+.5))
}

// clock turns ticks of the video stream into times: exact ones on a grid when the
// rate is constant, since containers with a coarse clock (Matroska's millisecond)
// blur them.
func (i *Info) clock(ticks int64) time.Duration {
	t := i.Track.TimeBase.at(ticks) - time.Duration(i.Track.Start)
	if i.VariableRate || !i.Rate.Known() {
		return t
	}
	return i.First + i.Rate.at(i.Rate.index(t-i.First))
}
