package video

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
)

// adapter routes operations with net/http, and has them speak JSON as this API does.
type adapter struct{ *http.ServeMux }

// Handle is huma's.
func (a adapter) Handle(op *huma.Operation, handler func(huma.Context)) {
	a.HandleFunc(op.Method+" "+op.Path, func(w http.ResponseWriter, r *http.Request) {
		out := &copier{ResponseWriter: w}
		handler(&exchange{humaContext: humago.NewContext(op, r, out), w: out, r: r})
	})
}

// humaContext is huma.Context under a name that its method Context leaves free.
type humaContext = huma.Context

// exchange is one request with its answer.
type exchange struct {
	humaContext
	w      *copier
	r      *http.Request
	status int // of the answer, when it is not the one that huma gives
}

// Header has every body read as JSON, whatever it calls itself (curl -d calls it a
// form), and every answer written as JSON.
func (e *exchange) Header(name string) string {
	if name == "Content-Type" || name == "Accept" {
		return ""
	}
	return e.humaContext.Header(name)
}

// SetStatus begins the answer.
func (e *exchange) SetStatus(status int) {
	if e.status != 0 {
		status = e.status
	}
	e.w.Header().Set("Cache-Control", "private, no-store")
	e.w.Header().Set("X-Content-Type-Options", "nosniff")
	e.humaContext.SetStatus(status)
}

// SetHeader has errors go out as JSON like everything else.
func (e *exchange) SetHeader(name, value string) {
	if name == "Content-Type" && value == "application/problem+json" {
		value = "application/json"
	}
	e.humaContext.SetHeader(name, value)
}

// exchangeOf returns what a context of huma stands for.
func exchangeOf(ctx huma.Context) *exchange {
	for {
		if e, ok := ctx.(*exchange); ok {
			return e
		}
		ctx = ctx.(interface{ Unwrap() huma.Context }).Unwrap() // huma.WithValue's
	}
}

// jsonFormat is how bodies are read and written. Whether the caller takes the answer
// is not looked at: huma would take it for a fault of ours.
func jsonFormat() huma.Format {
	return huma.Format{Unmarshal: json.Unmarshal, Marshal: func(w io.Writer, v any) error {
		var body bytes.Buffer
		e := json.NewEncoder(&body)
		e.SetEscapeHTML(false)
		if err := e.Encode(v); err != nil {
			return err
		}
		_, _ = w.Write(body.Bytes())
		return nil
	}}
}
