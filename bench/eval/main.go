// Command eval measures how good the cut-outs are. It runs the contenders over
// the pictures of ../shared/testdata whose truth is known and prints, per set and
// over all, how far each is from the truth, whether its confidence ranks its
// failures, and how mattebox stands against the raw net.
//
//	go run ./bench/eval                                  mattebox and the peers that are installed
//	go run ./bench/eval -contenders baseline,mattebox-*  only those
//	go run ./bench/eval -sheet out.png -sheet-by mattebox-best
//
// The road of a run: cases.go finds the pictures, stage.go lays them into one
// folder and runs the contenders, score.go compares, table.go and targets.go
// print, sheet.go draws. Everything is also written to bench/results/eval.json.
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
	sets       string
	frames     int
	synth      int
	reuse      string
	extra      string
	markdown   bool
	sheet      string
	sheetBy    string
	sheetRows  int
	sheetSide  int
}

func main() { program.Main("eval", run) }

func parse(args []string, log io.Writer) (settings, error) {
	var s settings
	flags := flag.NewFlagSet("eval", flag.ContinueOnError)
	flags.StringVar(&s.data, "data", "", "folder of the test data (default ../shared/testdata beside the repository)")
	flags.StringVar(&s.contenders, "contenders", "", "names, with commas; a trailing star takes all that begin so (default all that can run)")
	flags.StringVar(&s.sets, "sets", "", "names of sets, with commas (default all)")
	flags.IntVar(&s.frames, "frames", 0, "also take so many frames of every video clip, as the set \"frames\"")
	flags.IntVar(&s.synth, "synth", 0, "also draw so many photographs of every kind of internal/synth, as the set \"synth\"")
	flags.StringVar(&s.reuse, "reuse", "peers", "whose cut-outs of an earlier run are still good: peers, all or none")
	flags.StringVar(&s.extra, "extra", "", "more options for mattebox remove, with spaces")
	flags.BoolVar(&s.markdown, "markdown", false, "print the tables as Markdown")
	flags.StringVar(&s.sheet, "sheet", "", "also draw the worst pictures, as a PNG to this file")
	flags.StringVar(&s.sheetBy, "sheet-by", "", "the contender whose IoU orders the sheet (default the first mattebox, else the first)")
	flags.IntVar(&s.sheetRows, "sheet-rows", 12, "how many pictures the sheet shows")
	flags.IntVar(&s.sheetSide, "sheet-side", 240, "how many pixels a picture on the sheet is wide or high")
	if err := program.Parse(flags, args, log); err != nil {
		return s, err
	}
	if s.reuse != "peers" && s.reuse != "all" && s.reuse != "none" {
		return s, fmt.Errorf("-reuse is %q; use peers, all or none", s.reuse)
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
		s.data = filepath.Join(root, "..", "shared", "testdata")
	}
	results := filepath.Join(root, "bench", "results")
	cases, err := gather(s, results)
	if err != nil {
		return err
	}
	contenders, err := choose(contender.All(root, strings.Fields(s.extra)...), s.contenders, log)
	if err != nil {
		return err
	}
	return evaluate(ctx, s, results, cases, contenders, out, log)
}

// gather returns the samples that the settings ask for.
func gather(s settings, results string) ([]sample, error) {
	cases, err := findCases(s.data, s.frames)
	if err != nil {
		return nil, err
	}
	if s.synth > 0 {
		drawn, err := synthetic(filepath.Join(results, "synth"), s.synth)
		if err != nil {
			return nil, err
		}
		cases = append(cases, drawn...)
	}
	inOrder(cases)
	return pickSets(cases, s.sets)
}

// choose returns the named contenders, which must be able to run, or without
// names all that can.
func choose(all []contender.Contender, names string, log io.Writer) ([]contender.Contender, error) {
	list := all
	if names != "" {
		picked, err := contender.Pick(all, strings.Split(names, ",")...)
		if err != nil {
			return nil, err
		}
		list = picked
	}
	var able []contender.Contender
	for _, c := range list {
		if c.Name == "imgly" && names == "" {
			continue // its palette would be judged, not its matte; imgly-lossless stands for it
		}
		if why := c.Missing(); why != "" {
			fmt.Fprintf(log, "leaving out %s: %s\n", c.Name, why)
			continue
		}
		able = append(able, c)
	}
	if len(able) == 0 {
		return nil, errors.New("no contender can run here")
	}
	return able, nil
}

func evaluate(ctx context.Context, s settings, folder string, cases []sample, contenders []contender.Contender, out, log io.Writer) error {
	stage := stage{folder: folder, reuse: s.reuse, log: log}
	var columns []column
	for _, c := range contenders {
		cut, err := stage.cut(ctx, c, cases)
		if err != nil {
			return err
		}
		scored, err := scoreAll(ctx, c.Name, cases, cut)
		if err != nil {
			return err
		}
		columns = append(columns, scored)
	}
	report{cases: cases, columns: columns, markdown: s.markdown}.print(out)
	if err := writeResults(filepath.Join(folder, "eval.json"), cases, columns); err != nil {
		return err
	}
	if s.sheet == "" {
		return nil
	}
	return drawSheet(s, cases, columns)
}
