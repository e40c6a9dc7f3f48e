package pool

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"mattebox"
)

func contains(err error, text string) bool { return err != nil && strings.Contains(err.Error(), text) }

// Close lets the picture in hand be finished and turns away what waits.
func TestCloseFinishesWhatIsInHand(t *testing.T) {
	p := open(t, 1, "", Limits{})
	gate, openGate := mkfifo(t)
	inHand, waits := make(chan error, 1), make(chan error, 1)
	ask := func(source string, done chan error) {
		_, err := p.Remove(t.Context(), task(source))
		done <- err
	}
	go ask("gate:"+gate, inHand)
	eventually(t, "busy", func() bool { return p.Stats().Busy == 1 })
	go ask("fine", waits)
	eventually(t, "waiting", func() bool { return p.Stats().Waiting == 1 })
	closed := make(chan error, 1)
	go func() { closed <- p.Close(context.Background()) }()
	if err := <-waits; mattebox.CodeOf(err) != mattebox.CodeUnavailable {
		t.Errorf("what waited: %v", err)
	}
	openGate()
	if err := <-inHand; err != nil {
		t.Errorf("what was in hand: %v", err)
	}
	if err := <-closed; err != nil {
		t.Errorf("closing: %v", err)
	}
	for _, err := range []error{p.Ready(t.Context()), func() error { _, err := p.Remove(t.Context(), task("fine")); return err }()} {
		if err != nil && mattebox.CodeOf(err) != mattebox.CodeUnavailable {
			t.Errorf("after the end: %v", err)
		}
	}
}

// When the time is up, what is still in hand is killed.
func TestCloseKills(t *testing.T) {
	p, err := Open(Config{Command: open(t, 1, "", Limits{}).config.Command, Env: childEnv(), Children: 1})
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() {
		_, err := p.Remove(t.Context(), task("hang"))
		done <- err
	}()
	eventually(t, "busy", func() bool { return p.Stats().Busy == 1 })
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if err := p.Close(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("closing: %v", err)
	}
	if err := <-done; mattebox.CodeOf(err) != mattebox.CodeUnavailable {
		t.Errorf("what was in hand: %v", err)
	}
	if left := p.Stats().Processes; len(left) > 0 {
		t.Errorf("children are left: %v", left)
	}
}

// A pool may be closed before its children are ready.
func TestCloseWhileStarting(t *testing.T) {
	p := open(t, 2, "silent", Limits{})
	eventually(t, "started", func() bool { return len(p.Stats().Processes) == 2 })
	began := time.Now()
	if err := p.Close(t.Context()); err != nil {
		t.Error(err)
	}
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("it took %v", took)
	}
}
