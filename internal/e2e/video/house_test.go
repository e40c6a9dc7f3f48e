package video

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"mattebox/internal/servicetest"
)

// patience is how long a job may take, with others before it, on a machine that does
// other things, too.
const patience = 4 * time.Minute

// adminToken is the services' X-Admin-Token.
const adminToken = "the administrator's token"

// house is a service with a web server of clips and a receiver of webhooks beside it.
type house struct {
	*servicetest.Service
	web      *servicetest.Pictures // of the folder of clips
	receiver *servicetest.Receiver
	people   atomic.Int64

	mu    sync.Mutex
	known []string // secrets, which may stand in no log
}

// settings say what is special about a house.
type settings struct {
	database string   // URL; empty: SQLite
	flags    []string // of serve
	env      []string
}

// houses bounds how many services with an engine run at a time.
var houses = make(chan struct{}, 3)

// alongside lets the test run beside others as soon as there is room for so many
// services.
func alongside(t *testing.T, services int) {
	t.Helper()
	t.Parallel()
	for range services {
		houses <- struct{}{}
		t.Cleanup(func() { <-houses })
	}
}

// build returns the program, and skips the test where clips cannot be made.
func build(t testing.TB) string {
	t.Helper()
	for _, tool := range []string{"ffmpeg", "ffprobe"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("%s is not installed", tool)
		}
	}
	return servicetest.Program(t)
}

// open starts a house for the test.
func open(t *testing.T, s settings) *house {
	t.Helper()
	c := servicetest.Config{
		Program: build(t), Data: t.TempDir(), Database: s.database,
		Flags: append([]string{"--allow-network", "127.0.0.0/8", "--metrics-listen", "127.0.0.1:0", "--video-rate", "60000"}, s.flags...),
		Env:   append([]string{"MATTEBOX_ADMIN_TOKEN=" + adminToken, "MATTEBOX_SELLER=" + servicetest.Seller}, s.env...),
	}
	c.Log = filepath.Join(c.Data, "serve.log")
	if c.Database != "" {
		c.Flags = append(c.Flags, "--migrate")
	}
	receiver, err := servicetest.NewReceiver(filepath.Join(t.TempDir(), "journal"))
	if err != nil {
		t.Fatal(err)
	}
	h := &house{Service: &servicetest.Service{Config: c}, web: servicetest.NewPictures(clips(t)), receiver: receiver, known: []string{adminToken}}
	t.Cleanup(func() { h.close(t) })
	if err := h.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	h.keep(h.First.Secrets()...)
	return h
}

func (h *house) close(t *testing.T) {
	h.web.Close()
	if err := h.receiver.Close(); err != nil {
		t.Error(err)
	}
	if err := h.Kill(); err != nil {
		t.Error(err)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	leaks, err := h.Leaks(h.known...)
	if err != nil {
		t.Error(err)
	}
	for _, line := range leaks {
		t.Errorf("the log holds a key or secret: %s", line)
	}
	if t.Failed() {
		t.Logf("beside requests the service's log says:\n%s", h.Trouble())
	}
}

// keep remembers what may not be logged.
func (h *house) keep(secrets ...string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.known = append(h.known, secrets...)
}

// until waits for a state that can be looked at.
func until(t *testing.T, limit time.Duration, what string, done func() bool) {
	t.Helper()
	err := servicetest.Until(t.Context(), limit, what, func() (bool, error) { return done(), nil })
	if err != nil {
		t.Fatal(err)
	}
}

// workFiles returns when the files were written that the job's work has left so far,
// by their path in the data folder: in the blobs, or unfinished.
func (h *house) workFiles(t *testing.T, id string) map[string]time.Time {
	t.Helper()
	all := map[string]time.Time{}
	err := filepath.WalkDir(h.Data, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.Contains(path, id+"/work-") {
			return nil // what goes meanwhile is gone
		}
		if info, err := entry.Info(); err == nil {
			all[strings.TrimPrefix(path, h.Data)] = info.ModTime()
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// ledger fails the test unless the ledger checks.
func (h *house) ledger(t *testing.T) {
	t.Helper()
	ledger, err := h.CheckLedger(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, fault := range ledger.Faults {
		t.Errorf("the ledger: %s", fault)
	}
}

// counted returns the sum of a metric's lines that hold all of the labels.
func (h *house) counted(t *testing.T, name string, labels ...string) (sum float64) {
	t.Helper()
	a, err := servicetest.VideoClient{}.Do(t.Context(), "GET", h.Metrics, nil)
	if err != nil {
		t.Fatal(err)
	}
lines:
	for line := range strings.Lines(string(a.Body)) {
		if !strings.HasPrefix(line, name+"{") {
			continue
		}
		for _, label := range labels {
			if !strings.Contains(line, label) {
				continue lines
			}
		}
		var value float64
		if _, err := fmt.Sscan(line[strings.LastIndex(line, "}")+1:], &value); err != nil {
			t.Fatalf("metric %q: %v", line, err)
		}
		sum += value
	}
	return sum
}
