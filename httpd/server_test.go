package httpd

import (
	"context"
	"crypto/tls"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"mattebox"
)

func TestAccessLogHasNoSecrets(t *testing.T) {
	h := start(t, Config{Handler: says("ok")})
	h.get(t, "/REST.svc/Images/?contactEmail=a@b.example&contactAPIkey=SECRET-1&page=2&imageStatus=70&sig=SECRET-2&contactApiKei=SECRET-3&SECRET-4&developerAPIkey=SECRET-5", "Authorization", "SECRET-6", "X-Api-Key", "SECRET-7")
	h.get(t, "/REST.svc/Images/&contactAPIkey=SECRET-8")
	r := h.log.record(t, "request", 1)
	if got, want := r["query"], "contactEmail=-&contactAPIkey=-&page=2&imageStatus=70&sig=-&contactApiKei=-&-&developerAPIkey=-"; got != want {
		t.Errorf("query %q, want %q", got, want)
	}
	if r["path"] != "/REST.svc/Images/" || r["status"] != 200.0 || r["method"] != "GET" || r["bytes"] != 2.0 {
		t.Errorf("record %v", r)
	}
	if got := h.log.record(t, "request", 2)["path"]; got != "/REST.svc/Images/-" {
		t.Errorf("path %q", got)
	}
	if text := h.log.String(); strings.Contains(text, "SECRET") || strings.Contains(text, "a@b.example") {
		t.Errorf("the log has a secret:\n%s", text)
	}
}

func TestNoteReachesLogAndMetrics(t *testing.T) {
	m := NewMetrics()
	h := start(t, Config{Metrics: m, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		*mattebox.NoteOf(r.Context()) = mattebox.Note{Operation: "POST Image", Outcome: "NoError", Account: 1000001}
		w.WriteHeader(http.StatusAccepted)
	})})
	h.get(t, "/whatever")
	r := h.log.record(t, "request", 1)
	if r["operation"] != "POST Image" || r["outcome"] != "NoError" || r["account"] != 1000001.0 || r["status"] != 202.0 {
		t.Errorf("record %v", r)
	}
	figures := start(t, Config{Handler: m.Handler()})
	_, body := figures.get(t, "/metrics")
	for _, want := range []string{
		`mattebox_http_request_seconds_count{operation="POST Image",status="202"} 1`,
		"mattebox_http_requests_in_flight 0", "go_goroutines", "process_resident_memory_bytes",
	} {
		if !strings.Contains(body, want) {
			t.Errorf("the metrics lack %s:\n%.3000s", want, body)
		}
	}
}

// What strangers ask must not make new series.
func TestUnknownPathsAreOneSeries(t *testing.T) {
	m := NewMetrics()
	h := start(t, Config{Metrics: m, Handler: http.NotFoundHandler()})
	h.get(t, "/a")
	h.get(t, "/b?c=d")
	h.log.record(t, "request", 2)
	_, body := start(t, Config{Handler: m.Handler()}).get(t, "/metrics")
	if !strings.Contains(body, `mattebox_http_request_seconds_count{operation="other",status="404"} 2`) {
		t.Errorf("metrics:\n%.3000s", body)
	}
}

func TestRequestID(t *testing.T) {
	h := start(t, Config{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, r.Header.Get("X-Request-Id"))
	})})
	tests := map[string]struct {
		given string
		kept  bool
	}{
		"none":             {"", false},
		"sane":             {"trace-1_2.b", true},
		"longest":          {strings.Repeat("a", 64), true},
		"too long":         {strings.Repeat("a", 65), false},
		"a space":          {"a b", false},
		"a line of a log":  {`a"}{"`, false},
		"not of the ASCII": {"ä", false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			resp, seen := h.get(t, "/", "X-Request-Id", tt.given)
			if (seen == tt.given) != tt.kept || resp.Header.Get("X-Request-Id") != seen {
				t.Errorf("the handler saw %q, the client %q", seen, resp.Header.Get("X-Request-Id"))
			}
			if !tt.kept && (!strings.HasPrefix(seen, "req_") || len(seen) != 24) {
				t.Errorf("a new one looks like %q", seen)
			}
		})
	}
	if r := h.log.record(t, "request", 1); r["request"] == nil {
		t.Errorf("the access log does not name the request: %v", r)
	}
}

func TestPanicIsAnAnswer(t *testing.T) {
	h := start(t, Config{Handler: http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		panic("a fault")
	})})
	resp, body := h.get(t, "/x?contactAPIkey=SECRET", "X-Request-Id", "mine")
	if resp.StatusCode != 500 || !strings.Contains(body, "mine") || strings.Contains(body, "a fault") {
		t.Errorf("%d %q", resp.StatusCode, body)
	}
	if r := h.log.record(t, "a handler panicked", 1); r["fault"] != "a fault" || r["request"] != "mine" || r["stack"] == "" {
		t.Errorf("record %v", r)
	}
	if r := h.log.record(t, "request", 1); r["status"] != 500.0 {
		t.Errorf("the access log says %v", r["status"])
	}
}

// Half an answer followed by an error text would look like a whole one.
func TestPanicInAnAnswerBreaksItOff(t *testing.T) {
	h := start(t, Config{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "1000")
		io.WriteString(w, "half")
		panic("a fault")
	})})
	resp, err := http.Get(h.url)
	if err == nil {
		defer resp.Body.Close()
		_, err = io.ReadAll(resp.Body)
	}
	if err == nil {
		t.Error("the client took it for complete")
	}
}

func TestForwarded(t *testing.T) {
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, r.RemoteAddr+" "+r.Header.Get("X-Forwarded-Proto")+" "+r.Header.Get("X-Forwarded-For")+r.Header.Get("Forwarded"))
	})
	trusting := start(t, Config{Handler: handler, Trusted: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("10.0.0.0/8")}})
	wary := start(t, Config{Handler: handler})
	tests := map[string]struct {
		h      *house
		header []string
		want   string // prefix
	}{
		"one hop":                 {trusting, []string{"X-Forwarded-For", "203.0.113.7", "X-Forwarded-Proto", "https"}, "203.0.113.7:0 https "},
		"two proxies":             {trusting, []string{"X-Forwarded-For", "203.0.113.7, 10.1.2.3"}, "203.0.113.7:0 http "},
		"invented left":           {trusting, []string{"X-Forwarded-For", "1.1.1.1, 203.0.113.7"}, "203.0.113.7:0 http "},
		"two headers":             {trusting, []string{"X-Forwarded-For", "1.1.1.1", "X-Forwarded-For", "203.0.113.7"}, "203.0.113.7:0 http "},
		"with a port":             {trusting, []string{"X-Forwarded-For", "203.0.113.7:4711"}, "203.0.113.7:0 http "},
		"IPv6":                    {trusting, []string{"X-Forwarded-For", "[2001:db8::1]:80"}, "[2001:db8::1]:0 http "},
		"rubbish":                 {trusting, []string{"X-Forwarded-For", "me", "X-Forwarded-Proto", "gopher"}, "127.0.0.1:"},
		"rubbish left of a proxy": {trusting, []string{"X-Forwarded-For", "me, 10.0.0.1"}, "10.0.0.1:0 http "},
		"nothing":                 {trusting, nil, "127.0.0.1:"},
		"a stranger says so":      {wary, []string{"X-Forwarded-For", "203.0.113.7", "X-Forwarded-Proto", "https", "Forwarded", "for=1.1.1.1"}, "127.0.0.1:"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, got := tt.h.get(t, "/", tt.header...)
			if !strings.HasPrefix(got, tt.want) || strings.Contains(got, "1.1.1.1") || strings.Contains(got, "gopher") {
				t.Errorf("%q, want %q", got, tt.want)
			}
			if tt.h == wary && !strings.HasSuffix(got, " http ") {
				t.Errorf("a stranger's words reached the handler: %q", got)
			}
		})
	}
}

func TestStopWaitsForRequestsInHand(t *testing.T) {
	begun, finish := make(chan struct{}), make(chan struct{})
	h := start(t, Config{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		close(begun)
		<-finish
		io.WriteString(w, "whole")
	})})
	answer := make(chan string, 1)
	go func() {
		resp, err := http.Get(h.url)
		if err != nil {
			answer <- err.Error()
			return
		}
		defer resp.Body.Close()
		body, _ := io.ReadAll(resp.Body)
		answer <- string(body)
	}()
	<-begun
	stopped := make(chan error, 1)
	go func() { stopped <- h.Stop(context.Background()) }()
	if err := <-h.served; err != nil {
		t.Errorf("Serve: %v", err)
	}
	if _, err := net.DialTimeout("tcp", h.address, time.Second); err == nil {
		t.Error("a connection was accepted while stopping")
	}
	close(finish)
	if got := <-answer; got != "whole" {
		t.Errorf("the request in hand got %q", got)
	}
	if err := <-stopped; err != nil {
		t.Errorf("Stop: %v", err)
	}
}

func TestStopEndsWithItsContext(t *testing.T) {
	begun := make(chan struct{})
	h := start(t, Config{Handler: http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		close(begun)
		<-r.Context().Done()
	})})
	go http.Get(h.url)
	<-begun
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if err := h.Stop(ctx); err == nil {
		t.Error("Stop did not say that it cut a request off")
	}
}

func TestHTTP2OverTLS(t *testing.T) {
	files := newPair(t, "first.example")
	c, err := LoadCertificate(files.chain, files.key, slog.New(slog.DiscardHandler), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	h := start(t, Config{Certificate: c, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, r.Proto+" "+r.Header.Get("X-Forwarded-Proto"))
	})})
	client := &http.Client{Transport: &http.Transport{
		TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, ForceAttemptHTTP2: true,
	}}
	r, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://"+h.address, nil)
	if _, body := send(t, client, r); body != "HTTP/2.0 https" {
		t.Errorf("got %q", body)
	}
	_, err = tls.Dial("tcp", h.address, &tls.Config{InsecureSkipVerify: true, MaxVersion: tls.VersionTLS11})
	if err == nil {
		t.Error("TLS 1.1 was accepted")
	}
}
