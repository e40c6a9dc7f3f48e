// Command video measures how good the mattes of clips are and what they cost. It
// takes the clips of ../shared/testdata/video whose truth is known through every
// model of engine/clip, and, as the yardstick, through the large net on every frame
// at one size ("512 on each frame"), and prints for each how far it is from the
// truth, how much it flickers, and the processor's seconds for a frame.
//
//	go run ./bench/video                             all clips, all contenders
//	go run ./bench/video -frames 20 -models light,768
//	go run ./bench/video -file clip.mp4 -seconds 4   from file to file: frames a second, memory
//	go run ./bench/video -peers -frames 24           real processes from file to file, beside rembg and mattebox remove
//	go run ./bench/video -flat 10 -model light       memory and disk over a clip of ten minutes
//
// Decoding and encoding are not in the first table's times: frames are read before
// the clock starts, and scored after it has stopped. They are in the second's.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"time"

	"mattebox/bench/contender"
	"mattebox/bench/program"
)

// settings are the command line.
type settings struct {
	data     string
	home     string
	models   []string
	clips    []string
	frames   int
	threads  int
	file     string
	seconds  float64
	markdown bool
	fileSettings
}

func main() { program.Main("video", run) }

func parse(args []string, log io.Writer) (settings, error) {
	var s settings
	var models, clips string
	flags := flag.NewFlagSet("video", flag.ContinueOnError)
	flags.StringVar(&s.data, "data", "", "folder of the test data (default ../shared/testdata beside the repository)")
	flags.StringVar(&s.home, "networks", "", "folder of the installed networks (default the user's)")
	flags.StringVar(&models, "models", "512,768,1024,light,original,pro,human", "contenders, with commas: models, or sides of the net on each frame")
	flags.StringVar(&clips, "clips", "", "names of clips, with commas (default all)")
	flags.IntVar(&s.frames, "frames", 40, "how many frames of each clip, from its start")
	flags.IntVar(&s.threads, "threads", 1, "cores for one run of a net; processor seconds are least with 1")
	flags.StringVar(&s.file, "file", "", "measure from file to file on this clip instead")
	flags.Float64Var(&s.seconds, "seconds", 4, "how much of the file")
	flags.BoolVar(&s.markdown, "markdown", false, "print the tables as Markdown")
	s.define(flags)
	if err := program.Parse(flags, args, log); err != nil {
		return s, err
	}
	s.models = strings.Split(models, ",")
	if clips != "" {
		s.clips = strings.Split(clips, ",")
	}
	return s, nil
}

func run(ctx context.Context, args []string, out, log io.Writer) error {
	s, err := parse(args, log)
	if err != nil {
		return err
	}
	if s.data == "" && s.file == "" {
		root, err := contender.Root()
		if err != nil {
			return err
		}
		s.data = filepath.Join(root, "..", "shared", "testdata")
	}
	switch {
	case s.peers:
		return comparePeers(ctx, s, out, log)
	case s.flat > 0:
		return holdsFlat(ctx, s, out, log)
	}
	nets, err := openNets(s)
	if err != nil {
		return err
	}
	defer nets.Close()
	if s.file != "" {
		return wholeRoad(ctx, s, nets, out, log)
	}
	return accuracy(ctx, s, nets, out, log)
}

// accuracy measures every contender on every clip and prints the table.
func accuracy(ctx context.Context, s settings, nets *nets, out, log io.Writer) error {
	clips, err := readClips(s)
	if err != nil {
		return err
	}
	var rows []row
	for _, name := range s.models {
		c, err := nets.contender(name)
		if err != nil {
			return err
		}
		r := row{name: c.name}
		for _, clip := range clips {
			start := time.Now()
			scored, err := measure(ctx, c, clip)
			if err != nil {
				return fmt.Errorf("%s on %s: %w", c.name, clip.name, err)
			}
			fmt.Fprintf(log, "%s on %s: %.0f s\n", c.name, clip.name, time.Since(start).Seconds())
			r.scores = append(r.scores, scored)
		}
		rows = append(rows, r)
	}
	printRows(out, clips, rows, s.markdown)
	return nil
}
