package child

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime/debug"

	"mattebox"
	"mattebox/engine"
	"mattebox/engine/pool"
	"mattebox/imaging"
)

// Engine makes pictures; *engine.Engine does.
type Engine interface {
	Remove(ctx context.Context, job engine.Job, w io.Writer) (*engine.Report, error)
	Measure(ctx context.Context, job engine.Job, mattes ...io.Writer) (*engine.Measured, error)
}

// Config says what Serve serves with.
type Config struct {
	Engine Engine
	Cutter Cutter           // of clips
	Limits imaging.Limits   // of source files; the Engine's own
	Best   mattebox.Quality // the best that the Engine's networks can do; empty: QualityBest
	Notes  []string         // what is amiss with the networks, if anything: for the log, and a warning in each report
	Faults bool             // pictures that carry a marker of fault.go break the process; for tests
}

// errGone ends the work in hand when there is nobody left to answer.
var errGone = errors.New("the service has gone away")

// Refuse tells the pool why the process cannot serve.
func Refuse(out io.Writer, err error) error {
	return pool.WriteFrame(out, pool.Hello{Protocol: pool.Protocol, Fault: pool.NewFault(err)})
}

// Serve says that the engine is ready and answers requests until the stream of
// requests ends; work in hand is broken off then, as far as it can be. The error
// is nil then, else a broken stream's or a *pool.FrameError. Serve leaves a
// goroutine waiting for in when the stream of answers breaks first.
func Serve(ctx context.Context, c Config, in io.Reader, out io.Writer) error {
	if err := pool.WriteFrame(out, pool.Hello{Protocol: pool.Protocol, Notes: c.Notes}); err != nil {
		return fmt.Errorf("greeting the service: %w", err)
	}
	s := &server{config: c, out: out, requests: make(chan pool.Request)}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	broken := make(chan error, 1)
	go func() {
		defer close(s.requests)
		broken <- s.receive(ctx, in)
	}()
	for r := range s.requests {
		if r.Op == pool.OpCancel || r.Op == pool.OpGrant {
			continue // came after the answer
		}
		s.granted = make(chan struct{}, 1) // none left of the last picture's
		if err := s.answer(ctx, r); err != nil {
			return err
		}
		if s.large {
			// What a large picture took would stay with an idle child for minutes.
			debug.FreeOSMemory()
			s.large = false
		}
	}
	return <-broken
}

// server is one run of Serve.
type server struct {
	config   Config
	out      io.Writer
	requests chan pool.Request
	granted  chan struct{} // of the memory for the picture in hand
	large    bool          // the picture in hand asked for memory
}

// receive reads requests until the stream ends.
func (s *server) receive(ctx context.Context, in io.Reader) error {
	for {
		text, err := pool.ReadFrame(in)
		if errors.Is(err, io.EOF) {
			return nil
		}
		var r pool.Request
		if err == nil {
			err = pool.ParseFrame(text, &r)
		}
		if err != nil {
			return fmt.Errorf("reading a request: %w", err)
		}
		select {
		case s.requests <- r:
		case <-ctx.Done():
			return nil
		}
	}
}

// answer does what the request asks for, and answers it unless nobody is left to
// read the answer.
func (s *server) answer(ctx context.Context, r pool.Request) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	done := make(chan pool.Answer, 1)
	go func() { done <- s.work(ctx, r) }()
	for requests := s.requests; ; {
		select {
		case a := <-done:
			a.ID = r.ID
			if err := pool.WriteFrame(s.out, a); err != nil {
				return fmt.Errorf("answering the service: %w", err)
			}
			return nil
		case next, open := <-requests:
			if !open {
				cancel(errGone)
				<-done
				return nil
			}
			if next.ID != r.ID || !s.heed(next.Op, cancel) {
				return &pool.FrameError{Reason: fmt.Sprintf("%.40s of %d came before request %d was answered", next.Op, next.ID, r.ID)}
			}
		}
	}
}

// heed does what may be asked of the picture in hand, and reports whether the
// operation is such.
func (s *server) heed(op pool.Op, cancel context.CancelCauseFunc) bool {
	switch op {
	case pool.OpCancel:
		cancel(context.Canceled)
	case pool.OpGrant:
		select {
		case s.granted <- struct{}{}:
		default: // nobody asked twice
		}
	default:
		return false
	}
	return true
}
