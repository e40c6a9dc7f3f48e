package storetest

import (
	"errors"
	"testing"
	"time"

	"mattebox"
)

func testSweep(t *testing.T, open opener) {
	t.Run("hands back", func(t *testing.T) {
		h := build(t, open)
		a := h.account("a")
		fetching := h.submit(a.ID)
		producing := h.submit(a.ID)
		h.takeFetch()
		h.fetched()
		h.take()
		h.wantSame("report while leases hold", h.sweep(), mattebox.SweepReport{})
		h.woken()
		h.clock.pass(lease)
		h.wantSame("report", h.sweep(), mattebox.SweepReport{Images: 2})
		h.wantSame("jobs", h.woken(), []string{"fetch 2000001", "produce 2000002"})
		h.wantStatus(fetching.ID, mattebox.StatusNew)
		got := h.wantStatus(producing.ID, mattebox.StatusReady)
		h.wantSame("crashes", got.Crashes, 0)
		history, err := h.History(h.ctx, producing.ID)
		h.check(err)
		h.wantSame("last move", history[len(history)-1], mattebox.Move{From: 60, To: 30, At: h.clock.Now(), By: "sweeper", Why: "the worker's lease ran out"})
		h.wantSame("second sweep", h.sweep(), mattebox.SweepReport{})
		h.fetched()
		h.produced()
	})
	t.Run("wakes what lost its job", func(t *testing.T) { testLostJobs(t, open) })
	t.Run("lets wait beside work", func(t *testing.T) { testLostJobsBesideWork(t, open) })
	t.Run("wakes few while work goes on", func(t *testing.T) {
		h := build(t, open)
		h.submit(h.account("a").ID, noCallback)
		h.multiply(300)
		h.fetched()
		h.clock.pass(2 * time.Minute)
		h.woken()
		h.wantSame("idle", h.sweep(), mattebox.SweepReport{Woken: 101}) // and one to produce
		h.wantSame("jobs", len(h.woken()), 101)
		h.takeFetch()
		h.wantSame("busy", h.sweep(), mattebox.SweepReport{Woken: 8})
	})
	t.Run("takes over from the dead", func(t *testing.T) { testTakeOver(t, open) })
	t.Run("counts", func(t *testing.T) {
		h := build(t, open)
		h.finishedImage(h.account("a").ID)
		h.submit(h.account("b").ID)
		got, err := h.Backlog(h.ctx)
		h.check(err)
		h.wantSame("backlog", got, mattebox.Backlog{Fetch: 1, Deliver: 1})
	})
}

func testLostJobs(t *testing.T, open opener) {
	h := build(t, open)
	a := h.account("a")
	h.finishedImage(a.ID) // 1, whose delivery is due
	ended := h.finishedImage(a.ID)
	h.attempt(2, mattebox.DeliveryDelivered, 0)
	h.check(h.Resend(h.ctx, 2)) // wanted again
	later := h.finishedImage(a.ID)
	h.attempt(3, mattebox.DeliveryPending, time.Hour)
	h.submit(a.ID)
	h.submit(a.ID)
	h.fetched()
	h.woken() // as if the queue had forgotten everything
	h.clock.pass(5*time.Second - time.Microsecond)
	h.wantSame("too early", h.sweep(), mattebox.SweepReport{})
	h.clock.pass(time.Microsecond) // nobody is at work on an image
	h.wantSame("report", h.sweep(), mattebox.SweepReport{Woken: 2})
	h.wantSame("jobs", h.woken(), []string{"fetch 2000005", "produce 2000004"})
	h.clock.pass(55 * time.Second)
	h.wantSame("report", h.sweep(), mattebox.SweepReport{Woken: 3}) // one job looks for all deliveries
	h.wantSame("jobs", h.woken(), []string{"deliver 1", "fetch 2000005", "produce 2000004"})
	h.wantSame("again", h.sweep(), mattebox.SweepReport{Woken: 1})
	h.wantStatus(ended.ID, mattebox.StatusDelivered)
	h.wantStatus(later.ID, mattebox.StatusFailedOnce)
}

// testLostJobsBesideWork has a producer at work: what waits may just wait its turn,
// and is not taken for lost as soon.
func testLostJobsBesideWork(t *testing.T, open opener) {
	h := build(t, open)
	a := h.account("a")
	h.submit(a.ID)
	h.fetched()
	h.take()
	h.submit(a.ID)
	h.fetched()
	h.woken()
	h.clock.pass(30 * time.Second)
	h.wantSame("early", h.sweep(), mattebox.SweepReport{})
}

// testTakeOver has a process die in the middle of everything, with its jobs, and
// another one start at once.
func testTakeOver(t *testing.T, open opener) {
	h := build(t, open)
	a := h.account("a")
	h.finishedImage(a.ID)
	sending := h.takeDelivery(1)
	h.finishedImage(a.ID)
	h.finishedImage(a.ID)
	h.attempt(3, mattebox.DeliveryDelivered, 0)
	h.check(h.Resend(h.ctx, 3))
	h.submit(a.ID) // 2000004, produced
	h.submit(a.ID) // 2000005, ready
	h.fetched()
	h.fetched()
	c := h.take().Images[0]
	h.submit(a.ID) // 2000006, fetched
	fetch := h.takeFetch()
	h.submit(a.ID) // 2000007, new
	h.submit(a.ID)
	later := h.takeFetch() // 2000007 waits for another try, and goes on waiting
	h.check(h.FailFetch(h.ctx, *later, "later", h.clock.Now().Add(time.Hour)))
	h.woken()
	h.check(h.TakeOver(h.ctx))
	h.wantSame("report", h.sweep(), mattebox.SweepReport{Images: 2, Deliveries: 1, Woken: 2})
	h.wantSame("jobs", h.woken(), []string{
		"deliver 1", "fetch 2000006", "fetch 2000008", "produce 2000004", "produce 2000005",
	})
	h.wantLost(h.FinishImage(h.ctx, finished(c)))
	h.wantLost(h.FinishFetch(h.ctx, *fetch, downloaded(fetch.Image)))
	h.wantLost(h.RecordAttempt(h.ctx, h.outcome(sending, mattebox.DeliveryDelivered, 0)))
	h.wantSame("attempts", h.classes(1), []string{mattebox.AttemptInterrupted})
	h.wantStatus(c.Image.ID, mattebox.StatusReady)
}

func testRetire(t *testing.T, open opener) {
	t.Run("closes, then cleans", func(t *testing.T) { testRetention(t, open) })
	t.Run("a deleted image", func(t *testing.T) {
		h := build(t, open)
		image := h.submit(h.account("a").ID)
		h.fetched()
		h.check(h.DeleteImage(h.ctx, image.Account, mattebox.ImageRef{Ticket: image.Ticket}))
		got, err := h.Retire(h.ctx, h.clock.Now(), h.clock.Now(), 10)
		h.check(err)
		h.wantSame("too early", len(got), 0)
		h.clock.pass(time.Microsecond)
		got, err = h.Retire(h.ctx, h.clock.Now(), h.clock.Now(), 10)
		h.check(err)
		h.wantSame("remains", got, []mattebox.Remains{{Account: image.Account, Image: image.ID, Keys: []string{"1000001/2000001/source-1"}}})
		h.check(h.MarkCleaned(h.ctx, image.ID))
		h.wantStatus(image.ID, mattebox.StatusCleaned)
	})
	t.Run("what waits stays", func(t *testing.T) {
		h := build(t, open)
		a := h.account("a")
		judged := h.judged(a.ID)
		rejected := h.finishedImage(a.ID)
		h.check(h.RejectImage(h.ctx, a.ID, mattebox.ImageRef{Ticket: rejected.Ticket}, ""))
		fresh := h.submit(a.ID)
		h.clock.pass(1000 * time.Hour)
		got, err := h.Retire(h.ctx, h.clock.Now(), h.clock.Now(), 10)
		h.check(err)
		h.wantSame("remains", len(got), 0)
		h.wantStatus(judged.ID, mattebox.StatusQuality)
		h.wantStatus(rejected.ID, mattebox.StatusReturned)
		h.wantStatus(fresh.ID, mattebox.StatusNew)
		h.wantCode(h.MarkCleaned(h.ctx, judged.ID), mattebox.CodeConflict, "")
		h.wantSame("results", h.number(`SELECT COUNT(*) FROM results`), int64(2))
	})
}

func testRetention(t *testing.T, open opener) {
	h := build(t, open)
	a := h.account("a")
	refused := h.judged(a.ID)
	h.check(h.RefuseByOperator(h.ctx, refused.ID, "no"))
	failed := h.submit(a.ID)
	h.check(h.FailFetch(h.ctx, *h.takeFetch(), "no", time.Time{}))
	image := h.finishedImage(a.ID)
	h.clock.pass(time.Hour)
	h.attempt(h.deliveryOf(image.ID).ID, mattebox.DeliveryDelivered, 0) // does not make it younger
	h.clock.pass(23 * time.Hour)

	retire := func() []mattebox.Remains {
		t.Helper()
		got, err := h.Retire(h.ctx, h.clock.Now().Add(-24*time.Hour), h.clock.Now().Add(-72*time.Hour), 10)
		h.check(err)
		return got
	}
	h.wantSame("after a day", len(retire()), 0)
	h.wantStatus(image.ID, mattebox.StatusDelivered)
	h.clock.pass(time.Microsecond)
	h.wantSame("after more than a day", len(retire()), 0)
	for _, id := range []mattebox.ImageID{refused.ID, failed.ID, image.ID} {
		h.wantStatus(id, mattebox.StatusClosed)
	}
	if h.wantStatus(image.ID, mattebox.StatusClosed).FinalPath() == "" {
		t.Error("a closed image has no address")
	}
	h.clock.pass(48 * time.Hour)
	remains := retire()
	keys := map[mattebox.ImageID]int{}
	var ids []mattebox.ImageID
	for _, r := range remains {
		keys[r.Image] = len(r.Keys)
		ids = append(ids, r.Image)
	}
	h.wantSame("keys", keys, map[mattebox.ImageID]int{refused.ID: 3, failed.ID: 0, image.ID: 3})
	h.wantSame("again, as nothing was marked", retire(), remains)
	h.check(h.MarkCleaned(h.ctx, ids...))
	h.check(h.MarkCleaned(h.ctx, ids...))
	h.wantSame("after cleaning", len(retire()), 0)
	got := h.wantStatus(image.ID, mattebox.StatusCleaned)
	if got.Result != nil || got.FinalPath() != "" || got.Sources[0].Key != "" || got.Sources[0].URL == "" {
		t.Errorf("cleaned image %+v", got)
	}
}

// testAtomic has the queue fail in each use case that enqueues: then nothing of
// it may be stored.
func testAtomic(t *testing.T, open opener) {
	h := build(t, open)
	a := h.account("a")
	returned := h.finishedImage(a.ID)
	told := h.finishedImage(a.ID)
	sending := h.takeDelivery(h.deliveryOf(told.ID).ID)
	judged := h.judged(a.ID)
	h.submit(a.ID)
	h.submit(a.ID)
	h.fetched()
	c := h.take().Images[0]
	fetch := h.takeFetch()
	fault := errors.New("the queue is out of order")
	for name, do := range map[string]func() error{
		"submit": func() error {
			return second(h.SubmitImage(h.ctx, mattebox.Submission{Account: a.ID, SourceURLs: []string{"https://e.com"}}))
		},
		"finish fetch": func() error { return h.FinishFetch(h.ctx, *fetch, downloaded(fetch.Image)) },
		"fail fetch":   func() error { return h.FailFetch(h.ctx, *fetch, "no", h.clock.Now().Add(time.Hour)) },
		"finish":       func() error { return h.FinishImage(h.ctx, finished(c)) },
		"hand back":    func() error { return h.HandBack(h.ctx, c.Image.ID, c.Lease, true) },
		"reject":       func() error { return h.RejectImage(h.ctx, a.ID, mattebox.ImageRef{Ticket: returned.Ticket}, "no") },
		"approve":      func() error { return h.ApproveImage(h.ctx, judged.ID, notice(judged.Ticket)) },
		"record":       func() error { return h.RecordAttempt(h.ctx, h.outcome(sending, mattebox.DeliveryPending, 0)) },
		"resend":       func() error { return h.Resend(h.ctx, sending.Delivery.ID) },
	} {
		before := h.dump()
		h.queue.fault = fault
		err := do()
		h.queue.fault = nil
		if !errors.Is(err, fault) {
			t.Errorf("%s: %v, want the queue's fault", name, err)
		}
		h.wantSame("after a failed "+name, h.dump(), before)
		h.wantSame("images after a failed "+name, h.number(`SELECT COUNT(*) FROM images`), int64(5))
	}
}
