// Command speed measures how fast mattebox and its peers are and how much memory
// they take, in one run on one machine: in every round each contender has its turn,
// so that what else the machine does falls on all of them.
//
//	go run ./bench/speed                                    all sections, about ten minutes
//	go run ./bench/speed -sections cold,warm1 -rounds 3     some
//	go run ./bench/speed -long                              also memory over 500 pictures
//
// Sections: cold (start of the process to the file, one megapixel), warm1, warm12
// and warm24 (a picture of so many megapixels in a running process, the first one
// left out), folder (pictures per second over many of one megapixel), and flat
// (resident memory over 500 pictures). Photographs come from ../shared/testdata/
// photos, scaled by libvips' or ImageMagick's command and kept in bench/results.
// Everything is also written to bench/results/speed.json.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"mattebox/bench/contender"
	"mattebox/bench/program"
)

// settings are the command line.
type settings struct {
	data       string
	contenders string
	sections   string
	rounds     int
	folder     int
	net        string
	extra      string
	long       bool
	markdown   bool
}

func main() { program.Main("speed", run) }

func parse(args []string, log io.Writer) (settings, error) {
	var s settings
	flags := flag.NewFlagSet("speed", flag.ContinueOnError)
	flags.StringVar(&s.data, "data", "", "folder of the photographs (default ../shared/testdata/photos beside the repository)")
	flags.StringVar(&s.contenders, "contenders", "mattebox-fast,mattebox-standard,rembg,rembg-matting,imgly",
		"names, with commas; a trailing star takes all that begin so")
	flags.StringVar(&s.sections, "sections", "cold,warm1,warm12,warm24,folder", "what to measure, with commas; also flat")
	flags.IntVar(&s.rounds, "rounds", 2, "how often each contender has its turn")
	flags.IntVar(&s.folder, "folder", 50, "pictures in the section folder")
	flags.StringVar(&s.net, "net", "", "ONNX file of the net alone, for the section folder (default the one mattebox prepared)")
	flags.StringVar(&s.extra, "extra", "", "more options for mattebox remove, with spaces")
	flags.BoolVar(&s.long, "long", false, "also measure memory over 500 pictures (section flat), some twenty minutes more")
	flags.BoolVar(&s.markdown, "markdown", false, "print the tables as Markdown")
	if err := program.Parse(flags, args, log); err != nil {
		return s, err
	}
	if s.rounds < 1 || s.folder < 2 {
		return s, errors.New("-rounds must be at least 1 and -folder at least 2")
	}
	if s.long {
		s.sections += ",flat"
	}
	return s, nil
}

func run(ctx context.Context, args []string, out, log io.Writer) error {
	s, err := parse(args, log)
	if err != nil {
		return err
	}
	root, err := contender.Root()
	if err != nil {
		return err
	}
	if s.data == "" {
		s.data = filepath.Join(root, "..", "shared", "testdata", "photos")
	}
	picked, err := contender.Pick(contender.All(root, strings.Fields(s.extra)...), strings.Split(s.contenders, ",")...)
	if err != nil {
		return err
	}
	b := bench{settings: s, root: root, results: filepath.Join(root, "bench", "results"), log: log}
	for _, c := range picked {
		if why := c.Missing(); why != "" {
			fmt.Fprintf(log, "leaving out %s: %s\n", c.Name, why)
			continue
		}
		b.contenders = append(b.contenders, c)
	}
	if len(b.contenders) == 0 {
		return errors.New("no contender can run here")
	}
	found, err := b.measure(ctx)
	if err != nil {
		return err
	}
	printAll(out, found, s.markdown)
	return save(filepath.Join(b.results, "speed.json"), found)
}
