package video

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// TestRunTellsWhetherTheProgramMoves feeds ffmpeg through a named pipe: it moves while
// it is fed, and hangs when it is not.
func TestRunTellsWhetherTheProgramMoves(t *testing.T) {
	endless(t, context.Background()).stop() // ffmpeg is there
	path := filepath.Join(t.TempDir(), "fifo")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	moved, ended := make(chan struct{}, 1000), make(chan error, 1)
	go func() {
		ended <- run(ctx, []string{"-v", "error", "-nostdin", "-y", "-progress", "pipe:1", "-f", "rawvideo", "-pix_fmt", "gray",
			"-video_size", "64x64", "-i", path, "-f", "null", "-"}, func(string) {}, func() { moved <- struct{}{} })
	}()
	feed, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer feed.Close()
	late := time.After(30 * time.Second)
	for range 3 {
		if _, err := feed.Write(make([]byte, 1<<20)); err != nil {
			t.Fatal(err)
		}
		select {
		case <-moved:
		case <-late:
			t.Fatal("nothing is heard of an ffmpeg that reads")
		}
	}
	for quiet := false; !quiet; {
		select {
		case <-moved:
		case <-time.After(5 * lookEvery):
			quiet = true
		case <-late:
			t.Fatal("an ffmpeg that waits for input is said to move")
		}
	}
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// TestPaletteTellsProgress: the first pass of a GIF has no measure, but is heard of.
func TestPaletteTellsProgress(t *testing.T) {
	endless(t, context.Background()).stop()
	dir := t.TempDir()
	w, err := NewWriter(t.Context(), filepath.Join(dir, "segment"), WriterOptions{Format: GIF, Width: 960, Height: 540, Rate: Rate{25, 1}, Opaque: true})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Abort()
	f := NewFrame(960, 540)
	const frames = 100
	for n := range frames {
		for i := range f.Pix[:960*4*20] {
			f.Pix[i] = byte(i + n)
		}
		f.At = Rate{25, 1}.at(int64(n))
		if err := w.Write(f); err != nil {
			t.Fatal(err)
		}
	}
	s, err := w.Close(Rate{25, 1}.at(frames))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	heard := 0 // before the palette is there
	err = Join(ctx, JoinOptions{Segments: []Segment{*s}, Out: filepath.Join(dir, "out.gif"), Progress: func(float64) {
		if made, _ := filepath.Glob(filepath.Join(dir, ".join-*", "palette.png")); len(made) == 0 {
			heard++
		}
		cancel() // the second pass would take long
	}})
	if !errors.Is(err, context.Canceled) || heard == 0 {
		t.Errorf("heard %d times while the palette was made: %v", heard, err)
	}
}

// TestCopyingTellsProgress: whatever is put into a zip is heard of in pieces.
func TestCopyingTellsProgress(t *testing.T) {
	dir, heard := t.TempDir(), 0
	path := filepath.Join(dir, "sound")
	if err := os.WriteFile(path, bytes.Repeat([]byte("mattebox"), 1<<17), 0o600); err != nil {
		t.Fatal(err)
	}
	z, err := newArchive(filepath.Join(dir, "zip"), func() { heard++ })
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(z.add("sound", path), z.close()); err != nil {
		t.Fatal(err)
	}
	if heard < 10 {
		t.Errorf("heard %d times of a megabyte", heard)
	}
}

// TestSequenceTellsProgress: a long segment is heard of more than once.
func TestSequenceTellsProgress(t *testing.T) {
	path := sample(t)
	info := mustProbe(t, path)
	dir, heard := t.TempDir(), 0
	s := segmentOf(t, path, info, Span{0, info.Duration}, PNGSequence, filepath.Join(dir, "a"), true)
	err := Join(t.Context(), JoinOptions{Segments: []Segment{*s}, Out: filepath.Join(dir, "out.zip"), Progress: func(float64) { heard++ }})
	if err != nil {
		t.Fatal(err)
	}
	if heard < s.Frames {
		t.Errorf("heard %d times of %d frames", heard, s.Frames)
	}
}
