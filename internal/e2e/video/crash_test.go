package video

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"mattebox/internal/servicetest"
)

// ending is a way in which a service goes in the middle of a job.
type ending struct {
	name  string
	flags []string
	end   func(*testing.T, *house)
}

func endings() []ending {
	return []ending{
		{"kill", nil, func(t *testing.T, h *house) {
			if err := h.Kill(); err != nil {
				t.Fatal(err)
			}
		}},
		// The segment in hand is broken off and handed back.
		{"stop", []string{"--grace", "4s"}, func(t *testing.T, h *house) {
			begun := time.Now()
			if code, err := h.Stop(context.Background()); err != nil || code != 0 || time.Since(begun) > 6*time.Second {
				t.Errorf("stopped with exit code %d after %v, %v; want 0 within the grace time", code, time.Since(begun), err)
			}
			held, err := h.Execute(t.Context(), `UPDATE steps SET woken = woken WHERE wake_at IS NOT NULL`)
			if err != nil || held != 0 {
				t.Errorf("%d steps wait for the end of a lease, %v; want all handed back", held, err)
			}
		}},
	}
}

// TestEndOfTheService ends the service in the middle of a job, when a part of it is
// made, by SIGKILL and by SIGTERM. Nothing that it started lives on; the next start
// finishes the job without doing again what was done; the job is paid once, and its
// end is told.
func TestEndOfTheService(t *testing.T) {
	for _, e := range endings() {
		for name, database := range servicetest.Databases() {
			t.Run(e.name+"/"+name, func(t *testing.T) {
				alongside(t, 1)
				build(t)
				endInTheMiddle(t, open(t, settings{database: database(t), flags: append([]string{"--engines", "1"}, e.flags...)}), e)
			})
		}
	}
}

func endInTheMiddle(t *testing.T, h *house, e ending) {
	const segments = 3
	c := h.customer(t, "--days-of-credit", "0", "--credit", "10.00")
	id := c.start(c.upload(long(t, segments)), object{"webhook_url": h.receiver.At("job")})
	// With one engine segments are made one after the other: so many of the frames mean
	// that the first one is stored.
	c.wait(id, "a segment to be made", func(j *servicetest.Job) bool { return j.Stage == "cut" && j.Progress > 100/segments+3 })
	done, before := h.finishedSegments(t), h.workFiles(t, id)
	var started []servicetest.Process
	until(t, patience, "an ffmpeg", func() bool {
		started = servicetest.Descendants(h.Pid())
		return slices.ContainsFunc(started, func(p servicetest.Process) bool { return p.Name == "ffmpeg" })
	})
	e.end(t, h)
	h.deserted(t, started)
	if done < 1 || done >= segments {
		t.Fatalf("%d of %d segments were made before the end, want some", done, segments)
	}

	begun := time.Now()
	if err := h.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	c.URL = h.URL
	if j := c.job(id); j.Status != "processing" || j.Progress < 100*done/segments-5 {
		t.Errorf("after the start the job is %s at %d %%, with %d of %d segments made before", j.Status, j.Progress, done, segments)
	}
	_, path := c.finished(id)
	t.Logf("%d of %d segments made before the end; finished %.1f s after the start", done, segments, time.Since(begun).Seconds())
	// What was finished between the look and the end is done once as well.
	if again := h.finishedSegments(t); again > segments-done || again < segments-done-1 {
		t.Errorf("%d segments were made after the start, %d of %d before", again, done, segments)
	}
	after := h.workFiles(t, id)
	for name, at := range before {
		if !after[name].Equal(at) {
			t.Errorf("%s, of before the end, was written again or is lost", name)
		}
	}
	if n := len(alphas(t, path, 160*90)); n != longFrames(segments) {
		t.Errorf("%d frames, want %d", n, longFrames(segments))
	}
	paidAndToldOnce(t, h, c, id)
}

// finishedSegments is how many the running process has made.
func (h *house) finishedSegments(t *testing.T) int {
	t.Helper()
	return int(h.counted(t, "mattebox_video_steps_total", `kind="video-segment"`, `outcome="done"`))
}

// deserted fails the test unless what the service started ends with it.
func (h *house) deserted(t *testing.T, started []servicetest.Process) {
	t.Helper()
	var left []servicetest.Process
	err := servicetest.Until(t.Context(), 5*time.Second, "the service's processes to end", func() (bool, error) {
		left = slices.DeleteFunc(slices.Clone(started), func(p servicetest.Process) bool { return !servicetest.Lives(p.Pid) })
		left = append(left, servicetest.Holding(h.Data)...)
		return len(left) == 0, nil
	})
	if err != nil {
		t.Fatalf("%v: %v", err, left)
	}
}

// paidAndToldOnce looks at the money and the webhooks of the completed job.
func paidAndToldOnce(t *testing.T, h *house, c *customer, id string) {
	t.Helper()
	// 29 s at 45 credits a minute, a cent each.
	if j := c.job(id); j.CreditsUsed != 21.75 || j.BillingStatus != "charged" || c.balance() != "9.78" {
		t.Errorf("%v credits are %s, the balance is %s; want 21.75 and 9.78", j.CreditsUsed, j.BillingStatus, c.balance())
	}
	h.ledger(t)
	if e := c.events(); e["job.started"] != 1 || e["job.completed"] != 1 {
		t.Errorf("the usage is %v", e)
	}
	c.told(id, map[string]string{"job.started": "sent", "job.completed": "sent"})
	uids := map[string]map[string]bool{}
	for _, p := range h.receiver.Posts("job") {
		name := p.Header.Get("X-Webhook-Event")
		if uids[name] == nil {
			uids[name] = map[string]bool{}
		}
		uids[name][p.Header.Get("X-Webhook-Delivery-Id")] = true
	}
	if len(uids) != 2 || len(uids["job.started"]) != 1 || len(uids["job.completed"]) != 1 {
		t.Errorf("deliveries came: %v, want one of job.started and one of job.completed", uids)
	}
	list := c.ok(http.MethodGet, "/v1/jobs?status=completed", nil)
	if list["total"] != 1. || !strings.Contains(fmt.Sprint(list["items"]), id) {
		t.Errorf("the completed jobs are %v", list)
	}
}
