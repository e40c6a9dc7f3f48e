package main

import (
	"io"
	"log/slog"

	"mattebox/httpd"
)

// newLogger returns the service's logger. Records that belong to a request carry
// its name.
func newLogger(w io.Writer, s *serveSettings) *slog.Logger {
	options := &slog.HandlerOptions{Level: s.logLevel}
	var h slog.Handler = slog.NewTextHandler(w, options)
	if s.logJSON {
		h = slog.NewJSONHandler(w, options)
	}
	return slog.New(httpd.LogHandler(h))
}
