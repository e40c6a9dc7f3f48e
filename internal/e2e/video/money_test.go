package video

import (
	"fmt"
	"math"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"mattebox/internal/servicetest"
)

// still is a clip of 20 s in which nothing moves: dear, and quickly made.
func still(t testing.TB) string {
	return clip(t, "still.mp4", "-loop", "1", "-framerate", "2", "-t", "20", "-i", photo, "-vf", "scale=160:90,setsar=1,format=yuv420p", "-c:v", "libx264", "-preset", "veryfast")
}

// money follows what an account pays for clips: refused when it is short, set aside
// at the start, charged for what was made, given back for what was not, invoiced.
func money(t *testing.T, h *house) {
	poor := h.customer(t, "--days-of-credit", "0", "--credit", "0.14")
	address := poor.upload(still(t))
	message := poor.refused(http.StatusPaymentRequired, "insufficient_credits", http.MethodPost, "/v1/jobs", object{"video_url": address, "model": "human"})
	if !strings.Contains(strings.ToLower(message), "not enough credits to process this video") {
		t.Errorf("402 says %q", message)
	}
	if list := poor.ok(http.MethodGet, "/v1/jobs", nil); list["total"] != 0. || poor.events()["job.created"] != 0 {
		t.Errorf("the refused order left %v and the events %v", list, poor.events())
	}
	draft := poor.start(address, object{"auto_start": false})
	poor.refused(http.StatusPaymentRequired, "insufficient_credits", http.MethodPost, "/v1/jobs/"+draft+"/start", nil)
	if j := poor.job(draft); j.Status != "created" || j.BillingStatus != "none" || poor.balance() != "0.14" {
		t.Errorf("the draft that cannot be paid is %+v, the balance %s", j, poor.balance())
	}
	// What is outside is paid when it is known.
	outside := poor.ended(poor.start(h.web.At("still.mp4"), nil), "failed")
	if outside.ErrorCode != "insufficient_credits" || poor.balance() != "0.14" {
		t.Errorf("a clip from outside that cannot be paid: %+v, balance %s", outside, poor.balance())
	}

	c := h.customer(t, "--days-of-credit", "0", "--credit", "10.00")
	address = c.upload(still(t))
	charged(c, address)
	givenBack(c, address)
	h.ledger(t)
	used(c)
	invoiced(c)
}

// charged makes 20 s of "human", 45 credits a minute and a cent each, and of the
// same clip a preview.
func charged(c *customer, address string) {
	t := c.t
	t.Helper()
	id := c.start(address, nil)
	if j := c.job(id); j.Status == "processing" && (j.BillingStatus != "reserved" || j.CreditsUsed != 15) {
		t.Errorf("the running job has %v credits %s, want 15 reserved", j.CreditsUsed, j.BillingStatus)
	}
	if got := c.balance(); got != "9.85" {
		t.Errorf("with 15 credits reserved the balance is %s, want 9.85", got)
	}
	j, path := c.finished(id)
	if got := probe(t, path).seconds(t); math.Abs(got-20) > .5 {
		t.Errorf("%v s were made", got)
	}
	if j.BillingStatus != "charged" || j.CreditsUsed != 15 || c.balance() != "9.85" {
		t.Errorf("the completed job has %v credits %s, the balance is %s", j.CreditsUsed, j.BillingStatus, c.balance())
	}
	preview, _ := c.made(address, object{"preview_duration": 4})
	if preview.CreditsUsed != 3 || c.balance() != "9.82" {
		t.Errorf("4 s cost %v credits, the balance is %s; want 3 and 9.82", preview.CreditsUsed, c.balance())
	}
}

// givenBack has a job fail and another one cancelled.
func givenBack(c *customer, address string) {
	t := c.t
	t.Helper()
	hang := c.h.web.Handle("slow-picture", servicetest.Drip(time.Second))
	gone := c.h.web.Handle("no-picture", http.NotFound)
	cancelled := c.start(address, object{"bg_type": "image", "bg_image_url": hang})
	if got := c.balance(); got != "9.67" {
		t.Errorf("with a job under way the balance is %s, want 9.67", got)
	}
	if got := c.job(cancelled); got.BillingStatus != "reserved" || got.Stage != "fetch" {
		t.Errorf("the job that waits for its background is %+v", got)
	}
	c.ok(http.MethodDelete, "/v1/jobs/"+cancelled, nil)
	failed := c.start(address, object{"bg_type": "image", "bg_image_url": gone})
	if j := c.ended(failed, "failed"); j.BillingStatus != "released" || j.CreditsUsed != 0 || j.ErrorCode != "download_failed" {
		t.Errorf("the failed job is %+v", j)
	}
	if j := c.ended(cancelled, "cancelled"); j.BillingStatus != "released" || j.CreditsUsed != 0 {
		t.Errorf("the cancelled job is %+v", j)
	}
	if got := c.balance(); got != "9.82" {
		t.Errorf("afterwards the balance is %s, want 9.82", got)
	}
}

// used compares the summary and the events with what was done.
func used(c *customer) {
	t := c.t
	t.Helper()
	sums := c.ok(http.MethodGet, "/v1/usage/summary?days=2", nil)
	for member, want := range map[string]float64{"total_jobs": 4, "completed_jobs": 2, "failed_jobs": 1, "cancelled_jobs": 1, "uploads": 1, "credits_used": 18, "duration_seconds": 24} {
		if got, _ := sums[member].(float64); math.Abs(got-want) > 1e-9 {
			t.Errorf("usage has %s %v, want %v", member, sums[member], want)
		}
	}
	want := map[string]int{"upload.created": 1, "job.created": 4, "job.started": 4, "job.completed": 2, "job.failed": 1, "job.cancelled": 1}
	if got := c.events(); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("the events are %v, want %v", got, want)
	}
}

// invoiced wants one line for both jobs.
func invoiced(c *customer) {
	t := c.t
	t.Helper()
	type invoice struct {
		ID    string
		Net   string
		Lines []struct {
			Text   string
			Count  int
			Amount string
		}
	}
	var made []invoice
	month := time.Now().UTC().Format("2006-01")
	if err := c.h.Read(t.Context(), &made, []string{"invoice", "run"}, "--period", month, "--account", c.account.Email, "--json"); err != nil {
		t.Fatal(err)
	}
	if len(made) != 1 {
		t.Fatalf("invoices %+v, want one", made)
	}
	var shown invoice
	if err := c.h.Read(t.Context(), &shown, []string{"invoice", "show"}, "--json", made[0].ID); err != nil {
		t.Fatal(err)
	}
	texts := make([]string, len(shown.Lines))
	for i, line := range shown.Lines {
		texts[i] = fmt.Sprintf("%s, %d, %s", line.Text, line.Count, line.Amount)
	}
	if !slices.Equal(texts, []string{"Video, 18.00 credits, 2, 0.18"}) || shown.Net != "0.18" {
		t.Errorf("the invoice has the lines %q and a net of %s", texts, shown.Net)
	}
	c.h.ledger(t)
}
