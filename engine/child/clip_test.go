package child_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"mattebox"
	"mattebox/engine/clip"
	"mattebox/engine/pool"
	"mattebox/video"
)

// The words of an order are those of the rooms that make it.
func TestSameWords(t *testing.T) {
	var formats, ours, models, known []string
	for _, f := range video.Formats() {
		formats = append(formats, string(f)+" "+f.Extension())
	}
	for _, f := range mattebox.JobFormats() {
		ours = append(ours, string(f)+" "+f.Extension())
	}
	if !slices.Equal(formats, ours) {
		t.Errorf("formats %q, in the root %q", formats, ours)
	}
	for _, m := range clip.Models() {
		models = append(models, string(m))
	}
	for _, m := range mattebox.JobModels() {
		known = append(known, string(m))
	}
	if !slices.Equal(models, known) {
		t.Errorf("models %q, in the root %q", models, known)
	}
	for _, a := range mattebox.Anchors() {
		if got, err := clip.ParseAnchor(a); err != nil || string(got) != a {
			t.Errorf("anchor %q: %q, %v", a, got, err)
		}
	}
	if clip.MaxCanvas != mattebox.MaxVideoCanvas || clip.MaxScale != mattebox.MaxVideoScale {
		t.Error("the limits differ")
	}
}

// film makes a clip of so many seconds with a key frame in each, and sound.
func film(t *testing.T, seconds int) string {
	t.Helper()
	if _, err := exec.LookPath("ffmpeg"); err != nil {
		t.Skip("ffmpeg is not installed")
	}
	path := filepath.Join(t.TempDir(), "film.mp4")
	out, err := exec.Command("ffmpeg", "-v", "error", "-f", "lavfi", "-i", fmt.Sprintf("testsrc=s=96x64:r=10:d=%d", seconds),
		"-f", "lavfi", "-i", fmt.Sprintf("sine=d=%d", seconds), "-g", "10", "-pix_fmt", "yuv420p", path).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return path
}

func clipTask(t *testing.T, source string) pool.ClipTask {
	dir := t.TempDir()
	return pool.ClipTask{
		Source: source, Info: filepath.Join(dir, "info"), Length: time.Second, Out: filepath.Join(dir, "out"),
		Order: mattebox.JobOrder{Model: mattebox.ModelHuman, Format: mattebox.FormatWebM},
	}
}

func TestClipInChildren(t *testing.T) {
	p := open(t, smallHome(t), pool.Config{Children: 1})
	task := clipTask(t, film(t, 3))
	task.Order.Preview = 2500 * time.Millisecond
	probed, err := p.Probe(t.Context(), task)
	if err != nil {
		t.Fatal(err)
	}
	if c := probed.Clip; c.Width != 96 || c.Height != 64 || c.Codec != "h264" || !c.HasSound || c.Duration.Round(time.Second) != 3*time.Second {
		t.Errorf("clip %+v", c)
	}
	if n := len(probed.Spans); n != 3 || probed.Spans[2].To != task.Order.Preview || probed.Spans[0].Frames != 10 {
		t.Fatalf("spans %+v", probed.Spans)
	}
	heard := 0
	for n, span := range probed.Spans {
		segment := task
		segment.From, segment.To, segment.Out = span.From, span.To, fmt.Sprintf("%s-%d", task.Out, n)
		cut, err := p.Cut(t.Context(), segment, func(got pool.Progress) {
			if heard++; got.Done < 1 || got.Done > got.Of {
				t.Errorf("progress %+v", got)
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		if cut.Frames != span.Frames {
			t.Errorf("segment %d has %d frames, want %d", n, cut.Frames, span.Frames)
		}
		task.Segments = append(task.Segments, pool.Piece{Path: segment.Out, About: cut.About})
	}
	joined, err := p.Join(t.Context(), task, func(pool.Progress) {})
	if err != nil {
		t.Fatal(err)
	}
	info, err := video.Probe(t.Context(), task.Out, video.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	if joined.Frames != 25 || joined.Duration != task.Order.Preview || joined.MediaType != "video/webm" || joined.Bytes != info.Bytes || !info.HasAlpha || !info.HasSound {
		t.Errorf("joined %+v, found %+v", joined, info)
	}
	if heard == 0 {
		t.Error("nothing was heard of the progress")
	}
}

func TestClipThatCannotBeMade(t *testing.T) {
	p := open(t, smallHome(t), pool.Config{Children: 1})
	good := film(t, 1)
	no := filepath.Join(t.TempDir(), "no.mp4")
	if err := os.WriteFile(no, []byte("this is no clip"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		change func(*pool.ClipTask)
		code   mattebox.Code
		field  string
	}{
		"no clip":   {func(t *pool.ClipTask) { t.Source = no }, mattebox.CodeInvalid, ""},
		"too large": {func(t *pool.ClipTask) { t.Bytes = 100 }, mattebox.CodeTooLarge, ""},
		"a background that is no clip": {func(t *pool.ClipTask) {
			t.Order.Background.Kind, t.Behind = mattebox.BehindVideo, no
		}, mattebox.CodeInvalid, "background"},
		"a background that is no picture": {func(t *pool.ClipTask) {
			t.Order.Background.Kind, t.Behind = mattebox.BehindImage, no
		}, mattebox.CodeInvalid, "background"},
	} {
		task := clipTask(t, good)
		c.change(&task)
		_, err := p.Probe(t.Context(), task)
		var coded *mattebox.Error
		if !errors.As(err, &coded) || coded.Code != c.code || coded.Field != c.field {
			t.Errorf("%s: %v, want %s on %q", name, err, c.code, c.field)
		}
	}
}

// ffmpegs are the running ffmpegs that have the text in their arguments.
func ffmpegs(t *testing.T, text string) (pids []string) {
	t.Helper()
	lines, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range lines {
		args, err := os.ReadFile(line)
		if err == nil && strings.HasSuffix(strings.Split(string(args), "\x00")[0], "ffmpeg") && strings.Contains(string(args), text) {
			pids = append(pids, filepath.Base(filepath.Dir(line)))
		}
	}
	return pids
}

// cutting begins to cut a long clip and returns when ffmpeg runs.
func cutting(t *testing.T, ctx context.Context, p *pool.Pool) (source string, ended chan error) {
	t.Helper()
	task := clipTask(t, film(t, 60))
	if _, err := p.Probe(t.Context(), task); err != nil {
		t.Fatal(err)
	}
	ended = make(chan error, 1)
	begun := make(chan struct{}, 1)
	go func() {
		_, err := p.Cut(ctx, task, func(pool.Progress) {
			select {
			case begun <- struct{}{}:
			default:
			}
		})
		ended <- err
	}()
	select {
	case <-begun:
	case err := <-ended:
		t.Fatal(err)
	case <-time.After(time.Minute):
		t.Fatal("nothing begins")
	}
	if len(ffmpegs(t, task.Source)) == 0 {
		t.Fatal("no ffmpeg runs")
	}
	return task.Source, ended
}

// gone fails the test unless the clip's ffmpegs end within two seconds.
func gone(t *testing.T, source string) {
	t.Helper()
	for began := time.Now(); len(ffmpegs(t, source)) > 0; time.Sleep(20 * time.Millisecond) {
		if time.Since(began) > 2*time.Second {
			t.Fatal("ffmpeg is still there")
		}
	}
}

func TestClipThatIsCancelled(t *testing.T) {
	p := open(t, smallHome(t), pool.Config{Children: 1})
	ctx, cancel := context.WithCancel(t.Context())
	source, ended := cutting(t, ctx, p)
	cancel()
	gone(t, source)
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

// No ffmpeg outlives an engine that is killed; the caller learns of the crash.
func TestClipWhoseEngineIsKilled(t *testing.T) {
	p := open(t, smallHome(t), pool.Config{Children: 1})
	source, ended := cutting(t, t.Context(), p)
	if err := syscall.Kill(p.Stats().Processes[0].PID, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	gone(t, source)
	var crash *pool.CrashError
	if err := <-ended; !errors.As(err, &crash) {
		t.Errorf("error %v, want a crash", err)
	}
}
