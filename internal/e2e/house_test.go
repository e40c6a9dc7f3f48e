package e2e

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	_ "image/jpeg" // results
	_ "image/png"  // results
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"mattebox/internal/pgtest"
	"mattebox/internal/servicetest"
)

// patience is how long one picture may take, with others before it in the queue.
const patience = 3 * time.Minute

// fields is short for what every request is made of.
type fields = servicetest.Fields

// program is built once for all tests of the process.
var program = sync.OnceValues(func() (string, error) { return servicetest.Build(context.Background()) })

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

// engines returns the databases by name, each with what makes a fresh one.
func engines() map[string]func(testing.TB) string {
	return map[string]func(testing.TB) string{
		"sqlite":   func(testing.TB) string { return "" },
		"postgres": pgtest.URL,
	}
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
	for name, database := range engines() {
		t.Run(name, func(t *testing.T) {
			alongside(t)
			s := s
			s.database = database(t)
			s.flags = append([]string{"--engines", "1"}, s.flags...)
			run(t, open(t, s))
		})
	}
}

// build returns the program, and skips the test where pictures cannot be cut out.
func build(t testing.TB) string {
	t.Helper()
	if testing.Short() {
		t.Skip("the service's end-to-end tests take minutes")
	}
	p, err := program()
	if err != nil {
		t.Fatal(err)
	}
	if why := servicetest.MissingNetworks(t.Context(), p); why != "" {
		t.Skip(why)
	}
	return p
}

// open starts a house for the test.
func open(t *testing.T, s settings) *house {
	t.Helper()
	h := around(t, servicetest.Config{Program: build(t), Data: t.TempDir(), Database: s.database, Flags: s.flags, Env: s.env})
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
		t.Logf("the service's log is in %s; beside requests it says:\n%s", h.keepLog(t), h.trouble())
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

// trouble returns the end of the log without the requests and the routine.
func (h *house) trouble() string {
	log, _ := os.ReadFile(h.Log) // it only helps
	var lines []string
	for line := range strings.Lines(string(log)) {
		if !strings.Contains(line, "level=INFO") && !strings.Contains(line, "engine child said") {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines[max(0, len(lines)-100):], "")
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

// customer is an account in the hands of a test.
type customer struct {
	servicetest.Client
	account servicetest.Account
	h       *house
	t       *testing.T
}

// customer makes an account for the test, with more flags of account create.
func (h *house) customer(t *testing.T, flags ...string) *customer {
	t.Helper()
	email := fmt.Sprintf("shop%d@example.test", h.people.Add(1))
	a, err := h.CreateAccount(t.Context(), email, flags...)
	if err != nil {
		t.Fatal(err)
	}
	h.keep(a)
	t.Cleanup(func() { h.checkLog(t) })
	return &customer{Client: h.Client(a), account: a, h: h, t: t}
}

// keep remembers what may not be logged.
func (h *house) keep(a servicetest.Account) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.known = append(h.known, a.Secrets()...)
}

// small is the address of a photograph of 320 pixels.
func (h *house) small() string { return h.pictures.At("320/coffee.jpg") }

// do sends a request and fails the test unless the answer's ErrorCode is NoError.
func (c *customer) do(method, path string, f fields) *servicetest.Answer {
	c.t.Helper()
	a := c.try(method, path, f)
	if err := a.Err(); err != nil {
		c.t.Fatalf("%s %s: %v", method, path, err)
	}
	return a
}

// try sends a request that may fail by its ErrorCode only.
func (c *customer) try(method, path string, f fields) *servicetest.Answer {
	c.t.Helper()
	a, err := c.Do(c.t.Context(), method, path, f)
	if err != nil {
		c.t.Fatal(err)
	}
	return a
}

// refused sends a request that has to fail with the ErrorCode.
func (c *customer) refused(code, method, path string, f fields) *servicetest.Answer {
	c.t.Helper()
	a := c.try(method, path, f)
	if a.ErrorCode != code {
		c.t.Errorf("%s %s %v: ErrorCode %q (%s), want %s", method, path, f, a.ErrorCode, a.Message, code)
	}
	return a
}

// order orders an image of the small photograph, unless the fields name another.
func (c *customer) order(f fields) string {
	c.t.Helper()
	all := fields{"imageURL": c.h.small()}
	for name, value := range f {
		all[name] = value
	}
	return c.do(http.MethodPost, "Image", all).ImageTicket
}

// template makes a template and returns its id.
func (c *customer) template(f fields) int {
	c.t.Helper()
	id, err := c.PostTemplate(c.t.Context(), f)
	if err != nil {
		c.t.Fatal(err)
	}
	return id
}

// wait waits until the image stands at one of the statuses, and fails the test when
// it does not or comes to an end elsewhere.
func (c *customer) wait(ticket string, statuses ...int) *servicetest.ImageStatus {
	c.t.Helper()
	s, err := c.WaitStatus(c.t.Context(), patience, ticket, append(statuses, 0, 90, 999)...)
	if err == nil && !slices.Contains(statuses, s.StatusId) {
		err = fmt.Errorf("image %s came to %d (%s), want one of %v", ticket, s.StatusId, s.StatusName, statuses)
	}
	if err != nil {
		c.t.Fatalf("%v; the operator sees %+v", err, c.h.show(c.t, ticket))
	}
	return s
}

// finished orders an image and waits for its result.
func (c *customer) finished(f fields) *servicetest.ImageStatus {
	c.t.Helper()
	return c.wait(c.order(f), 70, 80)
}

// status returns where the image stands.
func (c *customer) status(ticket string) *servicetest.ImageStatus {
	c.t.Helper()
	s, err := c.Status(c.t.Context(), ticket)
	if err != nil {
		c.t.Fatal(err)
	}
	return s
}

// download fetches a file and fails the test unless the status is as wanted.
func (c *customer) download(address string, want int) (http.Header, []byte) {
	c.t.Helper()
	response, body, err := c.Download(c.t.Context(), address)
	if err != nil {
		c.t.Fatal(err)
	}
	if response.StatusCode != want {
		c.t.Fatalf("GET %s: HTTP status %d, want %d: %.200s", address, response.StatusCode, want, body)
	}
	return response.Header, body
}

// picture downloads and decodes a picture.
func (c *customer) picture(address string) (image.Image, string) {
	c.t.Helper()
	_, body := c.download(address, http.StatusOK)
	picture, format, err := image.Decode(bytes.NewReader(body))
	if err != nil {
		c.t.Fatalf("decoding %s: %v", address, err)
	}
	return picture, format
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
