package main

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"mattebox"
	"mattebox/safehttp"
	"mattebox/webhook"
)

// inbox is a receiver of webhooks.
type inbox struct {
	*httptest.Server
	status int
	header http.Header
	body   []byte
}

func newInbox(t *testing.T) *inbox {
	t.Helper()
	b := &inbox{status: http.StatusOK}
	b.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b.header = r.Header.Clone()
		b.body, _ = io.ReadAll(r.Body)
		w.WriteHeader(b.status)
		io.WriteString(w, "seen\x1b[2J")
	}))
	t.Cleanup(b.Close)
	return b
}

// verify asks the command about what was received.
func (b *inbox) verify(t *testing.T, secret string, body string) result {
	t.Helper()
	args := []string{"webhook", "verify", "--secret", secret}
	for name, values := range b.header {
		args = append(args, "--header", name+": "+values[0])
	}
	return runIn(t, t.Context(), strings.NewReader(body), args...)
}

func TestWebhookTestAndVerify(t *testing.T) {
	h, b := noted(t), newInbox(t)
	keys := h.account("c@d.example")
	r := h.run("webhook", "test", b.URL+"/hook?a=b", "--account", "c@d.example", "--allow-network", "127.0.0.0/8")
	r.wantCode(t, exitDone)
	for _, want := range []string{"> POST /hook?a=b", "> X-RTB-CUSTOMER-HMAC-SHA256: " + b.header.Get("X-Rtb-Customer-Hmac-Sha256"), "> " + string(b.body), "delivered", "< status 200", "< seen"} {
		if !strings.Contains(r.stdout, want) {
			t.Errorf("the test does not tell %q:\n%s", want, r.stdout)
		}
	}
	if strings.Contains(r.stdout, "\x1b") || strings.Contains(r.stdout, keys.ApplicationSecret) {
		t.Errorf("the test tells too much: %q", r.stdout)
	}
	if len(h.deliveries()) != 0 {
		t.Error("the sample is in the log")
	}
	fine := b.verify(t, keys.ApplicationSecret, string(b.body))
	fine.wantCode(t, exitDone)
	if got := strings.Count(fine.stdout, "holds  "); got != 5 {
		t.Errorf("%d signatures hold:\n%s", got, fine.stdout)
	}
	for name, bad := range map[string]result{
		"another secret": b.verify(t, keys.APIKey, string(b.body)), "another body": b.verify(t, keys.ApplicationSecret, string(b.body)+"x"),
	} {
		bad.wantCode(t, exitFailed)
		if !strings.Contains(bad.stdout, "does not hold") || !strings.Contains(bad.stdout, "->") {
			t.Errorf("%s: %s", name, bad.stdout)
		}
	}
}

func TestWebhookTestThatFails(t *testing.T) {
	h, b := noted(t), newInbox(t)
	b.status = http.StatusTeapot
	r := h.run("webhook", "test", b.URL, "--account", "a@b.example", "--allow-network", "127.0.0.0/8")
	r.wantCode(t, exitFailed)
	if !strings.Contains(r.stdout, "http_418") {
		t.Errorf("the test says %s", r.stdout)
	}
	b.header = nil
	h.run("webhook", "test", b.URL, "--account", "a@b.example").wantCode(t, exitUsage)
	if b.header != nil {
		t.Error("the guard let a call to loopback pass")
	}
}

// deliveries returns the log.
func (h *house) deliveries(flags ...string) []shownDelivery {
	h.t.Helper()
	var rows []shownDelivery
	h.reads(&rows, append([]string{"webhook", "log"}, flags...)...)
	return rows
}

// tries makes the delivery's next try, as a worker does.
func (h *house) tries(id mattebox.DeliveryID, guard *safehttp.Client) {
	h.t.Helper()
	ctx, r := withTimeout(h.t), h.records()
	sending, err := r.ClaimDelivery(ctx, id, time.Minute)
	if err != nil || sending == nil {
		h.t.Fatalf("claiming delivery %d: %v, %v", id, sending, err)
	}
	outcome := webhook.Attempt(ctx, guard, *sending, time.Now)
	if !sending.Resend {
		outcome.State = mattebox.DeliveryFailed // as after the last try
	}
	if err := r.RecordAttempt(ctx, outcome); err != nil {
		h.t.Fatal(err)
	}
}

func TestWebhookLogAndResend(t *testing.T) {
	h, b := noted(t), newInbox(t)
	b.status = http.StatusInternalServerError
	guard := safehttp.New(safehttp.Config{Allow: mustNetworks(t, "127.0.0.0/8")})
	defer guard.Close()
	image := h.atQuality("a@b.example", b.URL, photo(t))
	h.run("images", "approve", image.Ticket).wantCode(t, exitDone)
	if rows := h.deliveries("--ticket", image.Ticket); len(rows) != 1 || rows[0].State != mattebox.DeliveryPending || rows[0].NextAt == nil {
		t.Fatalf("deliveries %+v", rows)
	}
	id := h.deliveries()[0].ID
	h.tries(id, guard)
	rows := h.deliveries("--failed", "--account", "a@b.example", "--since", "1h")
	if len(rows) != 1 || len(rows[0].Attempts) != 1 || rows[0].Attempts[0].Class != "http_500" || rows[0].Attempts[0].Status != 500 {
		t.Fatalf("failed deliveries %+v", rows)
	}
	if table := h.run("webhook", "log").stdout; !strings.Contains(table, "http_500 (500)") || strings.Contains(table, "\x1b") {
		t.Errorf("table:\n%s", table)
	}
	for _, flags := range [][]string{{"--failed", "--since", "1h"}, {fmt.Sprint(id)}, {"--failed", "--since", "1h", "--account", "a@b.example"}} {
		if r := h.run(append([]string{"webhook", "resend"}, flags...)...); r.code != exitDone || r.stdout != "1 to be sent again\n" {
			t.Errorf("resend %v: %+v", flags, r)
		}
	}
	b.status = http.StatusOK
	h.tries(id, guard)
	rows = h.deliveries()
	if len(rows) != 1 || rows[0].State != mattebox.DeliveryDelivered || len(rows[0].Attempts) != 2 || !rows[0].Attempts[1].Resend {
		t.Errorf("after the resend %+v", rows)
	}
	if rows := h.deliveries("--failed"); len(rows) != 0 {
		t.Errorf("still failed: %+v", rows)
	}
}

func TestWebhookCommandsRefuse(t *testing.T) {
	h := noted(t)
	for name, args := range map[string][]string{
		"resend of nothing":      {"webhook", "resend"},
		"resend without bounds":  {"webhook", "resend", "--failed"},
		"resend of both":         {"webhook", "resend", "1", "--failed", "--since", "1h"},
		"a time that is none":    {"webhook", "log", "--since", "yesterday"},
		"an address that is bad": {"webhook", "test", "ftp://a.example", "--account", "a@b.example"},
		"a network that is bad":  {"webhook", "test", "https://a.example", "--account", "a@b.example", "--allow-network", "x"},
		"no such ticket":         {"webhook", "log", "--ticket", "x"},
		"no such delivery":       {"webhook", "resend", "77"},
	} {
		t.Run(name, func(t *testing.T) { h.run(args...).wantCode(t, exitUsage) })
	}
	r := runIn(t, t.Context(), strings.NewReader(""), "webhook", "verify", "--secret", "s", "--header", "nonsense")
	r.wantCode(t, exitUsage)
	r.wantSaid(t, "Name: value")
}
