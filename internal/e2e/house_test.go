package e2e

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"mattebox/internal/servicetest"
)

// patience is how long one picture may take, with others before it in the queue.
const patience = 6 * time.Minute

// fields is short for what every request is made of.
type fields = servicetest.Fields

// house is a service with the customers' picture server and webhook receiver
// around it.
type house struct {
	*servicetest.Service
	pictures *servicetest.Pictures
	receiver *servicetest.Receiver

	people atomic.Int64
	mu     sync.Mutex
	known  []string // secrets, which may stand in no log
}

// settings say what is special about a house.
type settings struct {
	database string   // URL; empty: SQLite
	flags    []string // of serve
	env      []string
}

// houses bounds how many tests with services of their own run at a time: each
// service has engines that want cores and memory.
var houses = make(chan struct{}, 2)

// alongside lets the test run beside others as soon as there is room for its
// services.
func alongside(t *testing.T) {
	t.Helper()
	t.Parallel()
	houses <- struct{}{}
	t.Cleanup(func() { <-houses })
}

// onBoth runs the test on either database, in a house of its own with one engine.
func onBoth(t *testing.T, s settings, run func(*testing.T, *house)) {
	t.Helper()
	for name, database := range servicetest.Databases() {
		t.Run(name, func(t *testing.T) {
			alongside(t)
			s := s
			s.database = database(t)
			s.flags = append([]string{"--engines", "1"}, s.flags...)
			run(t, open(t, s))
		})
	}
}

// open starts a house for the test.
func open(t *testing.T, s settings) *house {
	t.Helper()
	h := around(t, servicetest.Config{Program: servicetest.Program(t), Data: t.TempDir(), Database: s.database, Flags: s.flags, Env: s.env})
	if err := h.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	h.keep(h.First)
	return h
}

// around puts a house around a service that is not started yet.
func around(t *testing.T, c servicetest.Config) *house {
	t.Helper()
	c.Flags = append([]string{"--allow-network", "127.0.0.0/8", "--metrics-listen", "127.0.0.1:0"}, c.Flags...)
	if c.Database != "" {
		c.Flags = append(c.Flags, "--migrate")
	}
	c.Env = append(c.Env, "MATTEBOX_ENGINE_FAULT=1")
	if c.Log == "" {
		c.Log = filepath.Join(c.Data, "serve.log")
	}
	receiver, err := servicetest.NewReceiver(filepath.Join(t.TempDir(), "journal"))
	if err != nil {
		t.Fatal(err)
	}
	h := &house{Service: &servicetest.Service{Config: c}, pictures: servicetest.NewPictures(photos()...), receiver: receiver}
	t.Cleanup(func() { h.close(t) })
	return h
}

// photos returns the folders with photographs, of which the first is the tree's.
func photos() []string {
	return []string{"../../testdata/photos", "../../../shared/testdata/photos", "../../../shared/testdata/formats"}
}

func (h *house) close(t *testing.T) {
	h.pictures.Close()
	if err := h.receiver.Close(); err != nil {
		t.Error(err)
	}
	if err := h.Kill(); err != nil {
		t.Error(err)
	}
	h.checkLog(t)
	if t.Failed() {
		t.Logf("the service's log is in %s; beside requests it says:\n%s", h.keepLog(t), h.Trouble())
	}
}

// keepLog copies the log of a failed test to where it outlives the test.
func (h *house) keepLog(t *testing.T) string {
	folder, err := filepath.Abs("../../out/e2e")
	if err != nil {
		return err.Error()
	}
	path := filepath.Join(folder, strings.ReplaceAll(t.Name(), "/", "-")+".log")
	log, err := os.ReadFile(h.Log)
	if err = errors.Join(err, os.MkdirAll(folder, 0o755), os.WriteFile(path, log, 0o600)); err != nil {
		return err.Error()
	}
	return path
}

// checkLog fails the test when a key or secret of any account stands in the log.
func (h *house) checkLog(t *testing.T) {
	t.Helper()
	h.mu.Lock()
	defer h.mu.Unlock()
	leaks, err := h.Leaks(h.known...)
	if err != nil {
		t.Error(err)
	}
	for _, line := range leaks {
		t.Errorf("the log holds a key or secret: %s", line)
	}
}

// until waits for a state that can be looked at.
func until(t *testing.T, limit time.Duration, what string, done func() bool) {
	t.Helper()
	err := servicetest.Until(t.Context(), limit, what, func() (bool, error) { return done(), nil })
	if err != nil {
		t.Fatal(err)
	}
}

// mattebox runs a command of the program beside the service.
func (h *house) mattebox(t *testing.T, words string, args ...string) []byte {
	t.Helper()
	out, err := h.Command(t.Context(), strings.Fields(words), args...)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// show returns what an operator sees of an image.
func (h *house) show(t *testing.T, ticket string) *servicetest.Image {
	t.Helper()
	i, err := h.Show(t.Context(), ticket)
	if err != nil {
		t.Fatal(err)
	}
	return i
}

// history returns the statuses that the image went through, and fails the test when
// a move among them is not allowed.
func (h *house) history(t *testing.T, ticket string) string {
	t.Helper()
	i := h.show(t, ticket)
	for _, fault := range i.Illegal() {
		t.Errorf("image %s: illegal move %s", ticket, fault)
	}
	return i.Path()
}
