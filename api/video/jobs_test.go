package video

import (
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"mattebox"
)

// A client's whole road: upload, job, poll, download.
func TestRoad(t *testing.T) {
	onBoth(t, func(h *house) {
		up := h.upload("my clip.MOV", mp4("length=90s")).json(h.T)
		if up["success"] != true || up["filename"] != "my clip.mp4" || up["size"] != float64(len(mp4("length=90s"))) || up["duration_seconds"] != 90.0 {
			t.Fatalf("upload: %v", up)
		}
		made := h.ok("POST", "/v1/jobs", object{"video_url": up["video_url"], "model": "light", "output_format": "webm", "metadata": object{"order": 12345678901234567}})
		id := made["id"].(string)
		want := object{"success": true, "id": id, "status": "processing", "message": "Job started"}
		if diff := cmp.Diff(want, made); diff != "" || !jobID.MatchString(id) {
			t.Errorf("(-want +got) %s", diff)
		}
		h.balanceIs(t, 1000-68) // 90 s of 45 credits a minute: 67.5 credits, rounded up to a cent
		h.is(t, id, object{"status": "processing", "progress": 0.0, "billing_status": "reserved", "credits_used": 67.5, "output_url": nil, "error": nil, "stage": "fetch"})

		h.complete(90*time.Second, "the result")
		h.is(t, id, object{
			"status": "completed", "progress": 100.0, "billing_status": "charged", "credits_used": 67.5, "duration_seconds": 90.0, "created_at": "2026-04-20T10:00:00.000Z",
			"model": "light", "metadata": map[string]any{"order": 12345678901234567.0}, "webhook_url": nil, "webhook_events": map[string]any{}, "stage": nil,
		})
		address := h.ok("GET", "/v1/jobs/"+id, nil)["output_url"].(string)
		got := h.send("GET", address, nil)
		if got.status != 200 || got.body != "the result" || got.header.Get("Content-Type") != "video/webm" || got.header.Get("Content-Disposition") != `inline; filename=clip.webm` {
			t.Errorf("%d %q %v", got.status, got.body, got.header)
		}
		if part := h.send("GET", address, nil, "Range", "bytes=4-9"); part.status != 206 || part.body != "result" {
			t.Errorf("part: %d %q", part.status, part.body)
		}
	})
}

func (h *house) is(t *testing.T, id string, want object) {
	t.Helper()
	got := h.ok("GET", "/v1/jobs/"+id, nil)
	for name, value := range want {
		if diff := cmp.Diff(value, got[name]); diff != "" {
			t.Errorf("%s (-want +got) %s", name, diff)
		}
	}
}

func (h *house) balanceIs(t *testing.T, want int64) {
	t.Helper()
	if got := h.balance(); got != want {
		t.Errorf("the balance is %d, want %d", got, want)
	}
}

func TestDraftIsStartedWithChanges(t *testing.T) {
	h := newHouse(t)
	id := h.job("10s", object{"auto_start": false, "model": "pro"})
	h.is(t, id, object{"status": "created", "billing_status": "none", "started_at": nil})
	h.balanceIs(t, 1000)
	h.ok("POST", "/v1/jobs/"+id+"/start", object{"output_format": "mp4", "bg_type": "green", "webhook_url": "https://example.com/hook", "preview_duration": 2})
	h.is(t, id, object{
		"status": "processing", "output_format": "mp4", "model": "pro", "credits_used": 6.0, "webhook_url": "https://example.com/hook",
	})
	job, err := h.store.JobByUID(t.Context(), 0, id)
	if err != nil || job.Background.Color != (mattebox.Color{R: 9, G: 162, B: 70}) || job.Preview != 2*time.Second {
		t.Errorf("%+v, %v", job, err)
	}
	h.refused(409, "conflict", "POST", "/v1/jobs/"+id+"/start", nil)
}

func TestStartNeedsNoBody(t *testing.T) {
	h := newHouse(t)
	id := h.job("10s", object{"auto_start": false})
	h.ok("POST", "/v1/jobs/"+id+"/start", nil)
	h.fail(mattebox.JobFault{Code: mattebox.FaultVideo, Message: "the clip is damaged"})
	h.is(t, id, object{"status": "failed", "error": "the clip is damaged", "error_code": "invalid_video", "billing_status": "released", "credits_used": 0.0})
	h.ok("POST", "/v1/jobs/"+id+"/start", object{})
	h.is(t, id, object{"status": "processing", "error": nil, "error_code": nil})
}

func TestCancel(t *testing.T) {
	h := newHouse(t)
	id := h.job("10s", nil)
	for range 2 { // the second time changes nothing
		got := h.ok("DELETE", "/v1/jobs/"+id, nil)
		if got["status"] != "cancelled" || got["id"] != id {
			t.Errorf("%v", got)
		}
	}
	h.balanceIs(t, 1000)
	done := h.job("10s", nil)
	h.complete(10*time.Second, "result")
	h.refused(409, "conflict", "DELETE", "/v1/jobs/"+done, nil)
}

func TestCreditsAreChecked(t *testing.T) {
	h := newHouse(t)
	address := h.clip("1000s") // 1000 credits: all there is
	id := h.ok("POST", "/v1/jobs", object{"video_url": address})["id"].(string)
	message := h.refused(402, "insufficient_credits", "POST", "/v1/jobs", object{"video_url": address})
	if message != "Not enough credits to process this video" {
		t.Error(message)
	}
	draft := h.ok("POST", "/v1/jobs", object{"video_url": address, "auto_start": false})["id"].(string)
	h.refused(402, "insufficient_credits", "POST", "/v1/jobs/"+draft+"/start", nil)
	h.ok("DELETE", "/v1/jobs/"+id, nil)
	h.ok("POST", "/v1/jobs/"+draft+"/start", nil)
}

// A key sees what it made, and neither the account's other keys' nor another
// account's.
func TestKeysSeeTheirOwn(t *testing.T) {
	onBoth(t, func(h *house) {
		address := h.clip("10s")
		id := h.ok("POST", "/v1/jobs", object{"video_url": address})["id"].(string)
		for _, key := range []string{h.other, h.foreign} {
			as := []string{"X-Api-Key", key}
			for _, refused := range []struct{ method, path string }{
				{"GET", "/v1/jobs/" + id}, {"DELETE", "/v1/jobs/" + id}, {"POST", "/v1/jobs/" + id + "/start"}, {"GET", "/api/download/" + id}, {"GET", "/api/status/" + id},
			} {
				if message := h.refused(404, "not_found", refused.method, refused.path, nil, as...); message != "Job not found" {
					t.Error(message)
				}
			}
			h.refused(400, "invalid_request", "POST", "/v1/jobs", object{"video_url": address}, as...)
			if list := h.ok("GET", "/v1/jobs", nil, as...); list["total"] != 0.0 {
				t.Errorf("list: %v", list)
			}
		}
		for _, unknown := range []string{"job_0123456789abcdef", "job_1", "x", "job_0123456789ABCDEF", "%00", "job_0123456789abcde%0a", "..%2f"} {
			h.refused(404, "not_found", "GET", "/v1/jobs/"+unknown, nil)
		}
	})
}

func TestList(t *testing.T) {
	h := newHouse(t)
	var ids []string
	for range 3 {
		ids = append(ids, h.job("1s", object{"auto_start": false}))
	}
	h.ok("POST", "/v1/jobs/"+ids[0]+"/start", nil)
	tests := map[string]struct {
		want  []string
		total int
	}{
		"":                     {[]string{ids[2], ids[1], ids[0]}, 3},
		"?limit=1":             {[]string{ids[2]}, 3},
		"?limit=2&offset=1":    {[]string{ids[1], ids[0]}, 3},
		"?offset=5":            {nil, 3},
		"?status=processing":   {[]string{ids[0]}, 1},
		"?status=created":      {[]string{ids[2], ids[1]}, 2},
		"?status=pending":      {[]string{ids[2], ids[1]}, 2},
		"?status=completed":    {nil, 0},
		"?limit=100&unknown=1": {[]string{ids[2], ids[1], ids[0]}, 3},
	}
	for query, tt := range tests {
		got := h.ok("GET", "/v1/jobs"+query, nil)
		var found []string
		for _, item := range got["items"].([]any) {
			found = append(found, item.(map[string]any)["id"].(string))
		}
		if diff := cmp.Diff(tt.want, found); diff != "" || got["total"] != float64(tt.total) || !cmp.Equal(got["jobs"], got["items"]) {
			t.Errorf("%s: total %v (-want +got) %s", query, got["total"], diff)
		}
	}
	for _, query := range []string{"?limit=0", "?limit=101", "?limit=x", "?offset=-1", "?status=done", "?limit=1e9", "?offset=99999999999999999999"} {
		h.refused(http.StatusBadRequest, "invalid_request", "GET", "/v1/jobs"+query, nil)
	}
}

func TestNoRoom(t *testing.T) {
	h := newHouse(t)
	address := h.clip("1s")
	h.intake.err = mattebox.Errorf(mattebox.CodeUnavailable, "the disk is full")
	for _, body := range []any{object{"video_url": address}} {
		answer := h.ask("POST", "/v1/jobs", body)
		if code, message := answer.fault(t); answer.status != 503 || code != "unavailable" || message != "the disk is full" || answer.header.Get("Retry-After") == "" {
			t.Errorf("%d %s", answer.status, answer.body)
		}
	}
	if answer := h.upload("a.mp4", mp4("")); answer.status != 503 {
		t.Errorf("upload: %d", answer.status)
	}
}
