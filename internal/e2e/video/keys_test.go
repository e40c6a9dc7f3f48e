package video

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
)

// keys: an account's keys see their own jobs and uploads only; an administrator
// makes, lists, disables and enables them.
func keys(t *testing.T, h *house) {
	c := h.customer(t)
	boss := c.with("")
	boss.Admin = adminToken
	made := boss.ok(http.MethodPost, "/v1/admin/keys", object{"client_id": "second shop", "note": "for the test", "account": c.account.Email})
	key, _ := made["api_key"].(string)
	fingerprint, _ := made["key_fingerprint"].(string)
	h.keep(key)
	other := c.with(key)

	address := c.upload(sample(t))
	id := c.start(address, object{"auto_start": false})
	if list := c.ok(http.MethodGet, "/v1/jobs?status=pending", nil); list["total"] != 1. {
		t.Errorf("the key's drafts are %v", list)
	}
	if list := other.ok(http.MethodGet, "/v1/jobs", nil); list["total"] != 0. {
		t.Errorf("the account's other key lists %v", list)
	}
	stranger := h.customer(t)
	for _, who := range []*customer{other, stranger} {
		for _, request := range [][2]string{
			{http.MethodGet, "/v1/jobs/" + id}, {http.MethodDelete, "/v1/jobs/" + id}, {http.MethodPost, "/v1/jobs/" + id + "/start"}, {http.MethodGet, "/api/download/" + id},
		} {
			if message := who.refused(http.StatusNotFound, "not_found", request[0], request[1], nil); message != "Job not found" {
				t.Errorf("%s %s says %q", request[0], request[1], message)
			}
		}
		unsigned, _, _ := strings.Cut(address, "/clip") // only the signature lets others in
		unsigned, _, _ = strings.Cut(unsigned, "?")
		if a := who.ask(http.MethodPost, "/v1/jobs", object{"video_url": unsigned}); a.HTTP == http.StatusOK {
			t.Errorf("another key made a job of the upload: %s", a.Body)
		}
	}
	if j := c.job(id); j.Status != "created" {
		t.Errorf("after strangers' tries the job is %s", j.Status)
	}
	switchedOff(boss, other, fingerprint)

	nobody := c.with("")
	nobody.refused(http.StatusUnauthorized, "missing_api_key", http.MethodGet, "/v1/jobs", nil)
	c.with("wrong").refused(http.StatusUnauthorized, "invalid_api_key", http.MethodGet, "/v1/jobs", nil)
	for _, token := range []string{"", "wrong"} {
		boss.Admin = token
		if a := boss.ask(http.MethodGet, "/v1/admin/keys", nil); a.HTTP != http.StatusUnauthorized && a.HTTP != http.StatusForbidden {
			t.Errorf("with the token %q keys are listed: %d %s", token, a.HTTP, a.Body)
		}
	}
}

// switchedOff disables the other customer's key and enables it again.
func switchedOff(boss, other *customer, fingerprint string) {
	t := boss.t
	t.Helper()
	state := func() (enabled, listed bool) {
		a := boss.ask(http.MethodGet, "/v1/admin/keys", nil)
		var list struct {
			Items []struct {
				Client      string `json:"client_id"`
				Fingerprint string `json:"key_fingerprint"`
				Note        string
				Enabled     bool
			}
		}
		if err := json.Unmarshal(a.Body, &list); err != nil || strings.Contains(string(a.Body), other.Key) {
			t.Fatalf("the list of keys: %v, %s", err, a.Body)
		}
		for _, k := range list.Items {
			if k.Fingerprint == fingerprint && k.Client == "second shop" && k.Note == "for the test" {
				return k.Enabled, true
			}
		}
		return false, false
	}
	if enabled, listed := state(); !enabled || !listed {
		t.Errorf("the new key is enabled: %v, listed: %v", enabled, listed)
	}
	boss.ok(http.MethodPost, "/v1/admin/keys/disable", object{"key_fingerprint": fingerprint})
	other.refused(http.StatusUnauthorized, "invalid_api_key", http.MethodGet, "/v1/jobs", nil)
	if enabled, listed := state(); enabled || !listed {
		t.Errorf("the disabled key is enabled: %v, listed: %v", enabled, listed)
	}
	boss.ok(http.MethodPost, "/v1/admin/keys/enable", object{"key_fingerprint": fingerprint})
	other.ok(http.MethodGet, "/v1/jobs", nil)
	boss.refused(http.StatusNotFound, "not_found", http.MethodPost, "/v1/admin/keys/disable", object{"key_fingerprint": "0123456789abcdef"})
}

// legacyPaths goes the vendor's old road, from the upload to the download.
func legacyPaths(t *testing.T, h *house) {
	c := h.customer(t)
	c.with("").refused(http.StatusUnauthorized, "missing_api_key", http.MethodPost, "/api/process", object{})
	a, err := c.Upload(t.Context(), "/api/upload", sample(t))
	if err != nil {
		t.Fatal(err)
	}
	var up struct {
		VideoID string `json:"video_id"`
	}
	if err := a.Decode(&up); err != nil {
		t.Fatal(err)
	}
	id, _ := c.ok(http.MethodPost, "/api/process", object{"video_id": up.VideoID, "model": "human", "preview_duration": .1})["id"].(string)
	if a := c.ask(http.MethodGet, "/api/download/"+id, nil); a.HTTP == http.StatusBadRequest && !strings.Contains(string(a.Body), "Job not completed") {
		t.Errorf("an early download: %d %s", a.HTTP, a.Body)
	}
	c.finished(id)
	if status := c.ok(http.MethodGet, "/api/status/"+id, nil); status["status"] != "completed" || status["id"] != id {
		t.Errorf("the status is %v", status)
	}
	download := c.ok(http.MethodGet, "/api/download/"+id, nil)
	address, _ := download["download_url"].(string)
	if a := c.with("").ask(http.MethodGet, address, nil); a.HTTP != http.StatusOK || len(a.Body) == 0 || download["output_format"] != "webm" {
		t.Errorf("%v leads to HTTP status %d with %d bytes", download, a.HTTP, len(a.Body))
	}
	if prices := c.with("").ok(http.MethodGet, "/api/pricing", nil); prices["model_pricing_credits_per_minute"] == nil {
		t.Errorf("the prices are %v", prices)
	}
}
