package video

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"mattebox"
)

func TestUsage(t *testing.T) {
	onBoth(t, func(h *house) {
		t := h.T
		h.job("90s", object{"model": "light"})
		h.complete(90*time.Second, "result")
		h.clock = h.clock.Add(24 * time.Hour)
		failed := h.job("10s", nil)
		h.fail(mattebox.JobFault{Code: mattebox.FaultVideo, Message: "no"})
		h.ok("DELETE", "/v1/jobs/"+h.job("10s", object{"auto_start": false}), nil)

		got := h.ok("GET", "/v1/usage/summary", nil)
		day := func(date string, total, completed, failed, cancelled, uploads, seconds, credits float64) map[string]any {
			d := map[string]any{
				"total_jobs": total, "completed_jobs": completed, "failed_jobs": failed, "cancelled_jobs": cancelled, "uploads": uploads,
				"duration_seconds": seconds, "credits_used": credits,
			}
			if date != "" {
				d["date"] = date
			}
			return d
		}
		want := object(day("", 3, 1, 1, 1, 3, 90, 67.5))
		want["days"], want["from"], want["to"] = 7.0, "2026-04-15", "2026-04-21"
		want["daily"] = []any{day("2026-04-20", 1, 1, 0, 0, 1, 90, 67.5), day("2026-04-21", 2, 0, 1, 1, 2, 0, 0)}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-want +got) %s", diff)
		}
		if today := h.ok("GET", "/v1/usage/summary?days=1", nil); today["total_jobs"] != 2.0 || today["from"] != "2026-04-21" {
			t.Errorf("today: %v", today)
		}
		if other := h.ok("GET", "/v1/usage/summary", nil, "X-Api-Key", h.other); other["total_jobs"] != 0.0 || other["uploads"] != 0.0 {
			t.Errorf("another key: %v", other)
		}
		events := h.ok("GET", "/v1/usage/events?limit=3", nil)["items"].([]any)
		var names []string
		for _, e := range events {
			names = append(names, e.(map[string]any)["event"].(string))
		}
		if diff := cmp.Diff([]string{"job.cancelled", "job.created", "upload.created"}, names); diff != "" {
			t.Errorf("(-want +got) %s", diff)
		}
		all := h.ok("GET", "/v1/usage/events?limit=100", nil)
		found := 0
		for _, e := range all["events"].([]any) {
			e := e.(map[string]any)
			if e["job_id"] == failed {
				found++
			}
			if e["event"] == "job.completed" && (e["credits"] != 67.5 || e["duration_seconds"] != 90.0 || e["model"] != "light") {
				t.Errorf("%v", e)
			}
		}
		if found != 3 { // created, started, failed
			t.Errorf("%d events of the failed job", found)
		}
		for _, query := range []string{"summary?days=0", "summary?days=91", "summary?days=x", "events?limit=0", "events?limit=101"} {
			h.refused(400, "invalid_request", "GET", "/v1/usage/"+query, nil)
		}
	})
}

func TestPricing(t *testing.T) {
	h := newHouse(t)
	got := h.ok("GET", "/api/pricing", nil)
	want := map[string]any{"original": 60.0, "light": 45.0, "pro": 180.0, "human": 45.0}
	if diff := cmp.Diff(want, got["model_pricing_credits_per_minute"]); diff != "" || got["price_per_second_cents"] != 1.0 || got["currency"] != "USD" {
		t.Errorf("%v %s", got, diff)
	}
	first := got["packages"].([]any)[0].(map[string]any)
	if diff := cmp.Diff(map[string]any{"name": "Starter", "credits": 1000.0, "price": "10.00", "currency": "USD", "minutes": 1000 / 60.0}, first); diff != "" {
		t.Error(diff)
	}
	h.refused(400, "invalid_request", "GET", "/api/pricing?currency=EUR", nil) // no prices in it
	h.refused(400, "invalid_request", "GET", "/api/pricing?currency=XXX", nil)
}
