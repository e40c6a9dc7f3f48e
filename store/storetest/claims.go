package storetest

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"mattebox"
)

func testClaims(t *testing.T, open opener) {
	t.Run("take turns", func(t *testing.T) { testTurns(t, open) })
	t.Run("pass a host that is full", func(t *testing.T) { testFullHost(t, open) })
	t.Run("see all of many hosts", func(t *testing.T) { testManyHosts(t, open) })
	t.Run("are recorded together", func(t *testing.T) { testTogether(t, open) })
	t.Run("are each one's alone", func(t *testing.T) { testClaimsAlone(t, open) })
	t.Run("without image", func(t *testing.T) { testNoImage(t, open) })
	t.Run("again by filter", func(t *testing.T) { testResendWhere(t, open) })
}

// dueAt makes so many deliveries that are due at the host.
func (h *house) dueAt(account mattebox.AccountID, host string, n int) {
	h.t.Helper()
	h.clock.pass(time.Microsecond)
	h.dueMany(account, n, false)
	h.check(second(h.db.Writer.ExecContext(h.ctx, `UPDATE deliveries SET host = '`+host+`', receiver = 'https://`+host+`/hook' WHERE id > (SELECT MAX(id) FROM deliveries) - $1`, n)))
	h.clock.pass(time.Microsecond)
}

// hosts counts the deliveries by host.
func hosts(sendings []mattebox.Sending) map[string]int {
	all := map[string]int{}
	for _, s := range sendings {
		all[s.Host]++
	}
	return all
}

// testTurns has hosts with much and little due.
func testTurns(t *testing.T, open opener) {
	h := build(t, open)
	a := h.account("a").ID
	h.dueAt(a, "a.com", 1000)
	h.dueAt(a, "b.com", 10)
	h.dueAt(a, "c.com", 1)
	claim := func(c mattebox.DeliveryClaim, want map[string]int) {
		t.Helper()
		c.Lease = lease
		got, err := h.ClaimDeliveries(h.ctx, c)
		h.check(err)
		h.wantSame("hosts", hosts(got), want)
		for i, s := range got {
			if i > 0 && s.Host == got[i-1].Host && s.Delivery.ID < got[i-1].Delivery.ID {
				t.Errorf("delivery %d after %d", s.Delivery.ID, got[i-1].Delivery.ID)
			}
		}
	}
	claim(mattebox.DeliveryClaim{Limit: 0, PerHost: 4}, map[string]int{})
	claim(mattebox.DeliveryClaim{Limit: 3, PerHost: 4}, map[string]int{"a.com": 1, "b.com": 1, "c.com": 1})
	claim(mattebox.DeliveryClaim{Limit: 100, PerHost: 4, Busy: map[string]int{"b.com": 3}}, map[string]int{"a.com": 4, "b.com": 1})
	claim(mattebox.DeliveryClaim{Limit: 100, PerHost: 4, Busy: map[string]int{"b.com": 5}}, map[string]int{"a.com": 4})
	claim(mattebox.DeliveryClaim{Limit: 5, PerHost: 4, Busy: map[string]int{"a.com": 3, "b.com": -2}}, map[string]int{"b.com": 4, "a.com": 1})
	claim(mattebox.DeliveryClaim{Limit: 10}, map[string]int{"a.com": 6, "b.com": 4})
}

// testFullHost has a host that has no room hide nothing, and says when to look again.
func testFullHost(t *testing.T, open opener) {
	h := build(t, open)
	a := h.account("a").ID
	h.dueAt(a, "full.com", 100)
	full := mattebox.DeliveryClaim{Limit: 10, PerHost: 4, Busy: map[string]int{"full.com": 4}, Lease: lease}
	got, err := h.ClaimDeliveries(h.ctx, full)
	h.check(err)
	h.wantSame("claimed", len(got), 0)
	next, err := h.NextDelivery(h.ctx)
	h.check(err)
	h.wantSame("next", next, time.Time{}) // an end of one of the four makes room
	h.dueAt(a, "other.com", 1)
	next, err = h.NextDelivery(h.ctx)
	h.check(err)
	if next.IsZero() || next.After(h.clock.Now()) {
		t.Errorf("next %s, want one that is due", next)
	}
	got, err = h.ClaimDeliveries(h.ctx, full)
	h.check(err)
	h.wantSame("claimed", hosts(got), map[string]int{"other.com": 1})
}

// testManyHosts has more hosts than a claim asks for, behind one with a backlog.
func testManyHosts(t *testing.T, open opener) {
	h := build(t, open)
	a := h.account("a").ID
	h.dueAt(a, "full.com", 500)
	h.dueMany(a, 1000, false)
	h.check(second(h.db.Writer.ExecContext(h.ctx, `UPDATE deliveries SET host = 'h' || id || '.com' WHERE host <> 'full.com'`)))
	h.clock.pass(time.Second)
	seen := map[string]int{}
	for claims := 0; len(seen) < 1000; claims++ {
		got, err := h.ClaimDeliveries(h.ctx, mattebox.DeliveryClaim{Limit: 64, PerHost: 1, Busy: map[string]int{"full.com": 1}, Lease: lease})
		h.check(err)
		for host, n := range hosts(got) {
			seen[host] += n
		}
		if claims > 25 {
			t.Fatalf("%d hosts were served in %d claims", len(seen), claims)
		}
	}
	h.wantSame("full", seen["full.com"], 0)
}

// testTogether records several outcomes at once, of which some cannot be.
func testTogether(t *testing.T, open opener) {
	h := build(t, open)
	a := h.account("a").ID
	images := h.due(a, 3)
	claimed := h.claim()
	h.wantSame("claimed", len(claimed), 3)
	stale := claimed[1]
	stale.Lease.Fence--
	missing := claimed[0]
	missing.Delivery.ID = 99
	errs, err := h.RecordAttempts(h.ctx, []mattebox.Outcome{
		h.outcome(&claimed[0], mattebox.DeliveryDelivered, 0), h.outcome(&stale, mattebox.DeliveryDelivered, 0), h.outcome(&missing, mattebox.DeliveryDelivered, 0),
		h.outcome(&claimed[2], mattebox.DeliveryPending, time.Hour), h.outcome(&claimed[0], mattebox.DeliveryDelivered, 0),
	})
	h.check(err)
	h.wantSame("codes", []mattebox.Code{mattebox.CodeOf(errs[0]), mattebox.CodeOf(errs[1]), mattebox.CodeOf(errs[2]), mattebox.CodeOf(errs[3]), mattebox.CodeOf(errs[4])},
		[]mattebox.Code{mattebox.CodeOf(nil), mattebox.CodeConflict, mattebox.CodeNotFound, mattebox.CodeOf(nil), mattebox.CodeConflict})
	h.wantLost(errs[1])
	h.wantLost(errs[4])
	h.wantStatus(images[0], mattebox.StatusDelivered)
	h.wantStatus(images[1], mattebox.StatusFinished)
	h.wantStatus(images[2], mattebox.StatusFailedOnce)
	h.wantSame("attempts", len(h.classes(claimed[0].Delivery.ID)), 1)
	errs, err = h.RecordAttempts(h.ctx, nil)
	h.check(err)
	h.wantSame("nothing", len(errs), 0)
}

// testClaimsAlone has many workers claim and record at once.
func testClaimsAlone(t *testing.T, open opener) {
	h := build(t, open)
	a := h.account("a").ID
	h.submit(a)
	h.dueMany(a, 600, true)
	claims := h.race(func(count func(mattebox.ImageID)) (bool, error) {
		got, err := h.ClaimDeliveries(h.ctx, mattebox.DeliveryClaim{Limit: 16, PerHost: 4, Lease: lease})
		if err != nil {
			return false, err
		}
		outcomes := make([]mattebox.Outcome, len(got))
		for i, s := range got {
			count(s.Delivery.Image)
			outcomes[i] = h.outcome(&got[i], []mattebox.DeliveryState{mattebox.DeliveryDelivered, mattebox.DeliveryFailed}[s.Delivery.ID/100%2], 0)
		}
		errs, err := h.RecordAttempts(h.ctx, outcomes)
		if err != nil {
			return false, err
		}
		if i := slices.IndexFunc(errs, func(err error) bool { return err != nil }); i >= 0 {
			return false, errs[i]
		}
		return h.number(`SELECT COUNT(*) FROM deliveries WHERE ready_at IS NOT NULL`) > 0, nil
	})
	h.wantOnce(claims, 600)
	h.wantSame("disagree", h.number(`SELECT COUNT(*) FROM deliveries d JOIN images i ON i.id = d.image
		WHERE NOT (i.status = 80 AND d.state = 'delivered' OR i.status = 78 AND d.state = 'failed')`), int64(0))
}

// testNoImage sends a delivery that tells of no image, breaks it off, and has the
// dialect's least time between two tries kept.
func testNoImage(t *testing.T, open opener) {
	h := listening(t, open)
	h.Prices = nil
	a := h.account("a").ID
	h.listen(a, mattebox.EventImageQueued)
	image := h.submit(a, noCallback)
	d := h.events(a)[0]
	h.wantSame("subject", [2]string{d.Subject, d.Dialect}, [2]string{image.Ticket, "hwr"})
	begun := h.clock.Now()
	h.wantSame("claimed", len(h.claim()), 1)
	h.clock.pass(lease)
	h.sweep()
	h.wantSame("next try", h.events(a)[0].NextAt, begun.Add(15*time.Minute))
	h.wantSame("claimed", len(h.claim()), 0)
	h.clock.pass(15*time.Minute - lease)
	h.answer(h.claim(), 200, 0)
	h.wantSame("state", h.events(a)[0].State, mattebox.DeliveryDelivered)
	h.wantStatus(image.ID, mattebox.StatusNew)
}

func testResendWhere(t *testing.T, open opener) {
	h := build(t, open)
	a, b := h.account("a").ID, h.account("b").ID
	h.dueAt(a, "a.com", 700)
	for range 7 {
		h.answer(h.claim(), 200, 0)
	}
	middle := h.clock.Now()
	h.dueAt(b, "b.com", 3)
	h.answer(h.claim()[:2], 200, 0)
	for n, tt := range []struct {
		filter mattebox.DeliveryFilter
		want   int
	}{
		{mattebox.DeliveryFilter{Account: a}, 700},
		{mattebox.DeliveryFilter{Account: a, From: middle}, 0},
		{mattebox.DeliveryFilter{From: middle}, 2}, // the third has not ended
		{mattebox.DeliveryFilter{State: mattebox.DeliverySending}, 1},
		{mattebox.DeliveryFilter{Account: a, Events: []mattebox.EventType{mattebox.EventImageQueued}}, 0},
		{mattebox.DeliveryFilter{Account: a, Events: []mattebox.EventType{mattebox.EventImageQueued, mattebox.EventImageFinished}, To: middle}, 700},
		{mattebox.DeliveryFilter{Account: b, Receiver: "https://b.com/hook?x"}, 2},
		{mattebox.DeliveryFilter{Account: b, State: mattebox.DeliveryFailed}, 0},
	} {
		h.check(second(h.db.Writer.ExecContext(h.ctx, `UPDATE deliveries SET resend_at = NULL, ready_at = NULL`)))
		got, err := h.ResendWhere(h.ctx, tt.filter)
		h.check(err)
		h.wantSame(fmt.Sprint("resent by filter ", n), [2]int64{int64(got), h.number(`SELECT COUNT(*) FROM deliveries WHERE resend_at IS NOT NULL`)}, [2]int64{int64(tt.want), int64(tt.want)})
	}
	_, err := h.ResendWhere(h.ctx, mattebox.DeliveryFilter{})
	h.wantCode(err, mattebox.CodeInvalid, "filter")
	_, err = h.ResendWhere(h.ctx, mattebox.DeliveryFilter{State: "odd"})
	h.wantCode(err, mattebox.CodeInvalid, "state")
}
