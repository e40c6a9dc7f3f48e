package video

import (
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// makeClip has ffmpeg write a synthetic clip and returns its path. It skips the
// test, visibly, where there is no ffmpeg.
func makeClip(t *testing.T, name string, args ...string) string {
	t.Helper()
	if _, err := exec.LookPath("ffmpeg"); err != nil {
		t.Skip("ffmpeg is not installed")
	}
	path := filepath.Join(t.TempDir(), name)
	args = append([]string{"-v", "error", "-nostdin", "-y", "-threads", "2"}, append(args, path)...)
	if out, err := exec.Command("ffmpeg", args...).CombinedOutput(); err != nil {
		t.Fatalf("ffmpeg %q: %v\n%s", args, err, out)
	}
	return path
}

// pattern and tone are the inputs of a moving test picture and of a sound.
func pattern(size, rate, seconds string) []string {
	return []string{"-f", "lavfi", "-i", "testsrc2=size=" + size + ":rate=" + rate + ":duration=" + seconds}
}

func tone(seconds string) []string {
	return []string{"-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000:duration=" + seconds}
}

func args(parts ...[]string) []string { return slices.Concat(parts...) }

// sample is two seconds of NTSC with sound and a key frame every half second.
func sample(t *testing.T) string {
	return makeClip(t, "sample.mp4", args(pattern("160x120", "30000/1001", "2.002"), tone("2"),
		[]string{"-c:v", "libx264", "-preset", "ultrafast", "-g", "15", "-bf", "2", "-c:a", "aac"})...)
}

func mustProbe(t *testing.T, path string) *Info {
	t.Helper()
	info, err := Probe(context.Background(), path, DefaultLimits())
	if err != nil {
		t.Fatalf("probing %s: %v", filepath.Base(path), err)
	}
	return info
}

// frameAt is what tests look at of a frame.
type frameAt struct {
	At  time.Duration
	Pix []byte
}

// readAll returns copies of the frames that the options name.
func readAll(t *testing.T, path string, info *Info, opts ReadOptions) []frameAt {
	t.Helper()
	r, err := NewReader(context.Background(), path, info, opts)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var all []frameAt
	for {
		f, err := r.Next()
		if err == io.EOF {
			return all
		}
		if err != nil {
			t.Fatalf("after %d frames: %v", len(all), err)
		}
		all = append(all, frameAt{f.At, slices.Clone(f.Pix)})
		f.Release()
	}
}

func times(frames []frameAt) []time.Duration {
	var all []time.Duration
	for _, f := range frames {
		all = append(all, f.At)
	}
	return all
}

// disc makes everything outside a circle transparent black, with a soft edge.
func disc(f *Frame) {
	r := float64(min(f.Width, f.Height)) / 3
	for y := range f.Height {
		for x := range f.Width {
			dx, dy := float64(x)-float64(f.Width)/2, float64(y)-float64(f.Height)/2
			a := min(max((r*r-dx*dx-dy*dy)/(4*r)+.5, 0), 1)
			f.Pix[4*(y*f.Width+x)+3] = uint8(a*255 + .5)
		}
	}
}

// produce takes the clip through the whole room: segments, then the final file.
func produce(t *testing.T, path string, info *Info, format Format, target time.Duration) string {
	t.Helper()
	dir := t.TempDir()
	opaque := format == MP4
	var segments []Segment
	for n, span := range info.Segments(target, 0) {
		out := filepath.Join(dir, "segment"+string(rune('a'+n)))
		segments = append(segments, *segmentOf(t, path, info, span, format, out, opaque))
	}
	out := filepath.Join(dir, "final."+format.Extension())
	if err := Join(context.Background(), JoinOptions{Segments: segments, Source: path, Info: info, Out: out}); err != nil {
		t.Fatalf("joining %s: %v", format, err)
	}
	if _, err := os.Stat(out + ".part"); err == nil {
		t.Error("the half-written file is left behind")
	}
	return out
}

func segmentOf(t *testing.T, path string, info *Info, span Span, format Format, out string, opaque bool) *Segment {
	t.Helper()
	ctx := context.Background()
	r, err := NewReader(ctx, path, info, ReadOptions{From: span.From, To: span.To})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	w, err := NewWriter(ctx, out, WriterOptions{
		Format: format, Width: info.Width, Height: info.Height, Rate: info.Rate, VariableRate: info.VariableRate, Opaque: opaque,
	})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Abort()
	for {
		f, err := r.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if !opaque {
			disc(f)
		}
		if err := w.Write(f); err != nil {
			t.Fatal(err)
		}
		f.Release()
	}
	s, err := w.Close(span.To)
	if err != nil {
		t.Fatal(err)
	}
	return s
}
