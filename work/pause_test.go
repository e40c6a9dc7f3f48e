package work

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"mattebox"
)

func TestPauseDoubles(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var p pause
		for _, want := range []time.Duration{500, 1000, 2000, 4000, 8000, 16000, 30000, 30000} {
			p.failed()
			p.failed() // of another worker, at the same time
			began := time.Now()
			if !p.over(t.Context()) || time.Since(began) != want*time.Millisecond {
				t.Errorf("paused for %v, want %v", time.Since(began), want*time.Millisecond)
			}
		}
		p.worked()
		began := time.Now()
		if !p.over(t.Context()) || time.Since(began) != 0 {
			t.Errorf("paused for %v after all is well", time.Since(began))
		}
	})
}

// A store that is away for a while costs no job: the claim is made when it is back.
func TestClaimWaitsForTheStore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var p pause
		var log bytes.Buffer
		calls := 0
		began := time.Now()
		got, err := claim(t.Context(), &p, slog.New(slog.NewTextHandler(&log, nil)), func(context.Context) (*int, error) {
			if calls++; calls < 4 {
				return nil, mattebox.Errorf(mattebox.CodeUnavailable, "away")
			}
			return &calls, nil
		})
		if err != nil || got == nil || *got != 4 {
			t.Errorf("the claim brought %v, %v after %d calls", got, err, calls)
		}
		if took, want := time.Since(began), 3500*time.Millisecond; took != want { // .5 + 1 + 2
			t.Errorf("the claim took %v, want %v", took, want)
		}
		if n := strings.Count(log.String(), "away"); n != 3 {
			t.Errorf("%d failures were logged, want 3:\n%s", n, &log)
		}
		broken := errors.New("broken")
		if _, err := claim(t.Context(), &p, slog.Default(), func(context.Context) (*int, error) { return nil, broken }); !errors.Is(err, broken) {
			t.Errorf("another fault gave %v", err)
		}
	})
}

func TestPauseEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var p pause
		p.failed()
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if p.over(ctx) {
			t.Error("goes on without a context")
		}
		waiting := make(chan bool)
		go func() { waiting <- p.over(t.Context()) }()
		synctest.Wait()
		p.quit()
		if <-waiting || p.over(t.Context()) {
			t.Error("goes on after the drain")
		}
	})
}
