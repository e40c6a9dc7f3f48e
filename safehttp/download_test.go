package safehttp

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// picture returns n bytes that pass for a JPEG's.
func picture(n int) []byte {
	return append([]byte("\xff\xd8\xff\xe0"), bytes.Repeat([]byte{7}, n-4)...)
}

func TestDownload(t *testing.T) {
	want := picture(300_000)
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Accept-Encoding") != "identity" || r.Header.Get("Referer") != "" || r.Header.Get("Cookie") != "" {
			t.Errorf("headers %v", r.Header)
		}
		w.Header().Set("Content-Type", "text/html") // the bytes count, not this
		_, _ = w.Write(want)
	})
	path := filepath.Join(t.TempDir(), "picture")
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	got, err := testClient(t, nil).Download(t.Context(), server.URL+"/shop/my%20shoe.jpg?v=1#top", file, Limits{})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(Downloaded{
		Bytes: 300_000, SHA256: fmt.Sprintf("%x", sha256.Sum256(want)), MediaType: "image/jpeg",
		FileName: "my shoe.jpg", URL: server.URL + "/shop/my%20shoe.jpg?v=1",
	}, got); diff != "" {
		t.Error(diff)
	}
	if stored, err := os.ReadFile(path); err != nil || !bytes.Equal(stored, want) {
		t.Errorf("%d bytes were stored, %v", len(stored), err)
	}
}

func TestDownloadRefuses(t *testing.T) {
	for _, c := range []struct {
		name    string
		handler http.HandlerFunc
		class   Class
		again   bool
		message string
	}{
		{"not found", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(404) }, "http_404", false, "404 Not Found"},
		{"broken", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(503) }, "http_503", true, "503"},
		{"no content", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(204) }, "http_204", false, "204"},
		{"not modified", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(304) }, ClassRedirect, false, "304"},
		{"redirect without a place", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(302) }, ClassRedirect, false, "302"},
		{"empty", func(http.ResponseWriter, *http.Request) {}, ClassNotPicture, false, "empty"},
		{"svg", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "image/png")
			_, _ = io.WriteString(w, "<svg/>")
		}, ClassNotPicture, false, "SVG"},
		{"gzip", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			_, _ = w.Write(picture(100))
		}, ClassNotPicture, false, "compresses"},
		{"declared too large", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100001")
			_, _ = w.Write(picture(100))
		}, ClassTooLarge, false, "100000"},
		{"too large by a byte", func(w http.ResponseWriter, _ *http.Request) {
			_, _ = w.Write(picture(50_000))
			w.(http.Flusher).Flush()
			_, _ = w.Write(picture(50_001))
		}, ClassTooLarge, false, "100000"},
		{"endless", func(w http.ResponseWriter, _ *http.Request) {
			for {
				if _, err := w.Write(picture(8192)); err != nil {
					return
				}
			}
		}, ClassTooLarge, false, "100000"},
	} {
		var dst bytes.Buffer
		_, err := testClient(t, nil).Download(t.Context(), serve(t, c.handler).URL, &dst, Limits{Bytes: 100_000, Total: soon})
		e := wantClass(t, err, c.class)
		if e.Again() != c.again || !strings.Contains(e.Message, c.message) || e.Address == "" {
			t.Errorf("%s: error %+v", c.name, e)
		}
		if dst.Len() > 100_001 || c.class == ClassNotPicture && dst.Len() > 0 {
			t.Errorf("%s: %d bytes were written", c.name, dst.Len())
		}
	}
}

func TestDownloadExactlyTheLimit(t *testing.T) {
	server := serve(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(picture(1000)) })
	if d, err := testClient(t, nil).Download(t.Context(), server.URL, io.Discard, Limits{Bytes: 1000}); err != nil || d.Bytes != 1000 {
		t.Errorf("Download = %+v, %v", d, err)
	}
}

func TestDownloadRedirects(t *testing.T) {
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		var hops int
		if n, _ := fmt.Sscanf(r.URL.Path, "/hops/%d", &hops); n == 1 && hops > 0 {
			w.Header().Set("Set-Cookie", "a=b")
			http.Redirect(w, r, fmt.Sprintf("../hops/%d", hops-1), 301+hops%2) // relative
			return
		}
		if to := r.URL.Query().Get("to"); to != "" {
			w.Header().Set("Location", to)
			w.WriteHeader(http.StatusTemporaryRedirect)
			return
		}
		_, _ = w.Write(picture(100))
	})
	to := func(target string) string { return server.URL + "/?to=" + target }
	for _, c := range []struct {
		name, url string
		class     Class // of the error; empty: none
	}{
		{"five hops", server.URL + "/hops/5", ""},
		{"six hops", server.URL + "/hops/6", ClassRedirect},
		{"to itself", to("/?to=/"), ""},
		{"a loop", server.URL + "/hops/1000000", ClassRedirect},
		{"to a private address", to("http://10.0.0.1/"), ClassBlocked},
		{"to metadata", to("http://169.254.169.254/latest/"), ClassBlocked},
		{"to another loopback", to("http://127.0.0.2:8080/"), ClassBlocked},
		{"to a name of it", to("http://name.test/"), ClassBlocked},
		{"to a port", to("http://8.8.8.8:25/"), ClassBlocked},
		{"to a file", to("file:///etc/passwd"), ClassURL},
		{"to a user", to("http://a:b@127.0.0.1/"), ClassURL},
		{"to nonsense", to("http://[::1"), ClassRedirect},
		{"to disguise", to("http://0x7f.1/"), ClassURL},
	} {
		client := testClient(t, func(config *Config) { config.Resolver = newNameServer(t, addrs("127.0.0.2")) })
		d, err := client.Download(t.Context(), c.url, io.Discard, Limits{})
		if c.class != "" {
			if e := wantClass(t, err, c.class); e.Again() {
				t.Errorf("%s: would be tried again", c.name)
			}
			continue
		}
		if err != nil || d.Bytes != 100 || d.URL == c.url {
			t.Errorf("%s: Download = %+v, %v", c.name, d, err)
		}
	}
}

func TestDownloadNeverLeavesTLS(t *testing.T) {
	plain := serve(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(picture(100)) })
	var up string
	secure := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/down" {
			http.Redirect(w, r, plain.URL, http.StatusFound)
			return
		}
		_, _ = w.Write(picture(100))
	}))
	defer secure.Close()
	upwards := serve(t, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, up, http.StatusFound) })
	pool := x509.NewCertPool()
	pool.AddCert(secure.Certificate())
	c := testClient(t, func(c *Config) { c.RootCAs = pool })
	_, err := c.Download(t.Context(), secure.URL+"/down", io.Discard, Limits{})
	wantClass(t, err, ClassRedirect)
	up = secure.URL + "/up"
	if _, err := c.Download(t.Context(), upwards.URL, io.Discard, Limits{}); err != nil {
		t.Errorf("from http to https: %v", err)
	}
}

func TestDownloadHostile(t *testing.T) {
	jpeg := string(picture(2000))
	drip := func(conn net.Conn) {
		_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\n\r\n"+jpeg)
		tick := time.NewTicker(20 * time.Millisecond)
		defer tick.Stop()
		for range tick.C {
			if _, err := io.WriteString(conn, "x"); err != nil {
				return
			}
		}
	}
	send := func(text string, then func(net.Conn)) func(net.Conn) {
		return func(conn net.Conn) {
			_, _ = io.WriteString(conn, text)
			then(conn)
		}
	}
	closeIt := func(conn net.Conn) { conn.Close() }
	for _, c := range []struct {
		name   string
		talk   func(net.Conn)
		limits Limits
		class  Class
	}{
		{"says nothing", untilClosed, Limits{Stall: 200 * time.Millisecond, Total: soon}, ClassTimeout},
		{"stalls in the head", send("HTTP/1.1 200 OK\r\n\r\n\xff\xd8", untilClosed), Limits{Stall: 200 * time.Millisecond, Total: soon}, ClassTimeout},
		{"stalls in the body", send("HTTP/1.1 200 OK\r\n\r\n"+jpeg, untilClosed), Limits{Stall: 200 * time.Millisecond, Total: soon}, ClassTimeout},
		{"drips", drip, Limits{Stall: 300 * time.Millisecond, Total: soon}, ClassTimeout},
		{"takes for ever", drip, Limits{Stall: soon, Total: 300 * time.Millisecond}, ClassTimeout},
		{"cut", send("HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\n"+jpeg, closeIt), Limits{}, ClassReset},
		{"cut in the head", send("HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\n\xff\xd8\xff\xe0", closeIt), Limits{}, ClassReset},
		{"reset", send("HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\n"+jpeg, reset), Limits{}, ClassReset},
		{"broken chunks", send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", closeIt), Limits{}, ClassAnswer},
		{"other protocol", send("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n", untilClosed), Limits{}, "http_101"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			started := time.Now()
			_, err := testClient(t, nil).Download(t.Context(), rawServer(t, c.talk), io.Discard, c.limits)
			wantClass(t, err, c.class)
			if spent := time.Since(started); spent > soon/2 {
				t.Errorf("it took %v", spent)
			}
		})
	}
}

func TestDownloadInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	url := rawServer(t, func(conn net.Conn) {
		_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\n\r\n"+string(picture(2000)))
		cancel()
		untilClosed(conn)
	})
	_, err := testClient(t, nil).Download(ctx, url, io.Discard, Limits{})
	wantClass(t, err, ClassInterrupted)
}

// fullDisk fails as a file does when there is no room.
type fullDisk struct{ room int }

var errFull = errors.New("no space left on device")

func (d *fullDisk) Write(p []byte) (int, error) {
	if d.room -= len(p); d.room < 0 {
		return 0, errFull
	}
	return len(p), nil
}

func TestDownloadOntoFullDisk(t *testing.T) {
	server := serve(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(picture(100_000)) })
	for _, room := range []int{0, 50_000} {
		_, err := testClient(t, nil).Download(t.Context(), server.URL, &fullDisk{room}, Limits{})
		var theirs *Error
		if !errors.Is(err, errFull) || errors.As(err, &theirs) {
			t.Errorf("error %v, want the disk's own, which nobody else is blamed for", err)
		}
	}
}
