package work_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"mattebox"
	"mattebox/work"
)

// deliveries makes so many finished images whose callback is the address, and
// returns their deliveries.
func (h *house) deliveries(n int, callback string) []mattebox.DeliveryID {
	h.t.Helper()
	var ids []mattebox.DeliveryID
	f, p := h.fetcher(), h.producer()
	for range n {
		image := h.submit(mattebox.Order{CallbackURL: callback}, h.site.picture(8, 8))
		must(h.t, f.Run(h.t.Context(), 0))
		must(h.t, p.Run(h.t.Context(), 0))
		found, err := h.store.Deliveries(h.t.Context(), mattebox.DeliveryFilter{Image: image})
		must(h.t, err)
		ids = append(ids, found[0].ID)
	}
	return ids
}

func (h *house) delivery(id mattebox.DeliveryID) *mattebox.Delivery {
	h.t.Helper()
	d, err := h.store.Delivery(h.t.Context(), id)
	must(h.t, err)
	return d
}

// classes returns the classes of a delivery's attempts.
func (h *house) classes(id mattebox.DeliveryID) string {
	h.t.Helper()
	attempts, err := h.store.Attempts(h.t.Context(), id)
	must(h.t, err)
	var all []string
	for _, a := range attempts {
		all = append(all, a.Class)
	}
	return strings.Join(all, " ")
}

// send lets the deliverer work until the test ends.
func send(t *testing.T, d *work.Deliverer) {
	t.Helper()
	d.Poll = 5 * time.Millisecond // as the clock that is put forward wakes nobody
	d.Start(t.Context())
	t.Cleanup(func() { must(t, d.Stop(context.Background())) })
}

// sent waits until so many attempts of the delivery are on record.
func (h *house) sent(id mattebox.DeliveryID, attempts int) *mattebox.Delivery {
	h.t.Helper()
	await(h.t, fmt.Sprintf("attempt %d of delivery %d", attempts, id), func() bool {
		return h.classes(id) != "" && len(strings.Fields(h.classes(id))) >= attempts
	})
	return h.delivery(id)
}

func TestDeliver(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ids := h.deliveries(3, h.site.URL+"/hook")
		send(t, h.deliverer())
		var bodies []string
		for _, id := range ids {
			got := h.sent(id, 1)
			h.expect(got.Image, mattebox.StatusDelivered, "")
			if classes := h.classes(id); classes != "delivered" {
				t.Errorf("attempts: %s", classes)
			}
			bodies = append(bodies, string(got.Body))
		}
		slices.Sort(bodies)
		slices.Sort(h.site.posts)
		if !slices.Equal(h.site.posts, bodies) {
			t.Errorf("the receiver got %q, want %q, each once", h.site.posts, bodies)
		}
	})
}

// What is woken while everything is at rest is sent at once; without a word, at the
// next poll.
func TestDeliverIsWoken(t *testing.T) {
	h := onSQLite(t, nil)
	d := h.deliverer()
	d.Poll = time.Hour
	d.Start(t.Context())
	id := h.deliveries(1, h.site.URL+"/hook")[0]
	d.Wake()
	h.sent(id, 1)
	must(t, d.Stop(t.Context()))
}

func TestDeliverThatFailsFollowsTheSchedule(t *testing.T) {
	h := onSQLite(t, nil)
	id := h.deliveries(1, h.site.URL+"/status/500")[0]
	send(t, h.deliverer())
	image := h.delivery(id).Image
	for i, wait := range []time.Duration{5 * time.Minute, time.Hour, 5 * time.Hour} {
		h.sent(id, i+1)
		h.expect(image, mattebox.AfterFailure(i+1), "")
		h.clock.advance(wait - time.Minute)
		if classes := h.classes(id); len(strings.Fields(classes)) != i+1 {
			t.Errorf("attempts before the next is due: %s", classes)
		}
		h.clock.advance(time.Minute)
	}
	h.sent(id, 4)
	h.expect(image, mattebox.StatusUndelivered, "")
	if classes := h.classes(id); classes != "http_500 http_500 http_500 http_500" {
		t.Errorf("attempts: %s", classes)
	}
}

// The grace is over while a receiver still thinks: the attempt is broken off and on
// record when Stop returns.
func TestDeliverThatIsStopped(t *testing.T) {
	h := onSQLite(t, nil)
	id := h.deliveries(1, h.site.URL+"/wait")[0]
	d := h.deliverer()
	d.Start(t.Context())
	receive(t, h.site.arrived, "the request")
	over, cancel := context.WithCancel(t.Context())
	cancel()
	must(t, d.Stop(over))
	got := h.delivery(id)
	if got.State != mattebox.DeliveryPending || got.Attempts != 0 || got.Interruptions != 1 || h.classes(id) != mattebox.AttemptInterrupted {
		t.Errorf("delivery %+v, attempts %s", got, h.classes(id))
	}
	h.expect(got.Image, mattebox.StatusFinished, "")
}

// receiver counts how many requests it has at a time.
type receiver struct {
	*httptest.Server
	now, most, all atomic.Int32
	hold           chan struct{}
}

func newReceiver(t *testing.T) *receiver {
	r := &receiver{hold: make(chan struct{})}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		_, _ = io.Copy(io.Discard, req.Body)
		n := r.now.Add(1)
		defer r.now.Add(-1)
		for most := r.most.Load(); n > most && !r.most.CompareAndSwap(most, n); most = r.most.Load() {
		}
		r.all.Add(1)
		select {
		case <-r.hold:
		case <-req.Context().Done():
		}
	}))
	t.Cleanup(r.Close)
	return r
}

// One host that hangs has its places and no more; others are not kept waiting, and
// what waited for the host follows.
func TestDeliverHasAPlaceForEveryHost(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		slow := newReceiver(t)
		ids := h.deliveries(7, slow.URL)
		d := h.deliverer()
		d.PerHost, d.Slots = 2, 4
		send(t, d)
		await(t, "the host's places to be taken", func() bool { return slow.now.Load() == 2 })
		quick := h.deliveries(1, strings.Replace(h.site.URL, "127.0.0.1", "localhost", 1)+"/hook")[0]
		h.sent(quick, 1)
		if slow.now.Load() != 2 {
			t.Errorf("the slow host has %d requests, want 2", slow.now.Load())
		}
		close(slow.hold)
		for _, id := range ids {
			h.sent(id, 1)
			if got := h.classes(id); got != "delivered" {
				t.Errorf("delivery %d: attempts %q", id, got)
			}
		}
		if slow.most.Load() != 2 || slow.all.Load() != 7 {
			t.Errorf("the slow host had %d requests, %d at a time; want 7, 2", slow.all.Load(), slow.most.Load())
		}
	})
}

func TestADrainedDelivererTakesNoMore(t *testing.T) {
	h := onSQLite(t, nil)
	slow := newReceiver(t)
	ids := h.deliveries(2, slow.URL)
	d := h.deliverer()
	d.PerHost = 1
	d.Start(t.Context())
	await(t, "the request", func() bool { return slow.now.Load() == 1 })
	d.Drain()
	close(slow.hold)
	must(t, d.Stop(t.Context()))
	states := map[mattebox.DeliveryState]int{}
	for _, id := range ids {
		states[h.delivery(id).State]++
	}
	if states[mattebox.DeliveryDelivered] != 1 || states[mattebox.DeliveryPending] != 1 {
		t.Errorf("states %v, want one delivered and one pending", states)
	}
	must(t, (&work.Deliverer{}).Stop(t.Context())) // that never began
}

// flawed is a store that fails now and then.
type flawed struct {
	work.DeliveryStore
	claims, records atomic.Int32 // that fail before one does not
	poison          mattebox.DeliveryID
	largest         atomic.Int32 // batch that was recorded
}

func unreachable() error {
	return mattebox.Wrap(mattebox.CodeUnavailable, errors.New("connection refused"), "the database does not answer")
}

func (f *flawed) ClaimDeliveries(ctx context.Context, c mattebox.DeliveryClaim) ([]mattebox.Sending, error) {
	if f.claims.Add(-1) >= 0 {
		return nil, unreachable()
	}
	return f.DeliveryStore.ClaimDeliveries(ctx, c)
}

func (f *flawed) RecordAttempts(ctx context.Context, all []mattebox.Outcome) ([]error, error) {
	if f.records.Add(-1) >= 0 {
		return nil, unreachable()
	}
	if len(all) > 1 && slices.ContainsFunc(all, func(o mattebox.Outcome) bool { return o.Delivery == f.poison }) {
		return nil, errors.New("a row that cannot be")
	}
	f.largest.Store(max(f.largest.Load(), int32(len(all))))
	return f.DeliveryStore.RecordAttempts(ctx, all)
}

// The database is away when something is due: the attempt is made when it is back.
// It is away when the attempt was made: that gets into the log all the same.
func TestDeliverWithoutADatabase(t *testing.T) {
	h := onSQLite(t, nil)
	id := h.deliveries(1, h.site.URL+"/hook")[0]
	d := h.deliverer()
	f := &flawed{DeliveryStore: h.store}
	f.claims.Store(1)
	f.records.Store(2)
	d.Store = f
	send(t, d)
	h.sent(id, 1)
	if got := h.classes(id); got != "delivered" {
		t.Errorf("attempts %q", got)
	}
}

// What gathers while the store is busy is recorded together, and one that cannot be
// stored with others does not keep them back.
func TestAttemptsAreRecordedTogether(t *testing.T) {
	h := onSQLite(t, nil)
	ids := h.deliveries(8, h.site.URL+"/hook")
	d := h.deliverer()
	f := &flawed{DeliveryStore: h.store, poison: ids[3]}
	f.records.Store(1) // the first waits, the others gather
	d.Store, d.PerHost = f, 8
	send(t, d)
	for _, id := range ids {
		h.sent(id, 1)
	}
	if f.largest.Load() < 2 {
		t.Errorf("at most %d attempts were recorded at once", f.largest.Load())
	}
}

func TestNewDeliveryOfTheTemplatesCallback(t *testing.T) {
	links := mattebox.Links{Public: "https://house.test", Secret: []byte("s"), Valid: time.Hour, Now: time.Now}
	image := mattebox.Image{ID: 2, Account: 1, Ticket: "t", Status: mattebox.StatusProduction}
	result := mattebox.Result{Name: "a b.png", Key: "k"}
	if d := work.NewDelivery(image, result, links); d != nil {
		t.Errorf("a delivery to nobody: %+v", d)
	}
	image.Template.CallbackURL = "https://shop.test/hook"
	d := work.NewDelivery(image, result, links)
	if d == nil || d.URL != "https://shop.test/hook" || !strings.Contains(string(d.Body), fmt.Sprintf("%%2F%d%%2F%d%%2Ffinal%%2Fa%%2520b.png", image.Account, image.ID)) {
		t.Errorf("delivery %+v", d)
	}
}
