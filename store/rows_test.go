package store

import (
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"mattebox"
)

func TestMicros(t *testing.T) {
	now := time.Date(2026, 4, 20, 10, 0, 0, 123456000, time.FixedZone("", 7200))
	if got := timeOf(micros(now)); !got.Equal(now) || got.Location() != time.UTC {
		t.Errorf("%s came back as %s", now, got)
	}
	if micros(time.Time{}) != 0 || !timeOf(0).IsZero() {
		t.Error("the zero time is not 0")
	}
}

func TestWaits(t *testing.T) {
	waits := formatWaits(rtbRetries())
	for n, want := range map[int]time.Duration{
		0: 5 * time.Minute, 1: 5 * time.Minute, 2: time.Hour, 3: 5 * time.Hour, 4: 5 * time.Hour,
	} {
		if got := waitAfter(waits, n); got != want {
			t.Errorf("after try %d: %s, want %s", n, got, want)
		}
	}
	if got := waitAfter("", 1); got != time.Hour {
		t.Errorf("without waits: %s", got)
	}
}

func TestEntering(t *testing.T) {
	for _, to := range mattebox.Statuses() {
		queued, ended := false, false
		for _, s := range entering(mattebox.StatusNew, to, 5) {
			switch s.column {
			case "queue":
				queued = s.value != nil
			case "settled":
				ended = s.value != nil
			}
		}
		waits := to == mattebox.StatusNew || to == mattebox.StatusReady || to == mattebox.StatusReturned
		if queued != waits {
			t.Errorf("entering %d (%s): queued %v", to, to.Name(), queued)
		}
		if closes := to.MoveTo(mattebox.StatusClosed) == nil || to.MoveTo(mattebox.StatusCleaned) == nil; ended != closes {
			t.Errorf("entering %d (%s): settled %v, but its retention ends %v", to, to.Name(), ended, closes)
		}
	}
}

// FuzzClip: whatever a stranger's server says, what is left can be stored.
func FuzzClip(f *testing.F) {
	for _, seed := range []string{"", "plain", "a\x00b", "\xff\xfe", strings.Repeat("日", 10), "\u0085\x1b[2J"} {
		f.Add(seed, 20)
	}
	f.Fuzz(func(t *testing.T, text string, most int) {
		most = min(max(most, 0), 5000)
		got := clip(text, most)
		if len(got) > most || !utf8.ValidString(got) || strings.ContainsFunc(got, unicode.IsControl) {
			t.Errorf("%q became %q", text, got)
		}
		if clean := !strings.ContainsFunc(text, unicode.IsControl) && utf8.ValidString(text); clean && len(text) <= most && got != text {
			t.Errorf("%q became %q for no reason", text, got)
		}
		if err := validate(field{name: "x", text: got, most: most}); err != nil {
			t.Errorf("%q is refused: %v", got, err)
		}
	})
}
