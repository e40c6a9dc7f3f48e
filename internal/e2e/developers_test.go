package e2e

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"mattebox/internal/servicetest"
)

// quick is a template whose pictures need no network.
var quick = fields{"backgroundType": "0", "templateOutputFormat": "JPG"}

// developer is an account that is told of events at a path of an https receiver.
type developer struct {
	*customer
	hooks  *servicetest.Receiver
	path   string
	secret string
}

// withHooks starts a house that trusts the https receiver beside it.
func withHooks(t *testing.T, run func(*testing.T, *house, *servicetest.Receiver)) {
	authority := filepath.Join(t.TempDir(), "authority.pem")
	for name, database := range servicetest.Databases() {
		t.Run(name, func(t *testing.T) {
			alongside(t)
			hooks, err := servicetest.NewTLSReceiver(filepath.Join(t.TempDir(), "hooks"), authority)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { hooks.Close() })
			run(t, open(t, settings{database: database(t), flags: []string{"--engines", "1", "--ca-file", authority}}), hooks)
		})
	}
}

// developer makes an account with an address for events, and more flags of account
// webhook.
func (h *house) developer(t *testing.T, hooks *servicetest.Receiver, flags ...string) *developer {
	t.Helper()
	d := &developer{customer: h.customer(t, "--developer"), hooks: hooks}
	d.path = "events/" + d.Email
	d.secret = d.subscribe(flags...)
	return d
}

// subscribe sets the address and returns the secret.
func (d *developer) subscribe(flags ...string) string {
	d.t.Helper()
	args := append([]string{d.Email, "--url", d.hooks.At(d.path), "--allow-network", "127.0.0.0/8", "--json"}, flags...)
	var set struct{ WebhookSecret string }
	if err := json.Unmarshal(d.h.mattebox(d.t, "account webhook", args...), &set); err != nil || set.WebhookSecret == "" {
		d.t.Fatalf("the address was set as %+v, %v", set, err)
	}
	d.h.keep(servicetest.Account{APIKey: set.WebhookSecret})
	return set.WebhookSecret
}

// event is what a developer reads in a webhook.
type event struct {
	Event string
	Data  struct {
		Occurred  time.Time
		AccountID int64
		Ticket    string
		InvoiceID string
		ResultURL string
		Reason    string
		Question  string
		Comment   string
	}
	post servicetest.Post
}

// events returns what came about the ticket or invoice so far, everything for "", in
// the order in which it happened.
func (d *developer) events(about string) []event {
	d.t.Helper()
	var all []event
	for _, p := range d.hooks.Posts(d.path) {
		e := event{post: p}
		if err := json.Unmarshal(p.Body, &e); err != nil {
			d.t.Fatalf("%s: %v", p.Body, err)
		}
		if about == "" || e.Data.Ticket == about || e.Data.InvoiceID == about {
			all = append(all, e)
		}
	}
	slices.SortStableFunc(all, func(a, b event) int { return a.Data.Occurred.Compare(b.Data.Occurred) })
	return all
}

func names(events []event) string {
	var all []string
	for _, e := range events {
		all = append(all, strings.TrimPrefix(e.Event, "image."))
	}
	return strings.Join(all, " ")
}

// hears waits until the developer was told just that about the ticket or invoice.
func (d *developer) hears(about, want string) []event {
	d.t.Helper()
	err := servicetest.Until(d.t.Context(), patience, "events "+want, func() (bool, error) { return names(d.events(about)) == want, nil })
	if err != nil {
		d.t.Fatalf("%v; there are %s", err, names(d.events(about)))
	}
	return d.events(about)
}

// signed checks the dialect's own signature by the secret, and that one of Standard
// Webhooks holds by each of the others.
func signed(t *testing.T, p servicetest.Post, secret string, others ...string) {
	t.Helper()
	if got, want := p.Header.Get("X-Hwr-Signature"), hex.EncodeToString(macOf(secret, string(p.Body))); got != want {
		t.Errorf("X-HWR-SIGNATURE is %q, want %q", got, want)
	}
	for _, other := range append(others, secret) {
		if !standard(p, other) {
			t.Errorf("no signature of webhook-signature %q holds", p.Header.Get("webhook-signature"))
		}
	}
}

// standard reports whether a receiver that knows one secret accepts the request by
// the Standard Webhooks headers.
func standard(p servicetest.Post, secret string) bool {
	text := p.UID() + "." + p.Header.Get("webhook-timestamp") + "." + string(p.Body)
	want := "v1," + base64.StdEncoding.EncodeToString(macOf(secret, text))
	return slices.Contains(strings.Fields(p.Header.Get("webhook-signature")), want)
}

func macOf(secret, text string) []byte {
	h := hmac.New(sha256.New, []byte(secret))
	h.Write([]byte(text))
	return h.Sum(nil)
}
