package main

import (
	"context"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"

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

// submitters is how many customers order at the same time.
const submitters = 32

// backlog queues orders, kills the service and starts it again.
func (b bench) backlog(ctx context.Context) (*backlog, error) {
	fmt.Fprintf(b.log, "backlog: %d orders ...\n", b.queued)
	s, err := b.begin(ctx)
	if err != nil {
		return nil, err
	}
	defer s.end() // a measurement is over; what is left in the temporary folder harms nobody
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
	took, failed := openLoop(ctx, 50, 250, func() error {
		_, err := s.client.Status(ctx, ticket)
		return err
	})
	if failed > 0 {
		return nil, fmt.Errorf("%d of 250 questions for the status failed", failed)
	}
	found.Status = percentile(took, .5)
	found.Resident = resident(s.Pid())
	return found, nil
}

// queue orders n images and returns the ticket of one.
func (s *stand) queue(ctx context.Context, n int) (ticket string, err error) {
	fields := servicetest.Fields{"imageURL": s.hang()}
	if ticket, err = s.client.PostImage(ctx, fields); err != nil {
		return "", err
	}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(submitters)
	for range n - 1 {
		group.Go(func() error {
			_, err := s.client.PostImage(ctx, fields)
			return err
		})
	}
	return ticket, group.Wait()
}
