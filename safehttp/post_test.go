package safehttp

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"context"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// wire is what a server read: the request byte by byte.
func wire(t *testing.T, header map[string]string, body string) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	received := make(chan string, 1)
	go func() {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		raw := make([]byte, 0, 4096)
		for !bytes.HasSuffix(raw, []byte(body)) {
			n, err := conn.Read(raw[len(raw):cap(raw)])
			if err != nil {
				return
			}
			raw = raw[:len(raw)+n]
		}
		_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
		received <- string(raw)
	}()
	_, err = testClient(t, nil).Post(t.Context(), Request{URL: "http://" + l.Addr().String() + "/a?b=c", Header: header, Body: []byte(body)})
	if err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(<-received, l.Addr().String(), "HOST")
}

func TestPostOnTheWire(t *testing.T) {
	got := wire(t, map[string]string{"HTTP_X_Odd_NAME": "v=", "X-UPPER": "1", "webhook-id": "2", "Content-Type": "text/plain"}, "body=1")
	want := "POST /a?b=c HTTP/1.1\r\nHost: HOST\r\nUser-Agent: Mattebox\r\nContent-Length: 6\r\nAccept-Encoding: identity\r\n" +
		"Content-Type: text/plain\r\nHTTP_X_Odd_NAME: v=\r\nX-UPPER: 1\r\nwebhook-id: 2\r\nConnection: close\r\n\r\nbody=1"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestPostAnswers(t *testing.T) {
	plain := strings.Repeat("answer ", 10000)
	var gzipped, deflated bytes.Buffer
	for w, b := range map[io.WriteCloser]bool{gzip.NewWriter(&gzipped): true, zlib.NewWriter(&deflated): true} {
		if _, err := io.WriteString(w, plain); err != nil || !b {
			t.Fatal(err)
		}
		w.Close()
	}
	for _, c := range []struct {
		name, encoding, body string
		status               int
		want                 string
	}{
		{"short", "", "ok", 200, "ok"},
		{"empty", "", "", 204, ""},
		{"cut", "", plain, 500, plain[:MaxAnswer]},
		{"gzip", "gzip", gzipped.String(), 200, plain[:MaxAnswer]},
		{"deflate", "deflate", deflated.String(), 200, plain[:MaxAnswer]},
		{"unknown encoding", "br", "\x01\x02", 200, "\x01\x02"},
		{"no gzip at all", "gzip", "plain", 200, ""},
		{"redirect", "", "moved", 302, "moved"},
		{"trailing garbage", "", "ok", 200, "ok"},
	} {
		server := serve(t, func(w http.ResponseWriter, _ *http.Request) {
			if c.encoding != "" {
				w.Header().Set("Content-Encoding", c.encoding)
			}
			w.Header().Set("Location", "http://127.0.0.2/")
			w.WriteHeader(c.status)
			_, _ = io.WriteString(w, c.body)
		})
		answer, err := testClient(t, nil).Post(t.Context(), Request{URL: server.URL, Body: []byte("x")})
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if answer.Status != c.status || string(answer.Body) != c.want || answer.Address != server.Listener.Addr().String() {
			t.Errorf("%s: status %d, %d bytes, address %s; want %d, %d bytes", c.name, answer.Status, len(answer.Body), answer.Address, c.status, len(c.want))
		}
	}
}

// A gzip stream of empty blocks decodes to nothing for ever.
func TestPostEndlessEncoding(t *testing.T) {
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		for {
			z := gzip.NewWriter(w)
			if z.Close() != nil || r.Context().Err() != nil {
				return
			}
		}
	})
	started := time.Now()
	answer, err := testClient(t, nil).Post(t.Context(), Request{URL: server.URL})
	if err != nil || answer.Status != 200 || len(answer.Body) != 0 || time.Since(started) > soon {
		t.Errorf("Post = %+v, %v after %v", answer, err, time.Since(started))
	}
}

// TestPostHostile tells what each kind of broken or hostile receiver comes to: an
// answer when there was a status, else a class.
func TestPostHostile(t *testing.T) {
	say := func(text string, then func(net.Conn)) func(net.Conn) {
		return func(conn net.Conn) {
			_, _ = io.WriteString(conn, text)
			then(conn)
		}
	}
	closeIt := func(conn net.Conn) { conn.Close() }
	forever := func(text string) func(net.Conn) {
		return func(conn net.Conn) {
			for {
				if _, err := io.WriteString(conn, text); err != nil {
					return
				}
			}
		}
	}
	const head = "HTTP/1.1 200 OK\r\n"
	for _, c := range []struct {
		name   string
		talk   func(net.Conn)
		status int
		class  Class
	}{
		{"says nothing", untilClosed, 0, ClassTimeout},
		{"slow status line", say("HTTP/1.1 20", untilClosed), 0, ClassTimeout},
		{"slow headers", say(head+"X-A: 1\r\n", untilClosed), 0, ClassTimeout},
		{"closes", closeIt, 0, ClassReset},
		{"resets", reset, 0, ClassReset},
		{"closes within headers", say(head+"X-A: 1\r\n", closeIt), 0, ClassReset},
		{"endless headers", say(head, forever("X-Filler: "+strings.Repeat("x", 1000)+"\r\n")), 0, ClassAnswer},
		{"one endless header", say(head+"X-Filler: ", forever(strings.Repeat("x", 1000))), 0, ClassAnswer},
		{"not HTTP", say("SSH-2.0-OpenSSH_9.2\r\n\r\n", closeIt), 0, ClassAnswer},
		{"informs for ever", forever("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"), 0, ClassAnswer},
		{"endless body", say(head+"\r\n", forever(strings.Repeat("x", 1000))), 200, ""},
		{"endless chunks", say(head+"Transfer-Encoding: chunked\r\n\r\n", forever("1\r\nx\r\n")), 200, ""},
		{"slow body", say(head+"Content-Length: 10\r\n\r\nab", untilClosed), 200, ""},
		{"lying length", say(head+"Content-Length: 99999999999\r\n\r\nab", closeIt), 200, ""},
		{"reset within the body", say(head+"Content-Length: 10\r\n\r\nab", reset), 200, ""},
		{"broken chunks", say(head+"Transfer-Encoding: chunked\r\n\r\nzz\r\n", closeIt), 200, ""},
		{"trailing garbage", say(head+"Content-Length: 2\r\n\r\nokHTTP/1.1 500 Garbage\r\n\r\n", untilClosed), 200, ""},
		{"switches protocols", say("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n", untilClosed), 0, ClassAnswer},
		{"status of four digits", say("HTTP/1.1 2000 OK\r\n\r\n", closeIt), 0, ClassAnswer},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			started := time.Now()
			answer, err := testClient(t, nil).Post(t.Context(), Request{URL: rawServer(t, c.talk), Body: []byte("a=b")})
			if spent := time.Since(started); spent > soon {
				t.Errorf("it took %v", spent)
			}
			if c.class != "" {
				if e := wantClass(t, err, c.class); e.Address == "" {
					t.Error("the error does not tell the address")
				}
				return
			}
			if err != nil || answer.Status != c.status || len(answer.Body) > MaxAnswer {
				t.Errorf("Post = %+v, %v, want status %d", answer, err, c.status)
			}
		})
	}
}

func TestPostConnectionFailures(t *testing.T) {
	gone := httptest.NewServer(nil)
	gone.Close()
	_, err := testClient(t, nil).Post(t.Context(), Request{URL: gone.URL})
	if e := wantClass(t, err, ClassRefused); e.Address != gone.Listener.Addr().String() {
		t.Errorf("address %q, want %s", e.Address, gone.Listener.Addr())
	}
	_, err = testClient(t, nil).Post(t.Context(), Request{URL: "no address"})
	wantClass(t, err, ClassURL)
}

func TestPostTLS(t *testing.T) {
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, r.Proto)
	}))
	server.EnableHTTP2 = true
	server.StartTLS()
	defer server.Close()
	pool := x509.NewCertPool()
	pool.AddCert(server.Certificate())
	trusting := testClient(t, func(c *Config) { c.RootCAs = pool })
	answer, err := trusting.Post(t.Context(), Request{URL: server.URL})
	if err != nil || string(answer.Body) != "HTTP/1.1" {
		t.Errorf("Post = %+v, %v, want an answer over HTTP/1.1", answer, err)
	}
	_, err = testClient(t, nil).Post(t.Context(), Request{URL: server.URL})
	wantClass(t, err, ClassTLS)
	_, err = testClient(t, func(c *Config) {
		c.RootCAs, c.Resolver = pool, newNameServer(t, addrs("127.0.0.1"))
	}).Post(t.Context(), Request{URL: strings.Replace(server.URL, "127.0.0.1", "wrong.test", 1)})
	wantClass(t, err, ClassTLS)

	plain := serve(t, func(http.ResponseWriter, *http.Request) {})
	_, err = trusting.Post(t.Context(), Request{URL: "https" + strings.TrimPrefix(plain.URL, "http")})
	wantClass(t, err, ClassTLS)
}

// A session is taken up again, which spares both sides the certificate.
func TestPostResumesSessions(t *testing.T) {
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, r.TLS.DidResume)
	}))
	defer server.Close()
	pool := x509.NewCertPool()
	pool.AddCert(server.Certificate())
	c := testClient(t, func(c *Config) { c.RootCAs = pool })
	for i, want := range []string{"false", "true"} {
		answer, err := c.Post(t.Context(), Request{URL: server.URL})
		if err != nil || string(answer.Body) != want {
			t.Errorf("request %d: resumed %s, %v, want %s", i, answer.Body, err, want)
		}
	}
}

func TestPostHandshakeStalls(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	c := testClient(t, func(c *Config) { c.Connect = 200 * time.Millisecond; c.Post = soon })
	_, err = c.Post(t.Context(), Request{URL: "https://" + l.Addr().String() + "/"})
	wantClass(t, err, ClassTimeout)
}

func TestPostInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	url := rawServer(t, func(conn net.Conn) {
		cancel()
		untilClosed(conn)
	})
	_, err := testClient(t, nil).Post(ctx, Request{URL: url})
	wantClass(t, err, ClassInterrupted)
	_, err = testClient(t, nil).Post(ctx, Request{URL: url})
	wantClass(t, err, ClassInterrupted)
}
