package webhooktest

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"net"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"
)

// Front is an https address before a receiver that speaks http. It undoes the TLS
// and touches nothing else.
type Front struct {
	URL         string // "https://127.0.0.1:port/"
	Certificate *x509.Certificate
}

// NewFront returns a front that stands until the test ends.
func NewFront(t testing.TB, r *Receiver) *Front {
	t.Helper()
	u, err := url.Parse(r.URL)
	if err != nil {
		t.Fatal(err)
	}
	lender := httptest.NewTLSServer(nil) // of its certificate
	lender.Close()
	l, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: lender.TLS.Certificates})
	if err != nil {
		t.Fatal(err)
	}
	var tunnels sync.WaitGroup
	tunnels.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			tunnels.Go(func() { tunnel(conn, u.Host) })
		}
	})
	t.Cleanup(func() {
		l.Close()
		tunnels.Wait()
	})
	return &Front{URL: "https://" + l.Addr().String() + "/", Certificate: lender.Certificate()}
}

// tunnel passes bytes both ways until either side has ended.
func tunnel(outside net.Conn, receiver string) {
	defer outside.Close()
	inside, err := net.Dial("tcp", receiver)
	if err != nil {
		return
	}
	defer inside.Close()
	var up sync.WaitGroup
	up.Go(func() {
		_, _ = io.Copy(inside, outside) // a broken tunnel shows at its ends
		inside.Close()
	})
	_, _ = io.Copy(outside, inside)
	outside.Close()
	up.Wait()
}
