package video

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"mattebox/internal/servicetest"
	"mattebox/internal/webhooktest"
)

// told waits until the job's webhooks came to these states.
func (c *customer) told(id string, want map[string]string) {
	c.t.Helper()
	c.wait(id, fmt.Sprint("its webhooks to be ", want), func(j *servicetest.Job) bool {
		return fmt.Sprint(j.WebhookEvents) == fmt.Sprint(want)
	})
}

// event is a webhook's body.
type event struct {
	Event string
	Data  struct {
		ID, Status, Error string
		OutputURL         string `json:"output_url"`
	}
}

// seedsReceiver has the seed's own Node sample verify the webhooks of a job that is
// completed and of one that fails, and refuse a body that was changed on the way.
func seedsReceiver(t *testing.T, h *house) {
	c := h.customer(t)
	node := webhooktest.Node(t, c.account.ApplicationSecret)
	good := c.start(c.upload(sample(t)), object{"preview_duration": .1, "webhook_url": node.URL})
	bad := c.start(h.web.Handle("none", http.NotFound), object{"webhook_url": node.URL})
	c.told(good, map[string]string{"job.started": "sent", "job.completed": "sent"})
	c.told(bad, map[string]string{"job.started": "sent", "job.failed": "sent"})
	seen := map[string]event{}
	for _, v := range node.Verdicts(t) {
		var e event
		if err := json.Unmarshal([]byte(v.Body), &e); err != nil || !v.Verified {
			t.Errorf("the sample says %+v (%v)", v, err)
		}
		seen[e.Data.ID+" "+e.Event] = e
	}
	if len(seen) != 4 || seen[good+" job.started"].Data.Status != "processing" || seen[bad+" job.started"].Data.Status != "processing" {
		t.Errorf("the receiver saw %+v", seen)
	}
	done := seen[good+" job.completed"].Data
	if a := c.ask(http.MethodGet, done.OutputURL, nil); done.Status != "completed" || a.HTTP != http.StatusOK || len(a.Body) == 0 {
		t.Errorf("job.completed tells %+v, whose result is HTTP status %d", done, a.HTTP)
	}
	if failed := seen[bad+" job.failed"].Data; failed.Status != "failed" || failed.Error != c.job(bad).Error {
		t.Errorf("job.failed tells %+v", failed)
	}

	c.ended(c.start(h.web.At("none"), object{"webhook_url": h.receiver.At("kept")}), "failed")
	until(t, patience, "webhooks", func() bool { return len(h.receiver.Posts("kept")) == 2 })
	for _, p := range h.receiver.Posts("kept") {
		for body, want := range map[string]int{string(p.Body): http.StatusOK, string(p.Body) + " ": http.StatusForbidden} {
			if got := passOn(t, node.URL, p, body); got != want {
				t.Errorf("the sample answers %d to %q, want %d", got, body, want)
			}
		}
	}
}

// passOn sends a webhook on with its headers and returns the answer's status.
func passOn(t *testing.T, address string, p servicetest.Post, body string) int {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address, bytes.NewReader([]byte(body)))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"X-Webhook-Event", "X-Webhook-Delivery-Id", "X-Webhook-Timestamp", "X-Webhook-Signature", "Content-Type"} {
		r.Header.Set(name, p.Header.Get(name))
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	return response.StatusCode
}

// retriedWebhooks: a try that failed is made again some ten seconds later, under the
// same identity with a new timestamp; the last one's failure is told.
func retriedWebhooks(t *testing.T, h *house) {
	c := h.customer(t)
	var down atomic.Bool
	down.Store(true)
	address := h.receiver.Answer("retries", func(w http.ResponseWriter, _ *http.Request) {
		if down.CompareAndSwap(true, false) {
			w.WriteHeader(http.StatusInternalServerError)
		}
	})
	gone := h.web.Handle("no-clip", http.NotFound)
	id := c.start(gone, object{"webhook_url": address})
	deaf := c.start(gone, object{"webhook_url": h.receiver.Answer("deaf", servicetest.Status(http.StatusInternalServerError))})
	// Seven of eight tries, and a day, are over.
	until(t, patience, "first tries", func() bool {
		return len(h.receiver.Posts("deaf")) == 2 && c.job(deaf).WebhookEvents["job.failed"] == "pending"
	})
	until(t, patience, "their record", func() bool {
		n, err := h.Execute(t.Context(), `UPDATE deliveries SET attempts = 7 WHERE url = $1 AND attempts = 1 AND state = 'pending'`, h.receiver.At("deaf"))
		if err != nil {
			t.Fatal(err)
		}
		return n > 0
	})
	c.told(id, map[string]string{"job.started": "sent", "job.failed": "sent"})
	posts := map[string][]servicetest.Post{}
	for _, p := range h.receiver.Posts("retries") {
		uid := p.Header.Get("X-Webhook-Delivery-Id")
		posts[uid] = append(posts[uid], p)
	}
	retried := false
	for _, tries := range posts {
		if len(tries) < 2 {
			continue
		}
		first, second := tries[0], tries[1]
		retried = true
		wait := second.At.Sub(first.At)
		if wait < 7*time.Second || wait > 25*time.Second {
			t.Errorf("tried again after %v, want about 10 s", wait)
		}
		for _, name := range []string{"X-Webhook-Timestamp", "X-Webhook-Signature"} {
			if first.Header.Get(name) == second.Header.Get(name) {
				t.Errorf("both tries have the same %s", name)
			}
		}
		if !bytes.Equal(first.Body, second.Body) {
			t.Errorf("the second try says %s, the first one %s", second.Body, first.Body)
		}
	}
	if len(posts) != 2 || !retried {
		t.Errorf("%d deliveries came, one of them twice: %v", len(posts), retried)
	}
	c.wait(deaf, "a webhook to have failed", func(j *servicetest.Job) bool {
		return j.WebhookEvents["job.started"] == "failed" || j.WebhookEvents["job.failed"] == "failed"
	})
}
