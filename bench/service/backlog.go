package main

import (
	"context"
	"fmt"
	"time"

	"mattebox/bench/load"
	"mattebox/internal/servicetest"
)

// backlog is what a long queue costs.
type backlog struct {
	Queued   int           `json:"queued"`
	Submit   time.Duration `json:"submit"`   // until all were acknowledged
	Restart  time.Duration `json:"restart"`  // from the start after a kill to ready
	Status   time.Duration `json:"status"`   // median of GET Status
	Resident int64         `json:"resident"` // bytes of the service after the restart
}

// backlog queues orders, kills the service and starts it again.
func (b bench) backlog(ctx context.Context) (*backlog, error) {
	fmt.Fprintf(b.log, "backlog: %d orders ...\n", b.queued)
	s, err := b.begin(ctx)
	if err != nil {
		return nil, err
	}
	defer s.End() // a measurement is over; what is left in the temporary folder harms nobody
	found := &backlog{Queued: b.queued}
	start := time.Now()
	ticket, err := s.queue(ctx, b.queued)
	if err != nil {
		return nil, err
	}
	found.Submit = time.Since(start)
	if err := s.Kill(); err != nil {
		return nil, err
	}
	start = time.Now()
	if err := s.Start(ctx); err != nil {
		return nil, err
	}
	found.Restart = time.Since(start)
	took, failed := load.Open(ctx, 50, 250, func() error {
		_, err := s.Client.Status(ctx, ticket)
		return err
	})
	if failed > 0 {
		return nil, fmt.Errorf("%d of 250 questions for the status failed", failed)
	}
	found.Status = load.Percentile(took, .5)
	found.Resident = load.Resident(s.Pid())
	return found, nil
}

// queue orders n images and returns the ticket of one.
func (s *stand) queue(ctx context.Context, n int) (ticket string, err error) {
	fields := servicetest.Fields{"imageURL": s.Hang()}
	if ticket, err = s.Client.PostImage(ctx, fields); err != nil {
		return "", err
	}
	return ticket, load.Crowd(ctx, n-1, func(ctx context.Context) error {
		_, err := s.Client.PostImage(ctx, fields)
		return err
	})
}
