package servicetest

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestVideoClientAsksAndUploads(t *testing.T) {
	var asked []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body := ""
		if f, head, err := r.FormFile("file"); err == nil {
			content, _ := io.ReadAll(f) // an empty body fails the test
			body = head.Filename + "=" + string(content)
		} else {
			content, _ := io.ReadAll(r.Body)
			body = string(content)
		}
		_, admin := r.Header["X-Admin-Token"]
		asked = append(asked, strings.Join([]string{r.Method, r.URL.Path, r.Header.Get("X-Api-Key"), r.Header.Get("Idempotency-Key"), body}, " "))
		if admin {
			t.Error("a header that is empty was sent")
		}
		_, _ = w.Write([]byte(`{"id":"job_1","status":"failed","output_url":null,"error":"no clip","webhook_events":{"job.started":"sent"},"output":null}`))
	}))
	defer server.Close()
	c := VideoClient{URL: server.URL, Key: "k"}
	file := filepath.Join(t.TempDir(), "a.mp4")
	if err := os.WriteFile(file, []byte("clip"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Upload(t.Context(), "", file, "Idempotency-Key", "1"); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Do(t.Context(), http.MethodPost, server.URL+"/v1/jobs", map[string]any{"video_url": "u"}); err != nil {
		t.Fatal(err)
	}
	j, err := c.WaitJob(t.Context(), time.Millisecond, "job_1", "to be there", func(j *Job) bool { return j.Status == "completed" })
	if err == nil || !strings.Contains(err.Error(), "no clip") || j.WebhookEvents["job.started"] != "sent" {
		t.Errorf("got %+v, %v; want an error that tells the job's", j, err)
	}
	want := []string{"POST /v1/uploads k 1 a.mp4=clip", `POST /v1/jobs k  {"video_url":"u"}`, "GET /v1/jobs/job_1 k  "}
	for i := range want {
		if i >= len(asked) || asked[i] != want[i] {
			t.Errorf("asked %q, want %q", asked, want)
			break
		}
	}
}

func TestVideoAnswerThatIsNone(t *testing.T) {
	a := VideoAnswer{HTTP: http.StatusPaymentRequired, Body: []byte(`{"error":{}}`)}
	if err := a.Decode(&Job{}); err == nil || !strings.Contains(err.Error(), "402") {
		t.Errorf("got %v, want an error with the status", err)
	}
}

func TestDescendants(t *testing.T) {
	cmd := exec.Command("sh", "-c", "sleep 1000 & wait")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var found []Process
	has := func(name string) bool {
		for _, p := range found {
			if p.Name == name {
				return true
			}
		}
		return false
	}
	err := Until(t.Context(), 10*time.Second, "a grandchild", func() (bool, error) {
		found = Descendants(os.Getpid())
		return has("sh") && has("sleep"), nil
	})
	if err != nil {
		t.Errorf("%v; there are %v", err, found)
	}
	for _, p := range found {
		if p.Name != "sleep" {
			continue
		}
		if held := Holding("sleep\x001000"); len(held) == 0 || held[0].Name != "sleep" {
			t.Errorf("the process that sleeps is found as %v", held)
		}
		if one, err := os.FindProcess(p.Pid); err != nil || one.Kill() != nil {
			t.Errorf("the process %d is not there", p.Pid)
		}
	}
	_ = cmd.Wait() // it was made to end
	for _, p := range found {
		if Lives(p.Pid) {
			t.Errorf("%v lives", p)
		}
	}
}

func TestTrouble(t *testing.T) {
	s := &Service{Config: Config{Log: filepath.Join(t.TempDir(), "log")}}
	if err := os.WriteFile(s.Log, []byte("level=INFO msg=request\nlevel=ERROR msg=bad\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := s.Trouble(); got != "level=ERROR msg=bad\n" {
		t.Errorf("got %q", got)
	}
}
