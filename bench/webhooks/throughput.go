package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"mattebox/bench/load"
)

// drained is how a number of deliveries that had waited were sent.
type drained struct {
	Deliveries int           `json:"deliveries"`
	Orders     time.Duration `json:"orders"`    // until the events had happened
	PerSecond  float64       `json:"perSecond"` // between the first request and the last
	Core       time.Duration `json:"core"`      // that the service had a core for each
	Receiving  time.Duration `json:"receiving"` // that this process had one
	Twice      int           `json:"twice"`     // requests of deliveries that had come before
	Resident   int64         `json:"resident"`  // the most that the service held meanwhile, in bytes
}

// throughput measures how fast one receiver gets what waited for it.
func (b bench) throughput(ctx context.Context) (*drained, error) {
	fmt.Fprintf(b.log, "throughput: %d deliveries ...\n", b.deliveries)
	s, err := b.begin(ctx, 1)
	if err != nil {
		return nil, err
	}
	defer s.End() // a measurement is over; what is left in the temporary folder harms nobody
	if err := s.subscribe(ctx, s.Account.Email, 0); err != nil {
		return nil, err
	}
	return s.drain(ctx, b.deliveries)
}

// drain pauses the first receiver, has n events happen, and resumes it.
func (s *stand) drain(ctx context.Context, n int) (*drained, error) {
	s.receivers.forget()
	if err := s.webhook(ctx, "pause"); err != nil {
		return nil, err
	}
	found := &drained{Deliveries: n}
	start := time.Now()
	if err := load.Crowd(ctx, n, func(ctx context.Context) error { return s.order(ctx, s.Client) }); err != nil {
		return nil, err
	}
	found.Orders = time.Since(start)
	if early := len(s.receivers.journal()); early > 0 {
		return nil, fmt.Errorf("%d webhooks went to a receiver that is paused", early)
	}
	busy, receiving := load.Busy(s.Pid()), load.Busy(os.Getpid())
	if err := s.webhook(ctx, "resume"); err != nil {
		return nil, err
	}
	limit := time.Minute + time.Duration(n)*20*time.Millisecond
	err := s.arrive(ctx, n, limit, func() { found.Resident = max(found.Resident, load.Resident(s.Pid())) })
	if err != nil {
		return nil, err
	}
	found.Core = (load.Busy(s.Pid()) - busy) / time.Duration(n)
	found.Receiving = (load.Busy(os.Getpid()) - receiving) / time.Duration(n)
	found.PerSecond, found.Twice = rateOf(s.receivers.journal())
	return found, nil
}

// webhook runs a command for the first receiver of the stand's account.
func (s *stand) webhook(ctx context.Context, command string) error {
	_, err := s.Command(ctx, []string{"webhook", command}, s.receivers.url(0), "--account", s.Account.Email)
	return err
}

// rateOf returns how many deliveries a second came between the first and the last,
// and how many requests were of one that had come before.
func rateOf(arrivals []arrival) (perSecond float64, twice int) {
	seen := map[string]bool{}
	var first, last time.Time
	for _, a := range arrivals {
		if seen[a.id] {
			twice++
			continue
		}
		seen[a.id] = true
		if first.IsZero() || a.at.Before(first) {
			first = a.at
		}
		if a.at.After(last) {
			last = a.at
		}
	}
	if !last.After(first) {
		return 0, twice
	}
	return float64(len(seen)-1) / last.Sub(first).Seconds(), twice
}
