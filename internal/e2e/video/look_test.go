package video

import (
	"encoding/json"
	"math"
	"strconv"
	"testing"
)

// outline is what ffprobe says of a file.
type outline struct {
	Format struct {
		Duration string
	}
	Streams []stream
}

type stream struct {
	Type     string `json:"codec_type"`
	Codec    string `json:"codec_name"`
	Pixels   string `json:"pix_fmt"`
	Duration string
	Packets  string `json:"nb_read_packets"`
	Width    int
	Height   int
}

func probe(t *testing.T, path string) outline {
	t.Helper()
	var o outline
	text := tool(t, "ffprobe", "-v", "error", "-count_packets", "-show_streams", "-show_format", "-of", "json", path)
	if err := json.Unmarshal(text, &o); err != nil {
		t.Fatal(err)
	}
	return o
}

// seconds is the file's length.
func (o outline) seconds(t *testing.T) float64 {
	t.Helper()
	s, err := strconv.ParseFloat(o.Format.Duration, 64)
	if err != nil {
		t.Fatalf("the duration is %q", o.Format.Duration)
	}
	return s
}

// of returns the stream of the type, nil when there is none.
func (o outline) of(kind string) *stream {
	for i := range o.Streams {
		if o.Streams[i].Type == kind {
			return &o.Streams[i]
		}
	}
	return nil
}

// times are when a file's frames are shown, in seconds.
func times(t *testing.T, path string) []float64 {
	t.Helper()
	var o struct {
		Packets []struct {
			Time string `json:"pts_time"`
		}
	}
	text := tool(t, "ffprobe", "-v", "error", "-select_streams", "v", "-show_packets", "-show_entries", "packet=pts_time", "-of", "json", path)
	if err := json.Unmarshal(text, &o); err != nil {
		t.Fatal(err)
	}
	all := make([]float64, len(o.Packets))
	for i, p := range o.Packets {
		var err error
		if all[i], err = strconv.ParseFloat(p.Time, 64); err != nil {
			t.Fatalf("packet %d is shown at %q", i, p.Time)
		}
	}
	return all
}

// planes decodes a file's pictures through a filter into planes of one byte a pixel.
func planes(t *testing.T, path, filter string, size int, decoder ...string) [][]byte {
	t.Helper()
	args := append(append([]string{}, decoder...), "-i", path, "-vf", filter+",format=gray", "-fps_mode", "passthrough", "-f", "rawvideo", "-")
	data := ffmpeg(t, args...)
	if len(data) == 0 || len(data)%size != 0 {
		t.Fatalf("%s has %d bytes of pictures, which are no frames of %d", path, len(data), size)
	}
	var all [][]byte
	for ; len(data) > 0; data = data[size:] {
		all = append(all, data[:size])
	}
	return all
}

// alphas decodes the alpha of a file's frames.
func alphas(t *testing.T, path string, size int) [][]byte {
	t.Helper()
	var decoder []string
	if probe(t, path).of("video").Codec == "vp9" {
		decoder = []string{"-c:v", "libvpx-vp9"} // ffmpeg's own passes over alpha
	}
	return planes(t, path, "alphaextract", size, decoder...)
}

// checkMattes fails the test unless every matte has a subject and a background.
func checkMattes(t *testing.T, mattes [][]byte) {
	t.Helper()
	for n, m := range mattes {
		clear, solid := shares(m)
		if clear < .05 || solid < .05 {
			t.Errorf("frame %d: %.0f %% are clear and %.0f %% solid, want a subject and a background", n, 100*clear, 100*solid)
			return
		}
	}
}

// shares are those of clear and of solid pixels.
func shares(matte []byte) (clear, solid float64) {
	for _, a := range matte {
		switch {
		case a < 32:
			clear++
		case a > 223:
			solid++
		}
	}
	return clear / float64(len(matte)), solid / float64(len(matte))
}

// off is the mean absolute difference of two planes, from 0 to 255.
func off(a, b []byte) float64 {
	var sum float64
	for i := range a {
		sum += math.Abs(float64(a[i]) - float64(b[i]))
	}
	return sum / float64(len(a))
}

// checkSound fails the test unless the file has the tone in the codec, as long as it
// was.
func checkSound(t *testing.T, path, codec string, seconds float64) {
	t.Helper()
	s := probe(t, path).of("audio")
	if s == nil || s.Codec != codec {
		t.Errorf("the sound is %+v, want %s", s, codec)
		return
	}
	samples := ffmpeg(t, "-i", path, "-vn", "-ac", "1", "-ar", "8000", "-f", "u8", "-")
	if length := float64(len(samples)) / 8000; math.Abs(length-seconds) > .1 {
		t.Errorf("the sound is %.2f s long, want %.2f", length, seconds)
	}
	var energy float64
	for _, v := range samples {
		energy += (float64(v) - 128) * (float64(v) - 128)
	}
	if loud := math.Sqrt(energy / float64(len(samples))); loud < 3 {
		t.Errorf("the sound is silent: %.2f of 128", loud)
	}
}
