package pay

import (
	"bytes"
	"context"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"errors"
	"fmt"
	"html/template"
	"log/slog"
	"net/http"
	"strconv"
	"strings"

	"mattebox"
)

//go:embed pages
var files embed.FS

// loadPages reads the templates, and makes the policy under which browsers show
// them: nothing but our own style. Forms may lead to any https address, because
// browsers hold the redirect to the provider's page, whose host is the provider's
// choice, against the form.
func loadPages() (*template.Template, string, error) {
	style, err := files.ReadFile("pages/style.css")
	if err != nil {
		return nil, "", fmt.Errorf("read the style: %w", err)
	}
	pages, err := template.New("").Funcs(template.FuncMap{"style": func() template.CSS { return template.CSS(style) }}).ParseFS(files, "pages/*.html")
	if err != nil {
		return nil, "", fmt.Errorf("read the pages: %w", err)
	}
	sum := sha256.Sum256(style)
	policy := "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; form-action 'self' https:; base-uri 'none'; frame-ancestors 'none'"
	return pages, policy, nil
}

// maxForm bounds the body of a form, in bytes.
const maxForm = 16 << 10

// page is one address. It answers by itself, or returns an error that has not been
// answered.
func (h *handler) page(operation string, serve func(http.ResponseWriter, *http.Request) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		mattebox.NoteOf(r.Context()).Operation = operation
		header := w.Header()
		header.Set("Cache-Control", "no-store")
		header.Set("Content-Security-Policy", h.policy)
		header.Set("X-Content-Type-Options", "nosniff")
		header.Set("Referrer-Policy", "no-referrer") // the address is a credential
		header.Set("X-Robots-Tag", "noindex")
		if err := serve(w, r); err != nil {
			h.refuse(w, r, err)
		}
	}
}

// show answers with a page, once all of it stands.
func (h *handler) show(w http.ResponseWriter, status int, name string, data any) error {
	var out bytes.Buffer
	if err := h.pages.ExecuteTemplate(&out, name, data); err != nil {
		return fmt.Errorf("fill in %s: %w", name, err)
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Length", strconv.Itoa(out.Len()))
	w.WriteHeader(status)
	w.Write(out.Bytes()) // who hung up needs no page
	return nil
}

// faultPage says why there is no other page.
type faultPage struct {
	Seller  string
	Title   string
	Message string
}

// refuse answers with the error in words.
func (h *handler) refuse(w http.ResponseWriter, r *http.Request, err error) {
	status, message := explain(err)
	if status >= http.StatusInternalServerError {
		h.log(r.Context(), slog.LevelError, "payment page failed", slog.Any("error", err))
	}
	if status == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", "30") // seconds
	}
	if err := h.show(w, status, "fault.html", faultPage{called(h.Seller), http.StatusText(status), message}); err != nil {
		http.Error(w, message, status)
	}
}

// explain returns the HTTP status of an error and what the payer is told.
func explain(err error) (status int, message string) {
	switch mattebox.CodeOf(err) {
	case mattebox.CodeInvalid:
		status = http.StatusBadRequest
	case mattebox.CodeForbidden, mattebox.CodeUnauthenticated:
		status = http.StatusForbidden
	case mattebox.CodeNotFound:
		status = http.StatusNotFound
	case mattebox.CodeConflict:
		status = http.StatusConflict
	case mattebox.CodeTooLarge:
		status = http.StatusRequestEntityTooLarge
	case mattebox.CodeRateLimited:
		status = http.StatusTooManyRequests
	case mattebox.CodeUnavailable:
		status = http.StatusServiceUnavailable
	default:
		return http.StatusInternalServerError, "Something went wrong on our side. Nothing has been paid by this; please try again."
	}
	var e *mattebox.Error
	errors.As(err, &e) // it has a code, so it is one
	return status, sentence(e.Message)
}

// sentence makes one of an error's message.
func sentence(message string) string {
	if message == "" {
		return ""
	}
	message = strings.ToUpper(message[:1]) + message[1:]
	if !strings.HasSuffix(message, ".") {
		message += "."
	}
	return message
}

func (h *handler) log(ctx context.Context, level slog.Level, message string, attributes ...slog.Attr) {
	h.Logger.LogAttrs(ctx, level, message, attributes...)
}

// check returns a CodeForbidden error unless the request has a signature of ours
// for the path. That of a form comes in its body.
func (h *handler) check(path, sig string) error {
	if err := h.Links.Check(path, sig); err != nil {
		return mattebox.Wrap(mattebox.CodeForbidden, err, "This address is not one of ours, or has expired. A fresh one comes with each list of your invoices.")
	}
	return nil
}
