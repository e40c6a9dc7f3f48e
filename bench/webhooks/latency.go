package main

import (
	"context"
	"fmt"
	"time"

	"mattebox/bench/load"
)

// latency is how long events took to their receiver.
type latency struct {
	PerSecond int             `json:"perSecond"`
	Waits     []time.Duration `json:"waits"`  // from the event to the request's headers
	Orders    []time.Duration `json:"orders"` // what the order took that was the event
	Failed    int             `json:"failed"` // orders
}

// settle is how long the last events of an open loop may take.
const settle = 30 * time.Second

// latency measures events of one account that happen whatever becomes of earlier ones.
func (b bench) latency(ctx context.Context) (*latency, error) {
	fmt.Fprintf(b.log, "latency: %d events a second ...\n", b.perSec)
	s, err := b.begin(ctx, 1)
	if err != nil {
		return nil, err
	}
	defer s.End() // a measurement is over; what is left in the temporary folder harms nobody
	if err := s.subscribe(ctx, s.Account.Email, 0); err != nil {
		return nil, err
	}
	found := &latency{PerSecond: b.perSec}
	found.Orders, found.Failed = load.Open(ctx, b.perSec, b.perSec*b.seconds, func() error { return s.order(ctx, s.Client) })
	if err := s.arrive(ctx, len(found.Orders), settle, func() {}); err != nil {
		return nil, err
	}
	found.Waits, err = waits(s.receivers.journal())
	return found, err
}
