package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"mattebox/bench/photos"
	"mattebox/internal/servicetest"
)

// rate is how many pictures a second came out of one turn.
type rate struct {
	Name   string  `json:"name"`
	Steady float64 `json:"steady"` // between the first result and the last: without starts
	Whole  float64 `json:"whole"`  // from the start or the first order to the last result
}

// The contestants.
const (
	throughService = "service"
	byRemove       = "mattebox remove"
)

// rates gives mattebox remove and the service their turns over the same folder.
func (b bench) rates(ctx context.Context) ([]rate, error) {
	folder, err := photos.Set{Data: b.data, Results: b.results, Log: b.log}.Folder(ctx, 1, b.folder)
	if err != nil {
		return nil, err
	}
	var found []rate
	for range b.rounds {
		for name, turn := range map[string]func(context.Context, string) (rate, error){
			byRemove: b.remove, throughService: b.serve,
		} {
			fmt.Fprintf(b.log, "rate: %s ...", name)
			one, err := turn(ctx, folder)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
			fmt.Fprintf(b.log, " %.3f/s\n", one.Steady)
			one.Name = name
			found = append(found, one)
		}
	}
	return found, nil
}

// remove cuts out the folder with the command line.
func (b bench) remove(ctx context.Context, folder string) (rate, error) {
	out, err := os.MkdirTemp("", "mattebox-bench")
	if err != nil {
		return rate{}, fmt.Errorf("making a folder: %w", err)
	}
	defer os.RemoveAll(out)
	cmd := exec.CommandContext(ctx, b.program, "remove", folder, "-o", out+"/", "--json", "--quiet", "--workers", strconv.Itoa(b.engines))
	reports, err := cmd.StdoutPipe()
	if err != nil {
		return rate{}, err
	}
	start := time.Now()
	if err := cmd.Start(); err != nil {
		return rate{}, err
	}
	var ends []time.Time
	for lines := bufio.NewScanner(reports); lines.Scan(); {
		var report struct{ File, Error string }
		if json.Unmarshal(lines.Bytes(), &report) == nil && report.File != "" && report.Error == "" {
			ends = append(ends, time.Now())
		}
	}
	if err := cmd.Wait(); err != nil {
		return rate{}, err
	}
	return rateOf(start, ends, b.folder)
}

// serve orders the folder from a service and takes the time of its webhooks.
func (b bench) serve(ctx context.Context, folder string) (rate, error) {
	s, err := b.begin(ctx, folder)
	if err != nil {
		return rate{}, err
	}
	defer s.End() // a measurement is over; what is left in the temporary folder harms nobody
	files, err := os.ReadDir(folder)
	if err != nil {
		return rate{}, fmt.Errorf("listing the folder: %w", err)
	}
	start := time.Now()
	for _, file := range files {
		fields := servicetest.Fields{"imageURL": s.Pictures.At(filepath.Base(file.Name())), "imageCallbackURL": s.receiver.At("done")}
		if _, err := s.Client.PostImage(ctx, fields); err != nil {
			return rate{}, err
		}
	}
	limit := time.Duration(len(files)) * 30 * time.Second
	err = servicetest.Until(ctx, limit, "all pictures", func() (bool, error) {
		return len(s.receiver.Posts("done")) >= len(files), nil
	})
	if err != nil {
		return rate{}, err
	}
	var ends []time.Time
	for _, p := range s.receiver.Posts("done") {
		ends = append(ends, p.At)
	}
	return rateOf(start, ends, len(files))
}

// rateOf makes a rate of the times at which results came.
func rateOf(start time.Time, ends []time.Time, want int) (rate, error) {
	if len(ends) != want || want < 2 {
		return rate{}, fmt.Errorf("%d of %d pictures were made", len(ends), want)
	}
	slices.SortFunc(ends, time.Time.Compare)
	last := ends[len(ends)-1]
	return rate{
		Steady: float64(want-1) / last.Sub(ends[0]).Seconds(),
		Whole:  float64(want) / last.Sub(start).Seconds(),
	}, nil
}
