package servicetest

import (
	"bufio"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"sync"
	"time"
)

// Post is one request that a receiver took.
type Post struct {
	At     time.Time
	Path   string
	Header http.Header
	Body   []byte
}

// UID returns the delivery's identity, the same on every try (webhook-id).
func (p Post) UID() string { return p.Header.Get("webhook-id") }

// Form returns the body's fields.
func (p Post) Form() url.Values {
	form, err := url.ParseQuery(string(p.Body))
	if err != nil {
		return url.Values{}
	}
	return form
}

// Receiver takes webhooks. Each request is in its journal, on the disk, before it
// is answered: what the journal lacks, no receiver has seen answered.
type Receiver struct {
	URL string // without a slash at its end

	mu      sync.Mutex
	journal *os.File
	posts   []Post
	answers map[string]http.HandlerFunc // by path
	server  *httptest.Server
}

// NewReceiver journals to the file, keeping what it holds, and answers 200 to
// every path that Answer gives nothing else.
func NewReceiver(journal string) (*Receiver, error) { return newReceiver(journal, httptest.NewServer) }

// NewTLSReceiver is NewReceiver by https, and writes the certificate that it has (PEM)
// to the file authority.
func NewTLSReceiver(journal, authority string) (*Receiver, error) {
	r, err := newReceiver(journal, httptest.NewTLSServer)
	if err != nil {
		return nil, err
	}
	block := &pem.Block{Type: "CERTIFICATE", Bytes: r.server.Certificate().Raw}
	if err := os.WriteFile(authority, pem.EncodeToMemory(block), 0o600); err != nil {
		return nil, fmt.Errorf("writing the receiver's certificate: %w", errors.Join(err, r.Close()))
	}
	return r, nil
}

func newReceiver(journal string, start func(http.Handler) *httptest.Server) (*Receiver, error) {
	r := &Receiver{answers: map[string]http.HandlerFunc{}}
	var err error
	if r.journal, err = os.OpenFile(journal, os.O_CREATE|os.O_RDWR|os.O_APPEND, 0o600); err != nil {
		return nil, fmt.Errorf("opening the receiver's journal: %w", err)
	}
	lines := bufio.NewReader(r.journal)
	for decoder := json.NewDecoder(lines); ; {
		var p Post
		if err := decoder.Decode(&p); err != nil {
			break // the end, or what a cut-off write left
		}
		r.posts = append(r.posts, p)
	}
	r.server = start(http.HandlerFunc(r.serve))
	r.URL = r.server.URL
	return r, nil
}

// Close ends the receiver, cutting off who still waits.
func (r *Receiver) Close() error {
	r.server.CloseClientConnections()
	r.server.Close()
	return r.journal.Close()
}

// Answer sets what requests to the path are answered with from now on, and returns
// the path's address. The request's body has been read.
func (r *Receiver) Answer(path string, answer http.HandlerFunc) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.answers["/"+path] = answer
	return r.URL + "/" + path
}

// At returns the address of a path that is answered with 200 or as Answer said.
func (r *Receiver) At(path string) string { return r.URL + "/" + path }

// Posts returns what came to the path so far, oldest first; everything for "".
func (r *Receiver) Posts(path string) []Post {
	r.mu.Lock()
	defer r.mu.Unlock()
	var posts []Post
	for _, p := range r.posts {
		if path == "" || p.Path == "/"+path {
			posts = append(posts, p)
		}
	}
	return posts
}

func (r *Receiver) serve(w http.ResponseWriter, request *http.Request) {
	body, err := io.ReadAll(io.LimitReader(request.Body, 1<<20))
	if err != nil {
		return // the sender broke off: nothing was received
	}
	p := Post{At: time.Now(), Path: request.URL.Path, Header: request.Header, Body: body}
	answer, err := r.keep(p)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	if answer != nil {
		answer(w, request)
	}
}

// keep journals the request and returns the path's answer.
func (r *Receiver) keep(p Post) (http.HandlerFunc, error) {
	line, err := json.Marshal(p)
	if err != nil {
		return nil, fmt.Errorf("journalling: %w", err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, err := r.journal.Write(append(line, '\n')); err != nil {
		return nil, fmt.Errorf("journalling: %w", err)
	}
	if err := r.journal.Sync(); err != nil {
		return nil, fmt.Errorf("journalling: %w", err)
	}
	r.posts = append(r.posts, p)
	return r.answers[p.Path], nil
}

// Status returns an answer with the HTTP status.
func Status(code int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
}

// Redirect returns an answer that sends the client elsewhere.
func Redirect(to string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, to, http.StatusFound) }
}

// Hang returns an answer that never comes: it ends when the client goes.
func Hang(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }

// Drip returns an answer of status 200 whose body goes on, a byte every interval,
// until the client goes.
func Drip(interval time.Duration) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		tick := time.NewTicker(interval)
		defer tick.Stop()
		for {
			if _, err := w.Write([]byte{'x'}); err != nil {
				return
			}
			w.(http.Flusher).Flush() // the server's writers all have it
			select {
			case <-tick.C:
			case <-r.Context().Done():
				return
			}
		}
	}
}
