package webhook

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"mattebox"
)

// The vector of contracts.md E.
func TestSignHWR(t *testing.T) {
	s := mattebox.Sending{Secrets: []string{"insert_your_secret_key_here", "the one before"}}
	s.Delivery.Body = []byte(`{"event":"assignment.updated","id":7}`)
	want := map[string]string{"X-HWR-SIGNATURE": "636bdfa10c10d8b26e7932f50d6dd977032e511f7f5ac755d65022afca0394f1"}
	if diff := cmp.Diff(want, HWR().Sign(s, time.Time{})); diff != "" {
		t.Error(diff)
	}
}

func TestNewHWR(t *testing.T) {
	at := time.Date(2026, 4, 20, 12, 0, 0, 250e6, time.FixedZone("", 7200))
	e := mattebox.Event{
		Type: mattebox.EventImageFinished, At: at, Account: 1000004, Result: "https://files.example.test/a.png?sig=1.x&y=<z>",
		Image: &mattebox.Image{
			Ticket: "33979dfe-5ea7-44ea-b3dd-7fde33bc37e9", Account: 1000004, TemplateID: 2000045, Status: mattebox.StatusFinished,
			Order: mattebox.Order{CustomerImageID: "blau \"ü\"\n"}, Created: at.Add(-time.Hour), Due: at.Add(23 * time.Hour),
		},
	}
	got := NewHWR(e, mattebox.Endpoint{Account: 1000003, URL: "https://hook.example.test/x?y"}, "uid")
	want := mattebox.NewDelivery{
		UID: "uid", Dialect: "hwr", Event: "image.finished", URL: "https://hook.example.test/x?y", ContentType: "application/json",
		Body: []byte(`{"event":"image.finished","data":{"occurred":"2026-04-20T10:00:00.250Z","accountId":1000004,` +
			`"ticket":"33979dfe-5ea7-44ea-b3dd-7fde33bc37e9","statusId":70,"statusName":"Production Finished","templateId":2000045,` +
			`"customerImageId":"blau \"ü\"\n","productId":"","created":"2026-04-20T09:00:00.250Z","due":"2026-04-21T09:00:00.250Z",` +
			`"resultUrl":"https://files.example.test/a.png?sig=1.x&y=<z>"}}`),
		Retries: slices.Repeat([]time.Duration{15 * time.Minute}, 9),
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// Each event tells of itself what belongs to it, also when that is empty.
func TestHWRMembers(t *testing.T) {
	image := &mattebox.Image{Reason: "a reason", Comment: "a comment"}
	for event, want := range map[mattebox.EventType]string{
		mattebox.EventImageQueued:    `,"due":"0001-01-01T00:00:00.000Z"}}`,
		mattebox.EventImageFinished:  `,"resultUrl":"the result"}}`,
		mattebox.EventImageDelivered: `,"resultUrl":"the result"}}`,
		mattebox.EventImageFailed:    `,"reason":"a reason"}}`,
		mattebox.EventImageRefused:   `,"reason":"a reason"}}`,
		mattebox.EventImageRejected:  `,"comment":"a comment"}}`,
		mattebox.EventImageQuestion:  `,"question":"a comment"}}`,
	} {
		body := string(NewHWR(mattebox.Event{Type: event, Image: image, Result: "the result"}, mattebox.Endpoint{}, "").Body)
		if !strings.HasSuffix(body, want) || strings.Count(body, "a reason")+strings.Count(body, "a comment")+strings.Count(body, "the result") > 1 {
			t.Errorf("%s: %s", event, body)
		}
	}
	if body := string(NewHWR(mattebox.Event{Type: mattebox.EventImageRejected, Image: &mattebox.Image{}}, mattebox.Endpoint{}, "").Body); !strings.Contains(body, `"comment":""`) {
		t.Errorf("an empty comment is missing in %s", body)
	}
}

func TestHWRInvoice(t *testing.T) {
	dkk := func(cents int64) mattebox.Money { return mattebox.Money{Cents: cents, Currency: mattebox.DKK} }
	note := &mattebox.Invoice{Number: 1320, Credited: 1315, Net: dkk(-10050), VAT: dkk(-2513), Created: time.Unix(0, 0), DueBy: time.Unix(86400, 0)}
	body := NewHWR(mattebox.Event{Type: mattebox.EventInvoiceCreated, Account: 7, Invoice: note, At: time.Unix(0, 0)}, mattebox.Endpoint{}, "").Body
	want := `{"event":"invoice.created","data":{"occurred":"1970-01-01T00:00:00.000Z","accountId":7,"invoiceId":"INV-1320","created":"1970-01-01T00:00:00.000Z",` +
		`"due":"1970-01-02T00:00:00.000Z","currency":"DKK","net":"-100.50","vat":"-25.13","amountDue":"` + note.AmountDue().Amount() + `","isPaid":` +
		map[bool]string{true: "true", false: "false"}[note.IsPaid()] + `,"creditNoteOf":"INV-1315"}}`
	if diff := cmp.Diff(want, string(body)); diff != "" {
		t.Error(diff)
	}
}

// An address that is not https fails without a byte leaving, and spends a try.
func TestHWRScheme(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("a request arrived") }))
	defer server.Close()
	now, start := ticking()
	o := Attempt(t.Context(), localClient(t), sample(t, DialectHWR, "", server.URL, "secret"), now)
	if o.Attempt.Class != ClassScheme || o.Attempt.Error == "" || o.Attempt.Address != "" || o.State != mattebox.DeliveryPending {
		t.Errorf("outcome %+v", o)
	}
	if wait := o.NextAt.Sub(start.Add(time.Second)); wait != 15*time.Minute {
		t.Errorf("next try after %v", wait)
	}
	last := sample(t, DialectHWR, "", server.URL, "secret")
	last.Delivery.Attempts = 10
	if o := Attempt(t.Context(), localClient(t), last, time.Now); o.State != mattebox.DeliveryFailed {
		t.Errorf("after the tenth try: %+v", o)
	}
	o = Attempt(t.Context(), localClient(t), sample(t, DialectHWR, "", "nonsense://%", "secret"), time.Now)
	if o.Attempt.Class != "invalid_url" {
		t.Errorf("class %s", o.Attempt.Class)
	}
}

// A try that we broke ourselves may have been seen: the next one keeps its distance
// from its start, in this dialect alone.
func TestAttemptRests(t *testing.T) {
	for dialect, want := range map[string]time.Duration{DialectHWR: 15 * time.Minute, DialectVideo: time.Second, DialectRTB: time.Second} {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		now, start := ticking()
		o := Attempt(ctx, localClient(t), sample(t, dialect, "", "https://127.0.0.1:1/", "secret"), now)
		if o.Attempt.Class != mattebox.AttemptInterrupted || o.State != mattebox.DeliveryPending || o.NextAt.Sub(start) != want {
			t.Errorf("%s: %+v, want %v after the start", dialect, o, want)
		}
	}
}

// The sample is the seed's, with the lines restored that its copy has lost
// (contracts F30), and with plain spaces for the web page's that PHP cannot read.
func TestDeveloperSampleIsTheSeeds(t *testing.T) {
	seed, err := os.ReadFile("../../shared/seeds/002_348983f26d2015b9.txt")
	if err != nil {
		t.Skipf("the seed is not at hand: %v", err)
	}
	sample, err := os.ReadFile("testdata/receivers/php/hwr.php")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := bytes.Cut(seed, []byte("<?php"))
	printed, _, _ := bytes.Cut(rest, []byte("Important Notes"))
	missing := lines(bytes.ReplaceAll(printed, []byte("\u00a0"), []byte(" ")))
	var restored []string
	for _, line := range lines(bytes.TrimPrefix(sample, []byte("<?php"))) {
		if len(missing) > 0 && line == missing[0] {
			missing = missing[1:]
			continue
		}
		restored = append(restored, line)
	}
	if diff := cmp.Diff([]string{"if($signature==$expectedSignature){", "}else{", "}"}, restored); diff != "" || len(missing) > 0 {
		t.Errorf("lines that the seed does not have: %s; lines that are not the seed's: %q", diff, missing)
	}
}

// lines returns what is written on the lines, without empty ones.
func lines(text []byte) []string {
	var all []string
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimSpace(line); line != "" {
			all = append(all, line)
		}
	}
	return all
}

// Of the statuses that mean success, video jobs have all of 2xx, the others 200.
func TestAccepts(t *testing.T) {
	for _, status := range []int{200, 201, 204, 299} {
		for _, d := range Dialects() {
			if got, want := d.Accepts(status), status == 200 || d.Name == DialectVideo; got != want {
				t.Errorf("%s accepts %d: %v", d.Name, status, got)
			}
		}
	}
	for _, status := range []int{100, 199, 300, 302, 304, 410, 500} {
		for _, d := range Dialects() {
			if d.Accepts(status) {
				t.Errorf("%s accepts %d", d.Name, status)
			}
		}
	}
}
