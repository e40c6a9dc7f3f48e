package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"mattebox/bench/contender"
)

// bench is one run of the program.
type bench struct {
	settings
	root       string
	results    string
	contenders []contender.Contender
	log        io.Writer
}

// figure is what one section found out about one contender.
type figure struct {
	Contender string    `json:"contender"`
	Section   string    `json:"section"`
	Seconds   []float64 `json:"seconds,omitempty"` // of each picture, or of each cold start
	Outside   []float64 `json:"outside,omitempty"` // share of each picture's time outside the net, 0..1
	Rate      float64   `json:"rate,omitempty"`    // pictures per second
	Peak      int64     `json:"peak,omitempty"`    // bytes
	Memory    []int64   `json:"memory,omitempty"`  // bytes, sampled evenly
	Fault     string    `json:"fault,omitempty"`   // why there is no figure
}

// findings are all figures of a run.
type findings []figure

// get returns the figure of the contender in the section.
func (f findings) get(contender, section string) (figure, bool) {
	for _, found := range f {
		if found.Contender == contender && found.Section == section {
			return found, true
		}
	}
	return figure{}, false
}

// section is one thing to measure.
type section struct {
	name       string
	megapixels float64
	pictures   int
	slow       bool // also for those that take a minute a picture
	rounds     int
}

// netAlone is the name under which findings hold the net without a contender.
const netAlone = "the net alone"

// sections are the warm and cold ones; folder and flat have their own roads.
func (b bench) plan() ([]section, error) {
	known := map[string]section{
		"cold":   {name: "cold", megapixels: 1, pictures: 1, slow: true, rounds: b.rounds},
		"warm1":  {name: "warm1", megapixels: 1, pictures: 4, slow: true, rounds: b.rounds},
		"warm12": {name: "warm12", megapixels: 12, pictures: 2, rounds: b.rounds},
		"warm24": {name: "warm24", megapixels: 24, pictures: 2, rounds: 1},
		"folder": {name: "folder", megapixels: 1, pictures: b.folder},
		"flat":   {name: "flat", megapixels: 1, pictures: flatPictures},
	}
	var plan []section
	for _, name := range strings.Split(b.sections, ",") {
		s, ok := known[name]
		if !ok {
			return nil, fmt.Errorf("no section is called %q; there are cold, warm1, warm12, warm24, folder and flat", name)
		}
		plan = append(plan, s)
	}
	return plan, nil
}

// measure runs the sections one after the other.
func (b bench) measure(ctx context.Context) (findings, error) {
	plan, err := b.plan()
	if err != nil {
		return nil, err
	}
	var found findings
	for _, s := range plan {
		source, err := b.photos(ctx, s)
		if err != nil {
			return nil, err
		}
		var more findings
		switch s.name {
		case "folder":
			more, err = b.rates(ctx, s, source)
		case "flat":
			more, err = b.flat(ctx, s, source)
		default:
			more, err = b.turns(ctx, s, source)
		}
		if err != nil {
			return nil, err
		}
		found = append(found, more...)
	}
	return found, nil
}

// isSlow tells whether a contender takes so long that it has one turn, with two
// pictures, and none above a megapixel: closed-form matting solves a system of the
// picture's size.
func isSlow(c contender.Contender) bool { return c.Name == "rembg-matting" }

// turns gives every contender its turn in every round.
func (b bench) turns(ctx context.Context, s section, source string) (findings, error) {
	var found findings
	at := map[string]int{}
	for round := range s.rounds {
		for _, c := range b.contenders {
			if isSlow(c) && (round > 0 || !s.slow) {
				continue
			}
			if _, ok := at[c.Name]; !ok {
				at[c.Name] = len(found)
				found = append(found, figure{Contender: c.Name, Section: s.name})
			}
			f := &found[at[c.Name]]
			result, err := b.turn(ctx, s, c, source)
			if ctx.Err() != nil {
				return nil, ctx.Err()
			}
			if err != nil {
				f.Fault = err.Error()
				continue
			}
			f.add(s, result)
		}
	}
	return found, nil
}

// turn runs the contender once over the section's pictures, one at a time.
func (b bench) turn(ctx context.Context, s section, c contender.Contender, source string) (contender.Result, error) {
	if isSlow(c) && s.pictures > 2 {
		var err error
		s.pictures = 2
		if source, err = b.photos(ctx, s); err != nil {
			return contender.Result{}, err
		}
	}
	fmt.Fprintf(b.log, "%s: %s ...", s.name, c.Name)
	result, err := c.With("--workers", "1").Run(ctx, source, b.target(c), 0)
	if err == nil {
		err = firstFault(result)
	}
	if err != nil {
		fmt.Fprintln(b.log, " failed")
		return result, err
	}
	fmt.Fprintf(b.log, " %.1f s\n", result.Wall.Seconds())
	return result, nil
}

func (b bench) target(c contender.Contender) string {
	return filepath.Join(b.results, "speed", c.Name)
}

// firstFault returns the first picture's error that the contender reported.
func firstFault(r contender.Result) error {
	for _, p := range r.Pictures {
		if p.Error != "" {
			return fmt.Errorf("%s: %s", filepath.Base(p.File), p.Error)
		}
	}
	return nil
}

// add takes a turn's times into the figure: the whole of it when cold, each picture
// but the first when warm.
func (f *figure) add(s section, r contender.Result) {
	f.Peak = max(f.Peak, r.Peak)
	if s.name == "cold" {
		f.Seconds = append(f.Seconds, r.Wall.Seconds())
		return
	}
	for _, p := range r.Pictures[1:] {
		total := p.Milliseconds["total"]
		f.Seconds = append(f.Seconds, total/1000)
		if net, ok := p.Milliseconds["net"]; ok && total > 0 {
			f.Outside = append(f.Outside, 1-net/total)
		}
	}
}

func save(path string, found findings) error {
	bytes, err := json.MarshalIndent(struct {
		When    time.Time `json:"when"`
		Figures findings  `json:"figures"`
	}{time.Now().UTC().Truncate(time.Second), found}, "", "  ")
	if err != nil {
		return fmt.Errorf("writing results: %w", err)
	}
	if err := os.WriteFile(path, append(bytes, '\n'), 0o644); err != nil {
		return fmt.Errorf("writing results: %w", err)
	}
	return nil
}
