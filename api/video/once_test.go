package video

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"mattebox"
)

func TestOnce(t *testing.T) {
	onBoth(t, func(h *house) {
		t := h.T
		address := h.clip("10s")
		body := object{"video_url": address, "model": "light"}
		once := []string{"Idempotency-Key", "order 4711"}
		first := h.ask("POST", "/v1/jobs", body, once...)
		again := h.ask("POST", "/v1/jobs", body, once...)
		if first.status != 200 || again.status != 200 || first.body != again.body || again.header.Get("Idempotent-Replayed") != "true" || first.header.Get("Idempotent-Replayed") != "" {
			t.Errorf("%d %s, then %d %s", first.status, first.body, again.status, again.body)
		}
		spaced := h.send("POST", "/v1/jobs", strings.NewReader(`{"model":"light",   "video_url":"`+address+`"}`), append(once, "X-Api-Key", h.key)...)
		if spaced.body != first.body {
			t.Errorf("the same in other words: %d %s", spaced.status, spaced.body)
		}
		h.refused(409, "conflict", "POST", "/v1/jobs", object{"video_url": address, "model": "pro"}, once...)
		h.refused(409, "conflict", "POST", "/api/process", body, once...)
		if total := h.ok("GET", "/v1/jobs", nil)["total"]; total != 1.0 {
			t.Errorf("there are %v jobs", total)
		}
		h.balanceIs(t, 1000-8)
		// Another key's keys are its own.
		other := h.ask("POST", "/v1/jobs", object{"video_url": "https://example.com/a.mp4"}, append(once, "X-Api-Key", h.other)...)
		if other.status != 200 || other.body == first.body {
			t.Errorf("another key: %d %s", other.status, other.body)
		}
		h.clock = h.clock.Add(25 * time.Hour)
		if later := h.ask("POST", "/v1/jobs", body, once...); later.status != 200 || later.body == first.body {
			t.Errorf("a day later: %d %s", later.status, later.body)
		}
	})
}

// What was refused may be tried again with the same key.
func TestOnceForgetsRefusals(t *testing.T) {
	h := newHouse(t)
	once := []string{"Idempotency-Key", "k"}
	h.refused(400, "invalid_request", "POST", "/v1/jobs", object{"video_url": ""}, once...)
	h.ok("POST", "/v1/jobs", object{"video_url": "https://example.com/a.mp4"}, once...)
	draft := h.ok("POST", "/v1/jobs", object{"video_url": "https://example.com/a.mp4", "auto_start": false})["id"].(string)
	start := []string{"Idempotency-Key", "start"}
	first := h.ok("POST", "/v1/jobs/"+draft+"/start", nil, start...)
	if diff := cmp.Diff(first, h.ok("POST", "/v1/jobs/"+draft+"/start", nil, start...)); diff != "" {
		t.Error(diff)
	}
	for _, name := range []string{strings.Repeat("k", 256), "schlüssel", "a\tb"} {
		h.refused(400, "invalid_request", "POST", "/v1/jobs", object{"video_url": "https://example.com/a.mp4"}, "Idempotency-Key", name)
	}
}

// Of many at a time one is carried out; the others get its answer or are told to wait.
func TestOnceAtATime(t *testing.T) {
	h := newHouse(t)
	body := object{"video_url": h.clip("10s")}
	answers := make([]reply, 8)
	var all sync.WaitGroup
	for i := range answers {
		all.Go(func() { answers[i] = h.ask("POST", "/v1/jobs", body, "Idempotency-Key", "k") })
	}
	all.Wait()
	for _, answer := range answers {
		if answer.status != 200 && answer.status != 409 {
			t.Errorf("%d %s", answer.status, answer.body)
		}
	}
	if total := h.ok("GET", "/v1/jobs", nil)["total"]; total != 1.0 {
		t.Errorf("there are %v jobs", total)
	}
	h.balanceIs(t, 1000-10)
}

func TestUploadOnce(t *testing.T) {
	h := newHouse(t)
	once := []string{"Idempotency-Key", "k"}
	first, again := h.upload("a.mp4", mp4("length=1s"), once...), h.upload("a.mp4", mp4("length=1s"), once...)
	if first.status != 200 || first.body != again.body {
		t.Errorf("%d %s, then %d %s", first.status, first.body, again.status, again.body)
	}
	other := h.upload("a.mp4", mp4("length=2s"), once...)
	if code, _ := other.fault(t); other.status != 409 || code != "conflict" {
		t.Errorf("%d %s", other.status, other.body)
	}
	refused := []string{"Idempotency-Key", "l"}
	h.upload("a.mp4", mp4("length=x"), refused...)
	if mended := h.upload("a.mp4", mp4("length=1s"), refused...); mended.status != 200 {
		t.Errorf("%d %s", mended.status, mended.body)
	}
	h.tempIsEmpty()
}

// dying stands for a process that dies before it keeps an answer.
type dying struct{ Answers }

// EndRequest does not.
func (dying) EndRequest(context.Context, mattebox.VideoKeyID, string, *mattebox.KeptAnswer) error {
	return nil
}

// A job that was made is found again though the answer was lost.
func TestOnceOutlivesTheProcess(t *testing.T) {
	h := newHouse(t, func(c *Config) { c.Answers = dying{c.Answers} })
	for message, start := range map[string]bool{"Job started": true, "Job created; start it with POST /v1/jobs/": false} {
		body := object{"video_url": "https://example.com/a.mp4", "auto_start": start}
		once := []string{"Idempotency-Key", message[:11]}
		first, again := h.ask("POST", "/v1/jobs", body, once...), h.ask("POST", "/v1/jobs", body, once...)
		if first.status != 200 || first.body != strings.TrimSpace(again.body)+"\n" || !strings.Contains(again.body, message) || again.header.Get("Idempotent-Replayed") != "true" {
			t.Errorf("%d %s, then %d %s", first.status, first.body, again.status, again.body)
		}
		h.clock = h.clock.Add(time.Hour)
		if later := h.ask("POST", "/v1/jobs", body, once...); later.body != again.body {
			t.Errorf("an hour later: %d %s", later.status, later.body)
		}
	}
	if total := h.ok("GET", "/v1/jobs", nil)["total"]; total != 2.0 {
		t.Errorf("there are %v jobs", total)
	}
}
