package video

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"time"

	"mattebox"
)

// document is what ffprobe prints with -show_format -show_streams -of json.
type document struct {
	Format struct {
		StartTime string `json:"start_time"`
		Duration  string `json:"duration"`
	} `json:"format"`
	Streams []stream `json:"streams"`
}

type stream struct {
	Index       int               `json:"index"`
	CodecName   string            `json:"codec_name"`
	CodecType   string            `json:"codec_type"`
	Width       int               `json:"width"`
	Height      int               `json:"height"`
	SAR         string            `json:"sample_aspect_ratio"`
	PixFmt      string            `json:"pix_fmt"`
	ColorSpace  string            `json:"color_space"`
	Transfer    string            `json:"color_transfer"`
	FieldOrder  string            `json:"field_order"`
	BaseRate    string            `json:"r_frame_rate"`
	MeanRate    string            `json:"avg_frame_rate"`
	TimeBase    string            `json:"time_base"`
	Duration    string            `json:"duration"`
	NbFrames    string            `json:"nb_frames"`
	Channels    int               `json:"channels"`
	Reordered   int64             `json:"has_b_frames"`
	Disposition map[string]int    `json:"disposition"`
	Tags        map[string]string `json:"tags"`
	SideData    []struct {
		Rotation json.Number `json:"rotation"`
	} `json:"side_data_list"`
}

// parse reads ffprobe's document. What it says of time is what the container
// claims; measure corrects it by the packets.
func parse(text []byte, kind container) (*Info, error) {
	var d document
	if err := json.Unmarshal(text, &d); err != nil {
		return nil, mattebox.Wrap(mattebox.CodeInvalid, err, "the clip's description cannot be read")
	}
	s, err := d.picture()
	if err != nil {
		return nil, err
	}
	i := &Info{Container: kind.name, Codec: s.CodecName, HasAlpha: s.alpha()}
	i.Track = track{
		Stream: s.Index, Width: s.Width, Height: s.Height,
		Matrix: known(s.ColorSpace), Transfer: known(s.Transfer), Interlaced: s.interlaced(),
	}
	i.Track.Start = int64(seconds(d.Format.StartTime))
	var ok bool
	if i.Track.TimeBase, ok = parseRate(inverse(s.TimeBase)); !ok {
		return nil, mattebox.Errorf(mattebox.CodeInvalid, "the clip has no clock; it is damaged")
	}
	if kind.name == "avi" {
		i.Track.Lag = max(0, min(s.Reordered, 16))
	}
	i.Rotation = s.rotation()
	i.Width, i.Height = s.upright(i.Rotation)
	i.Rate = s.rate()
	i.Duration = max(seconds(d.Format.Duration), 0)
	i.Frames, _ = strconv.Atoi(s.NbFrames)
	i.Sound = d.sound()
	i.HasSound = i.Sound != nil
	return i, nil
}

// picture returns the video stream that a player would show.
func (d *document) picture() (*stream, error) {
	var best *stream
	for n := range d.Streams {
		s := &d.Streams[n]
		if s.CodecType != "video" || s.Disposition["attached_pic"] == 1 {
			continue
		}
		if best == nil || s.Disposition["default"] > best.Disposition["default"] {
			best = s
		}
	}
	if best == nil {
		return nil, mattebox.Errorf(mattebox.CodeInvalid, "the file has no video in it")
	}
	switch best.CodecName {
	case "h264", "hevc", "vp8", "vp9", "av1", "mpeg4", "prores", "mjpeg":
		return best, nil
	}
	return nil, mattebox.Errorf(mattebox.CodeInvalid,
		"the clip's video is in the codec %.20q; send H.264, H.265, VP8, VP9, AV1, MPEG-4, ProRes or Motion JPEG", best.CodecName)
}

// sound returns the first sound track that can be read.
func (d *document) sound() *Sound {
	for _, s := range d.Streams {
		if s.CodecType == "audio" && known(s.CodecName) != "" && s.Channels > 0 {
			return &Sound{Stream: s.Index, Codec: s.CodecName, Channels: s.Channels, Duration: max(seconds(s.Duration), 0)}
		}
	}
	return nil
}

// alpha reports whether the stream carries alpha. For VP8 and VP9 only the
// container says so; ffprobe decodes them without.
func (s *stream) alpha() bool {
	for name, value := range s.Tags {
		if strings.EqualFold(name, "alpha_mode") && value == "1" && (s.CodecName == "vp8" || s.CodecName == "vp9") {
			return true
		}
	}
	for _, with := range []string{"yuva", "rgba", "bgra", "argb", "abgr", "gbrap"} {
		if strings.HasPrefix(s.PixFmt, with) {
			return true
		}
	}
	return false
}

func (s *stream) interlaced() bool {
	return len(s.FieldOrder) == 2 // tt, bb, tb, bt
}

// rotation returns the turn clockwise that makes the picture upright. ffprobe tells
// the one counter-clockwise that the display matrix makes.
func (s *stream) rotation() int {
	for _, side := range s.SideData {
		degrees, err := side.Rotation.Float64()
		if err != nil || math.IsNaN(degrees) || math.Abs(degrees) > 1e6 {
			continue
		}
		quarters := int(math.Round(-degrees/90)) % 4
		return (quarters + 4) % 4 * 90
	}
	return 0
}

// upright returns the size with square pixels after the rotation.
func (s *stream) upright(rotation int) (width, height int) {
	width, height = s.Width, s.Height
	if r, ok := parseRate(strings.Replace(s.SAR, ":", "/", 1)); ok && r.Num != r.Den && width > 0 {
		// Beyond 1:16 it is damage, not a shape.
		if ratio := r.Float(); ratio > 1./16 && ratio < 16 {
			width = max(1, int(math.Round(float64(width)*ratio)))
		}
	}
	if rotation%180 != 0 {
		width, height = height, width
	}
	return width, height
}

// rate returns the mean rate, or the base rate where the container has no mean.
func (s *stream) rate() Rate {
	if r, ok := parseRate(s.MeanRate); ok {
		return r
	}
	r, _ := parseRate(s.BaseRate)
	return r
}

// known returns the text unless it is one of ffprobe's words for nothing.
func known(text string) string {
	if text == "unknown" || text == "none" || text == "reserved" {
		return ""
	}
	return text
}

// inverse turns "1/90000" into "90000/1".
func inverse(fraction string) string {
	above, below, _ := strings.Cut(fraction, "/")
	return below + "/" + above
}

// seconds reads ffprobe's "9.642967"; 0 for what is no time within a hundred years.
func seconds(text string) time.Duration {
	v, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsNaN(v) || math.Abs(v) > 3e9 {
		return 0
	}
	return time.Duration(math.Round(v*1e6)) * time.Microsecond
}
