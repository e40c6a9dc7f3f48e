package video

import (
	"net/http"
	"sync"
	"testing"
)

// answeredOnce: a request that comes twice with the same Idempotency-Key makes one
// job; beside each other, too. Another request with it is refused.
func answeredOnce(t *testing.T, h *house) {
	c := h.customer(t, "--days-of-credit", "0", "--credit", "10.00")
	address := c.upload(sample(t))
	body := object{"video_url": address, "model": "human", "preview_duration": .1}
	first := c.ask(http.MethodPost, "/v1/jobs", body, "Idempotency-Key", "order 1")
	again := c.ask(http.MethodPost, "/v1/jobs", body, "Idempotency-Key", "order 1")
	if first.HTTP != http.StatusOK || again.HTTP != http.StatusOK || string(first.Body) != string(again.Body) {
		t.Errorf("answered %d %s, then %d %s", first.HTTP, first.Body, again.HTTP, again.Body)
	}
	if first.Header.Get("Idempotent-Replayed") != "" || again.Header.Get("Idempotent-Replayed") != "true" {
		t.Errorf("Idempotent-Replayed is %q, then %q", first.Header.Get("Idempotent-Replayed"), again.Header.Get("Idempotent-Replayed"))
	}
	body["preview_duration"] = .2
	c.refused(http.StatusConflict, "conflict", http.MethodPost, "/v1/jobs", body, "Idempotency-Key", "order 1")
	var crowd sync.WaitGroup
	for range 8 {
		crowd.Go(func() {
			a, err := c.Do(t.Context(), http.MethodPost, "/v1/jobs", body, "Idempotency-Key", "order 2")
			if err != nil || a.HTTP != http.StatusOK && a.HTTP != http.StatusConflict {
				t.Errorf("one of eight: %v, %+v", err, a)
			}
		})
	}
	crowd.Wait()
	if list := c.ok(http.MethodGet, "/v1/jobs", nil); list["total"] != 2. {
		t.Errorf("%v jobs, want 2", list["total"])
	}
	c.uploadsOnce()
}

// uploadsOnce sends the same file twice.
func (c *customer) uploadsOnce() {
	c.t.Helper()
	var bodies [2]string
	for i := range bodies {
		a, err := c.Upload(c.t.Context(), "", sample(c.t), "Idempotency-Key", "clip 1")
		if err != nil || a.HTTP != http.StatusOK {
			c.t.Fatalf("upload %d: %v, %+v", i, err, a)
		}
		bodies[i] = string(a.Body)
	}
	if bodies[0] != bodies[1] || c.events()["upload.created"] != 2 {
		c.t.Errorf("the same upload twice: %s, then %s; events %v", bodies[0], bodies[1], c.events())
	}
}
