package load_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"mattebox/bench/load"
)

func TestOpenDoesNotWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var calls atomic.Int32
		took, failed := load.Open(t.Context(), 10, 30, func() error {
			time.Sleep(2 * time.Second) // of the bubble's clock
			if calls.Add(1) == 30 {
				return errors.New("the last one fails")
			}
			return nil
		})
		if failed != 1 || len(took) != 29 {
			t.Fatalf("%d calls and %d failures, want 29 and 1", len(took), failed)
		}
		if most := load.Percentile(took, 1); most != 2*time.Second {
			t.Errorf("the slowest call took %v, want 2 s: calls waited for each other", most)
		}
	})
}

func TestCrowd(t *testing.T) {
	var calls atomic.Int32
	if err := load.Crowd(t.Context(), 100, func(context.Context) error { calls.Add(1); return nil }); err != nil || calls.Load() != 100 {
		t.Errorf("%d calls, %v; want 100", calls.Load(), err)
	}
	calls.Store(0)
	wrong := errors.New("wrong")
	err := load.Crowd(t.Context(), 1000, func(ctx context.Context) error { calls.Add(1); return wrong })
	if !errors.Is(err, wrong) || calls.Load() == 1000 {
		t.Errorf("%d calls, %v; want the first error to end them", calls.Load(), err)
	}
}

func TestPercentile(t *testing.T) {
	var values []time.Duration
	for i := 100; i > 0; i-- {
		values = append(values, time.Duration(i))
	}
	for part, want := range map[float64]time.Duration{.5: 50, .99: 99, 1: 100, 0: 1} {
		if got := load.Percentile(values, part); got != want {
			t.Errorf("percentile %v is %d, want %d", part, got, want)
		}
	}
	if load.Percentile(nil, .5) != 0 {
		t.Error("nothing has a percentile")
	}
}

func TestRun(t *testing.T) {
	var ran strings.Builder
	section := func(name string, err error) load.Section {
		return load.Section{Name: name, Run: func(context.Context) error { ran.WriteString(name); return err }}
	}
	sections := []load.Section{section("a", nil), section("b", errors.New("broken")), section("c", nil)}
	if err := load.Run(t.Context(), "c,b,a", sections); err == nil || err.Error() != "b: broken" || ran.String() != "cb" {
		t.Errorf("%q ran, %v; want cb and what broke", ran.String(), err)
	}
	ran.Reset()
	err := load.Run(t.Context(), "a,hot", sections)
	if err == nil || !strings.Contains(err.Error(), "a, b, c") || ran.String() != "" {
		t.Errorf("%q ran, %v; want an error that lists the sections before one runs", ran.String(), err)
	}
}

func TestProcess(t *testing.T) {
	if got := load.Resident(os.Getpid()); got < 1e6 {
		t.Errorf("this process holds %d bytes", got)
	}
	if got := load.ResidentBelow(os.Getppid()); got < 1e6 {
		t.Errorf("the parent's children hold %d bytes, and this is one", got)
	}
	start, wall := load.Busy(os.Getpid()), time.Now()
	for load.Busy(os.Getpid()) < start+50*time.Millisecond && time.Since(wall) < time.Minute {
	}
	if got := load.Busy(os.Getpid()) - start; got < 50*time.Millisecond {
		t.Errorf("after a minute of work this process has had a core for %v", got)
	}
	if load.Resident(1<<30) != 0 || load.Busy(1<<30) != 0 {
		t.Error("a process that is not holds something")
	}
}

func TestSave(t *testing.T) {
	path := filepath.Join(t.TempDir(), "results", "x.json")
	if err := load.Save(path, struct{ A int }{1}); err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(path); err != nil || string(text) != "{\n  \"A\": 1\n}\n" {
		t.Errorf("%q, %v", text, err)
	}
}
