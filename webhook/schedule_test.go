package webhook

import (
	"testing"
	"time"
)

func TestRTBSchedule(t *testing.T) {
	const day = 24 * time.Hour
	ended := time.Date(2026, 4, 20, 10, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		try        int
		retryAfter time.Duration
		wait       time.Duration // 0: no more tries
	}{
		{1, 0, 5 * time.Minute},
		{2, 0, time.Hour},
		{3, 0, 5 * time.Hour},
		{4, 0, 0},
		{5, 0, 0},
		{1, time.Minute, 5 * time.Minute}, // never earlier than the schedule
		{1, 20 * time.Minute, 20 * time.Minute},
		{1, 1000 * day, day},
		{4, time.Minute, 0},
		{0, 0, 5 * time.Minute},
		{-1, 0, 5 * time.Minute},
	} {
		at, ok := RTB().Next(c.try, ended, c.retryAfter)
		if ok != (c.wait > 0) || ok && at.Sub(ended) != c.wait {
			t.Errorf("after try %d, Retry-After %v: %v later, %v; want %v", c.try, c.retryAfter, at.Sub(ended), ok, c.wait)
		}
	}
	if RTB().Tries() != 4 {
		t.Errorf("%d tries, want 4", RTB().Tries())
	}
}

func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, 4, 20, 10, 0, 0, 0, time.UTC)
	for text, want := range map[string]time.Duration{
		"": 0, "120": 2 * time.Minute, "0": 0, "-5": 0, "1.5": 0, "soon": 0, "99999999999999999999": 0,
		"Mon, 20 Apr 2026 10:10:00 GMT": 10 * time.Minute,
		"Mon, 20 Apr 2026 09:00:00 GMT": 0,
	} {
		if got := retryAfter(text, now); got != want {
			t.Errorf("retryAfter(%q) = %v, want %v", text, got, want)
		}
	}
}

func TestNamed(t *testing.T) {
	if d, ok := Named("rtb"); !ok || d.Name != "rtb" {
		t.Errorf("Named(rtb) = %v, %v", d.Name, ok)
	}
	if _, ok := Named("carrier pigeon"); ok {
		t.Error("an unknown dialect is known")
	}
}
