package main

import (
	"context"
	"errors"
	"sync"
	"time"
)

// begin lets the work begin and the servers answer.
func (s *service) begin(ctx context.Context) error {
	s.broken = make(chan error, 2)
	// The figures and /readyz answer longest: that the process is stopping is what
	// they have to tell.
	if s.metrics != nil {
		server, err := s.server(s.figures.Handler(), false)
		if err != nil {
			return err
		}
		s.run(server, s.metrics)
		s.atEnd("metrics", server.Stop)
	}
	stopAPI := func(context.Context) error { return nil }
	if s.api != nil {
		edges, err := s.edges()
		if err != nil {
			return err
		}
		server, err := s.server(edges, true)
		if err != nil {
			return err
		}
		s.run(server, s.api)
		stopAPI = server.Stop
	}
	stopWork := func(context.Context) error { return nil }
	if s.work != nil {
		if err := s.work.start(ctx); err != nil {
			return errors.Join(err, stopAPI(ctx))
		}
		stopWork = s.work.stop
	}
	s.atEnd("requests and work in hand", func(ctx context.Context) error {
		s.health.Stopping()
		return bothEnd(ctx, stopAPI, stopWork)
	})
	return nil
}

// bothEnd ends the requests and the work side by side: neither shall use up the
// other's time.
func bothEnd(ctx context.Context, ends ...func(context.Context) error) error {
	errs := make([]error, len(ends))
	var all sync.WaitGroup
	for i, end := range ends {
		all.Go(func() { errs[i] = end(ctx) })
	}
	all.Wait()
	return errors.Join(errs...)
}

// handBackTime is what is kept of the grace for giving back what is not finished,
// or half of it when there is little.
const handBackTime = 5 * time.Second

// forHandingBack returns the part of the grace in which no more is finished: work
// is broken off, handed back, and everything is closed.
func forHandingBack(grace time.Duration) time.Duration { return min(handBackTime, grace/2) }
