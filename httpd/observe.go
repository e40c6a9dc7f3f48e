package httpd

import (
	"log/slog"
	"net/http"

	"mattebox"
)

// observed logs each request once it is answered, and counts it. Bodies, header
// values and the query's values stay out of the log (see redact.go).
func observed(log *slog.Logger, m *Metrics, now mattebox.Clock, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := now()
		if m != nil {
			m.inFlight.Inc()
			defer m.inFlight.Dec()
		}
		note := &mattebox.Note{}
		r = r.WithContext(mattebox.WithNote(r.Context(), note))
		a := &answer{ResponseWriter: w}
		path, query := loggedPath(r.URL.Path), loggedQuery(r.URL.RawQuery) // before handlers strip prefixes
		defer func() {
			took := now().Sub(start)
			if m != nil {
				m.seen(operation(note, r), a.code(), took)
			}
			log.LogAttrs(r.Context(), level(r.URL.Path, a.code()), "request",
				slog.String("method", method(r.Method)), slog.String("path", path), slog.String("query", query),
				slog.String("operation", operation(note, r)), slog.String("outcome", note.Outcome), slog.Int64("account", int64(note.Account)),
				slog.Int("status", a.code()), slog.Int64("bytes", a.bytes), slog.Float64("seconds", took.Seconds()),
				slog.String("client", r.RemoteAddr), slog.String("agent", cut(r.UserAgent())), slog.String("protocol", r.Proto))
		}()
		next.ServeHTTP(a, r)
	})
}

// level keeps the questions of machines out of the usual log.
func level(path string, status int) slog.Level {
	switch {
	case path == livePath || path == readyPath || path == metricsPath:
		return slog.LevelDebug
	case status >= 500:
		return slog.LevelWarn
	}
	return slog.LevelInfo
}

// operation names what was asked for, for logs and metrics: one of a small set,
// whatever strangers ask.
func operation(note *mattebox.Note, r *http.Request) string {
	switch {
	case note.Operation != "":
		return note.Operation
	case r.URL.Path == livePath || r.URL.Path == readyPath:
		return "health"
	case r.Pattern != "":
		return r.Pattern
	}
	return "other"
}

// method returns the request's method when it is a known one.
func method(m string) string {
	switch m {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch,
		http.MethodDelete, http.MethodOptions, http.MethodTrace, http.MethodConnect:
		return m
	}
	return "other"
}

// answer notes what goes to the client.
type answer struct {
	http.ResponseWriter
	status int
	bytes  int64
}

// WriteHeader notes the status. Those of 1xx come before the answer.
func (a *answer) WriteHeader(status int) {
	if a.status == 0 && status >= 200 {
		a.status = status
	}
	a.ResponseWriter.WriteHeader(status)
}

func (a *answer) Write(p []byte) (int, error) {
	if a.status == 0 {
		a.status = http.StatusOK
	}
	n, err := a.ResponseWriter.Write(p)
	a.bytes += int64(n)
	return n, err
}

// Unwrap is for http.ResponseController.
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }

// code is the status that the client sees; a handler that writes nothing says 200.
func (a *answer) code() int {
	if a.status == 0 {
		return http.StatusOK
	}
	return a.status
}
