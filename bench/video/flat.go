package main

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"mattebox/bench/contender"
	"mattebox/bench/table"
	"mattebox/video"
)

// flatEvery is how often memory and disk are looked at over a long clip.
const flatEvery = 500 * time.Millisecond

// usage is one look at a run of the program, in bytes.
type usage struct {
	own, whole int64 // resident, of the program's process and of that with all below it
	disk       int64 // everything that it has written and not yet removed
}

// holdsFlat takes a long clip through the program and prints what it holds on the
// way.
func holdsFlat(ctx context.Context, s settings, out, log io.Writer) error {
	root, err := contender.Root()
	if err != nil {
		return err
	}
	folder, err := os.MkdirTemp("", "mattebox-flat-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	if s.file == "" {
		s.file = filepath.Join(s.data, "video", "clips", "people.mp4")
	}
	clip := filepath.Join(folder, "clip.mp4")
	fmt.Fprintf(log, "making a clip of %g minutes of %s\n", s.flat, filepath.Base(s.file))
	if err := ffmpeg(ctx, longClip(s, clip)...); err != nil {
		return err
	}
	info, err := video.Probe(ctx, clip, video.DefaultLimits())
	if err != nil {
		return err
	}
	work := filepath.Join(folder, "work")
	if err := os.Mkdir(work, 0o755); err != nil {
		return err
	}
	argv := []string{filepath.Join(root, "bin", "mattebox"), "video", clip, "-o", filepath.Join(work, "out.webm"), "--model", s.model, "-q"}
	seen, took, err := watch(ctx, argv, work, log)
	if err != nil {
		return err
	}
	made, err := os.Stat(filepath.Join(work, "out.webm"))
	if err != nil {
		return err
	}
	printFlat(out, title(s, info), float64(info.Expected(video.Span{To: info.Duration})), took, seen, made.Size(), s.markdown)
	return nil
}

// longClip are ffmpeg's arguments for a clip of the wanted length and height.
func longClip(s settings, out string) []string {
	args := []string{"-stream_loop", "-1", "-i", s.file}
	filter := fmt.Sprintf("scale=-2:%d", s.height)
	if s.still {
		args = []string{"-i", s.file}
		filter += ",loop=loop=-1:size=1:start=0"
	}
	return append(args, "-t", strconv.FormatFloat(60*s.flat, 'f', -1, 64), "-vf", filter, "-an",
		"-c:v", "libx264", "-preset", "superfast", "-crf", "20", "-pix_fmt", "yuv420p", out)
}

func title(s settings, info *video.Info) string {
	kind := "looped"
	if s.still {
		kind = "one frame"
	}
	return fmt.Sprintf("%s, %s, %d x %d, %s, %s", filepath.Base(s.file), kind, info.Width, info.Height, info.Duration.Round(time.Second), s.model)
}

// watch runs the command, whose temporary files are in the folder as its results
// are, and looks at it again and again. A line a minute tells that it goes on.
func watch(ctx context.Context, argv []string, folder string, log io.Writer) ([]usage, spent, error) {
	var seen []usage
	took, err := runTree(ctx, argv, []string{"TMPDIR=" + folder}, flatEvery, func(own, whole int64) {
		if own == 0 {
			return // it has just ended
		}
		u := usage{own, whole, size(folder)}
		seen = append(seen, u)
		if len(seen)%int(time.Minute/flatEvery) == 0 {
			fmt.Fprintf(log, "after %v: %d MB resident, %.1f MB on disk\n", time.Duration(len(seen))*flatEvery, u.whole/1_000_000, float64(u.disk)/1e6)
		}
	})
	return seen, took, err
}

// size is how many bytes the files below a folder have. What is removed while it
// looks counts as nothing.
func size(folder string) int64 {
	var bytes int64
	_ = filepath.WalkDir(folder, func(_ string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return nil
		}
		if about, err := entry.Info(); err == nil {
			bytes += about.Size()
		}
		return nil
	})
	return bytes
}

func printFlat(out io.Writer, title string, frames float64, took spent, seen []usage, made int64, markdown bool) {
	mb := func(v int64) string { return strconv.FormatFloat(float64(v)/1e6, 'f', 1, 64) }
	rows := [][]string{{title, "10 %", "50 %", "100 %", "most"}}
	for _, line := range []struct {
		name string
		of   func(usage) int64
	}{
		{"resident MB, the program", func(u usage) int64 { return u.own }},
		{"resident MB, with its ffmpeg", func(u usage) int64 { return u.whole }},
		{"MB on disk", func(u usage) int64 { return u.disk }},
	} {
		values := make([]int64, len(seen))
		for i, u := range seen {
			values[i] = line.of(u)
		}
		if len(values) > 0 {
			rows = append(rows, []string{line.name, mb(around(values, .1)), mb(around(values, .5)), mb(around(values, 1)), mb(slices.Max(values))})
		}
	}
	table.Print(out, rows, markdown)
	fmt.Fprintf(out, "%.0f frames in %.0f s: %.1f frames/s, %.3f CPU s/frame; the result has %.1f MB\n\n",
		frames, took.wall.Seconds(), per(frames, took.wall.Seconds()), per(took.cpu.Seconds(), frames), float64(made)/1e6)
}

// around returns the median of the twentieth of the samples that ends at that part.
func around(samples []int64, part float64) int64 {
	end := max(int(part*float64(len(samples))), 1)
	window := slices.Sorted(slices.Values(samples[max(end-max(len(samples)/20, 1), 0):end]))
	return window[len(window)/2]
}
