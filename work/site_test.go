package work_test

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// site is a customer's server: it serves pictures and takes webhooks.
type site struct {
	*httptest.Server
	mu      sync.Mutex
	posts   []string      // bodies
	arrived chan string   // paths of requests below /wait and /hook
	hold    chan struct{} // requests below /wait end when it is closed
}

func newSite(t testing.TB) *site {
	s := &site{arrived: make(chan string, 100), hold: make(chan struct{})}
	s.Server = httptest.NewServer(s)
	t.Cleanup(func() {
		s.CloseClientConnections()
		s.Close()
	})
	return s
}

// picture is the address of a picture with the size.
func (s *site) picture(width, height int) string {
	return fmt.Sprintf("%s/pictures/shoe.%dx%d.png", s.URL, width, height)
}

func (s *site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case strings.HasPrefix(r.URL.Path, "/wait"):
		_, _ = io.Copy(io.Discard, r.Body) // or the server does not see the client leave
		s.arrived <- r.URL.Path
		select {
		case <-s.hold:
		case <-r.Context().Done():
			return
		}
	case strings.HasPrefix(r.URL.Path, "/hook"):
		body, _ := io.ReadAll(r.Body)
		s.mu.Lock()
		s.posts = append(s.posts, string(body))
		s.mu.Unlock()
		s.arrived <- r.URL.Path
		return
	case strings.HasPrefix(r.URL.Path, "/status/"):
		code, _ := strconv.Atoi(strings.TrimPrefix(r.URL.Path, "/status/"))
		w.WriteHeader(code)
		return
	case r.URL.Path == "/page":
		io.WriteString(w, "<!doctype html><p>no picture")
		return
	}
	width, height := 8, 8
	if i := strings.Index(r.URL.Path, "shoe."); i >= 0 {
		fmt.Sscanf(r.URL.Path[i:], "shoe.%dx%d.png", &width, &height)
	}
	w.Write(pngOf(width, height))
}

// pngOf returns a picture of the size; a huge one has only its header.
func pngOf(width, height int) []byte {
	var b bytes.Buffer
	if width > 1000 {
		_ = png.Encode(&b, image.NewGray(image.Rect(0, 0, 1, 1)))
		head := b.Bytes()
		head[16], head[17], head[18], head[19] = byte(width>>24), byte(width>>16), byte(width>>8), byte(width)
		head[20], head[21], head[22], head[23] = byte(height>>24), byte(height>>16), byte(height>>8), byte(height)
		return head
	}
	_ = png.Encode(&b, image.NewGray(image.Rect(0, 0, width, height)))
	return b.Bytes()
}
