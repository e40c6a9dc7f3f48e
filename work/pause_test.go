package work

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
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
