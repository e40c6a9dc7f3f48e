package httpd

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"mattebox"
)

func discard() *slog.Logger { return slog.New(slog.DiscardHandler) }

// readiness is what /readyz answers.
type readiness struct {
	Ready   bool
	Reasons []fault
}

func (h *house) readiness(t *testing.T) (int, readiness) {
	t.Helper()
	resp, body := h.get(t, "/readyz")
	var r readiness
	if err := json.Unmarshal([]byte(body), &r); err != nil {
		t.Fatalf("%v: %s", err, body)
	}
	return resp.StatusCode, r
}

func TestReadyTellsReasons(t *testing.T) {
	var down atomic.Bool
	var now atomic.Int64
	health := NewHealth(discard(), func() time.Time { return time.Unix(now.Load(), 0) },
		Check{"database", func(context.Context) error {
			if down.Load() {
				return mattebox.Wrap(mattebox.CodeUnavailable, errors.New("password=SECRET"), "cannot be reached")
			}
			return nil
		}},
		Check{"files", func(context.Context) error {
			if down.Load() {
				return errors.New("/secret/path")
			}
			return nil
		}})
	h := start(t, Config{Health: health, Handler: http.NotFoundHandler()})
	if status, r := h.readiness(t); status != 200 || !r.Ready {
		t.Errorf("%d %+v", status, r)
	}
	down.Store(true)
	if status, _ := h.readiness(t); status != 200 {
		t.Errorf("%d: the checks ran again within a second", status)
	}
	now.Add(2)
	status, r := h.readiness(t)
	want := readiness{Reasons: []fault{{"database", "cannot be reached"}, {"files", "failed; the log says why"}}}
	if diff := cmp.Diff(want, r); diff != "" || status != 503 {
		t.Errorf("status %d, (-want +got)\n%s", status, diff)
	}
	down.Store(false)
	now.Add(2)
	if status, _ := h.readiness(t); status != 200 {
		t.Errorf("%d after everything is well again", status)
	}
	health.Stopping()
	if status, r := h.readiness(t); status != 503 || len(r.Reasons) != 1 || r.Reasons[0].Check != "shutdown" {
		t.Errorf("%d %+v while stopping", status, r)
	}
	if resp, _ := h.get(t, "/livez"); resp.StatusCode != 200 {
		t.Errorf("not alive while stopping: %d", resp.StatusCode)
	}
}

// A check that hangs is a fault, and does not hang the answer.
func TestCheckThatHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		never := make(chan struct{})
		defer close(never)
		health := NewHealth(discard(), time.Now, Check{"database", func(context.Context) error {
			<-never
			return nil
		}})
		start := time.Now()
		faults := health.faults(t.Context())
		if took := time.Since(start); took != checkTime {
			t.Errorf("took %v", took)
		}
		if diff := cmp.Diff([]fault{{"database", "does not answer"}}, faults); diff != "" {
			t.Error(diff)
		}
	})
}
