package queue

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

// calm is River's log as we want it: what it has to say of its daily life is for
// debugging, and a fault that repeats with every poll (a database that is gone) is
// told once in a while, with how often it was kept back.
type calm struct {
	slog.Handler
	now  func() time.Time
	told *told
}

// told is shared by all handlers that come from one.
type told struct {
	sync.Mutex
	last map[string]*repeated
}

type repeated struct {
	at   time.Time
	kept int
}

const (
	repeatAfter = 10 * time.Second // how long a message that was told is kept back
	maxTold     = 1000             // River's messages are nearly all constants
)

func newCalm(h slog.Handler, now func() time.Time) *calm {
	return &calm{Handler: h, now: now, told: &told{last: map[string]*repeated{}}}
}

// Enabled implements slog.Handler.
func (c *calm) Enabled(ctx context.Context, level slog.Level) bool {
	return c.Handler.Enabled(ctx, calmed(level))
}

// Handle implements slog.Handler.
func (c *calm) Handle(ctx context.Context, r slog.Record) error {
	r.Level = calmed(r.Level)
	if r.Level >= slog.LevelWarn {
		kept, tell := c.told.tell(r.Message, c.now())
		if !tell {
			return nil
		}
		if kept > 0 {
			r = r.Clone()
			r.AddAttrs(slog.Int("repeated", kept))
		}
	}
	return c.Handler.Handle(ctx, r)
}

// WithAttrs implements slog.Handler.
func (c *calm) WithAttrs(attrs []slog.Attr) slog.Handler {
	return &calm{Handler: c.Handler.WithAttrs(attrs), now: c.now, told: c.told}
}

// WithGroup implements slog.Handler.
func (c *calm) WithGroup(name string) slog.Handler {
	return &calm{Handler: c.Handler.WithGroup(name), now: c.now, told: c.told}
}

func calmed(level slog.Level) slog.Level {
	if level == slog.LevelInfo {
		return slog.LevelDebug
	}
	return level
}

// tell reports whether the message is to be told now, and how often it was kept
// back since it was last.
func (t *told) tell(message string, now time.Time) (kept int, tell bool) {
	t.Lock()
	defer t.Unlock()
	r, known := t.last[message]
	if known && now.Sub(r.at) < repeatAfter {
		r.kept++
		return 0, false
	}
	if known {
		kept = r.kept
	}
	if len(t.last) >= maxTold {
		clear(t.last)
	}
	t.last[message] = &repeated{at: now}
	return kept, true
}
