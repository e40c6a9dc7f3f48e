package httpd

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"mattebox"
)

// The addresses that load balancers, orchestrators and Prometheus ask.
const (
	livePath    = "/livez"
	readyPath   = "/readyz"
	metricsPath = "/metrics"
)

// checkTime is how long one check may take; a later answer counts as a fault.
const checkTime = 3 * time.Second

// freshness is how long an answer of /readyz holds: strangers may ask, and each
// check costs a query or a file.
const freshness = time.Second

// Check is one thing without which the service cannot do its work.
type Check struct {
	Name string
	Run  func(context.Context) error // a *mattebox.Error's message is shown to whoever asks
}

// Health answers /livez and /readyz.
type Health struct {
	log      *slog.Logger
	now      mattebox.Clock
	checks   []Check
	stopping atomic.Bool

	mu    sync.Mutex
	last  []fault
	asked time.Time
}

// fault is one reason not to be ready.
type fault struct {
	Check  string `json:"check"`
	Reason string `json:"reason"`
}

// NewHealth returns a Health that is ready when all checks pass.
func NewHealth(log *slog.Logger, now mattebox.Clock, checks ...Check) *Health {
	return &Health{log: log, now: now, checks: checks}
}

// Stopping makes /readyz say no from now on, so that load balancers send nobody
// any more.
func (h *Health) Stopping() { h.stopping.Store(true) }

// beside answers the two addresses and leaves everything else to next.
func (h *Health) beside(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case livePath:
			reply(w, http.StatusOK, map[string]any{"alive": true})
		case readyPath:
			h.serveReady(w, r)
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// Handler answers the two addresses alone.
func (h *Health) Handler() http.Handler { return h.beside(http.NotFoundHandler()) }

func (h *Health) serveReady(w http.ResponseWriter, r *http.Request) {
	faults := h.faults(r.Context())
	if len(faults) == 0 {
		reply(w, http.StatusOK, map[string]any{"ready": true})
		return
	}
	w.Header().Set("Retry-After", "5")
	reply(w, http.StatusServiceUnavailable, map[string]any{"ready": false, "reasons": faults})
}

func reply(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(v) // to a client that may be gone
}

// faults runs the checks side by side, unless they ran a moment ago. One caller
// runs them; the others wait and share.
func (h *Health) faults(ctx context.Context) []fault {
	if h.stopping.Load() {
		return []fault{{"shutdown", "the service is stopping"}}
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.asked.IsZero() && h.now().Sub(h.asked) < freshness {
		return h.last
	}
	h.last, h.asked = h.run(context.WithoutCancel(ctx)), h.now()
	return h.last
}

func (h *Health) run(ctx context.Context) []fault {
	ctx, cancel := context.WithTimeout(ctx, checkTime)
	defer cancel()
	results := make([]chan error, len(h.checks))
	for i, c := range h.checks {
		results[i] = make(chan error, 1)
		go func() { results[i] <- c.Run(ctx) }()
	}
	var faults []fault
	for i, c := range h.checks {
		var err error
		select {
		case err = <-results[i]:
		case <-ctx.Done():
			err = mattebox.Wrap(mattebox.CodeUnavailable, ctx.Err(), "does not answer")
		}
		if err != nil {
			h.log.WarnContext(ctx, "not ready", "check", c.Name, "error", err)
			faults = append(faults, fault{c.Name, reason(err)})
		}
	}
	return faults
}

// reason words an error for strangers: an Error's own message, never its cause.
func reason(err error) string {
	var e *mattebox.Error
	if errors.As(err, &e) {
		return e.Message
	}
	return "failed; the log says why"
}
