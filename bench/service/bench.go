package main

import (
	"context"
	"errors"
	"io"
	"path/filepath"
	"strconv"
	"time"

	"mattebox/bench/load"
	"mattebox/internal/servicetest"
)

// bench is one run of the program.
type bench struct {
	settings
	program string
	results string
	log     io.Writer
}

// findings is what a run found out; sections that did not run are empty.
type findings struct {
	When    time.Time `json:"when"`
	Submit  []submit  `json:"submit,omitempty"`
	Rates   []rate    `json:"rates,omitempty"`
	Backlog *backlog  `json:"backlog,omitempty"`
	Memory  *memory   `json:"memory,omitempty"`
}

// measure runs the sections one after the other, each on a service of its own.
func (b bench) measure(ctx context.Context) (findings, error) {
	found := findings{When: time.Now().UTC().Truncate(time.Second)}
	err := load.Run(ctx, b.sections, []load.Section{
		{Name: "submit", Run: func(ctx context.Context) (err error) { found.Submit, err = b.submits(ctx); return err }},
		{Name: "rate", Run: func(ctx context.Context) (err error) { found.Rates, err = b.rates(ctx); return err }},
		{Name: "backlog", Run: func(ctx context.Context) (err error) { found.Backlog, err = b.backlog(ctx); return err }},
		{Name: "memory", Run: func(ctx context.Context) (err error) { found.Memory, err = b.memory(ctx); return err }},
	})
	return found, err
}

// stand is a running service with customers' servers around it.
type stand struct {
	*load.Stand
	receiver *servicetest.Receiver
}

// begin starts a service in a new folder, with one account.
func (b bench) begin(ctx context.Context, folders ...string) (*stand, error) {
	s, err := load.Begin(ctx, load.Config{
		Program: b.program, Database: b.database, Pictures: folders, Flags: []string{"--engines", strconv.Itoa(b.engines)},
	})
	if err != nil {
		return nil, err
	}
	receiver, err := servicetest.NewReceiver(filepath.Join(s.Data, "journal"))
	if err != nil {
		return nil, errors.Join(err, s.End())
	}
	s.AtEnd(receiver.Close)
	return &stand{s, receiver}, nil
}
