package e2e

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"mattebox/internal/servicetest"
)

// failedDeliveries has receivers fail in several ways: the image stands at 72, the
// next try is due after five minutes, an operator's resend delivers.
func failedDeliveries(t *testing.T, h *house) {
	c := h.customer(t)
	template := c.template(fields{"backgroundType": "0", "templateOutputFormat": "JPG"})
	answers := map[string]http.HandlerFunc{
		"http_500": servicetest.Status(http.StatusInternalServerError),
		"http_204": servicetest.Status(http.StatusNoContent), // only 200 is success (F5)
		"redirect": servicetest.Redirect(h.receiver.At("elsewhere")),
		"timeout":  servicetest.Hang,
	}
	tickets := map[string]string{}
	path := func(class string) string { return "deliveries/" + class + "/" + c.Email }
	for class, answer := range answers {
		tickets[class] = c.order(fields{"templateId": template, "imageCallbackURL": h.receiver.Answer(path(class), answer)})
	}
	tickets["connection_refused"] = c.order(fields{"templateId": template, "imageCallbackURL": "http://127.0.0.1:9/"})
	for class, ticket := range tickets {
		c.wait(ticket, 72)
		d := h.show(t, ticket).Deliveries
		if len(d) != 1 || len(d[0].Attempts) != 1 || d[0].Attempts[0].Class != class {
			t.Errorf("%s: the log shows %+v", class, d)
			continue
		}
		if wait := d[0].NextAt.Sub(d[0].Attempts[0].Started); wait < 5*time.Minute || wait > 5*time.Minute+30*time.Second {
			t.Errorf("%s: the next try is %v after the first, want five minutes after its end", class, wait)
		}
		if class != "connection_refused" && len(h.receiver.Posts(path(class))) != 1 {
			t.Errorf("%s: %d requests came, want 1", class, len(h.receiver.Posts(path(class))))
		}
	}
	if n := len(h.receiver.Posts("elsewhere")); n != 0 {
		t.Errorf("a redirect was followed %d times", n)
	}
	resend(c, tickets["http_500"], path("http_500"))
	supersede(c, tickets["http_204"])
}

// A sample to an address of the customer's, signed like the real ones, leaves no
// trace in the log of deliveries.
func sampleWebhook(t *testing.T, h *house) {
	c := h.customer(t)
	path := "sample/" + c.Email
	h.mattebox(t, "webhook test", "--account", c.Email, "--allow-network", "127.0.0.0/8", h.receiver.At(path))
	posts := h.receiver.Posts(path)
	if len(posts) != 1 {
		t.Fatalf("%d requests came, want 1", len(posts))
	}
	checkSignatures(t, c.account, posts[0])
	log, err := h.Deliveries(t.Context(), "--account", c.Email)
	if err != nil || len(log) != 0 {
		t.Errorf("the log of deliveries is %+v, %v, want nothing", log, err)
	}
	for _, address := range []string{h.receiver.Answer(path+"/no", servicetest.Status(http.StatusGone)), "http://10.0.0.1/"} {
		if _, err := h.Command(t.Context(), []string{"webhook", "test"}, "--account", c.Email, "--allow-network", "127.0.0.0/8", address); err == nil {
			t.Errorf("the test of %s ended well", address)
		}
	}
}

// resend sends a delivery again: the same bytes under the same identity.
func resend(c *customer, ticket, path string) {
	c.t.Helper()
	h := c.h
	delivery := h.show(c.t, ticket).Deliveries[0]
	h.receiver.Answer(path, servicetest.Status(http.StatusOK))
	h.mattebox(c.t, "webhook resend", fmt.Sprint(delivery.ID))
	c.wait(ticket, 80)
	posts := h.receiver.Posts(path)
	if len(posts) != 2 {
		c.t.Fatalf("%d requests came, want 2", len(posts))
	}
	if posts[0].UID() != posts[1].UID() || string(posts[0].Body) != string(posts[1].Body) {
		c.t.Errorf("the resent webhook differs: %s %q, first %s %q", posts[1].UID(), posts[1].Body, posts[0].UID(), posts[0].Body)
	}
	if history := h.history(c.t, ticket); !strings.HasSuffix(history, "70 72 80") {
		c.t.Errorf("the image went by %s, want ... 70 72 80", history)
	}
}

// supersede rejects an image whose delivery still waits: it is not sent any more.
func supersede(c *customer, ticket string) {
	c.t.Helper()
	c.do(http.MethodPut, "Image/Reject/"+ticket, nil)
	if d := c.h.show(c.t, ticket).Deliveries; len(d) != 1 || d[0].State != "failed" {
		c.t.Errorf("after the rejection the deliveries are %+v, want the one failed", d)
	}
}

// A tarpit takes connections for all its images and answers none, while webhooks to
// another host arrive at once (webhooks.md, promise 9). The cap is by host name, so
// the one receiver has two.
func TestTarpitSlowsNobody(t *testing.T) {
	onBoth(t, settings{}, func(t *testing.T, h *house) {
		tar, c := h.customer(t), h.customer(t)
		plain := fields{"backgroundType": "0", "templateOutputFormat": "JPG"}
		f := fields{"templateId": tar.template(plain), "imageCallbackURL": h.receiver.Answer("tar", servicetest.Hang)}
		var stuck []string
		for range 12 {
			stuck = append(stuck, tar.order(f))
		}
		until(t, patience, "the tarpit to hold someone", func() bool { return len(h.receiver.Posts("tar")) > 0 })
		ticket := c.order(fields{"templateId": c.template(plain), "imageCallbackURL": strings.Replace(h.receiver.At("free"), "127.0.0.1", "localhost", 1)})
		c.wait(ticket, 80)
		moves := h.show(t, ticket).History
		last := moves[len(moves)-1]
		if took := last.At.Sub(moves[len(moves)-2].At); took > 2*time.Second {
			t.Errorf("from 70 to 80 it took %v beside a tarpit, want under 2 s", took)
		}
		for _, s := range stuck {
			tar.wait(s, 60, 70, 72)
		}
	})
}
