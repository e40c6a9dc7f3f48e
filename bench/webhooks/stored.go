package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"mattebox/bench/load"
)

// stored is what the deliveries of the past cost.
type stored struct {
	Deliveries int           `json:"deliveries"`
	Filling    time.Duration `json:"filling"`  // not the service's doing
	Start      time.Duration `json:"start"`    // to ready
	Resident   int64         `json:"resident"` // bytes of the service soon after the start
	Pages      []page        `json:"pages"`
	Drained    *drained      `json:"drained"`
}

// page is how long a command took that prints a page of the log.
type page struct {
	Flags string        `json:"flags"`
	Took  time.Duration `json:"took"` // median, with the start of the program
}

const (
	// patterns is how many deliveries the rows of the past are copied from.
	patterns = 10
	// soon is how long after its start the service's memory is looked at: the first
	// sweep is over then.
	soon = 3 * time.Second
	// prints is how often each command is run.
	prints = 5
)

// stored fills the database of a stopped service and measures the next one.
func (b bench) stored(ctx context.Context) (*stored, error) {
	fmt.Fprintf(b.log, "stored: filling in %d deliveries ...\n", b.settings.stored)
	s, err := b.begin(ctx, 1)
	if err != nil {
		return nil, err
	}
	defer s.End() // a measurement is over; what is left in the temporary folder harms nobody
	if err := s.subscribe(ctx, s.Account.Email, 0); err != nil {
		return nil, err
	}
	if _, err := s.drain(ctx, patterns); err != nil {
		return nil, err
	}
	if code, err := s.Stop(ctx); code != 0 || err != nil {
		return nil, fmt.Errorf("stopping the service: exit code %d, %w", code, err)
	}
	found := &stored{Deliveries: b.settings.stored}
	start := time.Now()
	if err := fill(ctx, s.Service, found.Deliveries); err != nil {
		return nil, fmt.Errorf("filling in deliveries: %w", err)
	}
	found.Filling = time.Since(start)
	start = time.Now()
	if err := s.Start(ctx); err != nil {
		return nil, err
	}
	found.Start = time.Since(start)
	fmt.Fprintf(b.log, "stored: %d more ...\n", b.deliveries)
	return found, s.filled(ctx, found, b.deliveries)
}

// filled measures a service that has just started.
func (s *stand) filled(ctx context.Context, found *stored, deliveries int) (err error) {
	select {
	case <-time.After(soon):
	case <-ctx.Done():
		return ctx.Err()
	}
	found.Resident = load.Resident(s.Pid())
	for _, flags := range [][]string{nil, {"--failed"}, {"--account", s.Account.Email}, {"--state", "pending"}} {
		p := page{Flags: strings.Join(flags, " ")}
		var took []time.Duration
		for range prints {
			start := time.Now()
			if _, err := s.Command(ctx, []string{"webhook", "log"}, flags...); err != nil {
				return err
			}
			took = append(took, time.Since(start))
		}
		slices.Sort(took)
		p.Took = took[prints/2]
		found.Pages = append(found.Pages, p)
	}
	found.Drained, err = s.drain(ctx, deliveries)
	return err
}
