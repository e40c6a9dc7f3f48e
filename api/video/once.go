package video

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"mattebox"
)

// onceHeader has a request answered once: the same request with the same key within
// 24 hours gets the first answer again.
const onceHeader = "Idempotency-Key"

// maxOnce is the longest Idempotency-Key in characters.
const maxOnce = 255

// maxBody is how many bytes of a JSON body are read.
const maxBody = 1 << 20

// keepTime bounds the note of an answer, which outlives its request.
const keepTime = 10 * time.Second

// once has operations with a JSON body answered once. It stands behind withKey.
func (a *api) once(ctx huma.Context, next func(huma.Context)) {
	name := ctx.Header(onceHeader)
	if name == "" {
		next(ctx)
		return
	}
	e := exchangeOf(ctx)
	body, err := io.ReadAll(io.LimitReader(e.r.Body, maxBody+1))
	if err != nil || len(body) > maxBody {
		a.refuse(ctx, invalid("The body did not arrive whole, or has more than %d bytes.", maxBody))
		return
	}
	e.r.Body = io.NopCloser(bytes.NewReader(body))
	answer, err := a.beginOnce(ctx.Context(), name, e.r.Method+" "+e.r.URL.Path+"\n", body)
	switch {
	case err != nil:
		a.refuse(ctx, err)
	case answer == nil:
		e.w.copied = &bytes.Buffer{}
		defer func() { a.endOnce(ctx.Context(), name, e.w.kept()) }()
		next(huma.WithValue(ctx, onceKey{}, name))
	case answer.Status == 0:
		a.replace(ctx, answer.Job)
	default:
		repeat(e.w, answer)
	}
}

type onceKey struct{}

// onceName returns the request's idempotency key; empty for none.
func onceName(ctx context.Context) string {
	name, _ := ctx.Value(onceKey{}).(string)
	return name
}

// replace answers for a request that made the job, and whose answer was lost with
// its process.
func (a *api) replace(ctx huma.Context, uid string) {
	job, err := a.job(ctx.Context(), uid)
	if err != nil {
		a.refuse(ctx, err)
		return
	}
	body, err := json.Marshal(created(job))
	if err != nil {
		a.refuse(ctx, err)
		return
	}
	repeat(exchangeOf(ctx).w, &mattebox.KeptAnswer{Status: http.StatusOK, Body: body})
}

// beginOnce returns the answer that the request had before, nil when it is new.
func (a *api) beginOnce(ctx context.Context, name, what string, body []byte) (*mattebox.KeptAnswer, error) {
	if len(name) > maxOnce || strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r > '~' }) {
		return nil, invalid("%s: use 1 to %d characters of ASCII", onceHeader, maxOnce)
	}
	h := sha256.New()
	io.WriteString(h, what) // a hash takes everything
	h.Write(digest(body))
	return a.Answers.BeginRequest(ctx, caller(ctx).ID, name, h.Sum(nil))
}

// endOnce keeps the answer, also when the caller has gone; nil lets the request be
// tried again.
func (a *api) endOnce(ctx context.Context, name string, answer *mattebox.KeptAnswer) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), keepTime)
	defer cancel()
	if err := a.Answers.EndRequest(ctx, caller(ctx).ID, name, answer); err != nil {
		a.Logger.LogAttrs(ctx, slog.LevelError, "answer not kept", slog.Any("error", err))
	}
}

// repeat gives an answer again.
func repeat(w http.ResponseWriter, answer *mattebox.KeptAnswer) {
	header := w.Header()
	for name, value := range answer.Header {
		header.Set(name, value)
	}
	header.Set("Content-Type", "application/json")
	header.Set("Cache-Control", "private, no-store")
	header.Set("Idempotent-Replayed", "true")
	w.WriteHeader(answer.Status)
	_, _ = w.Write(answer.Body) // a caller that has gone needs no answer
}

// copier is a ResponseWriter that keeps a copy of the answer when it is asked to.
type copier struct {
	http.ResponseWriter
	status int
	copied *bytes.Buffer // nil: no copy
}

// WriteHeader notes the status.
func (c *copier) WriteHeader(status int) {
	if c.status == 0 {
		c.status = status
	}
	c.ResponseWriter.WriteHeader(status)
}

// Write copies.
func (c *copier) Write(p []byte) (int, error) {
	if c.status == 0 {
		c.status = http.StatusOK
	}
	if c.copied != nil {
		c.copied.Write(p)
	}
	return c.ResponseWriter.Write(p)
}

// Unwrap is for http.ResponseController.
func (c *copier) Unwrap() http.ResponseWriter { return c.ResponseWriter }

// kept returns the answer to be kept: a success. What was refused may be tried again
// with the same key once it is mended.
func (c *copier) kept() *mattebox.KeptAnswer {
	if c.status < 200 || c.status > 299 {
		return nil
	}
	return &mattebox.KeptAnswer{Status: c.status, Body: bytes.Clone(c.copied.Bytes())}
}

// digest is a request's body in one form, whatever its spaces and the order of its
// fields.
func digest(body []byte) []byte {
	var v any
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	if d.Decode(&v) != nil {
		return body
	}
	canonical, err := json.Marshal(v)
	if err != nil {
		return body
	}
	return canonical
}
