package main

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestWatchSamplesMemoryAndDisk(t *testing.T) {
	folder := t.TempDir()
	script := `head -c 3000000 /dev/zero > "$TMPDIR/part"; sleep 1.3; rm "$TMPDIR/part"`
	seen, took, err := watch(t.Context(), []string{"bash", "-c", script}, folder, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	if len(seen) == 0 || seen[0].disk != 3000000 || seen[0].own == 0 || took.wall < time.Second {
		t.Errorf("seen %+v in %v", seen, took.wall)
	}
}

func TestLongClip(t *testing.T) {
	s := settings{file: "dog.mp4"}
	s.flat, s.height = 2.5, 180
	got := longClip(s, "out.mp4")
	for _, want := range []string{"-stream_loop", "150", "scale=-2:180"} {
		if !slices.Contains(got, want) {
			t.Errorf("%q is not in %q", want, got)
		}
	}
	s.still = true
	if got := strings.Join(longClip(s, "out.mp4"), " "); strings.Contains(got, "-stream_loop") || !strings.Contains(got, "loop=loop=-1:size=1") {
		t.Errorf("of one frame: %s", got)
	}
}

func TestSizeCountsFilesBelow(t *testing.T) {
	folder := t.TempDir()
	if err := os.Mkdir(filepath.Join(folder, "below"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"a", "below/b"} {
		if err := os.WriteFile(filepath.Join(folder, name), make([]byte, 700), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if got := size(folder); got != 1400 {
		t.Errorf("%d bytes, want 1400", got)
	}
	if got := size(filepath.Join(folder, "none")); got != 0 {
		t.Errorf("%d bytes in a folder that is not there", got)
	}
}

func TestPrintFlat(t *testing.T) {
	var seen []usage
	for i := range int64(100) {
		seen = append(seen, usage{own: 500e6, whole: 600e6 + i*1e6, disk: i * 1e6})
	}
	var out bytes.Buffer
	printFlat(&out, "a clip", 400, spent{wall: 100 * time.Second, cpu: 50 * time.Second}, seen, 9e6, true)
	for _, line := range []string{
		"| resident MB, the program     | 500.0 | 500.0 | 500.0 | 500.0 |",
		"| resident MB, with its ffmpeg | 607.0 | 647.0 | 697.0 | 699.0 |",
		"400 frames in 100 s: 4.0 frames/s, 0.125 CPU s/frame; the result has 9.0 MB",
	} {
		if !strings.Contains(out.String(), line) {
			t.Errorf("%q is not in:\n%s", line, out.String())
		}
	}
}

func TestAround(t *testing.T) {
	for samples, want := range map[int]int64{1: 0, 3: 2, 100: 97} {
		values := make([]int64, samples)
		for i := range values {
			values[i] = int64(i)
		}
		if got := around(values, 1); got != want {
			t.Errorf("the end of %d samples: %d, want %d", samples, got, want)
		}
	}
}
