package video

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"mattebox/httpd"
)

// line is a TCP connection to a server that can be replaced, cut after so many bytes
// from the client.
type line struct {
	net.Listener
	mu     sync.Mutex
	target string
	cuts   []int64 // of the connections that are still to come; those that follow are whole
}

func newLine(t *testing.T, target string, cuts ...int64) *line {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	out := &line{Listener: l, target: target, cuts: cuts}
	go out.run()
	t.Cleanup(func() { l.Close() })
	return out
}

func (l *line) run() {
	for {
		client, err := l.Accept()
		if err != nil {
			return
		}
		go l.carry(client)
	}
}

func (l *line) carry(client net.Conn) {
	defer client.Close()
	l.mu.Lock()
	target, cut := l.target, int64(1<<40)
	if len(l.cuts) > 0 {
		cut, l.cuts = l.cuts[0], l.cuts[1:]
	}
	l.mu.Unlock()
	server, err := net.Dial("tcp", target)
	if err != nil {
		return
	}
	defer server.Close()
	go func() {
		io.Copy(client, server)
		client.Close()
	}()
	io.CopyN(server, client, cut)
}

func (l *line) to(target string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.target = target
}

func (l *line) uncut() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.cuts)
}

// sentByTus is what testdata/tus/client.js prints.
type sentByTus struct {
	Heads    []int64
	Statuses []string
	Retries  int
	VideoID  string
	VideoURL string
	Error    string
	Status   int
	URL      string
}

// tusClient starts tus-js-client; wait returns what it printed.
func (h *house) tusClient(env ...string) (cmd *exec.Cmd, progress io.Reader, wait func() sentByTus) {
	h.Helper()
	if _, err := exec.LookPath("node"); err != nil {
		h.Skip("node is missing")
	}
	if _, err := os.Stat("testdata/tus/node_modules/tus-js-client"); err != nil {
		h.Skip("tus-js-client is missing: scripts/setup.sh test installs it")
	}
	cmd = exec.CommandContext(h.Context(), "node", "testdata/tus/client.js")
	cmd.Env = append(append(os.Environ(), "KEY="+h.key, "NO_PROXY=*"), env...)
	var out bytes.Buffer
	cmd.Stdout = &out
	progress, err := cmd.StderrPipe()
	if err != nil {
		h.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		h.Fatal(err)
	}
	return cmd, progress, func() (sent sentByTus) {
		h.Helper()
		said, _ := io.ReadAll(progress)
		_ = cmd.Wait() // what it printed tells more
		if err := json.Unmarshal(out.Bytes(), &sent); err != nil {
			h.Fatalf("%q, %v: %s", out.String(), err, said)
		}
		return sent
	}
}

// clipFile is a clip of that many bytes in a file.
func (h *house) clipFile(size int) (path string, clip []byte) {
	h.Helper()
	path, clip = filepath.Join(h.TempDir(), "clip.mp4"), aClip(size)
	if err := os.WriteFile(path, clip, 0o600); err != nil {
		h.Fatal(err)
	}
	return path, clip
}

// arrived wants the client to have succeeded, and the clip to be there whole.
func (h *house) arrived(sent sentByTus, clip []byte) {
	h.Helper()
	if sent.Error != "" || sent.VideoID == "" || !strings.HasSuffix(sent.URL, sent.VideoID) {
		h.Fatalf("%+v", sent)
	}
	address, err := url.Parse(sent.VideoURL)
	if err != nil {
		h.Fatal(err)
	}
	if back := h.send("GET", address.RequestURI(), nil); back.body != string(clip) || !strings.HasSuffix(address.Path, "/my clip.mp4") {
		h.Errorf("%s gives %d with %d bytes", sent.VideoURL, back.status, len(back.body))
	}
	h.partsAre(0)
}

// tus-js-client goes on by itself when its line is cut, and when the service has been
// restarted in between.
func TestTusClientOnABrokenLine(t *testing.T) {
	for name, chunk := range map[string]string{"in chunks": "1000000", "in one": "9000000"} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			path, clip := h.clipFile(6e6)
			line := newLine(t, strings.TrimPrefix(h.url, "http://"), 2_500_000, 1_500_000)
			h.config.Links.Public = "http://" + line.Addr().String()
			restart := h.serveBehind(line)
			_, _, wait := h.tusClient("BASE="+h.config.Links.Public, "FILE="+path, "CHUNK="+chunk)
			eventually(t, func() bool { return line.uncut() == 0 })
			restart()
			sent := wait()
			h.arrived(sent, clip)
			if sent.Retries < 1 || len(sent.Heads) < 1 || sent.Heads[0] == 0 {
				t.Errorf("nothing broke, or it began anew: %+v", sent)
			}
		})
	}
}

// serveBehind serves the config behind the line, under the line's address; restart has
// another server, with nothing of the first one's memory, take its place.
func (h *house) serveBehind(l *line) (restart func()) {
	h.Helper()
	serve := func() *httpd.Server {
		h.config.Parts = h.parts(PartsConfig{Dir: h.config.Parts.Dir})
		handler, err := New(h.config)
		if err != nil {
			h.Fatal(err)
		}
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			h.Fatal(err)
		}
		server := httpd.New(httpd.Config{
			Handler: handler, Logger: h.config.Logger, Now: time.Now,
			Limits: httpd.Limits{Body: 2 << 20, Large: func(r *http.Request) int64 { return LargeBody(r, h.config.MaxUpload) }},
		})
		go server.Serve(listener)
		l.to(listener.Addr().String())
		return server
	}
	server := serve()
	h.Cleanup(func() { server.Stop(context.Background()) })
	return func() {
		now, stop := context.WithCancel(context.Background())
		stop()
		server.Stop(now) // cuts what is under way
		server = serve()
	}
}

// A client that is killed, and started again, goes on where the first one was.
func TestTusClientStartedAgain(t *testing.T) {
	h := newHouse(t)
	path, clip := h.clipFile(6e6)
	env := []string{"BASE=" + h.url, "FILE=" + path, "CHUNK=500000", "STORE=" + filepath.Join(t.TempDir(), "store.json")}
	cmd, progress, _ := h.tusClient(env...)
	lines := bufio.NewScanner(progress)
	for lines.Scan() {
		if sent, _ := strconv.Atoi(lines.Text()); sent > 2_000_000 {
			break
		}
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	_, _, wait := h.tusClient(env...)
	sent := wait()
	h.arrived(sent, clip)
	if len(sent.Heads) == 0 || sent.Heads[0] < 1_000_000 {
		t.Errorf("it began anew: %+v", sent)
	}
}

// What is refused for good is not tried again.
func TestTusClientIsRefused(t *testing.T) {
	h := newHouse(t)
	path, _ := h.clipFile(9e6)
	text := filepath.Join(t.TempDir(), "text.mp4")
	if err := os.WriteFile(text, bytes.Repeat([]byte("no clip "), 10_000), 0o600); err != nil {
		t.Fatal(err)
	}
	for file, want := range map[string]int{path: 413, text: 400} {
		_, _, wait := h.tusClient("BASE="+h.url, "FILE="+file, "CHUNK=5000")
		if sent := wait(); sent.Status != want || sent.Retries > 1 {
			t.Errorf("%s: %+v, want %d", file, sent, want)
		}
	}
	h.partsAre(0)
}
