package storetest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"mattebox"
)

func testReceivers(t *testing.T, open opener) {
	t.Run("breaks and is probed", func(t *testing.T) { testBreaker(t, open) })
	t.Run("an interrupted probe is made again", func(t *testing.T) { testBrokenProbe(t, open) })
	t.Run("is gone", func(t *testing.T) { testGone(t, open) })
	t.Run("is paused", func(t *testing.T) { testPaused(t, open) })
	t.Run("is told of", func(t *testing.T) { testNotices(t, open) })
	t.Run("many wait", func(t *testing.T) { testManyWait(t, open) })
	t.Run("is none", func(t *testing.T) {
		h := build(t, open)
		a := h.account("a").ID
		h.wantCode(h.PauseReceiver(h.ctx, a, "shop", ""), mattebox.CodeInvalid, "url")
		h.wantCode(h.ResumeReceiver(h.ctx, a, shopHook), mattebox.CodeNotFound, "")
	})
}

// shopHook is the receiver of a callback.
const shopHook = "https://shop.example.com:8443/hook"

// due makes so many deliveries of the account that are due at the callback.
func (h *house) due(account mattebox.AccountID, n int) []mattebox.ImageID {
	h.t.Helper()
	var images []mattebox.ImageID
	for range n {
		images = append(images, h.finishedImage(account).ID)
	}
	return images
}

// claim claims what it can get.
func (h *house) claim() []mattebox.Sending {
	h.t.Helper()
	claimed, err := h.ClaimDeliveries(h.ctx, mattebox.DeliveryClaim{Limit: 100, Lease: lease})
	h.check(err)
	return claimed
}

// answer records the status that each of the deliveries was answered with.
func (h *house) answer(sendings []mattebox.Sending, status int, wait time.Duration) {
	h.t.Helper()
	outcomes := make([]mattebox.Outcome, len(sendings))
	for i := range sendings {
		state := mattebox.DeliveryPending
		if status == 200 {
			state = mattebox.DeliveryDelivered
		}
		outcomes[i] = h.outcome(&sendings[i], state, wait)
		if outcomes[i].Attempt.Status = status; status != 200 {
			outcomes[i].Attempt.Class = fmt.Sprintf("http_%d", status)
		}
	}
	errs, err := h.RecordAttempts(h.ctx, outcomes)
	h.check(err)
	for _, err := range errs {
		h.check(err)
	}
}

// receiver returns the only one that is remembered; nil when there is none.
func (h *house) receiver() *mattebox.Receiver {
	h.t.Helper()
	all, err := h.Receivers(h.ctx, mattebox.ReceiverFilter{})
	h.check(err)
	if len(all) == 0 {
		return nil
	}
	h.wantSame("receivers", len(all), 1)
	return &all[0]
}

// wantWait fails the test unless the next thing to do is due after the wait.
func (h *house) wantWait(wait time.Duration) {
	h.t.Helper()
	next, err := h.NextDelivery(h.ctx)
	h.check(err)
	h.wantSame("next", next, h.clock.Now().Add(wait))
}

func testBreaker(t *testing.T, open opener) {
	h := build(t, open)
	a := h.account("a").ID
	h.due(a, 5)
	h.answer(h.claim()[:4], 500, 10*time.Second)
	h.wantSame("open", *h.receiver(), mattebox.Receiver{Account: a, URL: shopHook, State: mattebox.ReceiverOpen, Failures: 4, Since: h.clock.Now(), Why: "the receiver answered 500"})
	h.clock.pass(lease)
	h.sweep() // interrupts the fifth, which is no failure
	h.wantSame("failures", h.receiver().Failures, 4)
	h.answer(h.claim()[4:], 503, time.Second)
	broken := h.receiver()
	h.wantSame("broken", *broken, mattebox.Receiver{
		Account: a, URL: shopHook, State: mattebox.ReceiverBroken, Failures: 5, Since: h.clock.Now(), ProbeAt: h.clock.Now().Add(30 * time.Second), Why: "the receiver answered 500",
	})
	h.clock.pass(lease) // the four run out
	h.sweep()
	wait := time.Minute
	for range 3 {
		probe := h.claim()
		h.wantSame("probes", len(probe), 1)
		h.wantSame("beside the probe", len(h.claim()), 0)
		h.answer(probe, 500, time.Second)
		h.wantSame("waiting", h.receiver().Waiting, 4)
		h.clock.pass(time.Second)
		h.wantSame("too early", len(h.claim()), 0) // what was probed waits with the others
		h.wantSame("waiting", h.receiver().Waiting, 5)
		h.clock.pass(wait - time.Second - time.Microsecond)
		h.wantSame("too early", len(h.claim()), 0)
		h.wantWait(time.Microsecond)
		h.clock.pass(time.Microsecond)
		wait *= 2
	}
	h.answer(h.claim(), 200, 0)
	h.wantSame("freed", h.receiver().State, mattebox.ReceiverOpen)
	rest := h.claim()
	h.wantSame("after that", len(rest), 4)
	h.wantSame("forgotten", h.receiver(), (*mattebox.Receiver)(nil))
	h.answer(rest, 200, 0)
	h.wantSame("delivered", h.number(`SELECT COUNT(*) FROM images WHERE status = 80`), int64(5))
}

func testBrokenProbe(t *testing.T, open opener) {
	h := build(t, open)
	h.BreakAfter = 1
	h.due(h.account("a").ID, 2)
	h.answer(h.claim(), 500, time.Second)
	h.clock.pass(30 * time.Second)
	probe := h.claim()
	h.wantSame("probes", len(probe), 1)
	h.clock.pass(lease)
	h.sweep()
	again := h.claim()
	h.wantSame("probes", len(again), 1)
	h.wantLost(h.RecordAttempt(h.ctx, h.outcome(&probe[0], mattebox.DeliveryDelivered, 0)))
	h.wantSame("state", h.receiver().State, mattebox.ReceiverBroken)
	h.answer(again, 200, 0)
	h.answer(h.claim(), 200, 0)
	h.wantSame("forgotten", h.receiver(), (*mattebox.Receiver)(nil))
}

func testGone(t *testing.T, open opener) {
	h := build(t, open)
	a := h.account("a").ID
	images := h.due(a, 3)
	claimed := h.claim()
	h.answer(claimed[:1], 410, time.Minute)
	h.answer(claimed[1:2], 200, 0) // was on its way; that does not make it come back
	h.answer(claimed[2:], 500, time.Minute)
	h.wantSame("state", h.receiver().State, mattebox.ReceiverGone)
	h.clock.pass(1000 * time.Hour)
	h.wantSame("claimed", len(h.claim()), 0)
	h.wantSame("waiting", h.receiver().Waiting, 2)
	h.wantSame("backlog", h.number(`SELECT COUNT(*) FROM deliveries WHERE state = 'pending' AND attempts = 1`), int64(2))
	h.woken()
	h.check(h.ResumeReceiver(h.ctx, a, shopHook+"?who=1"))
	h.wantSame("jobs", len(h.woken()), 1)
	h.answer(h.claim(), 200, 0)
	for _, id := range images {
		h.wantStatus(id, mattebox.StatusDelivered)
	}
}

func testPaused(t *testing.T, open opener) {
	h := build(t, open)
	a, b := h.account("a").ID, h.account("b").ID
	h.check(h.PauseReceiver(h.ctx, a, callback+"?x=y", "moving house"))
	h.wantSame("paused", *h.receiver(), mattebox.Receiver{Account: a, URL: shopHook, State: mattebox.ReceiverPaused, Since: h.clock.Now(), Why: "moving house"})
	mine := h.deliveryOf(h.due(a, 1)[0])
	h.deliveryOf(h.due(b, 1)[0])
	claimed := h.claim()
	h.wantSame("claimed", len(claimed), 1)
	h.wantSame("whose", claimed[0].Delivery.Account, b) // the same address, but another's
	h.wantNotDue(mine.ID)
	got := h.deliveryOf(mine.Image)
	h.wantSame("held back", got, mine)
	h.check(h.Resend(h.ctx, mine.ID)) // a person asks for it
	resent := h.claim()
	h.wantSame("resend", resent[0].Resend, true)
	h.answer(resent, 500, 0)
	h.wantSame("after a resend", h.deliveryOf(mine.Image), mine)
	h.wantSame("claimed", len(h.claim()), 0)
	h.check(h.Resend(h.ctx, mine.ID))
	h.answer(h.claim(), 200, 0)
	h.wantSame("still", h.receiver().State, mattebox.ReceiverPaused)
	later := h.deliveryOf(h.due(a, 1)[0])
	h.wantSame("claimed", len(h.claim()), 0)
	h.check(h.ResumeReceiver(h.ctx, a, callback))
	h.wantSame("claimed", h.claim()[0].Delivery.ID, later.ID)
}

func testNotices(t *testing.T, open opener) {
	h := build(t, open)
	h.BreakAfter = 1
	a := h.account("a").ID
	told := func(words ...string) {
		t.Helper()
		notices, err := h.Notices(h.ctx, a, mattebox.Page{})
		h.check(err)
		h.wantSame("notices", len(notices), len(words))
		for i, n := range notices {
			if word := words[len(words)-1-i]; !strings.Contains(n.Text, word) || !strings.Contains(n.Text, shopHook) {
				t.Errorf("notice %q does not have %q", n.Text, word)
			}
		}
	}
	h.due(a, 1)
	h.check(second(h.db.Writer.ExecContext(h.ctx, `UPDATE deliveries SET tries = 100`)))
	h.answer(h.claim(), 500, time.Second)
	for range 100 {
		told()
		next, err := h.NextDelivery(h.ctx)
		h.check(err)
		h.clock.pass(next.Sub(h.clock.Now()))
		probe := h.claim()
		if len(probe) == 0 {
			continue // it was put aside
		}
		h.answer(probe, 500, time.Second)
		if h.clock.Now().Sub(h.receiver().Since) >= time.Hour {
			break
		}
	}
	told("failed")
	h.clock.pass(time.Hour)
	h.claim()
	h.clock.pass(lease)
	h.sweep()
	h.answer(h.claim(), 200, 0)
	told("failed", "works again")
	h.due(a, 1)
	h.answer(h.claim(), 410, 0)
	told("failed", "works again", "410")
	notices, err := h.Notices(h.ctx, 0, mattebox.Page{Number: 1, Size: 2})
	h.check(err)
	h.wantSame("page", len(notices), 2)
	h.check(h.ReadNotices(h.ctx, a, notices[1].ID))
	notices, err = h.Notices(h.ctx, a, mattebox.Page{})
	h.check(err)
	h.wantSame("read", [3]bool{notices[0].Read, notices[1].Read, notices[2].Read}, [3]bool{false, true, true})
}

// testManyWait has more deliveries wait than one transaction moves, beside those of
// another host: they hide nothing, and all come back.
func testManyWait(t *testing.T, open opener) {
	h := build(t, open)
	a := h.account("a").ID
	h.dueMany(a, 3000, false)
	h.check(second(h.db.Writer.ExecContext(h.ctx, `UPDATE deliveries SET host = 'e.com', receiver = 'https://e.com/hook'`)))
	h.clock.pass(time.Second)
	h.due(a, 1)
	h.check(h.PauseReceiver(h.ctx, a, "https://e.com/hook", ""))
	found := 0
	for range 10 {
		found += len(h.claim())
	}
	h.wantSame("claimed", found, 1)
	h.wantSame("waiting", h.receiver().Waiting, 3000)
	h.wantSame("backlog", h.number(`SELECT COUNT(*) FROM deliveries WHERE ready_at IS NOT NULL`), int64(0))
	h.check(h.ResumeReceiver(h.ctx, a, "https://e.com/hook"))
	found = 0
	for range 40 {
		found += len(h.claim())
	}
	h.wantSame("claimed", found, 3000)
	h.wantSame("forgotten", h.receiver(), (*mattebox.Receiver)(nil))
}
