package video

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"image/png"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"mattebox"
)

// outline is what ffprobe says of a finished file, in another way than Probe asks.
type outline struct {
	Format struct {
		Duration string
	}
	Streams []struct {
		CodecType string            `json:"codec_type"`
		CodecName string            `json:"codec_name"`
		PixFmt    string            `json:"pix_fmt"`
		Rate      string            `json:"avg_frame_rate"`
		Packets   string            `json:"nb_read_packets"`
		Tags      map[string]string `json:"tags"`
		Width     int
		Height    int
	}
}

func look(t *testing.T, path string) outline {
	t.Helper()
	out, err := exec.Command("ffprobe", "-v", "error", "-count_packets", "-show_streams", "-show_format", "-of", "json", path).CombinedOutput()
	var o outline
	if err == nil {
		err = json.Unmarshal(out, &o)
	}
	if err != nil {
		t.Fatalf("ffprobe: %v %s", err, out)
	}
	return o
}

// wanted is what a finished file of the sample must be.
type wanted struct {
	format       Format
	codec, sound string
	pixels       string // ffprobe's name of the samples
	height       int
}

func TestEveryFormat(t *testing.T) {
	path := sample(t)
	info := mustProbe(t, path)
	for _, want := range []wanted{
		{WebM, "vp9", "opus", "yuv420p", 120},
		{MOV, "prores", "aac", "yuva444p12le", 120},
		{MP4, "h264", "aac", "yuv420p", 120},
		{GIF, "gif", "", "bgra", 120},
		{StackedVideo, "h264", "aac", "yuv420p", 240},
	} {
		t.Run(string(want.format), func(t *testing.T) {
			checkFile(t, produce(t, path, info, want.format, 500*time.Millisecond), info, want)
		})
	}
}

// checkFile compares a finished file with what it was made of.
func checkFile(t *testing.T, path string, info *Info, want wanted) {
	t.Helper()
	o := look(t, path)
	v := o.Streams[0]
	if v.CodecName != want.codec || v.PixFmt != want.pixels || v.Width != info.Width || v.Height != want.height {
		t.Errorf("video is %s %s %dx%d, want %s %s %dx%d", v.CodecName, v.PixFmt, v.Width, v.Height, want.codec, want.pixels, info.Width, want.height)
	}
	if v.Packets != "60" {
		t.Errorf("%s frames, want 60", v.Packets)
	}
	if v.Rate != "30000/1001" && want.format != GIF {
		t.Errorf("rate %s, want 30000/1001", v.Rate)
	}
	if length := seconds(o.Format.Duration); (length - info.Duration).Abs() > info.Rate.Frame() {
		t.Errorf("%s long, want %s", length, info.Duration)
	}
	if want.format == WebM && v.Tags["ALPHA_MODE"] != "1" && v.Tags["alpha_mode"] != "1" {
		t.Errorf("tags %v do not tell of alpha", v.Tags)
	}
	switch {
	case want.sound == "" && len(o.Streams) != 1:
		t.Errorf("%d streams, want 1", len(o.Streams))
	case want.sound != "" && (len(o.Streams) != 2 || o.Streams[1].CodecName != want.sound):
		t.Errorf("streams %+v, want sound in %s", o.Streams, want.sound)
	}
}

// TestAlphaComesThrough reads transparent results back and compares them with what
// was written.
func TestAlphaComesThrough(t *testing.T) {
	path := sample(t)
	info := mustProbe(t, path)
	source := readAll(t, path, info, ReadOptions{})
	for _, f := range []Format{WebM, MOV} {
		t.Run(string(f), func(t *testing.T) {
			out := produce(t, path, info, f, 500*time.Millisecond)
			back := mustProbe(t, out)
			if !back.HasAlpha || !back.HasSound || back.VariableRate || back.Rate != info.Rate {
				t.Fatalf("read back as %+v", back)
			}
			frames := readAll(t, out, back, ReadOptions{})
			if len(frames) != len(source) {
				t.Fatalf("%d frames, want %d", len(frames), len(source))
			}
			for n, got := range frames {
				want := Frame{Width: info.Width, Height: info.Height, Pix: bytes.Clone(source[n].Pix)}
				disc(&want)
				color, alpha := difference(want.Pix, got.Pix)
				if color > 8 || alpha > 2.5 {
					t.Fatalf("frame %d: colour is off by %.2f, alpha by %.2f", n, color, alpha)
				}
			}
		})
	}
}

// difference returns the mean absolute differences of the colours of solid pixels
// and of alpha.
func difference(a, b []byte) (color, alpha float64) {
	var solid int
	for i := 0; i < len(a); i += 4 {
		alpha += float64(max(a[i+3], b[i+3]) - min(a[i+3], b[i+3]))
		if a[i+3] != 255 {
			continue
		}
		solid++
		for c := i; c < i+3; c++ {
			color += float64(max(a[c], b[c]) - min(a[c], b[c]))
		}
	}
	return color / float64(3*max(solid, 1)), alpha / float64(len(a)/4)
}

func TestWebPAnimation(t *testing.T) {
	path := sample(t)
	info := mustProbe(t, path)
	data, err := os.ReadFile(produce(t, path, info, WebP, time.Second))
	if err != nil {
		t.Fatal(err)
	}
	flags, frames, length := webpAnimation(t, data)
	if flags&0x12 != 0x12 { // alpha and animation
		t.Errorf("flags %#x, want alpha and animation", flags)
	}
	if (length-info.Duration).Abs() > info.Rate.Frame() || frames < 50 {
		t.Errorf("%d frames in %s, want about 60 in %s", frames, length, info.Duration)
	}
}

// webpAnimation walks through the chunks (WebP Container Specification).
func webpAnimation(t *testing.T, data []byte) (flags byte, frames int, length time.Duration) {
	t.Helper()
	if len(data) < 12 || string(data[:4]) != "RIFF" || string(data[8:12]) != "WEBP" {
		t.Fatal("no WebP")
	}
	for at := 12; at+8 <= len(data); {
		size := int(binary.LittleEndian.Uint32(data[at+4:]))
		body := data[at+8 : at+8+size]
		switch string(data[at : at+4]) {
		case "VP8X":
			flags = body[0]
		case "ANMF":
			frames++
			length += time.Duration(int(body[12])|int(body[13])<<8|int(body[14])<<16) * time.Millisecond
		}
		at += 8 + size + size&1
	}
	return flags, frames, length
}

func TestPNGSequence(t *testing.T) {
	path := sample(t)
	info := mustProbe(t, path)
	z, err := zip.OpenReader(produce(t, path, info, PNGSequence, time.Second))
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	var s sequence
	readEntry(t, &z.Reader, "frames.json", func(r io.Reader) error { return json.NewDecoder(r).Decode(&s) })
	if len(s.Frames) != 60 || s.Rate != "30000/1001" || s.Sound != "sound.m4a" || len(z.File) != 62 {
		t.Fatalf("%d frames at %s with sound %q, %d entries", len(s.Frames), s.Rate, s.Sound, len(z.File))
	}
	if last := s.Frames[59]; last.Time != rounded(info.Rate.at(59)) {
		t.Errorf("the last frame is at %f", last.Time)
	}
	source := readAll(t, path, info, ReadOptions{})
	for _, n := range []int{0, 31, 59} {
		want := Frame{Width: info.Width, Height: info.Height, Pix: bytes.Clone(source[n].Pix)}
		disc(&want)
		readEntry(t, &z.Reader, s.Frames[n].File, func(r io.Reader) error {
			picture, err := png.Decode(r)
			if err != nil {
				return err
			}
			for y := range info.Height {
				for x := range info.Width {
					red, _, _, a := picture.At(x, y).RGBA()
					i := 4 * (y*info.Width + x)
					if got := uint8(a >> 8); got != want.Pix[i+3] || got == 255 && uint8(red>>8) != want.Pix[i] {
						t.Fatalf("frame %d differs at %d,%d", n, x, y)
					}
				}
			}
			return nil
		})
	}
	sound := filepath.Join(t.TempDir(), "sound.m4a")
	readEntry(t, &z.Reader, "sound.m4a", func(r io.Reader) error { return save(sound, r) })
	if o := look(t, sound); len(o.Streams) != 1 || o.Streams[0].CodecName != "aac" {
		t.Errorf("sound is %+v", o.Streams)
	}
}

func readEntry(t *testing.T, z *zip.Reader, name string, with func(io.Reader) error) {
	t.Helper()
	f, err := z.Open(name)
	if err == nil {
		err = with(f)
		f.Close()
	}
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}

func save(path string, r io.Reader) error {
	data, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	return os.WriteFile(path, data, 0o666)
}

func TestProBundle(t *testing.T) {
	path := sample(t)
	info := mustProbe(t, path)
	z, err := zip.OpenReader(produce(t, path, info, ProBundle, time.Second))
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	for name, sound := range map[string]bool{"color.mp4": true, "alpha.mp4": false} {
		file := filepath.Join(t.TempDir(), name)
		readEntry(t, &z.Reader, name, func(r io.Reader) error { return save(file, r) })
		got := mustProbe(t, file)
		if got.Frames != 60 || got.Rate != info.Rate || got.HasSound != sound || got.Width != info.Width {
			t.Errorf("%s is %+v", name, got)
		}
		if name == "alpha.mp4" {
			first := readAll(t, file, got, ReadOptions{To: got.Rate.Frame()})[0]
			want := NewFrame(info.Width, info.Height)
			disc(want)
			if off := greyDifference(want.Pix, first.Pix); off > 2.5 {
				t.Errorf("alpha is off by %.2f", off)
			}
		}
	}
}

// greyDifference compares the alpha of one picture with the red of another.
func greyDifference(alpha, grey []byte) float64 {
	var sum float64
	for i := 0; i < len(alpha); i += 4 {
		sum += float64(max(alpha[i+3], grey[i]) - min(alpha[i+3], grey[i]))
	}
	return sum / float64(len(alpha)/4)
}

func TestTransparentMP4IsRefused(t *testing.T) {
	_, err := NewWriter(context.Background(), filepath.Join(t.TempDir(), "x"), WriterOptions{Format: MP4, Width: 16, Height: 16, Rate: Rate{25, 1}})
	if mattebox.CodeOf(err) != mattebox.CodeInvalid {
		t.Errorf("got %v", err)
	}
}

// TestPreview cuts the clip short: the sound ends with the pictures.
func TestPreview(t *testing.T) {
	path := sample(t)
	info := mustProbe(t, path)
	dir := t.TempDir()
	end := info.Rate.at(20)
	s := segmentOf(t, path, info, Span{0, end}, MP4, filepath.Join(dir, "a"), true)
	out := filepath.Join(dir, "out.mp4")
	if err := Join(context.Background(), JoinOptions{Segments: []Segment{*s}, Source: path, Info: info, Out: out}); err != nil {
		t.Fatal(err)
	}
	if length := seconds(look(t, out).Format.Duration); (length - end).Abs() > info.Rate.Frame() {
		t.Errorf("%s long, want %s", length, end)
	}
}
