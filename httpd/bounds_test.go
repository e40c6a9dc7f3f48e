package httpd

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestBodyIsBounded(t *testing.T) {
	h := start(t, Config{Limits: Limits{Body: 10}, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, err := io.ReadAll(r.Body)
		var tooLarge *http.MaxBytesError
		fmt.Fprint(w, errors.As(err, &tooLarge))
	})})
	post := func(body io.Reader) (*http.Response, string) {
		r, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, h.url, body)
		return send(t, http.DefaultClient, r)
	}
	if resp, body := post(strings.NewReader("0123456789")); resp.StatusCode != 200 || body != "false" {
		t.Errorf("a body at the limit: %d %s", resp.StatusCode, body)
	}
	if _, body := post(strings.NewReader("0123456789a")); body != "true" {
		t.Errorf("a body over the limit: %s", body)
	}
	unknown := io.MultiReader(strings.NewReader("0123456789a")) // chunked: no Content-Length
	if _, body := post(unknown); body != "true" {
		t.Errorf("a body of unknown length over the limit: %s", body)
	}
}

func TestHeaderIsBounded(t *testing.T) {
	h := start(t, Config{Limits: Limits{Header: 4096}, Handler: says("ok")})
	if resp, _ := h.get(t, "/", "X-Long", strings.Repeat("a", 3<<10)); resp.StatusCode != 200 {
		t.Errorf("a header within the limit: %d", resp.StatusCode)
	}
	r, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, h.url, nil)
	r.Header.Set("X-Long", strings.Repeat("a", 64<<10))
	resp, err := http.DefaultClient.Do(r)
	if err == nil { // else the server closed before the client had sent it all
		defer resp.Body.Close()
		if resp.StatusCode != http.StatusRequestHeaderFieldsTooLarge {
			t.Errorf("a header over the limit: %d", resp.StatusCode)
		}
	}
}

func TestRequestsAtATimeAreBounded(t *testing.T) {
	begun, finish := make(chan struct{}), make(chan struct{})
	health := NewHealth(discard(), time.Now)
	h := start(t, Config{Limits: Limits{Requests: 1}, Health: health, Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		begun <- struct{}{}
		<-finish
	})})
	go http.Get(h.url)
	<-begun
	if resp, _ := h.get(t, "/"); resp.StatusCode != 503 || resp.Header.Get("Retry-After") == "" {
		t.Errorf("status %d, header %v", resp.StatusCode, resp.Header)
	}
	if resp, _ := h.get(t, "/livez"); resp.StatusCode != 200 {
		t.Errorf("a busy server is not alive: %d", resp.StatusCode)
	}
	close(finish)
	eventually(t, "there is room again", func() bool {
		go func() {
			select {
			case <-begun:
			case <-t.Context().Done():
			}
		}()
		resp, _ := h.get(t, "/")
		return resp.StatusCode == 200
	})
}

// A client that sends its header or its body too slowly is sent away.
func TestSlowClientsAreSentAway(t *testing.T) {
	tests := map[string]struct {
		limits Limits
		sends  string
	}{
		"header": {Limits{HeaderTime: 50 * time.Millisecond}, "GET / HTTP/1.1\r\nHost: a"},
		"body":   {Limits{BodyTime: 50 * time.Millisecond}, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n1"},
		"idle":   {Limits{IdleTime: 50 * time.Millisecond}, "GET / HTTP/1.1\r\nHost: a\r\n\r\n"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			h := start(t, Config{Limits: tt.limits, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if _, err := io.ReadAll(r.Body); err != nil {
					http.Error(w, "slow", http.StatusRequestTimeout)
				}
			})})
			conn, err := net.Dial("tcp", h.address)
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			io.WriteString(conn, tt.sends)
			conn.SetReadDeadline(time.Now().Add(10 * time.Second))
			_, err = io.Copy(io.Discard, conn)
			if err != nil {
				t.Errorf("the server did not close: %v", err)
			}
		})
	}
}

// The body's deadline must not fall on an answer that takes longer.
func TestLongAnswersOutliveTheBodysDeadline(t *testing.T) {
	h := start(t, Config{Limits: Limits{BodyTime: 30 * time.Millisecond}, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.ReadAll(r.Body)
		select {
		case <-r.Context().Done():
			io.WriteString(w, "broken off")
		case <-time.After(150 * time.Millisecond):
			io.WriteString(w, "whole")
		}
	})})
	r, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, h.url, strings.NewReader("body"))
	if _, body := send(t, http.DefaultClient, r); body != "whole" {
		t.Errorf("got %q", body)
	}
}

// A client that does not take its answer loses the connection.
func TestClientThatDoesNotReadIsSentAway(t *testing.T) {
	ended := make(chan error, 1)
	h := start(t, Config{Limits: Limits{StallTime: 50 * time.Millisecond}, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		chunk := make([]byte, 1<<20)
		for {
			if _, err := w.Write(chunk); err != nil {
				ended <- err
				return
			}
		}
	})})
	conn, err := net.Dial("tcp", h.address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	io.WriteString(conn, "GET / HTTP/1.1\r\nHost: a\r\n\r\n")
	select {
	case <-ended:
	case <-time.After(10 * time.Second):
		t.Fatal("the handler still writes")
	}
}

func TestConnectionsAreBounded(t *testing.T) {
	h := start(t, Config{Limits: Limits{Connections: 1}, Handler: says("ok")})
	ask := func(conn net.Conn) error {
		io.WriteString(conn, "GET / HTTP/1.1\r\nHost: a\r\n\r\n")
		conn.SetReadDeadline(time.Now().Add(100 * time.Millisecond))
		_, err := http.ReadResponse(bufio.NewReader(conn), nil)
		return err
	}
	first, err := net.Dial("tcp", h.address)
	if err != nil {
		t.Fatal(err)
	}
	if err := ask(first); err != nil {
		t.Fatal(err)
	}
	second, err := net.Dial("tcp", h.address)
	if err != nil {
		t.Fatal(err)
	}
	defer second.Close()
	if err := ask(second); err == nil {
		t.Error("the second connection was served beside the first")
	}
	first.Close()
	second.SetReadDeadline(time.Now().Add(10 * time.Second))
	if _, err := http.ReadResponse(bufio.NewReader(second), nil); err != nil {
		t.Errorf("the second connection was not served after the first: %v", err)
	}
}

// A large body may be larger than others, and may take longer, as long as it keeps
// coming.
func TestLargeBodies(t *testing.T) {
	limits := Limits{Body: 10, BodyTime: 30 * time.Millisecond, StallTime: 500 * time.Millisecond, Large: func(r *http.Request) int64 {
		if r.URL.Path == "/large" {
			return 10 * slowest // ten seconds more
		}
		return 0
	}}
	h := start(t, Config{Limits: limits, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n, err := io.Copy(io.Discard, r.Body)
		fmt.Fprint(w, n, " ", err == nil)
	})})
	tests := map[string]struct {
		path  string
		bytes int
		pause time.Duration
		want  string
	}{
		"large":           {"/large", 100_000, 0, "100000 true"},
		"too large":       {"/large", 10*slowest + 1, 0, fmt.Sprint(10*slowest, " false")},
		"another":         {"/", 100, 0, "10 false"},
		"large and slow":  {"/large", 1000, 100 * time.Millisecond, "1000 true"},
		"large and stuck": {"/large", 1000, 2 * time.Second, "500 false"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			half := strings.Repeat("a", tt.bytes/2)
			reader, writer := io.Pipe()
			go func() {
				io.WriteString(writer, half)
				<-time.After(tt.pause)
				io.WriteString(writer, strings.Repeat("a", tt.bytes-len(half)))
				writer.Close()
			}()
			r, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, h.url+tt.path, reader)
			if _, body := send(t, http.DefaultClient, r); body != tt.want {
				t.Errorf("got %q, want %q", body, tt.want)
			}
		})
	}
}
