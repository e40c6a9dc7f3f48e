package queue

import (
	"context"
	"database/sql"
	"sync/atomic"

	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/rivershared/baseservice"
	"github.com/riverqueue/river/rivershared/riverpilot"
	"github.com/riverqueue/river/rivertype"

	"mattebox"
)

// bell makes the workers of this process look for jobs of a kind now. River does
// so by itself only after inserts outside of a transaction, which we have none of;
// what it uses for that it hands to a pilot, so the bell is one. This is an inner
// interface of River and goes with its pinned version: should it change, jobs wait
// for the next poll, and TestJobsBeginAtOnce fails.
type bell struct {
	riverpilot.StandardPilot
	notify  func(context.Context, []*rivertype.JobInsertResult)
	hanging atomic.Bool
	hear    map[mattebox.Kind]func() // of kinds without jobs, which River knows nothing of
}

// PilotInit is called by river.NewClient.
func (b *bell) PilotInit(_ *baseservice.Archetype, p *riverpilot.PilotInitParams) {
	b.notify = p.NotifyNonTxJobInsert
}

// hang lets the bell ring: before River has started there is nobody to hear it.
func (b *bell) hang()   { b.hanging.Store(true) }
func (b *bell) unhang() { b.hanging.Store(false) }

func (b *bell) ring(kind mattebox.Kind) {
	if hear := b.hear[kind]; hear != nil {
		hear()
		return
	}
	if b.hanging.Load() && b.notify != nil {
		b.notify(context.Background(), []*rivertype.JobInsertResult{{Job: &rivertype.JobRow{Queue: string(kind)}}})
	}
}

// belled is a driver that brings the bell along.
type belled struct {
	riverdriver.Driver[*sql.Tx]
	bell *bell
}

// PluginInit is called by river.NewClient.
func (belled) PluginInit(*baseservice.Archetype) {}

// PluginPilot is called by river.NewClient.
func (b belled) PluginPilot() riverpilot.Pilot { return b.bell }
