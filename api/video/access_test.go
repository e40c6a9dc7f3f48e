package video

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"mattebox"
)

func TestKeyIsNeeded(t *testing.T) {
	h := newHouse(t)
	for _, path := range []string{"/v1/jobs", "/v1/jobs/job_0123456789abcdef", "/v1/usage/summary", "/v1/usage/events", "/api/download/job_0123456789abcdef"} {
		h.refused(401, "missing_api_key", "GET", path, nil, "X-Api-Key", "")
		for _, key := range []string{"wrong", strings.ToUpper(h.key), h.key + " x", strings.Repeat("a", 5000)} {
			if message := h.refused(401, "invalid_api_key", "GET", path, nil, "X-Api-Key", key); message != "Invalid API key" {
				t.Error(message)
			}
		}
	}
	h.refused(401, "missing_api_key", "POST", "/v1/jobs", nil, "X-Api-Key", "")
	if answer := h.upload("a.mp4", mp4(""), "X-Api-Key", "wrong"); answer.status != 401 {
		t.Errorf("upload: %d", answer.status)
	}
	for _, path := range []string{"/health", "/api/pricing", "/openapi.json", "/docs"} {
		if answer := h.send("GET", path, nil); answer.status != 200 {
			t.Errorf("%s: %d", path, answer.status)
		}
	}
}

func TestUnknownAddresses(t *testing.T) {
	h := newHouse(t)
	for _, path := range []string{"/v1", "/v1/", "/v1/job", "/api", "/api/x", "/v1/jobs/a/b", "/docs/x", "/v1/jobs/" + strings.Repeat("a", 5000)} {
		if answer := h.ask("GET", path, nil); answer.status != 404 && answer.status != 400 {
			t.Errorf("%.20s: %d %s", path, answer.status, answer.body)
		} else {
			answer.fault(t)
		}
	}
	for method, path := range map[string]string{"PUT": "/v1/jobs", "PATCH": "/v1/jobs/job_0123456789abcdef", "DELETE": "/v1/jobs", "GET": "/v1/uploads", "OPTIONS": "/v1/jobs"} {
		answer := h.ask(method, path, nil)
		if code, _ := answer.fault(t); answer.status != 405 || code != "method_not_allowed" || answer.header.Get("Allow") == "" {
			t.Errorf("%s %s: %d %s", method, path, answer.status, answer.body)
		}
	}
}

func TestOwns(t *testing.T) {
	for path, want := range map[string]bool{
		"/v1": true, "/v1/jobs": true, "/api/pricing": true, "/health": true, "/openapi.json": true, "/docs": true, "/1000001/job_0123456789abcdef/output/a.webm": true,
		"/": false, "/REST.svc/x": false, "/1000001/2000001/final/a.png": false, "/v1x": false, "/x/job_0123456789abcdef/output/a": false, "/1/job_0123456789abcdef/final/a": false,
	} {
		if Owns(path) != want {
			t.Errorf("Owns(%s) = %t", path, !want)
		}
	}
}

// A key has its requests of a minute at once, and each comes again in its part of the
// minute.
func TestRate(t *testing.T) {
	h := newHouse(t, func(c *Config) { c.Rate = 6 })
	for left := 5; left >= 0; left-- {
		answer := h.ask("GET", "/v1/jobs", nil)
		if answer.status != 200 || answer.header.Get("RateLimit-Limit") != "6" || answer.header.Get("RateLimit-Remaining") != fmt.Sprint(left) ||
			answer.header.Get("RateLimit-Reset") != fmt.Sprint(10*(6-left)) || answer.header.Get("X-RateLimit-Reset") != fmt.Sprint(h.clock.Unix()+int64(10*(6-left))) {
			t.Errorf("%d left: %d %v", left, answer.status, answer.header)
		}
	}
	answer := h.ask("GET", "/v1/jobs", nil)
	if code, _ := answer.fault(t); answer.status != 429 || code != "rate_limited" || answer.header.Get("Retry-After") != "10" {
		t.Errorf("%d %s %v", answer.status, answer.body, answer.header)
	}
	if other := h.ask("GET", "/v1/jobs", nil, "X-Api-Key", h.other); other.status != 200 {
		t.Errorf("another key: %d", other.status)
	}
	h.clock = h.clock.Add(10 * time.Second)
	if again := h.ask("GET", "/v1/jobs", nil); again.status != 200 {
		t.Errorf("10 s later: %d", again.status)
	}
	if again := h.ask("GET", "/v1/jobs", nil); again.status != 429 {
		t.Errorf("and once more: %d", again.status)
	}
}

func TestLimiterForgetsTheQuiet(t *testing.T) {
	at := time.Date(2026, 4, 20, 10, 0, 0, 0, time.UTC)
	l := newLimiter(60, func() time.Time { return at })
	for key := range maxBuckets {
		l.take(mattebox.VideoKeyID(key))
	}
	at = at.Add(time.Minute)
	if l.take(mattebox.VideoKeyID(maxBuckets)); len(l.buckets) != 1 {
		t.Errorf("%d keys are counted", len(l.buckets))
	}
}

func TestAdministration(t *testing.T) {
	onBoth(t, func(h *house) {
		t := h.T
		admin := []string{"X-Admin-Token", adminToken}
		config := h.ok("GET", "/v1/admin/config", nil, admin...)
		if config["version"] != "1.2.3" || config["max_upload_bytes"] != 8e6 || len(config["output_formats"].([]any)) != 8 {
			t.Errorf("config: %v", config)
		}
		made := h.ok("POST", "/v1/admin/keys", object{"client_id": "app", "note": "a note", "account": "stranger@example.com"}, admin...)
		key, print := made["api_key"].(string), made["key_fingerprint"].(string)
		as := []string{"X-Api-Key", key}
		h.ok("GET", "/v1/jobs", nil, as...)
		found := false
		for _, item := range h.ok("GET", "/v1/admin/keys", nil, admin...)["items"].([]any) {
			k := item.(map[string]any)
			found = found || k["key_fingerprint"] == print && k["client_id"] == "app" && k["note"] == "a note" && k["enabled"] == true && k["first"] == false
			if text := fmt.Sprint(k); strings.Contains(text, key) || strings.Contains(text, h.key) {
				t.Error("the list tells a key")
			}
		}
		if !found {
			t.Error("the key is not in the list")
		}
		if off := h.ok("POST", "/v1/admin/keys/disable", object{"key_fingerprint": print}, admin...); off["enabled"] != false || off["success"] != true {
			t.Errorf("%v", off)
		}
		h.refused(401, "invalid_api_key", "GET", "/v1/jobs", nil, as...)
		h.ok("POST", "/v1/admin/keys/enable", object{"key_fingerprint": print}, admin...)
		h.ok("GET", "/v1/jobs", nil, as...)

		// Whose key it is: the account that client_id names, or the oldest.
		if byClient := h.ok("POST", "/v1/admin/keys", object{"client_id": "stranger@example.com"}, admin...); byClient["account"] != made["account"] {
			t.Errorf("%v", byClient)
		}
		if oldest := h.ok("POST", "/v1/admin/keys", object{"client_id": "x"}, admin...); oldest["account"] != float64(h.account.ID) {
			t.Errorf("%v", oldest)
		}
		if byNumber := h.ok("POST", "/v1/admin/keys", object{"client_id": "x", "account": fmt.Sprint(h.account.ID)}, admin...); byNumber["account"] != float64(h.account.ID) {
			t.Errorf("%v", byNumber)
		}
		h.refused(404, "not_found", "POST", "/v1/admin/keys", object{"client_id": "x", "account": "nobody@example.com"}, admin...)
		h.refused(404, "not_found", "POST", "/v1/admin/keys", object{"client_id": "x", "account": "77"}, admin...)
		h.refused(404, "not_found", "POST", "/v1/admin/keys/disable", object{"key_fingerprint": "0123456789abcdef"}, admin...)
		h.refused(400, "invalid_request", "POST", "/v1/admin/keys/disable", object{"key_fingerprint": "no fingerprint"}, admin...)
		for _, bad := range []object{{}, {"client_id": ""}, {"client_id": " "}, {"client_id": "a\x00b"}, {"client_id": strings.Repeat("a", 101)}, {"client_id": "a", "account": "a\x00"}, {"client_id": 1}} {
			h.refused(400, "invalid_request", "POST", "/v1/admin/keys", bad, admin...)
		}
	})
}

func TestAdminTokenIsNeeded(t *testing.T) {
	h := newHouse(t)
	none := newHouse(t, func(c *Config) { c.AdminToken = "" })
	for method, path := range map[string]string{"GET": "/v1/admin/keys", "POST": "/v1/admin/keys"} {
		for _, token := range []string{"", "wrong", adminToken + "x", h.key} {
			h.refused(401, "invalid_api_key", method, path, nil, "X-Admin-Token", token)
			none.refused(401, "invalid_api_key", method, path, nil, "X-Admin-Token", token)
		}
	}
}

// Old clients send no key to /api; they go by the one that the service names.
func TestLegacyPaths(t *testing.T) {
	h := newHouse(t)
	h.refused(401, "missing_api_key", "POST", "/api/process", object{"video_url": "https://example.com/a.mp4"}, "X-Api-Key", "")
	h.config.LegacyKey = h.key
	h.serve()
	up := h.send("POST", "/api/upload?filename=a.mp4", strings.NewReader(string(mp4("length=2s"))))
	if up.status != 200 {
		t.Fatalf("%d %s", up.status, up.body)
	}
	without := []string{"X-Api-Key", ""}
	made := h.ok("POST", "/api/process", object{"video_id": up.json(t)["video_id"], "bg_type": "green", "output_format": "mp4"}, without...)
	id := made["id"].(string)
	if status := h.ok("GET", "/api/status/"+id, nil, without...); status["status"] != "processing" || status["output_format"] != "mp4" {
		t.Errorf("%v", status)
	}
	if message := h.refused(400, "invalid_request", "GET", "/api/download/"+id, nil, without...); message != "Job not completed" {
		t.Error(message)
	}
	h.complete(2*time.Second, "result")
	down := h.ok("GET", "/api/download/"+id, nil, without...)
	if got := h.send("GET", down["download_url"].(string), nil); got.body != "result" || down["output_format"] != "mp4" || down["success"] != true {
		t.Errorf("%v: %d %s", down, got.status, got.body)
	}
	h.refused(400, "invalid_request", "POST", "/api/process", object{"video_id": "vid_x"}, without...)
	h.refused(400, "invalid_request", "POST", "/api/process", object{}, without...)
	h.refused(401, "missing_api_key", "GET", "/v1/jobs", nil, without...)
	h.refused(401, "invalid_api_key", http.MethodGet, "/api/status/"+id, nil, "X-Api-Key", "wrong")
}
