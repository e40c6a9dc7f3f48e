package safehttp

import (
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/http"
	"net/netip"
	"time"
)

// Config says what a client may reach. Its zero value runs: public addresses on
// the usual ports, certificates checked against the system's authorities.
type Config struct {
	// Allow names networks beyond the public ones, and for these every port:
	// intranets and tests. Loopback (127.0.0.0/8, ::1), link-local (169.254.0.0/16,
	// fe80::/10) and the metadata services of clouds open only to a CIDR that lies
	// inside their own range, so 0.0.0.0/0 does not open them. Multicast and the
	// unspecified address never open.
	Allow []netip.Prefix

	// Ports may be used beside 80, 443, 8080 and 8443.
	Ports []uint16

	// Listeners are our own, which are refused whatever Allow says; an unspecified
	// address stands for all of this machine's. Public addresses that a router
	// forwards to us are not known unless they are named here.
	Listeners []netip.AddrPort

	RootCAs   *x509.CertPool // nil: the system's
	Resolver  *net.Resolver  // nil: Go's own, which asks the system's name servers
	UserAgent string         // "Mattebox" when empty

	Connect time.Duration // to resolve and connect, and again to shake hands; 5 s when 0
	Post    time.Duration // for a whole Post; 15 s when 0
	Answer  time.Duration // to read a Post's answer once its status is known; 2 s when 0
}

func (c Config) withDefaults() Config {
	if c.Resolver == nil {
		c.Resolver = &net.Resolver{PreferGo: true}
	}
	if c.UserAgent == "" {
		c.UserAgent = "Mattebox"
	}
	if c.Connect == 0 {
		c.Connect = 5 * time.Second
	}
	if c.Post == 0 {
		c.Post = 15 * time.Second
	}
	if c.Answer == 0 {
		c.Answer = 2 * time.Second
	}
	return c
}

// Client calls outside addresses. It is safe for concurrent use.
type Client struct {
	config    Config
	guard     *guard
	transport *http.Transport
	sessions  tls.ClientSessionCache // so that the next connection to a host is spared the certificate and its signatures
}

// sessions is how many hosts' TLS sessions are kept.
const sessions = 1024

// New returns a client. Close it when it is no longer needed.
func New(config Config) *Client {
	c := &Client{config: config.withDefaults(), guard: newGuard(config), sessions: tls.NewLRUClientSessionCache(sessions)}
	c.transport = c.newTransport()
	return c
}

// Close gives back what the client holds. Requests under way are not touched.
func (c *Client) Close() { c.transport.CloseIdleConnections() }

// maxHeader is how many bytes of headers an answer may have.
const maxHeader = 64 << 10

// newTransport returns the one transport. Proxy stays nil, so that no environment
// variable leads around the dialler. HTTP/1.1 only, because it writes header names
// as they are.
//
// Connections are not kept: so every request passes the dialler, no POST meets a
// connection that its receiver is just closing, which would spend a try, and a
// server cannot speak on an idle connection, which net/http writes to the log word
// for word.
func (c *Client) newTransport() *http.Transport {
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	return &http.Transport{
		DialContext:            c.dial,
		DialTLSContext:         c.dialTLS,
		Protocols:              protocols,
		DisableCompression:     true,
		DisableKeepAlives:      true,
		MaxResponseHeaderBytes: maxHeader,
	}
}
