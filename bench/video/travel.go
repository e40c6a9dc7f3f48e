package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"

	"mattebox/bench/contender"
)

// traveller is a way from a clip's file to a transparent WebM: commands, one after
// the other.
type traveller struct {
	name    string
	missing string // why it cannot run here; empty when it can
	steps   func(trip) [][]string
}

// trip is one clip's way through one traveller.
type trip struct {
	clip   string // mp4
	folder string // scratch, with the empty folders frames and cut
	out    string // WebM
}

// The names of those that the others are compared with.
const (
	peerYardstick  = "rembg on each frame"
	naiveYardstick = "mattebox remove, standard"
)

// clipRate is the rate at which the clips' frames are played.
const clipRate = 25

// travellers are all, in the order of the tables.
func travellers(root string) ([]traveller, error) {
	binary := filepath.Join(root, "bin", "mattebox")
	missing := ""
	if _, err := os.Stat(binary); err != nil {
		missing = binary + " is missing: build it with make"
	}
	var list []traveller
	for _, model := range []string{"human", "light", "original", "pro"} {
		list = append(list, traveller{"mattebox video, " + model, missing, func(t trip) [][]string {
			return [][]string{{binary, "video", t.clip, "-o", t.out, "--model", model, "--force", "-q"}}
		}})
	}
	frame, err := contender.Pick(contender.All(root), "mattebox-fast", "mattebox-standard", "rembg")
	if err != nil {
		return nil, err
	}
	for i, name := range []string{"mattebox remove, fast", naiveYardstick, peerYardstick} {
		list = append(list, byFrame(name, frame[i]))
	}
	return list, nil
}

// byFrame is how a program for photographs is used on a clip: ffmpeg writes the
// frames, the program cuts the folder out in one process, ffmpeg encodes, with the
// options that Mattebox's own WebM has (video/codecs.go), so that the mattes differ
// and nothing else.
func byFrame(name string, c contender.Contender) traveller {
	return traveller{name, c.Missing(), func(t trip) [][]string {
		frames, cut := filepath.Join(t.folder, "frames"), filepath.Join(t.folder, "cut")
		return [][]string{
			{"ffmpeg", "-v", "error", "-i", t.clip, "-fps_mode", "passthrough", filepath.Join(frames, "%05d.png")},
			c.Command(frames, cut),
			{
				"ffmpeg", "-v", "error", "-y", "-framerate", strconv.Itoa(clipRate), "-i", filepath.Join(cut, "%05d.png"),
				"-vf", "scale=out_color_matrix=bt709:out_range=tv,format=yuva420p", "-c:v", "libvpx-vp9", "-pix_fmt", "yuva420p",
				"-crf", "22", "-b:v", "0", "-deadline", "realtime", "-cpu-used", "6", "-row-mt", "1",
				"-auto-alt-ref", "0", "-lag-in-frames", "0", "-g", strconv.Itoa(2 * clipRate), t.out,
			},
		}
	}}
}

// travel takes a clip through a traveller in a scratch folder of its own.
func (t traveller) travel(ctx context.Context, clip, out string) (spent, error) {
	folder, err := os.MkdirTemp("", "mattebox-peers-")
	if err != nil {
		return spent{}, err
	}
	defer os.RemoveAll(folder)
	for _, name := range []string{"frames", "cut"} {
		if err := os.Mkdir(filepath.Join(folder, name), 0o755); err != nil {
			return spent{}, err
		}
	}
	return runSteps(ctx, t.steps(trip{clip, folder, out}))
}

// encode writes the first frames of a folder of pictures as an H.264 clip in which
// nobody sees a loss.
func encode(ctx context.Context, pattern string, frames int, out string) error {
	return ffmpeg(ctx, "-framerate", strconv.Itoa(clipRate), "-i", pattern, "-frames:v", strconv.Itoa(frames),
		"-vf", "scale=out_color_matrix=bt709:out_range=tv", "-c:v", "libx264", "-preset", "medium", "-crf", "10", "-pix_fmt", "yuv420p",
		"-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709", "-color_range", "tv", out)
}

func ffmpeg(ctx context.Context, args ...string) error {
	said, err := exec.CommandContext(ctx, "ffmpeg", append([]string{"-v", "error", "-y"}, args...)...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("ffmpeg: %w\n%s", err, last(string(said), 2000))
	}
	return nil
}

// decodeAlpha returns the mattes of a transparent WebM as a player has them.
// ffmpeg's own VP9 decoder leaves the alpha out.
func decodeAlpha(ctx context.Context, path string, width, height int) ([][]uint8, error) {
	command := exec.CommandContext(ctx, "ffmpeg", "-v", "error", "-c:v", "libvpx-vp9", "-i", path,
		"-vf", "alphaextract", "-fps_mode", "passthrough", "-f", "rawvideo", "-pix_fmt", "gray", "-")
	var said bytes.Buffer
	command.Stderr = &said
	raw, err := command.Output()
	if err != nil {
		return nil, fmt.Errorf("decoding %s: %w\n%s", filepath.Base(path), err, last(said.String(), 2000))
	}
	return planes(bytes.NewReader(raw), width*height)
}

// planes reads planes of so many samples to the end.
func planes(r io.Reader, samples int) ([][]uint8, error) {
	var all [][]uint8
	for {
		plane := make([]uint8, samples)
		switch _, err := io.ReadFull(r, plane); err {
		case nil:
			all = append(all, plane)
		case io.EOF:
			return all, nil
		default:
			return nil, fmt.Errorf("after %d frames: %w", len(all), err)
		}
	}
}
