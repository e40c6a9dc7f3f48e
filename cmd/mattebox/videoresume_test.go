package main

import (
	"bytes"
	"io"
	"net/http"
	"os/exec"
	"strconv"
	"testing"

	"mattebox/internal/servicetest"
)

// resumableCall is a request about a resumable upload.
func resumableCall(t *testing.T, method, address, key string, body io.Reader, headers ...string) *http.Response {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, address, body)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("X-Api-Key", key)
	r.Header.Set("Tus-Resumable", "1.0.0")
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	return response
}

// A resumable upload outlives the service, killed while it is coming in: a clip far
// above the usual limit of bodies goes on where it was, and is an upload in the end.
func TestResumableUploadOutlivesTheService(t *testing.T) {
	if testing.Short() {
		t.Skip("starts the service")
	}
	if _, err := exec.LookPath("ffmpeg"); err != nil {
		t.Skip("ffmpeg is not installed")
	}
	s := launch(t, servicetest.Config{})
	key, clip := s.First.JobsKey, largeClip(t)
	length := strconv.Itoa(len(clip))
	made := resumableCall(t, "POST", s.URL+"/v1/uploads/resumable", key, nil, "Upload-Length", length)
	path := made.Header.Get("Location")
	if made.StatusCode != 201 || len(path) <= len(s.URL) {
		t.Fatalf("%d %v", made.StatusCode, made.Header)
	}
	path = path[len(s.URL):]
	chunk := []string{"Content-Type", "application/offset+octet-stream", "Upload-Offset"}
	const half = 66 << 20
	if some := resumableCall(t, "PATCH", s.URL+path, key, bytes.NewReader(clip[:half]), append(chunk, "0")...); some.StatusCode != 204 {
		t.Fatalf("%d %v", some.StatusCode, some.Header)
	}
	s.Kill()
	s = launch(t, servicetest.Config{Data: s.Data})
	there := resumableCall(t, "HEAD", s.URL+path, key, nil).Header.Get("Upload-Offset")
	if there != strconv.Itoa(half) {
		t.Fatalf("%s bytes are there, want %d", there, half)
	}
	last := resumableCall(t, "PATCH", s.URL+path, key, bytes.NewReader(clip[half:]), append(chunk, there)...)
	status, up := videoCall(t, "GET", s.URL+"/v1/uploads/"+last.Header.Get("X-Video-Id"), key, nil)
	if last.StatusCode != 204 || status != 200 || up["video_url"] != last.Header.Get("X-Video-Url") || up["width"] != 96.0 || up["duration_seconds"] != 1.0 {
		t.Errorf("%d %v: %d %v", last.StatusCode, last.Header, status, up)
	}
	stop(t, s)
}
