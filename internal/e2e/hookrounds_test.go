package e2e

import (
	"context"
	"math/rand/v2"
	"net/http"
	"sync"
	"testing"
	"time"

	"mattebox"
	"mattebox/internal/servicetest"
)

// TestWebhookRounds ends the service at random moments of telling a customer and a
// developer of images, by SIGKILL and by SIGTERM in turn. Row by row, what the
// receivers have journalled is compared with what the service has on record
// (webhooks.md, promises 1 to 3 and 7).
func TestWebhookRounds(t *testing.T) {
	withHooks(t, func(t *testing.T, h *house, hooks *servicetest.Receiver) {
		seed := uint64(time.Now().UnixNano())
		t.Logf("seed %d", seed)
		r := &hookRounds{developer: h.developer(t, hooks), random: rand.New(rand.NewPCG(seed, 0)), tickets: map[string]bool{}}
		r.template = r.customer.template(quick)
		for _, path := range []string{r.path, "rounds"} {
			hooks.Answer(path, func(http.ResponseWriter, *http.Request) { pause(rand.N(400 * time.Millisecond)) })
		}
		for round := range max(servicetest.Rounds(t), 4) {
			r.round(t, round)
		}
		r.settle(t)
		r.check(t)
	})
}

// hookRounds orders images and ends the service under their webhooks.
type hookRounds struct {
	*developer
	template int
	random   *rand.Rand

	mu      sync.Mutex
	tickets map[string]bool // acknowledged
}

// round orders images and ends the service when the receivers have seen some of what
// there is to be told of them, which they think about for a while.
func (r *hookRounds) round(t *testing.T, round int) {
	t.Helper()
	seen := len(r.hooks.Posts("")) + 1 + r.random.IntN(25)
	var work sync.WaitGroup
	for range 10 {
		work.Go(func() {
			f := fields{"imageURL": r.h.small(), "templateId": r.template, "imageCallbackURL": r.hooks.At("rounds")}
			a, err := r.Do(t.Context(), http.MethodPost, "Image", f)
			if err != nil || a.Err() != nil {
				return // not acknowledged
			}
			r.mu.Lock()
			defer r.mu.Unlock()
			r.tickets[a.ImageTicket] = true
		})
	}
	until(t, patience, "webhooks", func() bool { return len(r.hooks.Posts("")) >= seen })
	if round%2 == 0 {
		if err := r.h.Kill(); err != nil {
			t.Fatal(err)
		}
	} else if code, err := r.h.Stop(context.Background()); err != nil || code != 0 {
		t.Errorf("stopped with exit code %d, %v, want 0", code, err)
	}
	work.Wait()
	if err := r.h.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// settle waits until every acknowledged image is delivered and nothing is to be sent
// any more. A developer's delivery that was broken off rests for a quarter of an
// hour, which is made shorter in its row.
func (r *hookRounds) settle(t *testing.T) {
	t.Helper()
	for ticket := range r.tickets {
		r.wait(ticket, 80)
	}
	db, err := r.h.OpenRows(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	until(t, patience, "everything to be sent", func() bool {
		now := time.Now().UnixMicro()
		_, err := db.Writer.ExecContext(t.Context(), `UPDATE deliveries SET next_at = $1, ready_at = $1 WHERE state = 'pending' AND ready_at > $1`, now)
		if err != nil {
			t.Fatal(err)
		}
		var open int
		if err := db.Reader.QueryRowContext(t.Context(), `SELECT COUNT(*) FROM deliveries WHERE ended = 0`).Scan(&open); err != nil {
			t.Fatal(err)
		}
		return open == 0
	})
}

// check compares the journal with the log.
func (r *hookRounds) check(t *testing.T) {
	t.Helper()
	log, err := r.h.Deliveries(t.Context(), "--account", r.Email, "--limit", "10000")
	if err != nil {
		t.Fatal(err)
	}
	posts := map[string]int{} // by delivery
	for _, p := range r.hooks.Posts("") {
		posts[p.UID()]++
	}
	told := map[string]map[string]int{} // deliveries by ticket, by dialect and event
	interrupted := 0
	for _, d := range log {
		interrupted += checkRow(t, d, posts[d.UID])
		delete(posts, d.UID)
		if told[d.Subject] == nil {
			told[d.Subject] = map[string]int{}
		}
		told[d.Subject][d.Dialect+" "+string(d.Event)]++
	}
	for uid, n := range posts {
		t.Errorf("the receiver saw %d requests of %s, of which the service knows nothing", n, uid)
	}
	for ticket := range r.tickets {
		if told[ticket] == nil {
			t.Errorf("nothing is told of the acknowledged image %s", ticket)
		}
	}
	for ticket, events := range told {
		for _, event := range []string{"rtb image.finished", "hwr image.queued", "hwr image.finished", "hwr image.delivered"} {
			if events[event] != 1 || len(events) != 4 {
				t.Errorf("of image %s is told %v, want %s and three others once", ticket, events, event)
			}
		}
		if s := r.status(ticket); s.StatusId != 80 {
			t.Errorf("image %s stands at %d and its delivery was made", ticket, s.StatusId)
		}
	}
	if interrupted == 0 {
		t.Error("the service was never killed while a receiver was at work")
	}
	t.Logf("%d images, %d deliveries, %d requests, %d attempts were broken off", len(told), len(log), len(r.hooks.Posts("")), interrupted)
}

// checkRow compares one delivery with the requests that were seen of it, and returns
// how many of its attempts were broken off.
func checkRow(t *testing.T, d servicetest.Delivery, posts int) (interrupted int) {
	t.Helper()
	delivered := 0
	for _, a := range d.Attempts {
		switch a.Class {
		case mattebox.AttemptInterrupted:
			interrupted++
		case mattebox.AttemptDelivered:
			delivered++
		}
	}
	if d.State != mattebox.DeliveryDelivered || delivered != 1 {
		t.Errorf("delivery %d (%s) of %s is %s after %d attempts that delivered", d.ID, d.Event, d.Subject, d.State, delivered)
	}
	if posts < 1 || posts > len(d.Attempts) {
		t.Errorf("delivery %d (%s) of %s: the receiver saw %d requests, %d attempts are on record", d.ID, d.Event, d.Subject, posts, len(d.Attempts))
	}
	most := map[string]int{"rtb": 4, "hwr": 10}[d.Dialect]
	if scheduled := len(d.Attempts) - interrupted; scheduled > most {
		t.Errorf("delivery %d (%s): %d tries, at most %d are allowed", d.ID, d.Dialect, scheduled, most)
	}
	return interrupted
}
