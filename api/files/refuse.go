package files

import (
	"errors"
	"log/slog"
	"net/http"

	"mattebox"
)

// refuse writes the error as a sentence. It must not be kept: the address may work
// a moment later.
func (h *handler) refuse(w http.ResponseWriter, r *http.Request, err error) {
	status, text := explain(err)
	if status == http.StatusInternalServerError {
		h.Logger.LogAttrs(r.Context(), slog.LevelError, "file not served", slog.String("path", r.URL.Path), slog.Any("error", err))
	}
	if status == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", "30") // seconds
	}
	w.Header().Set("Cache-Control", "no-store")
	http.Error(w, text, status)
}

func explain(err error) (status int, text string) {
	var e *mattebox.Error
	switch {
	case errors.Is(err, errGone):
		status = http.StatusGone
	case mattebox.CodeOf(err) == mattebox.CodeForbidden:
		status = http.StatusForbidden
	case mattebox.CodeOf(err) == mattebox.CodeNotFound:
		status = http.StatusNotFound
	case mattebox.CodeOf(err) == mattebox.CodeUnavailable:
		status = http.StatusServiceUnavailable
	default:
		return http.StatusInternalServerError, "Something went wrong on our side; please try again."
	}
	errors.As(err, &e) // it has a code, so it is one
	return status, e.Message
}
