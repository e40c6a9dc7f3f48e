package safehttp

import (
	"bytes"
	"context"
	"io"
	"log"
	"net"
	"net/http"
	"net/netip"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// resolverAt asks the name server at the address, and no other.
func resolverAt(address string) *net.Resolver {
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, "udp", address)
	}}
}

// portOfURL returns the port of a server's address.
func portOfURL(t *testing.T, url string) string {
	t.Helper()
	at, err := netip.ParseAddrPort(strings.Trim(strings.TrimPrefix(url, "http://"), "/"))
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimPrefix(at.String(), at.Addr().String()+":")
}

// forbiddenServer listens on 127.0.0.2, which testClient may not reach, at a port
// of 127.0.0.1's, and counts who connects.
func forbiddenServer(t *testing.T, port string) *atomic.Int32 {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.2:"+port)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	var hits atomic.Int32
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			hits.Add(1)
			conn.Close()
		}
	}()
	return &hits
}

func TestRebindingIsDecidedAtDial(t *testing.T) {
	server := serve(t, func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Connection", "close") })
	port := portOfURL(t, server.URL)
	hits := forbiddenServer(t, port)
	url := "http://rebind.test:" + port + "/"
	c := testClient(t, func(config *Config) {
		config.Resolver = newNameServer(t, addrs("127.0.0.1"), addrs("127.0.0.2"))
	})
	if err := c.CheckURL(url); err != nil {
		t.Fatalf("CheckURL: %v", err)
	}
	if _, err := c.Post(t.Context(), Request{URL: url}); err != nil {
		t.Fatalf("while the name is harmless: %v", err)
	}
	_, err := c.Post(t.Context(), Request{URL: url})
	e := wantClass(t, err, ClassBlocked)
	if e.Address != "" || strings.Contains(e.Message, "127") {
		t.Errorf("the customer learns what the name resolves to: %q, %q", e.Address, e.Message)
	}
	if n := hits.Load(); n != 0 {
		t.Errorf("%d connections reached the forbidden address", n)
	}
}

func TestMixedAnswersUseTheAllowedOne(t *testing.T) {
	server := serve(t, func(http.ResponseWriter, *http.Request) {})
	port := portOfURL(t, server.URL)
	hits := forbiddenServer(t, port)
	c := testClient(t, func(config *Config) {
		config.Resolver = newNameServer(t, addrs("127.0.0.2", "127.0.0.1"))
	})
	answer, err := c.Post(t.Context(), Request{URL: "http://mixed.test:" + port + "/"})
	if err != nil || answer.Address != "127.0.0.1:"+port {
		t.Errorf("Post = %+v, %v, want an answer of 127.0.0.1", answer, err)
	}
	if hits.Load() != 0 {
		t.Error("the forbidden address was connected to")
	}
}

func TestNamesOfForbiddenAddresses(t *testing.T) {
	for _, address := range []string{"10.0.0.1", "169.254.169.254", "0.0.0.0", "127.0.0.2", "192.168.1.1", "100.64.0.1"} {
		c := testClient(t, func(config *Config) { config.Resolver = newNameServer(t, addrs(address)) })
		_, err := c.Post(t.Context(), Request{URL: "http://name.test/"})
		wantClass(t, err, ClassBlocked)
	}
}

func TestDisguisedHostsAreRefusedAtDial(t *testing.T) {
	c := testClient(t, func(config *Config) {
		config.Allow = nil
		config.Resolver = newNameServer(t, addrs("127.0.0.1"))
	})
	for _, host := range []string{"localhost", "𝓁ocalhost", "ｌocalhost", "[::ffff:127.0.0.1]", "127.0.0.1", "0x7f.1", "2130706433"} {
		if _, err := c.Post(t.Context(), Request{URL: "http://" + host + ":8080/"}); err == nil {
			t.Errorf("%s was called", host)
		}
		if _, err := c.dial(t.Context(), "tcp", net.JoinHostPort(strings.Trim(host, "[]"), "8080")); err == nil {
			t.Errorf("%s was dialled", host)
		}
	}
}

func TestControlNeverPanics(t *testing.T) {
	c := testClient(t, nil)
	for _, call := range [][2]string{
		{"tcp4", "8.8.8.8"}, {"tcp4", ""}, {"tcp6", "[fe80::1%eth0]:80"}, {"tcp6", "::1:80"}, {"udp4", "8.8.8.8:80"}, {"unix", "/tmp/socket"}, {"tcp", "8.8.8.8:80"},
	} {
		if err := c.control(t.Context(), call[0], call[1], nil); err == nil {
			t.Errorf("control(%q, %q) passes", call[0], call[1])
		}
	}
	if err := c.control(t.Context(), "tcp4", "8.8.8.8:80", nil); err != nil {
		t.Errorf("control of a public address: %v", err)
	}
}

// Every request has a connection of its own, so each passes the guard.
func TestConnectionsAreNotKept(t *testing.T) {
	var connections sync.Map // by the client's address
	server := serve(t, func(_ http.ResponseWriter, r *http.Request) { connections.Store(r.RemoteAddr, true) })
	port := portOfURL(t, server.URL)
	hits := forbiddenServer(t, port)
	c := testClient(t, func(config *Config) {
		config.Resolver = newNameServer(t, addrs("127.0.0.1"), addrs("127.0.0.1"), addrs("127.0.0.2"))
	})
	url := "http://kept.test:" + port + "/"
	for range 2 {
		if _, err := c.Post(t.Context(), Request{URL: url}); err != nil {
			t.Fatal(err)
		}
	}
	_, err := c.Post(t.Context(), Request{URL: url})
	wantClass(t, err, ClassBlocked)
	used := 0
	connections.Range(func(any, any) bool { used++; return true })
	if hits.Load() != 0 || used != 2 {
		t.Errorf("%d connections to the forbidden address, %d to the other, want 0 and 2", hits.Load(), used)
	}
}

// What a server says behind its answer does not get into our log.
func TestGarbageIsNotLogged(t *testing.T) {
	var logged bytes.Buffer
	log.SetOutput(&logged)
	defer log.SetOutput(os.Stderr)
	closed := make(chan struct{})
	url := rawServer(t, func(conn net.Conn) {
		_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokBAD WORDS")
		untilClosed(conn)
		close(closed)
	})
	if answer, err := testClient(t, nil).Post(t.Context(), Request{URL: url}); err != nil || string(answer.Body) != "ok" {
		t.Errorf("Post = %+v, %v", answer, err)
	}
	select {
	case <-closed:
	case <-time.After(soon):
		t.Error("the connection stays open")
	}
	log.SetOutput(os.Stderr)
	if strings.Contains(logged.String(), "BAD WORDS") {
		t.Errorf("the log has %q", &logged)
	}
}

func TestOwnListenerIsRefused(t *testing.T) {
	called := false
	server := serve(t, func(http.ResponseWriter, *http.Request) { called = true })
	own := server.Listener.Addr().(*net.TCPAddr).AddrPort()
	c := testClient(t, func(config *Config) { config.Listeners = []netip.AddrPort{own} })
	_, err := c.Post(t.Context(), Request{URL: server.URL})
	wantClass(t, err, ClassBlocked)
	if called {
		t.Error("our own listener was called")
	}
}

func TestProxyOfEnvironmentIsIgnored(t *testing.T) {
	proxied := false
	proxy := serve(t, func(http.ResponseWriter, *http.Request) { proxied = true })
	t.Setenv("HTTP_PROXY", proxy.URL)
	t.Setenv("http_proxy", proxy.URL)
	c := testClient(t, func(config *Config) { config.Resolver = newNameServer(t, addrs("10.0.0.1")) })
	_, err := c.Post(t.Context(), Request{URL: "http://name.test/"})
	wantClass(t, err, ClassBlocked)
	if c.transport.Proxy != nil || proxied {
		t.Error("a proxy was used")
	}
}

func TestUnresolvableName(t *testing.T) {
	c := testClient(t, func(config *Config) { config.Resolver = newNameServer(t, nil) })
	_, err := c.Post(t.Context(), Request{URL: "http://nothing.test/"})
	if e := wantClass(t, err, ClassDNS); !e.Again() {
		t.Error("a name that does not resolve may do so later")
	}
}

func TestSilentNameServer(t *testing.T) {
	silent, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	c := testClient(t, func(config *Config) {
		config.Connect = 300 * time.Millisecond
		config.Resolver = resolverAt(silent.LocalAddr().String())
	})
	started := time.Now()
	_, err = c.Post(t.Context(), Request{URL: "http://silent.test/"})
	wantClass(t, err, ClassDNS)
	if spent := time.Since(started); spent > soon {
		t.Errorf("it took %v", spent)
	}
}
