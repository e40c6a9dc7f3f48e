package queue

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
	"time"
)

func TestCalm(t *testing.T) {
	var out bytes.Buffer
	now := time.Unix(0, 0)
	log := slog.New(newCalm(slog.NewTextHandler(&out, nil), func() time.Time { return now }))

	log.Info("daily life")
	for range 3 {
		log.With("queue", "fetch").Error("the database is gone", "error", "EOF")
	}
	log.Error("something else")
	if got := strings.Count(out.String(), "\n"); got != 2 || strings.Contains(out.String(), "daily") {
		t.Errorf("%d lines, want one for each fault:\n%s", got, &out)
	}
	out.Reset()
	now = now.Add(repeatAfter)
	log.WithGroup("river").Error("the database is gone")
	if !strings.Contains(out.String(), "repeated=2") {
		t.Errorf("it does not say how often: %s", &out)
	}
}

func TestCalmForgets(t *testing.T) {
	told := told{last: map[string]*repeated{}}
	for i := range 3 * maxTold {
		if _, tell := told.tell(strings.Repeat("x", i), time.Unix(0, 0)); !tell {
			t.Fatal("kept back a message that was never told")
		}
	}
	if len(told.last) > maxTold {
		t.Errorf("remembers %d messages", len(told.last))
	}
}
