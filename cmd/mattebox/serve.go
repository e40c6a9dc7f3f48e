package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime/debug"
	"time"

	"mattebox"
)

// The account that the first start opens is the owner's, who needs no money to use
// their own service: what is ordered is invoiced some day.
const (
	ownerEmail  = "owner@localhost"
	ownerCredit = 10_000 // days
)

// serviceCollectAt is collectAt for the service, which holds no pictures: its heap is
// a few megabytes, and collecting it early would take a tenth of its time.
const serviceCollectAt = 200

// Run serves until the context ends. What is wrong with the settings is found
// before anything is touched.
func (c *ServeCmd) Run(app *App) error {
	settings, err := c.settings(app)
	if err != nil {
		return err
	}
	quietInterrupt(app.Context)
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(serviceCollectAt)
	}
	log := newLogger(app.Stderr, settings)
	s := &service{app: app, cmd: c, settings: settings, log: log, now: time.Now}
	err = s.start(app.Context)
	if err == nil {
		err = s.wait(app.Context)
	}
	// Everything ends in the same order, however far the start came.
	if stopped := s.stop(); stopped != nil && err == nil {
		return told(exitFailed) // by the log
	}
	return err
}

// start brings the service up: what others may hold first, what answers last.
func (s *service) start(ctx context.Context) error {
	began := s.now()
	for _, step := range []func(context.Context) error{
		s.lock, s.listen, s.openRecords, s.openFiles, s.openWork, s.openWatch, s.firstAccount, s.begin,
	} {
		err := step(ctx)
		if ctx.Err() != nil { // asked to end before it began
			return nil
		}
		if err != nil {
			return err
		}
	}
	s.settled = true
	s.log.Info("ready", "address", s.publicURL, "seconds", s.now().Sub(began).Seconds(),
		slog.Bool("api", s.settings.api), slog.Bool("worker", s.settings.worker))
	s.announce()
	return nil
}

// lock makes this the one server of the data folder. With PostgreSQL the database
// says who does what, and many hosts may share everything.
func (s *service) lock(context.Context) error {
	dir, err := filepath.Abs(s.cmd.folder(s.app))
	if err != nil {
		return fmt.Errorf("finding the data folder: %w", err)
	}
	s.data = dir
	if err := makeFolder(dir); err != nil {
		return err
	}
	if !s.cmd.single() {
		return nil
	}
	lock, err := lockFolder(dir)
	if err != nil {
		return err
	}
	s.atEnd("data folder", func(context.Context) error { lock.release(); return nil })
	return nil
}

// firstAccount opens an account when there is none, so that a new service can be
// tried at once.
func (s *service) firstAccount(ctx context.Context) error {
	accounts, err := s.records.Accounts(ctx)
	if err != nil || len(accounts) > 0 {
		return err
	}
	created, secrets, err := s.records.CreateAccount(ctx, mattebox.Account{
		Email: ownerEmail, Developer: true, Review: mattebox.ReviewNone, DaysOfCredit: ownerCredit,
		Balance: mattebox.Money{Currency: s.settings.currency}, Contact: mattebox.Contact{Name: "Owner"},
	})
	if mattebox.CodeOf(err) == mattebox.CodeConflict {
		return nil // another host was quicker
	}
	if err != nil {
		return fmt.Errorf("opening the first account: %w", err)
	}
	s.first = &newKeys{}
	*s.first = keysOf(created.Email, secrets)
	return nil
}

// announce prints "name: value" lines for people and scripts. The address comes
// last: whoever reads it may use it.
func (s *service) announce() {
	out := s.app.Stdout
	if s.first != nil {
		s.first.lines(out)
	}
	if s.metricsURL != "" {
		fmt.Fprintf(out, "metrics: %s/metrics\n", s.metricsURL)
	}
	if s.settings.api {
		fmt.Fprintf(out, "address: %s\n", s.localURL)
	}
}

// wait returns when the context ends, or with the error of a listener that broke.
func (s *service) wait(ctx context.Context) error {
	select {
	case <-ctx.Done():
		s.log.Info("stopping", "grace", s.settings.grace.String())
		return nil
	case err := <-s.broken:
		return err
	}
}
