package main

import (
	"context"
	"time"

	"mattebox"
	"mattebox/engine/pool"
	"mattebox/safehttp"
)

// engineShare is the memory that one engine is reckoned with when the operator
// does not say how many there shall be.
const engineShare = 1536 << 20

// openWork makes the guard, and with the worker role the engines.
func (s *service) openWork(context.Context) error {
	s.guard = safehttp.New(safehttp.Config{Allow: s.settings.allow, RootCAs: s.settings.roots, Listeners: s.listeners()})
	s.atEnd("outgoing connections", func(context.Context) error { s.guard.Close(); return nil })
	if !s.settings.worker {
		return nil
	}
	networks, err := openStore(s.app)
	if err != nil {
		return err
	}
	if _, err := chooseNetworks(networks, s.settings.model, mattebox.QualityStandard); err != nil {
		return err
	}
	s.pool, err = pool.Open(pool.Config{
		Command: engineCommand(s.settings.model), Env: engineEnvironment(s.app.Home, s.app.Env),
		Children: s.engines(), Logger: s.log, Now: s.now,
		Limits: pool.Limits{
			Resident: s.settings.engineMemory,
			// A picture that is broken off must be gone before the grace is over.
			Grace: min(2*time.Second, forHandingBack(s.settings.grace)/2),
		},
	})
	if err != nil {
		return err
	}
	s.atEnd("engines", s.pool.Close)
	return nil
}

// engines is how many the operator wants, or the machine bears.
func (s *service) engines() int {
	if s.settings.engines > 0 {
		return s.settings.engines
	}
	n := cores()
	if free, err := availableMemory(); err == nil {
		n = min(n, int(free/engineShare))
	}
	return max(n, 1)
}
