package httpd

import (
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
)

// recovered turns a handler's panic into a logged 500 with the request's name.
// http.ErrAbortHandler passes: it is how a handler breaks a connection off.
func recovered(log *slog.Logger, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			fault := recover()
			if fault == nil {
				return
			}
			if fault == http.ErrAbortHandler {
				panic(fault)
			}
			log.ErrorContext(r.Context(), "a handler panicked",
				"fault", fmt.Sprint(fault), "path", loggedPath(r.URL.Path), "stack", string(debug.Stack()))
			if a, ok := w.(*answer); ok && a.status != 0 {
				panic(http.ErrAbortHandler) // half an answer must not look like a whole one
			}
			http.Error(w, "internal error; give this when you ask: "+r.Header.Get(requestIDHeader), http.StatusInternalServerError)
		}()
		next.ServeHTTP(w, r)
	})
}
