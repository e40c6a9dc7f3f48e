package httpd

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"time"

	"mattebox"
)

// Config is what a Server is made of. Handler, Logger and Now are needed.
type Config struct {
	Handler http.Handler // asked for everything but /livez and /readyz
	Health  *Health      // nil: /livez and /readyz are the Handler's, too
	Metrics *Metrics     // nil: nothing is counted
	Logger  *slog.Logger
	Now     mattebox.Clock

	Trusted     []netip.Prefix // proxies whose X-Forwarded-For and -Proto are believed
	Certificate *Certificate   // nil: HTTP without TLS
	Limits      Limits         // zero fields: those of DefaultLimits
}

// Limits bound what one server spends on its clients.
type Limits struct {
	Connections int           // open at a time; more wait in the kernel's queue
	Requests    int           // in hand at a time; more are answered 503
	Body        int64         // bytes of a request's body
	Header      int           // bytes of a request's header
	HeaderTime  time.Duration // until a request's header is complete, TLS handshake apart
	BodyTime    time.Duration // until a request's body is complete
	StallTime   time.Duration // that one write of an answer, or one piece of a large body, may wait for the client
	IdleTime    time.Duration // between two requests of a connection

	// Large returns how many bytes the body of a request may have that is expected to
	// be larger than Body; 0 for others. It may take as long as it takes, as long as
	// it keeps coming, and comes with 64 KiB a second on the whole. Nil: none is.
	Large func(*http.Request) int64
}

// DefaultLimits are right for JSON bodies and for files to be downloaded.
func DefaultLimits() Limits {
	return Limits{
		Connections: 4096, Requests: 1024, Body: 1 << 20, Header: 32 << 10,
		HeaderTime: 10 * time.Second, BodyTime: 60 * time.Second,
		StallTime: 30 * time.Second, IdleTime: 120 * time.Second,
	}
}

// orDefault returns the limits with DefaultLimits in place of zero fields.
func (l Limits) orDefault() Limits {
	d := DefaultLimits()
	return Limits{
		Connections: pick(l.Connections, d.Connections), Requests: pick(l.Requests, d.Requests),
		Body: pick(l.Body, d.Body), Header: pick(l.Header, d.Header),
		HeaderTime: pick(l.HeaderTime, d.HeaderTime), BodyTime: pick(l.BodyTime, d.BodyTime),
		StallTime: pick(l.StallTime, d.StallTime), IdleTime: pick(l.IdleTime, d.IdleTime), Large: l.Large,
	}
}

func pick[T int | int64 | time.Duration](given, otherwise T) T {
	if given > 0 {
		return given
	}
	return otherwise
}

// Server serves one Handler on one listener.
type Server struct {
	config Config
	http   *http.Server
}

// New returns a server that does not listen yet.
func New(c Config) *Server {
	c.Limits = c.Limits.orDefault()
	s := &Server{config: c}
	s.http = &http.Server{
		Handler:           s.handler(),
		ReadHeaderTimeout: c.Limits.HeaderTime,
		IdleTimeout:       c.Limits.IdleTime,
		MaxHeaderBytes:    c.Limits.Header,
		// What net/http has to say of single connections is noise at any
		// other level: scanners, broken handshakes, clients that went away.
		ErrorLog: slog.NewLogLogger(c.Logger.Handler(), slog.LevelDebug),
		HTTP2:    &http.HTTP2Config{MaxConcurrentStreams: 100},
	}
	if c.Certificate != nil {
		s.http.TLSConfig = &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: c.Certificate.get}
	}
	return s
}

// handler wraps the configured one; the comment of the package tells the order.
func (s *Server) handler() http.Handler {
	c := s.config
	h := bounded(c.Limits, c.Handler)
	h = recovered(c.Logger, h)
	if c.Health != nil {
		h = c.Health.beside(h)
	}
	h = observed(c.Logger, c.Metrics, c.Now, h)
	h = named(h)
	return forwarded(c.Trusted, h)
}

// Serve accepts connections until Stop, and returns nil then. It closes the
// listener.
func (s *Server) Serve(l net.Listener) error {
	l = limitListener(l, s.config.Limits.Connections)
	var err error
	if s.config.Certificate != nil {
		err = s.http.ServeTLS(l, "", "")
	} else {
		err = s.http.Serve(l)
	}
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return fmt.Errorf("serving HTTP on %s: %w", l.Addr(), err)
}

// Stop takes no more connections, waits for the requests in hand and closes the
// rest when ctx ends. Readiness is the caller's to take away before.
func (s *Server) Stop(ctx context.Context) error {
	if err := s.http.Shutdown(ctx); err != nil {
		s.http.Close() // the error is Shutdown's: requests were cut off
		return fmt.Errorf("waiting for requests in hand: %w", err)
	}
	return nil
}
