package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"mattebox/internal/servicetest"
)

// videoCall asks the video API of a service with a key and returns the answer.
func videoCall(t *testing.T, method, address, key string, body io.Reader) (int, map[string]any) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, address, body)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("X-Api-Key", key)
	r.Header.Set("X-Admin-Token", "an administrator's token")
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var answer map[string]any
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil {
		t.Fatalf("%s %s: %d, %v", method, address, response.StatusCode, err)
	}
	return response.StatusCode, answer
}

// The video API of the real service: a clip far above the usual limit of bodies goes
// in, a job of it is made and comes out, an administrator and the page are there, and
// the log has no key.
func TestVideoAPI(t *testing.T) {
	if testing.Short() {
		t.Skip("starts the service")
	}
	if _, err := exec.LookPath("ffmpeg"); err != nil {
		t.Skip("ffmpeg is not installed")
	}
	s := launch(t, servicetest.Config{Env: []string{"MATTEBOX_ADMIN_TOKEN=an administrator's token"}})
	key := s.First.JobsKey
	status, up := videoCall(t, "POST", s.URL+"/v1/uploads?filename=clip.mp4", key, bytes.NewReader(largeClip(t)))
	if status != 200 || up["type"] != "video/mp4" || up["width"] != 96.0 || up["duration_seconds"] != 1.0 {
		t.Fatalf("upload: %d %v", status, up)
	}
	body, _ := json.Marshal(map[string]any{"video_url": up["video_url"], "model": "human", "output_format": "mp4", "bg_type": "green"})
	status, made := videoCall(t, "POST", s.URL+"/v1/jobs", key, bytes.NewReader(body))
	if status != 200 {
		t.Fatalf("job: %d %v", status, made)
	}
	job := waitJob(t, s.URL+"/v1/jobs/"+made["id"].(string), key)
	if job["status"] != "completed" || job["credits_used"] != .75 || job["billing_status"] != "charged" {
		t.Fatalf("the job: %v", job)
	}
	response, err := http.Get(job["output_url"].(string))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	head := make([]byte, 12)
	if _, err := io.ReadFull(response.Body, head); err != nil || string(head[4:8]) != "ftyp" || response.Header.Get("Content-Type") != "video/mp4" {
		t.Errorf("the result: %q, %v, %v", head, err, response.Header)
	}
	if status, config := videoCall(t, "GET", s.URL+"/v1/admin/config", "", nil); status != 200 || config["max_upload_bytes"] != 5e8 {
		t.Errorf("config: %d %v", status, config)
	}
	if status, document := videoCall(t, "GET", s.URL+"/openapi.json", "", nil); status != 200 || document["openapi"] != "3.1.0" {
		t.Errorf("document: %d", status)
	}
	stop(t, s)
	leaks, err := s.Leaks(append(s.First.Secrets(), "an administrator's token")...)
	if err != nil || len(leaks) > 0 {
		t.Errorf("the log tells secrets: %v, %v", leaks, err)
	}
}

// largeClip is a small clip in a file of more than 64 MiB.
func largeClip(t *testing.T) []byte {
	t.Helper()
	path := filepath.Join(t.TempDir(), "clip.mp4")
	if out, err := exec.Command("ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc=s=96x64:r=10:d=1", "-pix_fmt", "yuv420p", path).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	clip, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	const padding = 70 << 20
	clip = binary.BigEndian.AppendUint32(clip, padding)
	clip = append(clip, "free"...)
	return append(clip, make([]byte, padding-8)...)
}

// waitJob asks for the job until it is at its end.
func waitJob(t *testing.T, address, key string) map[string]any {
	t.Helper()
	for deadline := time.Now().Add(2 * time.Minute); ; {
		_, job := videoCall(t, "GET", address, key, nil)
		if state, _ := job["status"].(string); state != "processing" || time.Now().After(deadline) {
			return job
		}
		<-time.After(200 * time.Millisecond)
	}
}

func TestVideoAPISettingsAreChecked(t *testing.T) {
	h := newHouse(t)
	r := h.run("serve", "--video-rate", "0", "--video-max-upload", "much", "--video-max-stored", "0")
	r.wantCode(t, exitUsage)
	for _, flag := range []string{"--video-rate", "--video-max-upload", "--video-max-stored"} {
		r.wantSaid(t, flag)
	}
}

func TestSniffUpload(t *testing.T) {
	for head, want := range map[string]string{
		"\xff\xd8\xff\xe0":                                 "image/jpeg",
		"\x89PNG\r\n\x1a\n":                                "image/png",
		"RIFF\x00\x00\x00\x00WEBPVP8 ":                     "image/webp",
		"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isomiso2": "video/mp4",
		"\x00\x00\x00\x14ftypqt  \x00\x00\x02\x00qt  ":     "video/quicktime",
		"RIFF\x00\x00\x00\x00AVI LIST":                     "video/x-msvideo",
		"GIF89a":                                           "",
		"\x00\x00\x00\x18ftypavif\x00\x00\x02\x00avifmif1": "",
		"#EXTM3U\n":                                        "",
		"":                                                 "",
	} {
		kind, err := sniffUpload([]byte(head))
		if kind.MediaType != want || (err != nil) != (want == "") || kind.Clip != strings.HasPrefix(want, "video/") {
			t.Errorf("%q: %+v, %v", head, kind, err)
		}
	}
}

// Whoever waits long for a look goes without one; whoever leaves does not wait.
func TestLooksAreWaitedForSoLong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		full := &looker{places: make(chan struct{}, 1)}
		full.places <- struct{}{}
		began := time.Now()
		clip, err := full.look(t.Context(), "clip.mp4")
		if clip != nil || err != nil || time.Since(began) != lookWait {
			t.Errorf("after %s: %v, %v", time.Since(began), clip, err)
		}
		gone, leave := context.WithCancel(t.Context())
		leave()
		if _, err := full.look(gone, "clip.mp4"); !errors.Is(err, context.Canceled) {
			t.Errorf("one that has left: %v", err)
		}
	})
}
