package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"mattebox/bench/table"
	"mattebox/engine/clip"
	"mattebox/video"
)

// wholeRoad measures the models from file to file: decoding, mattes, composition
// and encoding.
func wholeRoad(ctx context.Context, s settings, nets *nets, out, log io.Writer) error {
	info, err := video.Probe(ctx, s.file, video.DefaultLimits())
	if err != nil {
		return err
	}
	folder, err := os.MkdirTemp("", "mattebox-video-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	cells := [][]string{{filepath.Base(s.file), "frames", "frames/s", "CPU s/frame", "of it ffmpeg", "looks", "peak MB"}}
	for _, name := range s.models {
		model, err := clip.ParseModel(name)
		if err != nil {
			continue // a naive contender has no road
		}
		fmt.Fprintf(log, "%s from file to file\n", model)
		line, err := road(ctx, s, nets, info, model, filepath.Join(folder, string(model)))
		if err != nil {
			return fmt.Errorf("%s: %w", model, err)
		}
		cells = append(cells, line)
	}
	table.Print(out, cells, s.markdown)
	return nil
}

func road(ctx context.Context, s settings, nets *nets, info *video.Info, model clip.Model, target string) ([]string, error) {
	own, children, start := processor(), childTime(), time.Now()
	report, err := nets.cutter.Run(ctx, clip.Job{
		In: s.file, Info: info, To: min(info.Duration, time.Duration(s.seconds*float64(time.Second))),
		Model: model, Format: video.WebM, Out: target,
	})
	if err != nil {
		return nil, err
	}
	n := float64(report.Frames)
	ours, ffmpeg := (processor()-own).Seconds()/n, (childTime()-children).Seconds()/n
	return []string{
		string(model), fmt.Sprint(report.Frames), fmt.Sprintf("%.1f", n/time.Since(start).Seconds()),
		fmt.Sprintf("%.3f", ours+ffmpeg), fmt.Sprintf("%.3f", ffmpeg), fmt.Sprintf("%.2f", float64(report.Looks)/n), fmt.Sprint(peak()),
	}, nil
}

// childTime is the processor time of the children that have ended.
func childTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_CHILDREN, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// peak is the most that this process has held, in megabytes.
func peak() int64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return u.Maxrss >> 10
}
