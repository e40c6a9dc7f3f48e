package main

import (
	"context"
	"errors"
	"image"
	"image/color"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"mattebox/bench/contender"
)

func TestRunTreeSeesWhatIsBelow(t *testing.T) {
	var own, whole int64
	took, err := runTree(t.Context(), []string{"bash", "-c", "sleep .3 & sleep .3; wait"}, nil, 10*time.Millisecond, func(o, w int64) {
		own, whole = max(own, o), max(whole, w)
	})
	if err != nil {
		t.Fatal(err)
	}
	if own == 0 || whole <= own {
		t.Errorf("the shell holds %d bytes, with its children %d", own, whole)
	}
	if took.wall < 300*time.Millisecond {
		t.Errorf("it took %v", took.wall)
	}
}

func TestRunStepsCountsProcessorOfChildren(t *testing.T) {
	busy := "for ((i = 0; i < 60000; i++)); do :; done"
	took, err := runSteps(t.Context(), [][]string{{"bash", "-c", busy}, {"bash", "-c", "bash -c '" + busy + "'; true"}})
	if err != nil {
		t.Fatal(err)
	}
	if took.cpu < 20*time.Millisecond || took.wall < took.cpu/4 {
		t.Errorf("%v of processor in %v", took.cpu, took.wall)
	}
}

func TestRunTreeQuotesWhatFailed(t *testing.T) {
	_, err := runSteps(t.Context(), [][]string{{"bash", "-c", "echo out of luck >&2; exit 3"}})
	if err == nil || !strings.Contains(err.Error(), "out of luck") {
		t.Errorf("got %v", err)
	}
	if _, err := runSteps(t.Context(), [][]string{{"/does/not/exist"}}); err == nil {
		t.Error("a program that is not there ran")
	}
}

func TestRunTreeStopsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	start := time.Now()
	if _, err := runSteps(ctx, [][]string{{"bash", "-c", "sleep 60; sleep 60"}}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v, want the context's error", err)
	}
	if time.Since(start) > 30*time.Second {
		t.Error("it went on after its context had ended")
	}
}

func TestPagesAndNumbers(t *testing.T) {
	for text, want := range map[string]int64{"100 42 7 1 0 9 0\n": 42, "": 0, "100": 0, "a b": 0} {
		if got := pages(text); got != want {
			t.Errorf("pages(%q) = %d", text, got)
		}
	}
	if got := numbers("12 x 7 "); !slices.Equal(got, []int{12, 7}) {
		t.Errorf("numbers: %v", got)
	}
}

// The alpha that ffmpeg hands back is the one that went in: no stretch of its range,
// no frame more or less.
func TestDecodeAlphaGivesBackTheMattes(t *testing.T) {
	needFFmpeg(t)
	folder := t.TempDir()
	const width, height, frames = 64, 48, 3
	for n := range frames {
		picture := image.NewNRGBA(image.Rect(0, 0, width, height))
		for x := range width {
			for y := range height {
				picture.SetNRGBA(x, y, color.NRGBA{200, 120, 40, level(x, n)})
			}
		}
		writePicture(t, filepath.Join(folder, "cut", "0000"+string('1'+rune(n))+".png"), picture)
	}
	out := filepath.Join(folder, "out.webm")
	encoding := byFrame("test", contender.Program("nobody", "true")).steps(trip{"", folder, out})[2]
	if _, err := runSteps(t.Context(), [][]string{encoding}); err != nil {
		t.Fatal(err)
	}
	mattes, err := decodeAlpha(t.Context(), out, width, height)
	if err != nil {
		t.Fatal(err)
	}
	if len(mattes) != frames {
		t.Fatalf("%d frames, want %d", len(mattes), frames)
	}
	for n, matte := range mattes {
		for _, x := range []int{4, 24, 40, 60} {
			got, want := int(matte[height/2*width+x]), int(level(x, n))
			if max(got-want, want-got) > 6 {
				t.Errorf("frame %d, column %d: alpha %d, want %d", n, x, got, want)
			}
		}
	}
}

// level is a matte of four stripes, which the n-th frame dims.
func level(x, n int) uint8 {
	return []uint8{0, 80, 170, 255 - uint8(10*n)}[x/16]
}

func TestEncodeTakesTheFirstFrames(t *testing.T) {
	needFFmpeg(t)
	folder := t.TempDir()
	for _, name := range []string{"00000.png", "00001.png", "00002.png"} {
		writePicture(t, filepath.Join(folder, name), image.NewGray(image.Rect(0, 0, 32, 32)))
	}
	out := filepath.Join(folder, "clip.mp4")
	if err := encode(t.Context(), filepath.Join(folder, "%05d.png"), 2, out); err != nil {
		t.Fatal(err)
	}
	count, err := exec.Command("ffprobe", "-v", "error", "-count_frames", "-show_entries", "stream=nb_read_frames", "-of", "csv=p=0", out).Output()
	if err != nil || strings.TrimSpace(string(count)) != "2" {
		t.Errorf("%s frames, %v", count, err)
	}
}

func needFFmpeg(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("ffmpeg"); err != nil {
		t.Skip("ffmpeg is not installed")
	}
}

func writePicture(t *testing.T, path string, picture image.Image) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if err := png.Encode(file, picture); err != nil {
		t.Fatal(err)
	}
}
