package work_test

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"mattebox"
	"mattebox/work"
)

// waiting is a store in which so many images wait.
type waiting struct {
	fetch, asked atomic.Int64
	hold         chan struct{}
	err          error
}

func (w *waiting) Backlog(context.Context) (mattebox.Backlog, error) {
	w.asked.Add(1)
	if w.hold != nil {
		<-w.hold
	}
	return mattebox.Backlog{Fetch: int(w.fetch.Load()), Produce: 1}, w.err
}

func TestIntake(t *testing.T) {
	for _, tt := range []struct {
		name   string
		intake *work.Intake
		fetch  int64
		err    error
		says   string // empty: admitted
	}{
		{name: "room", intake: &work.Intake{Waiting: 10}, fetch: 8},
		{name: "the default", intake: &work.Intake{}, fetch: 999_998},
		{name: "full", intake: &work.Intake{Waiting: 10}, fetch: 9, says: "the queue is full, 10 images wait"},
		{name: "full by default", intake: &work.Intake{}, fetch: 999_999, says: "the queue is full"},
		{name: "room on the disk", intake: &work.Intake{Dir: ".", Free: 1}},
		{name: "no room on the disk", intake: &work.Intake{Dir: ".", Free: 1 << 60}, says: "the service's disk is full"},
		{name: "no disk", intake: &work.Intake{Dir: "no/such/folder"}, says: "disk cannot be used"},
		{name: "no database", intake: &work.Intake{}, err: errors.New("connection refused"), says: "cannot take orders"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := &waiting{err: tt.err}
			w.fetch.Store(tt.fetch)
			tt.intake.Store, tt.intake.Now = w, time.Now
			err := tt.intake.Admit(t.Context())
			switch {
			case tt.says == "" && err != nil:
				t.Errorf("refused: %v", err)
			case tt.says != "" && (mattebox.CodeOf(err) != mattebox.CodeUnavailable || !strings.Contains(err.Error(), tt.says)):
				t.Errorf("Admit = %v, want %q", err, tt.says)
			}
		})
	}
}

func TestIntakeLooksOnceASecond(t *testing.T) {
	var w waiting
	var c clock
	i := &work.Intake{Store: &w, Now: c.now, Waiting: 10}
	for range 5 {
		must(t, i.Admit(t.Context()))
	}
	w.fetch.Store(20)
	must(t, i.Admit(t.Context())) // not seen yet
	c.advance(time.Second)
	if err := i.Admit(t.Context()); err == nil {
		t.Error("the queue is full, and more is taken")
	}
	if w.asked.Load() != 2 {
		t.Errorf("looked %d times", w.asked.Load())
	}

	// While one looks, which may take its time, the others are not kept waiting.
	c.advance(time.Second)
	w.hold = make(chan struct{})
	ended := make(chan error, 1)
	go func() { ended <- i.Admit(t.Context()) }()
	await(t, "the look", func() bool { return w.asked.Load() == 3 })
	w.fetch.Store(0)
	if err := i.Admit(t.Context()); err == nil {
		t.Error("the last verdict did not hold")
	}
	close(w.hold)
	must(t, receive(t, ended, "the look's end"))
	must(t, i.Admit(t.Context()))
}

func TestIntakeOfTheStore(t *testing.T) {
	h := onSQLite(t, nil)
	i := &work.Intake{Store: h.store, Dir: h.folder, Now: h.clock.now, Waiting: 2, Free: 1}
	h.submit(mattebox.Order{}, h.site.picture(8, 8))
	must(t, i.Admit(t.Context()))
	h.ready(mattebox.Order{}, h.site.picture(8, 8))
	h.clock.advance(time.Second)
	if err := i.Admit(t.Context()); mattebox.CodeOf(err) != mattebox.CodeUnavailable {
		t.Errorf("Admit = %v", err)
	}
}
