package httpd

import (
	"errors"
	"io"
	"net/http"
	"time"
)

// bounded hands on at most so many requests at a time, each with a body of so
// many bytes that must come in time, and an answer that the client must take in
// time. A body that is larger is the edge's to refuse in its own form: reading it
// ends with an *http.MaxBytesError.
func bounded(l Limits, next http.Handler) http.Handler {
	places := make(chan struct{}, l.Requests)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		select {
		case places <- struct{}{}:
			defer func() { <-places }()
		default:
			busy(w)
			return
		}
		control := http.NewResponseController(w)
		if r.Body != nil && r.Body != http.NoBody {
			r.Body = l.body(w, r, control)
		}
		next.ServeHTTP(&patient{ResponseWriter: w, control: control, stall: l.StallTime}, r)
	})
}

// slowest is how fast a large body has to come in the end, in bytes a second.
const slowest = 64 << 10

// body returns the request's body within its bounds.
func (l Limits) body(w http.ResponseWriter, r *http.Request, control *http.ResponseController) io.ReadCloser {
	// Not http.Server's ReadTimeout: that would go on counting while the answer is
	// written. Not every writer has deadlines; then the connection's bounds hold.
	end := time.Now().Add(l.BodyTime)
	if l.Large != nil {
		if most := l.Large(r); most > l.Body {
			end = end.Add(time.Duration(most/slowest) * time.Second)
			control.SetReadDeadline(time.Now().Add(l.StallTime)) // of what net/http reads when the edge reads nothing
			large := &steady{ReadCloser: http.MaxBytesReader(w, r.Body, most), control: control, stall: l.StallTime, end: end}
			return &timely{ReadCloser: large, control: control}
		}
	}
	control.SetReadDeadline(end)
	return &timely{ReadCloser: http.MaxBytesReader(w, r.Body, l.Body), control: control}
}

// steady gives every piece of a large body its own time, and all of them an end.
type steady struct {
	io.ReadCloser
	control *http.ResponseController
	stall   time.Duration
	end     time.Time
}

func (s *steady) Read(p []byte) (int, error) {
	next := time.Now().Add(s.stall)
	if next.After(s.end) {
		next = s.end
	}
	s.control.SetReadDeadline(next)
	return s.ReadCloser.Read(p)
}

func busy(w http.ResponseWriter) {
	w.Header().Set("Retry-After", "1")
	http.Error(w, "too many requests at a time; try again in a second", http.StatusServiceUnavailable)
}

// timely lifts the deadline once the body is complete, so that a long answer is
// not taken for a slow question.
type timely struct {
	io.ReadCloser
	control *http.ResponseController
}

func (t *timely) Read(p []byte) (int, error) {
	n, err := t.ReadCloser.Read(p)
	if errors.Is(err, io.EOF) {
		t.control.SetReadDeadline(time.Time{})
	}
	return n, err
}

// patient gives every write of an answer its own time: a file may take as long as
// it takes, as long as the client keeps taking it. It hides io.ReaderFrom, whose
// one call would be one write.
type patient struct {
	http.ResponseWriter
	control *http.ResponseController
	stall   time.Duration
}

func (p *patient) Write(b []byte) (int, error) {
	p.control.SetWriteDeadline(time.Now().Add(p.stall))
	return p.ResponseWriter.Write(b)
}

// Flush sends what is written.
func (p *patient) Flush() {
	p.control.SetWriteDeadline(time.Now().Add(p.stall))
	p.control.Flush() // what cannot flush is sent in the end
}

// Unwrap is for http.ResponseController.
func (p *patient) Unwrap() http.ResponseWriter { return p.ResponseWriter }
