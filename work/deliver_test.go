package work_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
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

func TestDeliver(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		id := h.deliveries(1, h.site.URL+"/hook")[0]
		d := h.deliverer()
		for range 2 { // the second time there is nothing to do
			must(t, d.Run(t.Context(), int64(id)))
		}
		got := h.delivery(id)
		h.expect(got.Image, mattebox.StatusDelivered, "")
		if len(h.site.posts) != 1 || h.site.posts[0] != string(got.Body) {
			t.Errorf("the receiver got %q, want %q once", h.site.posts, got.Body)
		}
		if classes := h.classes(id); classes != "delivered" {
			t.Errorf("attempts: %s", classes)
		}
		must(t, d.Run(t.Context(), 999)) // no such delivery
	})
}

func TestDeliverThatFailsFollowsTheSchedule(t *testing.T) {
	h := onSQLite(t, nil)
	id := h.deliveries(1, h.site.URL+"/status/500")[0]
	d := h.deliverer()
	image := h.delivery(id).Image
	for i, wait := range []time.Duration{5 * time.Minute, time.Hour, 5 * time.Hour} {
		must(t, d.Run(t.Context(), int64(id)))
		h.expect(image, mattebox.AfterFailure(i+1), "")
		must(t, d.Run(t.Context(), int64(id))) // not due
		h.clock.advance(wait + time.Second)
	}
	must(t, d.Run(t.Context(), int64(id)))
	h.expect(image, mattebox.StatusUndelivered, "")
	if classes := h.classes(id); classes != "http_500 http_500 http_500 http_500" {
		t.Errorf("attempts: %s", classes)
	}
}

func TestDeliverThatIsStopped(t *testing.T) {
	h := onSQLite(t, nil)
	id := h.deliveries(1, h.site.URL+"/wait")[0]
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- h.deliverer().Run(ctx, int64(id)) }()
	receive(t, h.site.arrived, "the request")
	cancel()
	if err := receive(t, ended, "the end"); err != nil {
		t.Error(err)
	}
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
		<-r.hold
	}))
	t.Cleanup(r.Close)
	return r
}

// One host that hangs has its places and no more; others are not kept waiting, and
// what waited for the host follows without another job.
func TestDeliverHasAPlaceForEveryHost(t *testing.T) {
	h := onSQLite(t, nil)
	slow := newReceiver(t)
	ids := h.deliveries(7, slow.URL)
	quick := h.deliveries(1, strings.Replace(h.site.URL, "127.0.0.1", "localhost", 1)+"/hook")[0]
	d := h.deliverer()
	d.PerHost = 2

	var wg sync.WaitGroup
	for _, id := range append(ids, ids...) { // all woken twice
		wg.Go(func() {
			if err := d.Run(t.Context(), int64(id)); err != nil {
				t.Error(err)
			}
		})
	}
	await(t, "the host's places to be taken", func() bool { return slow.now.Load() == 2 })
	must(t, d.Run(t.Context(), int64(quick)))
	if got := h.delivery(quick); got.State != mattebox.DeliveryDelivered {
		t.Errorf("the quick host's delivery is %s", got.State)
	}
	close(slow.hold)
	wg.Wait()
	for _, id := range ids {
		if got := h.classes(id); got != "delivered" {
			t.Errorf("delivery %d: attempts %q", id, got)
		}
	}
	if slow.most.Load() != 2 || slow.all.Load() != 7 {
		t.Errorf("the slow host had %d requests, %d at a time; want 7, 2", slow.all.Load(), slow.most.Load())
	}
}

func TestADrainedDelivererTakesNoMore(t *testing.T) {
	h := onSQLite(t, nil)
	slow := newReceiver(t)
	ids := h.deliveries(3, slow.URL)
	d := h.deliverer()
	d.PerHost = 1
	ended := make(chan error, 1)
	go func() { ended <- d.Run(t.Context(), int64(ids[0])) }()
	await(t, "the request", func() bool { return slow.now.Load() == 1 })
	must(t, d.Run(t.Context(), int64(ids[1]))) // lines up
	d.Drain()
	must(t, d.Run(t.Context(), int64(ids[2])))
	close(slow.hold)
	if err := receive(t, ended, "the end"); err != nil {
		t.Error(err)
	}
	for i, want := range []mattebox.DeliveryState{mattebox.DeliveryDelivered, mattebox.DeliveryPending, mattebox.DeliveryPending} {
		if got := h.delivery(ids[i]); got.State != want {
			t.Errorf("delivery %d is %s, want %s", i, got.State, want)
		}
	}
}

// The attempt was made, so it has to get into the log even when the database is
// away for a moment.
func TestDeliverInsistsOnTheRecord(t *testing.T) {
	h := onSQLite(t, nil)
	id := h.deliveries(1, h.site.URL+"/hook")[0]
	d := h.deliverer()
	d.Store = &away{DeliveryStore: h.store, left: 2}
	must(t, d.Run(t.Context(), int64(id)))
	if got := h.classes(id); got != "delivered" {
		t.Errorf("attempts %q", got)
	}
}

type away struct {
	work.DeliveryStore
	left int
}

func (a *away) RecordAttempt(ctx context.Context, o mattebox.Outcome) error {
	if a.left--; a.left >= 0 {
		return mattebox.Wrap(mattebox.CodeUnavailable, errors.New("connection refused"), "the database does not answer")
	}
	return a.DeliveryStore.RecordAttempt(ctx, o)
}

// The database is away when the job comes: the attempt is made when it is back.
func TestDeliverWithoutADatabase(t *testing.T) {
	h := onSQLite(t, nil)
	id := h.deliveries(1, h.site.URL+"/hook")[0]
	d := h.deliverer()
	d.Store = &gone{DeliveryStore: h.store, left: 1}
	must(t, d.Run(t.Context(), int64(id)))
	if got := h.classes(id); got != "delivered" {
		t.Errorf("attempts %q", got)
	}
}

type gone struct {
	work.DeliveryStore
	left int
}

func (g *gone) Delivery(ctx context.Context, id mattebox.DeliveryID) (*mattebox.Delivery, error) {
	if g.left--; g.left >= 0 {
		return nil, mattebox.Errorf(mattebox.CodeUnavailable, "the database does not answer")
	}
	return g.DeliveryStore.Delivery(ctx, id)
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
