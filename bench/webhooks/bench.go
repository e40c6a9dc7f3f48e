package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"golang.org/x/sync/errgroup"

	"mattebox"
	"mattebox/bench/load"
	"mattebox/internal/servicetest"
)

// bench is one run of the program.
type bench struct {
	settings
	log io.Writer
}

// findings is what a run found out; sections that did not run are empty.
type findings struct {
	When       time.Time `json:"when"`
	Database   string    `json:"database"` // sqlite or postgres
	Throughput *drained  `json:"throughput,omitempty"`
	Latency    *latency  `json:"latency,omitempty"`
	Tarpit     *tarpit   `json:"tarpit,omitempty"`
	Stored     *stored   `json:"stored,omitempty"`
}

const (
	onSQLite   = "sqlite"
	onPostgres = "postgres"
)

// measure runs the sections one after the other, each on a service of its own.
func (b bench) measure(ctx context.Context) (findings, error) {
	found := findings{When: time.Now().UTC().Truncate(time.Second), Database: onSQLite}
	if b.database != "" {
		found.Database = onPostgres
	}
	err := load.Run(ctx, b.sections, []load.Section{
		{Name: "throughput", Run: func(ctx context.Context) (err error) { found.Throughput, err = b.throughput(ctx); return err }},
		{Name: "latency", Run: func(ctx context.Context) (err error) { found.Latency, err = b.latency(ctx); return err }},
		{Name: "tarpit", Run: func(ctx context.Context) (err error) { found.Tarpit, err = b.tarpit(ctx); return err }},
		{Name: "stored", Run: func(ctx context.Context) (err error) { found.Stored, err = b.stored(ctx); return err }},
	})
	return found, err
}

// stand is a running service with receivers of webhooks.
type stand struct {
	*load.Stand
	receivers *receivers
}

// begin starts a service, and a number of receivers that it trusts.
func (b bench) begin(ctx context.Context, receivers int) (*stand, error) {
	r, err := listen(receivers)
	if err != nil {
		return nil, err
	}
	s, err := load.Begin(ctx, load.Config{
		Program: b.program, Database: b.database, Flags: []string{"--ca-file", r.authority, "--engines", "1"},
	})
	if err != nil {
		return nil, errors.Join(err, r.close())
	}
	s.AtEnd(r.close)
	return &stand{s, r}, nil
}

// subscribe has the account's orders told to a receiver, and nothing else.
func (s *stand) subscribe(ctx context.Context, email string, receiver int) error {
	_, err := s.Command(ctx, []string{"account", "webhook"}, email, "--url", s.receivers.url(receiver),
		"--events", string(mattebox.EventImageQueued), "--allow-network", "127.0.0.0/8", "--ca-file", s.receivers.authority)
	return err
}

// together is how many accounts are made at a time: each is two runs of the program.
const together = 4

// customers makes an account for each receiver and returns their clients.
func (s *stand) customers(ctx context.Context) ([]servicetest.Client, error) {
	clients := make([]servicetest.Client, s.receivers.n)
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(together)
	for i := range clients {
		group.Go(func() error {
			a, err := s.CreateAccount(ctx, fmt.Sprintf("customer%d@example.test", i))
			if err != nil {
				return err
			}
			clients[i] = s.As(a)
			return s.subscribe(ctx, a.Email, i)
		})
	}
	return clients, group.Wait()
}

// order orders a picture that never comes: one event.
func (s *stand) order(ctx context.Context, c servicetest.Client) error {
	_, err := c.PostImage(ctx, servicetest.Fields{"imageURL": s.Hang()})
	return err
}

// arrive waits until the receivers have had so many requests.
func (s *stand) arrive(ctx context.Context, n int, limit time.Duration, look func()) error {
	err := servicetest.Until(ctx, limit, "the webhooks", func() (bool, error) {
		look()
		return len(s.receivers.journal()) >= n, nil
	})
	if err != nil {
		return fmt.Errorf("%w: %d of %d came", err, len(s.receivers.journal()), n)
	}
	return nil
}
