package main

import (
	"context"
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"mattebox/bench/load"
	"mattebox/internal/servicetest"
)

// tarpit is how long events took to the receivers that answer.
type tarpit struct {
	Receivers int             `json:"receivers"` // the tarpit among them
	PerSecond int             `json:"perSecond"` // events, of all
	Without   []time.Duration `json:"without"`
	With      []time.Duration `json:"with"`
	Held      int             `json:"held"`   // requests that tarpits took and did not answer
	Failed    int             `json:"failed"` // orders
}

// warm is how many seconds events come before any counts.
const warm = 3

// tarpit measures in turns without and with a receiver that takes requests and
// answers none. Each turn has a tarpit of its own: one that has failed a few times is
// left alone by the service, and would prove nothing more.
func (b bench) tarpit(ctx context.Context) (*tarpit, error) {
	fmt.Fprintf(b.log, "tarpit: %d receivers ...\n", b.receivers)
	s, err := b.begin(ctx, b.receivers-1+b.turns)
	if err != nil {
		return nil, err
	}
	defer s.End() // a measurement is over; what is left in the temporary folder harms nobody
	clients, err := s.customers(ctx)
	if err != nil {
		return nil, err
	}
	others := clients[:b.receivers-1]
	found := &tarpit{Receivers: b.receivers, PerSecond: b.perSec}
	if _, err := s.events(ctx, others, b.perSec, warm*b.perSec, found); err != nil {
		return nil, err
	}
	for turn := range b.turns {
		if err := b.turn(ctx, s, clients, turn, found); err != nil {
			return nil, err
		}
	}
	if found.Held == 0 {
		return nil, fmt.Errorf("the tarpits were sent nothing in %d turns", b.turns)
	}
	return found, nil
}

// turn measures both ways, every second time the other way around: what the machine
// or the database becomes slower or faster by falls on both.
func (b bench) turn(ctx context.Context, s *stand, clients []servicetest.Client, turn int, found *tarpit) error {
	others, pit := clients[:b.receivers-1], b.receivers-1+turn
	n := b.perSec * b.seconds
	ways := []func() error{
		func() error {
			times, err := s.events(ctx, others, b.perSec, n, found)
			found.Without = append(found.Without, times...)
			return err
		},
		func() error {
			s.receivers.hang(pit)
			defer s.receivers.answer()
			times, err := s.events(ctx, append(slices.Clone(others), clients[pit]), b.perSec, n, found)
			_, held := s.answered()
			found.With, found.Held = append(found.With, times...), found.Held+held
			return err
		},
	}
	if turn%2 == 1 {
		slices.Reverse(ways)
	}
	for _, way := range ways {
		if err := way(); err != nil {
			return err
		}
	}
	return nil
}

// events has n events happen, of the clients in turns, and returns the times of those
// that are not held by a tarpit.
func (s *stand) events(ctx context.Context, clients []servicetest.Client, perSecond, n int, found *tarpit) ([]time.Duration, error) {
	s.receivers.forget()
	var next, want atomic.Int64
	_, failed := load.Open(ctx, perSecond, n, func() error {
		i := int(next.Add(1)) % len(clients)
		err := s.order(ctx, clients[i])
		if err == nil && i < s.answering() {
			want.Add(1)
		}
		return err
	})
	found.Failed += failed
	var arrived []arrival
	err := servicetest.Until(ctx, settle, "the webhooks of the receivers that answer", func() (bool, error) {
		arrived, _ = s.answered()
		return int64(len(arrived)) >= want.Load(), nil
	})
	if err != nil {
		return nil, err
	}
	return waits(arrived)
}

// answering returns how many receivers have never hung: those before the first that
// has.
func (s *stand) answering() int {
	s.receivers.mu.Lock()
	defer s.receivers.mu.Unlock()
	least := s.receivers.n
	for i := range s.receivers.hung {
		least = min(least, i)
	}
	return least
}

// answered returns the requests to receivers that have never hung, and how many went
// to others.
func (s *stand) answered() (arrived []arrival, held int) {
	n := s.answering()
	for _, a := range s.receivers.journal() {
		if a.receiver < n {
			arrived = append(arrived, a)
		} else {
			held++
		}
	}
	return arrived, held
}
