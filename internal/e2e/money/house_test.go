package money

import (
	"encoding/json"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"mattebox/internal/servicetest"
)

// patience is how long one picture may take, with others before it in the queue.
const patience = 2 * time.Minute

type fields = servicetest.Fields

// house is a service with a server of pictures beside it.
type house struct {
	*servicetest.Service
	pictures *servicetest.Pictures
	people   atomic.Int64
}

// onBoth runs the test on either database, in a house of its own.
func onBoth(t *testing.T, run func(*testing.T, *house)) {
	t.Helper()
	onBothWith(t, nil, run)
}

// onBothWith is onBoth with more in the service's environment.
func onBothWith(t *testing.T, env []string, run func(*testing.T, *house)) {
	t.Helper()
	p := servicetest.Program(t)
	for name, database := range servicetest.Databases() {
		t.Run(name, func(t *testing.T) { run(t, open(t, p, database(t), env)) })
	}
}

func open(t *testing.T, program, database string, env []string) *house {
	t.Helper()
	c := servicetest.Config{
		Program: program, Data: t.TempDir(), Database: database, Env: append([]string{"MATTEBOX_SELLER=" + servicetest.Seller}, env...),
		Flags: []string{"--allow-network", "127.0.0.0/8", "--metrics-listen", "127.0.0.1:0", "--engines", "1"},
	}
	c.Log = filepath.Join(c.Data, "serve.log")
	if database != "" {
		c.Flags = append(c.Flags, "--migrate")
	}
	h := &house{Service: &servicetest.Service{Config: c}, pictures: servicetest.NewPictures("../../../testdata/photos")}
	t.Cleanup(func() {
		h.pictures.Close()
		if err := h.Kill(); err != nil {
			t.Error(err)
		}
		if t.Failed() {
			t.Logf("beside requests the service's log says:\n%s", h.Trouble())
		}
	})
	if err := h.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	return h
}

// slow is the address of a picture that comes too slowly to be finished.
func (h *house) slow(t *testing.T) string {
	return h.pictures.Handle("slow", servicetest.Drip(100*time.Millisecond))
}

// customer is an account in the hands of a test.
type customer struct {
	servicetest.Client
	h     *house
	t     *testing.T
	email string
	plain int // a template that leaves the background as it is, for 24 hours
}

func (h *house) customer(t *testing.T, flags ...string) *customer {
	t.Helper()
	email := fmt.Sprintf("shop%d@example.test", h.people.Add(1))
	a, err := h.CreateAccount(t.Context(), email, flags...)
	if err != nil {
		t.Fatal(err)
	}
	return h.hold(t, a)
}

func (h *house) hold(t *testing.T, a servicetest.Account) *customer {
	t.Helper()
	c := &customer{Client: h.Client(a), h: h, t: t, email: a.Email}
	var err error
	c.plain, err = c.PostTemplate(t.Context(), fields{"backgroundType": "0", "templateOutputFormat": "JPG"})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// do sends a request that may fail by its ErrorCode only.
func (c *customer) do(method, path string, f fields) *servicetest.Answer {
	c.t.Helper()
	a, err := c.Do(c.t.Context(), method, path, f)
	if err != nil {
		c.t.Fatal(err)
	}
	return a
}

// order orders an image of the address and wants the ErrorCode.
func (c *customer) order(address, code string, more fields) *servicetest.Answer {
	c.t.Helper()
	f := fields{"imageURL": address, "templateId": c.plain}
	for name, value := range more {
		f[name] = value
	}
	a := c.do(http.MethodPost, "Image", f)
	if a.ErrorCode != code {
		c.t.Fatalf("POST Image: ErrorCode %s (%s), want %s", a.ErrorCode, a.Message, code)
	}
	return a
}

// finished orders an image and waits for its result.
func (c *customer) finished() *servicetest.ImageStatus {
	c.t.Helper()
	return c.wait(c.order(c.h.pictures.At("160/coffee.jpg"), "NoError", nil).ImageTicket, 70)
}

func (c *customer) wait(ticket string, status int) *servicetest.ImageStatus {
	c.t.Helper()
	s, err := c.WaitStatus(c.t.Context(), patience, ticket, status)
	if err != nil {
		c.t.Fatal(err)
	}
	return s
}

// has fails the test unless the account has the balance and the trial images.
func (c *customer) has(balance string, trial int) {
	c.t.Helper()
	a := c.do(http.MethodGet, "Contact", nil)
	if a.Contact == nil || string(a.Contact.ContactAccountBalance.Amount) != balance || a.Contact.NumberOfTrialImages != trial {
		c.t.Errorf("%s has %+v, want %s and %d trial images", c.email, a.Contact, balance, trial)
	}
}

// deletes takes an order back.
func (c *customer) deletes(ticket string) {
	c.t.Helper()
	if err := c.do(http.MethodDelete, "Image/"+ticket, nil).Err(); err != nil {
		c.t.Fatal(err)
	}
}

// used is a row of "mattebox usage export".
type used struct {
	Ticket, Funding, Price, Currency, Invoice string
	StatusID                                  int `json:"statusId"`
	Partner                                   int64
	Charged, IsPaid                           bool
}

func (c *customer) usage() []used {
	c.t.Helper()
	var rows []used
	c.h.reads(c.t, &rows, "usage export", "--account", c.email, "--format", "json")
	return rows
}

// reads runs a command that prints JSON.
func (h *house) reads(t *testing.T, into any, words string, args ...string) {
	t.Helper()
	out := h.mattebox(t, words, args...)
	if err := json.Unmarshal(out, into); err != nil {
		t.Fatalf("%v in %s", err, out)
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

// ledger fails the test unless the ledger checks, and returns how many postings it has.
func (h *house) ledger(t *testing.T) int {
	t.Helper()
	report, err := h.CheckLedger(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, fault := range report.Faults {
		t.Errorf("the ledger: %s", fault)
	}
	return report.Postings
}
