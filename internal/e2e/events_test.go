package e2e

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"mattebox/internal/servicetest"
)

// Developers' webhooks, by the real program to an https receiver.
func TestDevelopersWebhooks(t *testing.T) {
	withHooks(t, func(t *testing.T, h *house, hooks *servicetest.Receiver) {
		for name, scenario := range map[string]func(*testing.T, *house, *servicetest.Receiver){
			"road": eventsOfARoad, "others": eventsOfOtherEnds, "choice": chosenEvents, "partner": partnersEvents,
			"rotation": rotatedSecret, "pause": pausedReceiver, "gone": goneReceiver, "breaker": brokenReceiver, "again": sentAgain,
		} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				scenario(t, h, hooks)
			})
		}
	})
}

// eventsOfARoad follows an image until it is delivered for the second time.
func eventsOfARoad(t *testing.T, h *house, hooks *servicetest.Receiver) {
	d := h.developer(t, hooks)
	ticket := d.order(fields{"templateId": d.template(quick), "imageCallbackURL": h.receiver.At("road/" + d.Email)})
	first := d.hears(ticket, "queued finished delivered")
	d.do(http.MethodPut, "Image/Reject/"+ticket, fields{"comment": "the laces"})
	d.hears(ticket, "queued finished delivered rejected")
	if d.status(ticket).StatusId == 66 { // an operator looks at what was rejected
		h.mattebox(t, "images approve", ticket)
	}
	err := servicetest.Until(t.Context(), patience, "the second result", func() (bool, error) {
		if d.status(ticket).StatusId == 66 {
			h.mattebox(t, "images approve", ticket)
		}
		return len(d.events(ticket)) >= 6, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	all := d.hears(ticket, "queued finished delivered rejected finished delivered")
	for _, e := range all {
		signed(t, e.post, d.secret)
		if e.post.Header.Get("Content-Type") != "application/json" {
			t.Errorf("the type is %s", e.post.Header.Get("Content-Type"))
		}
	}
	d.picture(first[1].Data.ResultURL)
	if all[3].Data.Comment != "the laces" {
		t.Errorf("the rejection says %q", all[3].Data.Comment)
	}
}

// eventsOfOtherEnds has images fail, be refused and asked about, and an invoice made
// and paid.
func eventsOfOtherEnds(t *testing.T, h *house, hooks *servicetest.Receiver) {
	d := h.developer(t, hooks)
	missing := d.order(fields{"imageURL": h.pictures.Handle("missing-"+d.Email+".jpg", http.NotFound)})
	if e := d.hears(missing, "queued failed"); e[1].Data.Reason == "" {
		t.Error("the failure has no reason")
	}
	kept := d.template(fields{"templateOutputFormat": "JPG", "backgroundType": "0", "isKeptMannequin": "true"})
	refused, asked := d.order(fields{"templateId": kept}), d.order(fields{"templateId": kept})
	for _, ticket := range []string{refused, asked} {
		d.wait(ticket, 66)
	}
	h.mattebox(t, "images refuse", refused, "--reason", "not a photograph")
	h.mattebox(t, "images ask", asked, "--question", "which of the two?")
	if e := d.hears(refused, "queued refused"); e[1].Data.Reason != "not a photograph" {
		t.Errorf("the refusal says %q", e[1].Data.Reason)
	}
	if e := d.hears(asked, "queued question"); e[1].Data.Question != "which of the two?" {
		t.Errorf("the question is %q", e[1].Data.Question)
	}
	d.finished(fields{"templateId": d.template(quick)})
	var made []struct{ ID string }
	out := h.mattebox(t, "invoice run", "--period", time.Now().UTC().Format("2006-01"), "--account", d.Email, "--json")
	if err := json.Unmarshal(out, &made); err != nil || len(made) != 1 {
		t.Fatalf("invoices: %s, %v", out, err)
	}
	h.mattebox(t, "invoice pay", made[0].ID, "--reference", "bank 1")
	d.hears(made[0].ID, "invoice.created invoice.paid")
}

func chosenEvents(t *testing.T, h *house, hooks *servicetest.Receiver) {
	d := h.developer(t, hooks, "--events", "image.finished")
	ticket := d.order(fields{"templateId": d.template(quick)})
	d.hears(ticket, "finished")
	d.subscribe("--events", "image.queued")
	second := d.order(fields{"templateId": d.template(quick)})
	d.wait(second, 70)
	d.hears(second, "queued")
	h.mattebox(t, "account webhook", d.Email, "--drop")
	third := d.order(fields{"templateId": d.template(quick)})
	d.wait(third, 70)
	if all := d.events(third); len(all) != 0 || names(d.events("")) != "finished queued" {
		t.Errorf("after the end came %s, in all %s", names(all), names(d.events("")))
	}
}

// partnersEvents has a developer hear of the account that it has opened, and of an
// image that another account ordered with its key.
func partnersEvents(t *testing.T, h *house, hooks *servicetest.Receiver) {
	d, other := h.developer(t, hooks), h.customer(t)
	ticket := other.order(fields{"templateId": other.template(quick), "developerAPIkey": d.Key})
	for _, e := range d.hears(ticket, "queued finished") {
		signed(t, e.post, d.secret)
	}
	a := d.do(http.MethodPost, "Contact", fields{
		"developerEmail": d.Email, "developerAPIkey": d.Key, "contactEmail": "new-" + d.Email, "contactName": "New", "countryCode": "DK",
	})
	h.keep(servicetest.Account{APIKey: a.ContactAPIkey})
	opened := &customer{Client: servicetest.Client{URL: h.URL, Email: a.ContactEmail, Key: a.ContactAPIkey}, h: h, t: t}
	mine := opened.order(fields{"templateId": opened.template(quick)})
	for _, e := range d.hears(mine, "queued finished") {
		signed(t, e.post, d.secret)
	}
	plain := other.order(fields{"templateId": other.template(quick)})
	other.wait(plain, 70)
	if all := d.events(plain); len(all) != 0 {
		t.Errorf("the developer hears of what is none of its: %s", names(all))
	}
}

// rotatedSecret replaces the secret: a receiver with the old one accepts the Standard
// Webhooks signature until the overlap is over.
func rotatedSecret(t *testing.T, h *house, hooks *servicetest.Receiver) {
	d := h.developer(t, hooks, "--events", "image.queued")
	template := d.template(quick)
	rotate := func(overlap string) string {
		var made struct{ Secret string }
		out := h.mattebox(t, "account rotate-secret", d.Email, "--webhook", "--overlap", overlap, "--json")
		if err := json.Unmarshal(out, &made); err != nil {
			t.Fatal(err)
		}
		h.keep(servicetest.Account{APIKey: made.Secret})
		return made.Secret
	}
	second := rotate("1h")
	e := d.hears(d.order(fields{"templateId": template}), "queued")
	signed(t, e[0].post, second, d.secret)
	third := rotate("0s")
	e = d.hears(d.order(fields{"templateId": template}), "queued")
	signed(t, e[0].post, third)
	if standard(e[0].post, second) || standard(e[0].post, d.secret) {
		t.Error("a secret signs that was replaced without an overlap")
	}
}

// waiting returns what the operator sees of the developer's receiver; an empty state
// for one of which there is nothing to be said.
func (d *developer) waiting() (state string, waiting int) {
	d.t.Helper()
	var s struct {
		Receivers []struct {
			State   string
			Waiting int
		}
	}
	if err := json.Unmarshal(d.h.mattebox(d.t, "webhook status", "--account", d.Email, "--json"), &s); err != nil || len(s.Receivers) > 1 {
		d.t.Fatalf("receivers %+v, %v", s, err)
	}
	if len(s.Receivers) == 0 {
		return "", 0
	}
	return s.Receivers[0].State, s.Receivers[0].Waiting
}

// rests waits until so many deliveries are held back by the receiver's state.
func (d *developer) rests(want string, waiting int) {
	d.t.Helper()
	err := servicetest.Until(d.t.Context(), patience, fmt.Sprintf("%d to wait for a receiver that is %s", waiting, want), func() (bool, error) {
		state, n := d.waiting()
		return state == want && n >= waiting, nil
	})
	if err != nil {
		state, n := d.waiting()
		d.t.Fatalf("%v; it is %s with %d", err, state, n)
	}
}

func pausedReceiver(t *testing.T, h *house, hooks *servicetest.Receiver) {
	d := h.developer(t, hooks, "--events", "image.queued")
	template := d.template(quick)
	h.mattebox(t, "webhook pause", d.hooks.At(d.path), "--account", d.Email)
	var tickets []string
	for range 3 {
		tickets = append(tickets, d.order(fields{"templateId": template}))
	}
	d.rests("paused", 3)
	if n := len(d.events("")); n != 0 {
		t.Errorf("%d came while the receiver was paused", n)
	}
	h.mattebox(t, "webhook resume", d.hooks.At(d.path), "--account", d.Email)
	for _, ticket := range tickets {
		d.hears(ticket, "queued")
	}
}

func goneReceiver(t *testing.T, h *house, hooks *servicetest.Receiver) {
	d := h.developer(t, hooks, "--events", "image.queued")
	template := d.template(quick)
	hooks.Answer(d.path, servicetest.Status(http.StatusGone))
	first := d.order(fields{"templateId": template})
	d.hears(first, "queued")
	d.rests("gone", 0)
	second := d.order(fields{"templateId": template})
	d.rests("gone", 1)
	if status := string(h.mattebox(t, "webhook status", "--account", d.Email)); !strings.Contains(status, "410") {
		t.Errorf("the owner is told nothing:\n%s", status)
	}
	if n := len(d.events("")); n != 1 {
		t.Errorf("%d requests came to a receiver that is gone, want 1", n)
	}
	hooks.Answer(d.path, servicetest.Status(http.StatusOK))
	h.mattebox(t, "webhook resume", d.hooks.At(d.path), "--account", d.Email)
	d.hears(second, "queued")
	if n := len(d.events(first)); n != 1 {
		t.Errorf("the first was tried again before 15 minutes: %d requests", n)
	}
}

// brokenReceiver fails until the breaker holds back what follows; the probe, half a
// minute later, finds it well again and frees the rest.
func brokenReceiver(t *testing.T, h *house, hooks *servicetest.Receiver) {
	d := h.developer(t, hooks, "--events", "image.queued")
	template := d.template(quick)
	hooks.Answer(d.path, servicetest.Status(http.StatusInternalServerError))
	const breaks = 5
	for range breaks {
		d.hears(d.order(fields{"templateId": template}), "queued")
	}
	d.rests("broken", 0)
	var tickets []string
	for range 3 {
		tickets = append(tickets, d.order(fields{"templateId": template}))
	}
	d.rests("broken", 3)
	if n := len(d.events("")); n != breaks {
		t.Errorf("%d requests came, want %d", n, breaks)
	}
	hooks.Answer(d.path, servicetest.Status(http.StatusOK))
	for _, ticket := range tickets {
		d.hears(ticket, "queued")
	}
	if state, _ := d.waiting(); state != "" {
		t.Errorf("the receiver is %s after it answered", state)
	}
}

// sentAgain resends what failed for good and replays what was delivered: the same
// bytes under the same identities, outside the schedule.
func sentAgain(t *testing.T, h *house, hooks *servicetest.Receiver) {
	d := h.developer(t, hooks, "--events", "image.queued")
	template := d.template(quick)
	hooks.Answer(d.path, servicetest.Status(http.StatusNoContent)) // only 200 is success
	tickets := []string{d.order(fields{"templateId": template}), d.order(fields{"templateId": template})}
	for _, ticket := range tickets {
		d.hears(ticket, "queued")
		until(t, patience, "the attempt to be on record", func() bool {
			log, err := h.Deliveries(t.Context(), "--account", d.Email, "--ticket", ticket)
			return err == nil && len(log) == 1 && len(log[0].Attempts) == 1
		})
		// As after the last of ten tries.
		h.execute(t, `UPDATE deliveries SET state = 'failed', ended = created, ready_at = NULL WHERE subject = $1`, ticket)
	}
	hooks.Answer(d.path, servicetest.Status(http.StatusOK))
	if said := string(h.mattebox(t, "webhook resend", "--failed", "--since", "1h", "--account", d.Email)); said != "2 to be sent again\n" {
		t.Errorf("resend says %q", said)
	}
	for _, ticket := range tickets {
		d.hears(ticket, "queued queued")
		until(t, patience, "the delivery", func() bool {
			log, err := h.Deliveries(t.Context(), "--state", "delivered", "--account", d.Email, "--ticket", ticket)
			return err == nil && len(log) == 1
		})
	}
	if said := string(h.mattebox(t, "webhook replay", "--since", "1h", "--account", d.Email, "--event", "image.queued")); said != "2 to be sent again\n" {
		t.Errorf("replay says %q", said)
	}
	for _, ticket := range tickets {
		all := d.hears(ticket, "queued queued queued")
		for _, e := range all {
			if e.post.UID() != all[0].post.UID() || string(e.post.Body) != string(all[0].post.Body) {
				t.Errorf("what was sent again differs: %s %s", e.post.UID(), e.post.Body)
			}
		}
		log, err := h.Deliveries(t.Context(), "--account", d.Email, "--ticket", ticket)
		if err != nil || len(log) != 1 || len(log[0].Attempts) < 2 || !log[0].Attempts[1].Resend {
			t.Errorf("the log has %+v, %v", log, err)
		}
	}
}
