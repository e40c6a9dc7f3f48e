package clip

import (
	"context"
	"errors"
	"image"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"mattebox"
	"mattebox/video"
)

// redSquare makes a clip of two seconds, 160 x 96 at 20 frames a second with a key
// every half second, in which a red square of 40 pixels moves to the right by 30
// pixels a second over grey.
func redSquare(t *testing.T) (string, *video.Info) {
	t.Helper()
	if _, err := exec.LookPath("ffmpeg"); err != nil {
		t.Skip("ffmpeg is not installed; run scripts/setup.sh")
	}
	path := filepath.Join(t.TempDir(), "square.mp4")
	out, err := exec.Command("ffmpeg", "-v", "error", "-nostdin",
		"-f", "lavfi", "-i", "color=c=gray:s=160x96:r=20:d=2", "-f", "lavfi", "-i", "color=c=red:s=40x40:r=20:d=2",
		"-filter_complex", "overlay=x=20+30*t:y=28", "-g", "10", "-pix_fmt", "yuv444p", "-c:v", "libx264", path).CombinedOutput()
	if err != nil {
		t.Fatalf("making the clip: %v: %s", err, out)
	}
	info, err := video.Probe(t.Context(), path, video.DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	return path, info
}

// framesOf decodes a finished segment.
func framesOf(t *testing.T, path string) []*video.Frame {
	t.Helper()
	info, err := video.Probe(t.Context(), path, video.DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	r, err := video.NewReader(t.Context(), path, info, video.ReadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var frames []*video.Frame
	for {
		f, err := r.Next()
		if errors.Is(err, io.EOF) {
			return frames
		}
		if err != nil {
			t.Fatal(err)
		}
		frames = append(frames, f)
	}
}

func pixel(f *video.Frame, x, y int) []uint8 { return f.Pix[(y*f.Width+x)*4:][:4] }

func TestRunMakesATransparentSegment(t *testing.T) {
	in, info := redSquare(t)
	out := filepath.Join(t.TempDir(), "segment.webm")
	k, _ := newCutter(t)
	var done []int
	seen := 0
	report, err := k.Run(t.Context(), Job{
		In: in, Info: info, From: 500 * time.Millisecond, To: 1500 * time.Millisecond,
		Model: Original, Format: video.WebM, Out: out,
		Progress: func(n, _ int) { done = append(done, n) }, Seen: func(*video.Frame) { seen++ },
	})
	if err != nil {
		t.Fatal(err)
	}
	if report.Frames != 20 || len(done) != 20 || !slices.IsSorted(done) || seen != 20 {
		t.Errorf("%d frames, progress %v, %d seen; want 20", report.Frames, done, seen)
	}
	if report.Segment == nil || report.Segment.Path != out || report.Looks >= 20 {
		t.Errorf("report: %+v", report)
	}
	frames := framesOf(t, out)
	if len(frames) != 20 {
		t.Fatalf("%d frames in the segment, want 20", len(frames))
	}
	for i, f := range frames {
		left := 20 + 30*(.5+float64(i)/20)
		if px := pixel(f, int(left)+20, 48); px[3] < 240 || px[0] < 200 {
			t.Errorf("frame %d: the square's middle is %v", i, px)
		}
		if px := pixel(f, int(left)-8, 48); px[3] > 15 {
			t.Errorf("frame %d: beside the square it is %v", i, px)
		}
	}
}

func TestRunPutsTheSubjectIntoAScene(t *testing.T) {
	in, info := redSquare(t)
	k, _ := newCutter(t)
	out := filepath.Join(t.TempDir(), "segment.mp4")
	if _, err := k.Run(t.Context(), Job{
		In: in, Info: info, To: 500 * time.Millisecond, Model: Light, Format: video.MP4, Out: out,
		Scene: Scene{
			Background: Background{Kind: Colour, Colour: mattebox.Color{G: 255}},
			Canvas:     image.Pt(320, 240), Anchor: "bottom-center", Scale: .5,
		},
	}); err != nil {
		t.Fatal(err)
	}
	frames := framesOf(t, out)
	if len(frames) != 10 || frames[0].Width != 320 || frames[0].Height != 240 {
		t.Fatalf("%d frames of %d x %d", len(frames), frames[0].Width, frames[0].Height)
	}
	// The frame, 160 x 96 of 320 x 240, stands in the middle of the bottom: the square at 100, 172.
	if px := pixel(frames[0], 120, 192); px[0] < 180 || px[1] > 60 {
		t.Errorf("the square's middle is %v", px)
	}
	for _, at := range [][2]int{{10, 10}, {90, 150}, {300, 230}} {
		if px := pixel(frames[0], at[0], at[1]); px[0] > 40 || px[1] < 200 {
			t.Errorf("the background at %v is %v", at, px)
		}
	}
}

func TestRunGivesTheSameAgain(t *testing.T) {
	in, info := redSquare(t)
	k, _ := newCutter(t)
	var runs [2][]*video.Frame
	for i := range runs {
		out := filepath.Join(t.TempDir(), "segment.webm")
		if _, err := k.Run(t.Context(), Job{In: in, Info: info, From: time.Second, Model: Human, Format: video.WebM, Out: out}); err != nil {
			t.Fatal(err)
		}
		runs[i] = framesOf(t, out)
	}
	if len(runs[0]) != 20 || len(runs[1]) != 20 {
		t.Fatalf("%d and %d frames", len(runs[0]), len(runs[1]))
	}
	for i, f := range runs[0] {
		if !slices.Equal(f.Pix, runs[1][i].Pix) {
			t.Fatalf("frame %d differs", i)
		}
	}
}

func TestRunRefuses(t *testing.T) {
	in, info := redSquare(t)
	k, _ := newCutter(t)
	job := Job{In: in, Info: info, Model: Light, Format: video.WebM, Out: filepath.Join(t.TempDir(), "out")}
	for name, change := range map[string]func(*Job){
		"transparent mp4":  func(j *Job) { j.Format = video.MP4 },
		"empty segment":    func(j *Job) { j.From, j.To = time.Second, time.Second },
		"unknown model":    func(j *Job) { j.Model = "sam" },
		"unknown anchor":   func(j *Job) { j.Scene.Anchor = "here" },
		"huge canvas":      func(j *Job) { j.Scene.Canvas.X, j.Scene.Canvas.Y = 5000, 10 },
		"image without":    func(j *Job) { j.Scene.Background.Kind = Picture },
		"not a number":     func(j *Job) { j.Scene.Scale = nan() },
		"film without":     func(j *Job) { j.Scene.Background = Background{Kind: Film, Path: in} },
		"after the end":    func(j *Job) { j.From = time.Hour },
		"unknown backdrop": func(j *Job) { j.Scene.Background.Kind = "stars" },
	} {
		t.Run(name, func(t *testing.T) {
			j := job
			change(&j)
			if _, err := k.Run(t.Context(), j); mattebox.CodeOf(err) != mattebox.CodeInvalid {
				t.Errorf("got %v", err)
			}
			if _, err := os.Stat(j.Out); !errors.Is(err, os.ErrNotExist) {
				t.Errorf("a file is left: %v", err)
			}
		})
	}
}

func nan() float64 { zero := 0.; return zero / zero }

func TestRunStopsWhenNobodyWaits(t *testing.T) {
	in, info := redSquare(t)
	k, _ := newCutter(t)
	ctx, cancel := context.WithCancel(t.Context())
	folder := t.TempDir()
	_, err := k.Run(ctx, Job{
		In: in, Info: info, Model: Original, Format: video.WebM, Out: filepath.Join(folder, "out.webm"),
		Progress: func(int, int) { cancel() },
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	left, err := os.ReadDir(folder)
	if err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}
