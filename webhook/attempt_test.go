package webhook

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"mattebox"
	"mattebox/safehttp"
)

// ticking is a clock that stands still but for one second at each reading.
func ticking() (mattebox.Clock, time.Time) {
	start := time.Date(2026, 4, 20, 10, 0, 0, 0, time.UTC)
	now := start.Add(-time.Second)
	return func() time.Time {
		now = now.Add(time.Second)
		return now
	}, start
}

func TestAttemptDelivered(t *testing.T) {
	var got *http.Request
	var body []byte
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got = r
		body, _ = io.ReadAll(r.Body)
		_, _ = io.WriteString(w, "thank you")
	}))
	defer server.Close()
	s := sending(server.URL+"/hook", "customer", "partner")
	s.Lease = mattebox.Lease{Fence: 9}
	s.Resend = true
	now, start := ticking()
	o := Attempt(t.Context(), localClient(t), s, now)
	if diff := cmp.Diff(mattebox.Outcome{
		Delivery: 7, Lease: mattebox.Lease{Fence: 9}, State: mattebox.DeliveryDelivered,
		Attempt: mattebox.Attempt{
			Resend: true, Started: start, Ended: start.Add(time.Second), Address: server.Listener.Addr().String(),
			Status: 200, Class: mattebox.AttemptDelivered, Response: []byte("thank you"),
		},
	}, o); diff != "" {
		t.Error(diff)
	}
	if string(body) != string(s.Delivery.Body) || got.Method != "POST" || got.URL.Path != "/hook" {
		t.Errorf("%s %s with %q", got.Method, got.URL, body)
	}
	for name, want := range map[string]string{
		"Content-Type":               "application/x-www-form-urlencoded",
		"Webhook-Id":                 s.Delivery.UID,
		"Webhook-Timestamp":          "1776679200",
		"Webhook-Signature":          standardSignature("customer", s.Delivery.UID, "1776679200", body) + " " + standardSignature("partner", s.Delivery.UID, "1776679200", body),
		"X-Rtb-Customer-Hmac-Sha256": base64MAC([]byte("customer"), body),
		"X-Rtb-Partner-Hmac-Sha256":  base64MAC([]byte("partner"), body),
	} {
		if got.Header.Get(name) != want {
			t.Errorf("%s: %q, want %q", name, got.Header.Get(name), want)
		}
	}
}

// TestAttemptFails tells what every other status and every hostile receiver comes
// to, on the second of four tries.
func TestAttemptFails(t *testing.T) {
	status := func(line string) func(net.Conn) {
		return func(conn net.Conn) { _, _ = io.WriteString(conn, "HTTP/1.1 "+line+"\r\nContent-Length: 0\r\n\r\n") }
	}
	for _, c := range []struct {
		name  string
		talk  func(net.Conn)
		class string
		wait  time.Duration
	}{
		{"201", status("201 Created"), "http_201", time.Hour},
		{"204", status("204 No Content"), "http_204", time.Hour},
		{"301", status("301 Moved\r\nLocation: http://127.0.0.1:1/"), "redirect", time.Hour},
		{"307", status("307 Moved\r\nLocation: /"), "redirect", time.Hour},
		{"400", status("400 Bad"), "http_400", time.Hour},
		{"410", status("410 Gone"), "http_410", time.Hour},
		{"429", status("429 Slow\r\nRetry-After: 7200"), "http_429", 2 * time.Hour},
		{"503, again at once", status("503 Busy\r\nRetry-After: 1"), "http_503", time.Hour},
		{"500", status("500 Oops"), "http_500", time.Hour},
		{"resets", func(conn net.Conn) { _ = conn.(*net.TCPConn).SetLinger(0) }, "connection_reset", time.Hour},
		{"closes", func(net.Conn) {}, "connection_reset", time.Hour},
		{"huge headers", endless("HTTP/1.1 200 OK\r\n", "X-A: "+strings.Repeat("a", 900)+"\r\n"), "invalid_answer", time.Hour},
		{"nonsense", endless("", "nonsense\r\n\r\n"), "invalid_answer", time.Hour},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := sending(rawReceiver(t, c.talk), "customer", "")
			s.Delivery.Attempts = 2
			now, start := ticking()
			o := Attempt(t.Context(), localClient(t), s, now)
			if o.Attempt.Class != c.class || o.Attempt.Error == "" || o.Attempt.Address == "" || o.State != mattebox.DeliveryPending {
				t.Errorf("outcome %+v, want %s", o, c.class)
			}
			if got := o.NextAt.Sub(start.Add(time.Second)); got != c.wait {
				t.Errorf("next try after %v, want %v", got, c.wait)
			}
		})
	}
}

// A status of 200 counts, whatever comes after it.
func TestAttemptSucceedsDespite(t *testing.T) {
	for name, talk := range map[string]func(net.Conn){
		"endless body":     endless("HTTP/1.1 200 OK\r\n\r\n", strings.Repeat("x", 1000)),
		"trailing garbage": endless("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", "garbage"),
		"cut body":         func(conn net.Conn) { _, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok") },
	} {
		o := Attempt(t.Context(), localClient(t), sending(rawReceiver(t, talk), "customer", ""), time.Now)
		if o.Attempt.Class != mattebox.AttemptDelivered || len(o.Attempt.Response) > safehttp.MaxAnswer || len(o.Attempt.Response) == 0 {
			t.Errorf("%s: class %s with %d bytes", name, o.Attempt.Class, len(o.Attempt.Response))
		}
	}
}

func TestAttemptBlocked(t *testing.T) {
	for url, class := range map[string]string{"http://10.0.0.1/": "blocked_address", "http://127.0.0.2/": "blocked_address", "nonsense": "invalid_url"} {
		o := Attempt(t.Context(), localClient(t), sending(url, "customer", ""), time.Now)
		if o.Attempt.Class != class || o.Attempt.Address != "" || o.State != mattebox.DeliveryPending {
			t.Errorf("%s: %+v", url, o)
		}
	}
}

func TestAttemptBadCertificate(t *testing.T) {
	server := httptest.NewTLSServer(http.NotFoundHandler())
	defer server.Close()
	o := Attempt(t.Context(), localClient(t), sending(server.URL, "customer", ""), time.Now)
	if o.Attempt.Class != "tls_error" {
		t.Errorf("class %s", o.Attempt.Class)
	}
}

func TestAttemptLastTry(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	defer server.Close()
	s := sending(server.URL, "customer", "")
	s.Delivery.Attempts = 4
	o := Attempt(t.Context(), localClient(t), s, time.Now)
	if o.State != mattebox.DeliveryFailed || !o.NextAt.IsZero() || o.Attempt.Class != "http_404" {
		t.Errorf("outcome %+v", o)
	}
}

func TestAttemptInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	url := rawReceiver(t, func(conn net.Conn) {
		cancel()
		_, _ = io.Copy(io.Discard, conn)
	})
	s := sending(url, "customer", "")
	s.Delivery.Attempts = 4 // it would be the last
	o := Attempt(ctx, localClient(t), s, time.Now)
	if o.Attempt.Class != mattebox.AttemptInterrupted || o.State != mattebox.DeliveryPending || !o.NextAt.Equal(o.Attempt.Ended) {
		t.Errorf("outcome %+v", o)
	}
}

func TestAttemptThatCannotBeSent(t *testing.T) {
	strange := sending("http://127.0.0.1:1/", "customer", "")
	strange.Delivery.Dialect = "carrier pigeon"
	none := sending("http://127.0.0.1:1/", "", "")
	none.Secrets = nil
	for _, s := range []mattebox.Sending{strange, none, sending("http://127.0.0.1:1/", "", "")} {
		o := Attempt(t.Context(), localClient(t), s, time.Now)
		if o.Attempt.Class != mattebox.AttemptInterrupted || o.Attempt.Error == "" || o.State != mattebox.DeliveryPending {
			t.Errorf("outcome %+v", o)
		}
	}
}

// One attempt is one POST, also when the receiver breaks the connection off.
func TestAttemptIsOnePost(t *testing.T) {
	var posts atomic.Int32
	url := rawReceiver(t, func(conn net.Conn) {
		if posts.Add(1)%2 == 1 { // every other one is answered
			_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
		}
	})
	client := localClient(t)
	var classes []string
	for range 4 {
		o := Attempt(t.Context(), client, sending(url, "customer", ""), time.Now)
		classes = append(classes, o.Attempt.Class)
	}
	if diff := cmp.Diff([]string{"delivered", "connection_reset", "delivered", "connection_reset"}, classes); diff != "" || posts.Load() != 4 {
		t.Errorf("%d posts for 4 attempts; %s", posts.Load(), diff)
	}
}

func readPost(r *bufio.Reader) bool {
	req, err := http.ReadRequest(r)
	if err != nil {
		return false
	}
	_, err = io.Copy(io.Discard, req.Body)
	return err == nil
}

// rawReceiver hands each connection to talk once its request is read, and closes it
// when talk returns.
func rawReceiver(t *testing.T, talk func(net.Conn)) (url string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				if readPost(bufio.NewReader(conn)) {
					talk(conn)
				}
			}()
		}
	}()
	return "http://" + l.Addr().String() + "/"
}

// endless says first, and then the same for ever.
func endless(first, then string) func(net.Conn) {
	return func(conn net.Conn) {
		_, err := io.WriteString(conn, first)
		for err == nil {
			_, err = io.WriteString(conn, then)
		}
	}
}
