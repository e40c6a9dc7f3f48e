package video

import (
	"net/http"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"mattebox/internal/servicetest"
)

// TestCancel cancels a job while its frames are cut out: two seconds later no ffmpeg
// of the service is left, nothing is written any more, and the sweep removes the rest.
func TestCancel(t *testing.T) {
	alongside(t, 1)
	h := open(t, settings{flags: []string{"--engines", "1"}})
	c := h.customer(t)
	address := c.upload(long(t, 4))
	id := c.start(address, object{"model": "pro"})
	c.wait(id, "frames to be cut out", func(j *servicetest.Job) bool { return j.Stage == "cut" && j.Progress > 0 })
	until(t, patience, "an ffmpeg", func() bool { return len(ffmpegs(h)) > 0 })
	c.ok(http.MethodDelete, "/v1/jobs/"+id, nil)
	begun := time.Now()
	until(t, 2*time.Second, "the service's ffmpegs to end", func() bool { return len(ffmpegs(h)) == 0 })
	t.Logf("the last ffmpeg ended %v after the answer", time.Since(begun).Round(time.Millisecond))
	if j := c.job(id); j.Status != "cancelled" || j.BillingStatus != "released" || j.OutputURL != "" {
		t.Errorf("the cancelled job is %+v", j)
	}
	c.ok(http.MethodDelete, "/v1/jobs/"+id, nil) // no fault

	// The engine is there for others.
	left := h.workFiles(t, id)
	_, path := c.made(address, object{"preview_duration": 1})
	if n := len(alphas(t, path, 160*90)); n != longRate {
		t.Errorf("the next job has %d frames, want %d", n, longRate)
	}
	for name, at := range h.workFiles(t, id) {
		if was, found := left[name]; !found || !was.Equal(at) {
			t.Errorf("%s was written after the job was cancelled", name)
		}
	}
	swept(t, h, c, id)
}

// swept brings the sweep forward that comes a minute after a job's end.
func swept(t *testing.T, h *house, c *customer, id string) {
	t.Helper()
	if code, err := h.Stop(t.Context()); err != nil || code != 0 {
		t.Fatalf("stopped with exit code %d, %v", code, err)
	}
	n, err := h.Execute(t.Context(), `UPDATE jobs SET scraps = scraps - 120000000 WHERE uid = $1 AND scraps IS NOT NULL`, id)
	if err != nil || n != 1 {
		t.Fatalf("%d jobs have something to be removed, %v; want 1", n, err)
	}
	if err := h.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	until(t, 10*time.Second, "the job's files to be removed", func() bool {
		files, _ := filepath.Glob(filepath.Join(h.Data, "*", "*", id, "*")) // the pattern is well-formed
		return len(h.workFiles(t, id)) == 0 && len(files) == 0
	})
	if j := c.job(id); j.Status != "cancelled" {
		t.Errorf("after the sweep the job is %s", j.Status)
	}
}

// ffmpegs returns those that the service has started, directly or not.
func ffmpegs(h *house) []servicetest.Process {
	return slices.DeleteFunc(servicetest.Descendants(h.Pid()), func(p servicetest.Process) bool { return p.Name != "ffmpeg" })
}
