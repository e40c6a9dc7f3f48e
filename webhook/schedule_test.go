package webhook

import (
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
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
		at, ok := RTB().Next("", c.try, ended, c.retryAfter)
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
	for _, name := range []string{"rtb", "hwr", "video"} {
		if d, ok := Named(name); !ok || d.Name != name {
			t.Errorf("Named(%s) = %v, %v", name, d.Name, ok)
		}
	}
	if _, ok := Named("carrier pigeon"); ok {
		t.Error("an unknown dialect is known")
	}
}

func TestSchedules(t *testing.T) {
	for _, c := range []struct {
		dialect     Dialect
		tries       int
		first, last time.Duration
	}{
		{RTB(), 4, 5 * time.Minute, 5 * time.Hour},
		{HWR(), 10, 15 * time.Minute, 15 * time.Minute},
		{Video(), 8, 10 * time.Second, 6 * time.Hour},
	} {
		waits := c.dialect.Retries
		if c.dialect.Tries() != c.tries || len(waits) != c.tries-1 || waits[0] != c.first || waits[len(waits)-1] != c.last {
			t.Errorf("%s: %d tries, waits %v", c.dialect.Name, c.dialect.Tries(), waits)
		}
		if c.dialect.Jitter == 0 {
			if diff := cmp.Diff(waits, c.dialect.Waits("any")); diff != "" {
				t.Errorf("%s: %s", c.dialect.Name, diff)
			}
		}
	}
}

// The video schedule grows by one factor, and its waits spread over the whole of
// 20 % to both sides, each delivery's its own and always the same.
func TestVideoJitter(t *testing.T) {
	d := Video()
	for i, wait := range d.Retries[1:] {
		if factor := float64(wait) / float64(d.Retries[i]); factor < 3.58 || factor > 3.61 {
			t.Errorf("wait %d is %.2f times the one before", i+2, factor)
		}
	}
	ended := time.Date(2026, 4, 20, 10, 0, 0, 0, time.UTC)
	low, high, sum := 2.0, 0.0, 0.0
	const deliveries = 1000
	for n := range deliveries {
		uid := strconv.Itoa(n)
		waits := d.Waits(uid)
		for i, wait := range waits {
			share := float64(wait) / float64(d.Retries[i])
			low, high, sum = min(low, share), max(high, share), sum+share
			if at, ok := d.Next(uid, i+1, ended, 0); !ok || at.Sub(ended) != wait {
				t.Fatalf("try %d again after %v, want %v", i+1, at.Sub(ended), wait)
			}
		}
		if _, ok := d.Next(uid, 8, ended, 0); ok {
			t.Fatal("there is a ninth try")
		}
	}
	if mean := sum / deliveries / 7; low < .8 || low > .81 || high > 1.2 || high < 1.19 || mean < .99 || mean > 1.01 {
		t.Errorf("waits are %.3f to %.3f of the schedule's, %.3f in the mean", low, high, mean)
	}
	if at, _ := d.Next("x", 1, ended, time.Hour); at.Sub(ended) != time.Hour {
		t.Errorf("Retry-After leads to %v", at.Sub(ended))
	}
}
