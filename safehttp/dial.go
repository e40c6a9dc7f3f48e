package safehttp

import (
	"context"
	"crypto/tls"
	"net"
	"net/http/httptrace"
	"net/netip"
	"strings"
	"sync/atomic"
	"syscall"
)

// dial connects to host:port. The name is resolved inside, and each address that
// comes of it passes control before a packet leaves.
func (c *Client) dial(ctx context.Context, network, address string) (net.Conn, error) {
	d := net.Dialer{Timeout: c.config.Connect, Resolver: c.config.Resolver, ControlContext: c.control}
	return d.DialContext(ctx, network, address)
}

// dialTLS is dial with the handshake, whose failures are told apart from the
// connection's here because most of them have no type of their own.
func (c *Client) dialTLS(ctx context.Context, network, address string) (net.Conn, error) {
	plain, err := c.dial(ctx, network, address)
	if err != nil {
		return nil, err
	}
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, c.config.Connect)
	defer cancel()
	conn := tls.Client(plain, &tls.Config{
		ServerName:         strings.TrimSuffix(host, "."),
		RootCAs:            c.config.RootCAs,
		MinVersion:         tls.VersionTLS12,
		NextProtos:         []string{"http/1.1"},
		ClientSessionCache: c.sessions,
	})
	if err := conn.HandshakeContext(ctx); err != nil {
		plain.Close()
		return nil, &handshakeError{err}
	}
	return conn, nil
}

// handshakeError marks a failure of the TLS handshake.
type handshakeError struct{ err error }

func (e *handshakeError) Error() string { return "shaking hands: " + e.err.Error() }
func (e *handshakeError) Unwrap() error { return e.err }

// control is called with the concrete address before each connection is made.
func (c *Client) control(ctx context.Context, network, address string, _ syscall.RawConn) error {
	if network != "tcp4" && network != "tcp6" {
		return blocked("the network %s is not TCP", network)
	}
	at, err := netip.ParseAddrPort(address)
	if err != nil {
		return blocked("reading the address to dial: %w", err)
	}
	if refused := c.guard.judge(at); refused != nil {
		return refused
	}
	if j, ok := ctx.Value(journeyKey{}).(*journey); ok {
		j.set(at.String())
	}
	return nil
}

// journey remembers where a request went and how far it came.
type journey struct {
	address   atomic.Pointer[string]
	connected atomic.Bool
	answered  atomic.Bool
}

type journeyKey struct{}

func (j *journey) set(address string) { j.address.Store(&address) }

// last returns the address that was dialled last; empty when none was.
func (j *journey) last() string {
	if p := j.address.Load(); p != nil {
		return *p
	}
	return ""
}

// withJourney returns a context whose requests are remembered. Of addresses that
// are dialled at the same time, the one that answers first is used.
func withJourney(ctx context.Context) (context.Context, *journey) {
	j := new(journey)
	ctx = context.WithValue(ctx, journeyKey{}, j)
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GotConn: func(info httptrace.GotConnInfo) {
			j.set(info.Conn.RemoteAddr().String())
			j.connected.Store(true)
		},
		GotFirstResponseByte: func() { j.answered.Store(true) },
	}), j
}
