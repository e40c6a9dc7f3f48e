package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"mattebox"
)

func TestAccountWebhook(t *testing.T) {
	h := newHouse(t)
	h.account("a@b.example")
	var set, shown shownEndpoint
	h.reads(&set, "account", "webhook", "a@b.example", "--url", "https://dev.example.com/events")
	if set.URL != "https://dev.example.com/events" || len(set.Events) != len(mattebox.EventTypes()) || len(set.Secret) != 36 {
		t.Errorf("set %+v", set)
	}
	h.reads(&set, "account", "webhook", "a@b.example", "--url", "https://dev.example.com/other", "--events", "image.refused,image.finished")
	h.reads(&shown, "account", "webhook", "a@b.example", "--show")
	if shown.Secret != set.Secret || shown.URL != "https://dev.example.com/other" || len(shown.Events) != 2 {
		t.Errorf("shown %+v, set %+v", shown, set)
	}
	if text := h.run("account", "webhook", "a@b.example", "--show").stdout; !strings.Contains(text, "events: image.finished,image.refused\n") {
		t.Errorf("shown:\n%s", text)
	}
	var rotated rotatedSecret
	h.reads(&rotated, "account", "rotate-secret", "a@b.example", "--webhook", "--overlap", "2h")
	if rotated.Kind != "webhook" || rotated.Secret == set.Secret || rotated.Until == nil || time.Until(*rotated.Until) > 2*time.Hour {
		t.Errorf("rotated %+v", rotated)
	}
	if text := h.run("account", "rotate-secret", "a@b.example", "--overlap", "0s").stdout; !strings.Contains(text, "applicationSecret: ") || strings.Contains(text, "oldUntil") {
		t.Errorf("rotated:\n%s", text)
	}
	h.run("account", "webhook", "a@b.example", "--drop").wantCode(t, exitDone)
	h.run("account", "webhook", "a@b.example", "--show").wantCode(t, exitUsage)
}

func TestAccountWebhookRefuses(t *testing.T) {
	h := newHouse(t)
	h.account("a@b.example")
	for name, tt := range map[string]struct {
		args []string
		says string
	}{
		"nothing":      {nil, "--url, --show and --drop"},
		"two things":   {[]string{"--show", "--drop"}, "--url, --show and --drop"},
		"plain http":   {[]string{"--url", "http://dev.example.com/events"}, "https://"},
		"inside":       {[]string{"--url", "https://10.0.0.1/events"}, "may call"},
		"unknown":      {[]string{"--url", "https://dev.example.com/", "--events", "image.eaten"}, "--events has"},
		"events alone": {[]string{"--show", "--events", "image.finished"}, "--url"},
		"no authority": {[]string{"--url", "https://dev.example.com/", "--ca-file", "accountwebhook_test.go"}, "no certificate"},
	} {
		t.Run(name, func(t *testing.T) {
			r := h.run(append([]string{"account", "webhook", "a@b.example"}, tt.args...)...)
			r.wantCode(t, exitUsage)
			r.wantSaid(t, tt.says)
		})
	}
	h.run("account", "rotate-secret", "a@b.example", "--webhook").wantCode(t, exitUsage) // has none
	h.run("account", "rotate-secret", "a@b.example", "--overlap", "9999h").wantCode(t, exitUsage)
}

// What an operator does to an image or an invoice is told to its developer, with the
// running server's address where there is a result.
func TestOperatorsWorkIsTold(t *testing.T) {
	h := newHouse(t)
	h.charged("a@b.example")
	h.run("account", "webhook", "a@b.example", "--url", "https://dev.example.com/events").wantCode(t, exitDone)
	image := h.atQuality("a@b.example", "", photo(t))
	h.run("images", "approve", image.Ticket).wantCode(t, exitDone)
	rows := h.deliveries("--event", "image.finished")
	if len(rows) != 1 || rows[0].Dialect != "hwr" || rows[0].Subject != image.Ticket || !strings.Contains(rows[0].Body, "https://cutouts.example/") {
		t.Fatalf("deliveries %+v", rows)
	}
	if rows := h.deliveries("--ticket", image.Ticket); len(rows) != 2 || rows[1].Event != "image.queued" {
		t.Errorf("deliveries of the ticket %+v", rows)
	}
	other := h.atQuality("a@b.example", "", photo(t))
	h.run("images", "refuse", other.Ticket, "--reason", "no object").wantCode(t, exitDone)
	if rows := h.deliveries("--event", "image.refused", "--receiver", "https://dev.example.com/events?x=1"); len(rows) != 1 || !strings.Contains(rows[0].Body, "no object") {
		t.Errorf("deliveries %+v", rows)
	}
	h.invoiced("a@b.example")
	if rows := h.deliveries("--event", "invoice.created", "--until", "2020-01-01"); len(rows) != 0 {
		t.Errorf("deliveries of the past %+v", rows)
	}
	if rows := h.deliveries("--event", "invoice.created"); len(rows) != 1 || !strings.HasPrefix(rows[0].Subject, "INV-") {
		t.Errorf("deliveries %+v", rows)
	}
}

func TestWebhookTestOfEveryDialect(t *testing.T) {
	h, b := noted(t), newInbox(t)
	h.account("c@d.example")
	for dialect, header := range map[string]string{"rtb": "X-RTB-CUSTOMER-HMAC-SHA256", "video": "X-Webhook-Signature"} {
		r := h.run("webhook", "test", b.URL, "--account", "c@d.example", "--dialect", dialect, "--allow-network", "127.0.0.0/8")
		r.wantCode(t, exitDone)
		if b.header.Get(header) == "" || !strings.Contains(r.stdout, "> "+header) {
			t.Errorf("%s: the receiver got %v", dialect, b.header)
		}
	}
	h.run("webhook", "test", "--account", "c@d.example", "--dialect", "hwr").wantCode(t, exitUsage) // no address
	h.run("account", "webhook", "c@d.example", "--url", "https://127.0.0.1:9/", "--allow-network", "127.0.0.0/8").wantCode(t, exitDone)
	r := h.run("webhook", "test", "--account", "c@d.example", "--dialect", "hwr", "--event", "invoice.paid", "--allow-network", "127.0.0.0/8")
	r.wantCode(t, exitFailed)
	if !strings.Contains(r.stdout, "> X-HWR-SIGNATURE: ") || !strings.Contains(r.stdout, "connection_refused") || !strings.Contains(r.stdout, `"invoice.paid"`) {
		t.Errorf("the test tells %s", r.stdout)
	}
	r = h.run("webhook", "test", b.URL, "--account", "c@d.example", "--event", "job.failed", "--allow-network", "127.0.0.0/8")
	r.wantCode(t, exitUsage)
	r.wantSaid(t, "--event")
}

func TestWebhookPauseStatusResumeReplay(t *testing.T) {
	h := noted(t)
	const address = "https://dev.example.com/events"
	h.run("account", "webhook", "a@b.example", "--url", address).wantCode(t, exitDone)
	image := h.atQuality("a@b.example", "", photo(t))
	h.run("images", "refuse", image.Ticket, "--reason", "no object").wantCode(t, exitDone)
	h.run("webhook", "pause", address+"?a=b", "--account", "a@b.example", "--why", "they are moving").wantCode(t, exitDone)
	var s shownStatus
	h.reads(&s, "webhook", "status", "--account", "a@b.example")
	if len(s.Receivers) != 1 || s.Receivers[0].URL != address || s.Receivers[0].State != mattebox.ReceiverPaused || s.Receivers[0].Why != "they are moving" {
		t.Errorf("status %+v", s)
	}
	if table := h.run("webhook", "status").stdout; !strings.Contains(table, "paused") || !strings.Contains(table, address) {
		t.Errorf("table:\n%s", table)
	}
	h.run("webhook", "resume", address, "--account", "a@b.example").wantCode(t, exitDone)
	h.run("webhook", "resume", address, "--account", "a@b.example").wantCode(t, exitUsage)
	if h.reads(&s, "webhook", "status"); len(s.Receivers) != 0 {
		t.Errorf("after the resume %+v", s)
	}
	if r := h.run("webhook", "replay", "--account", "a@b.example", "--since", "1h"); r.stdout != "0 to be sent again\n" {
		t.Errorf("replay of what is pending anyway: %+v", r)
	}
	if _, err := h.records().db.Writer.ExecContext(t.Context(), `UPDATE deliveries SET state = 'delivered', ended = 1, ready_at = NULL WHERE event = 'image.refused'`); err != nil {
		t.Fatal(err)
	}
	var resent map[string]int
	h.reads(&resent, "webhook", "replay", "--account", "a@b.example", "--since", "1h", "--event", "image.refused")
	if resent["resent"] != 1 {
		t.Errorf("replay %v", resent)
	}
	for _, args := range [][]string{{"--account", "a@b.example"}, {"--since", "1h"}, {"--account", "a@b.example", "--since", "1h", "--event", "x"}} {
		h.run(append([]string{"webhook", "replay"}, args...)...).wantCode(t, exitUsage)
	}
	id := h.deliveries("--event", "image.refused")[0].ID
	if text := h.run("webhook", "show", fmt.Sprint(id)).stdout; !strings.Contains(text, `"reason":"no object"`) || !strings.Contains(text, image.Ticket) {
		t.Errorf("show:\n%s", text)
	}
	h.run("webhook", "show", "77777").wantCode(t, exitUsage)
	h.run("webhook", "status", "--read").wantCode(t, exitUsage)
	h.run("webhook", "status", "--read", "--account", "a@b.example").wantCode(t, exitDone)
}
