package storetest

import (
	"bytes"
	"testing"
	"time"

	"mattebox"
)

func testDeliveries(t *testing.T, open opener) {
	t.Run("is delivered", func(t *testing.T) { testDelivered(t, open) })
	t.Run("fails by the schedule", func(t *testing.T) { testSchedule(t, open) })
	t.Run("fails early", func(t *testing.T) {
		h := build(t, open)
		image := h.finishedImage(h.account("a").ID)
		d := h.deliveryOf(image.ID)
		h.attempt(d.ID, mattebox.DeliveryFailed, 0)
		// Image and delivery agree, by the moves that the table has.
		h.wantStatus(image.ID, mattebox.StatusUndelivered)
		h.wantSame("state", h.deliveryOf(image.ID).State, mattebox.DeliveryFailed)
		h.wantNotDue(d.ID)
	})
	t.Run("is fenced", func(t *testing.T) { testDeliveryFence(t, open) })
	t.Run("is interrupted", func(t *testing.T) { testInterrupted(t, open) })
	t.Run("is broken off by its own worker", func(t *testing.T) {
		h := build(t, open)
		image := h.finishedImage(h.account("a").ID)
		sending := h.takeDelivery(h.deliveryOf(image.ID).ID)
		h.woken()
		o := h.outcome(sending, mattebox.DeliveryFailed, time.Minute)
		o.Attempt.Class = mattebox.AttemptInterrupted
		h.check(h.RecordAttempt(h.ctx, o))
		d := h.deliveryOf(image.ID)
		if d.State != mattebox.DeliveryPending || d.Attempts != 0 || d.Interruptions != 1 || d.NextAt != h.clock.Now().Add(time.Minute) {
			t.Errorf("delivery %+v", d)
		}
		h.wantStatus(image.ID, mattebox.StatusFinished)
		h.wantSame("jobs", len(h.woken()), 0) // who sends looks when the next is due
	})
	t.Run("list", func(t *testing.T) { testDeliveryList(t, open) })
}

func testDelivered(t *testing.T, open opener) {
	h := build(t, open)
	a, aSecrets, err := h.CreateAccount(h.ctx, mattebox.Account{Email: "a@example.com"})
	h.check(err)
	p, pSecrets, err := h.CreateAccount(h.ctx, mattebox.Account{Email: "p@example.com"})
	h.check(err)
	alone := h.finishedImage(a.ID)
	sending := h.takeDelivery(h.deliveryOf(alone.ID).ID)
	h.wantSame("secrets without partner", [2][]string{sending.Secrets, sending.PartnerSecrets}, [2][]string{{aSecrets.ApplicationSecret}, {aSecrets.ApplicationSecret}})

	image := h.finishedImage(a.ID, func(o *mattebox.Submission) { o.Partner = p.ID })
	d := h.deliveryOf(image.ID)
	h.clock.pass(time.Second)
	sending = h.takeDelivery(d.ID)
	h.wantSame("secrets", [2][]string{sending.Secrets, sending.PartnerSecrets}, [2][]string{{aSecrets.ApplicationSecret}, {pSecrets.ApplicationSecret}})
	d.State, d.Attempts = mattebox.DeliverySending, 1
	h.wantSame("sending", sending.Delivery, *d)
	h.wantSame("lease", sending.Lease, mattebox.Lease{Fence: 1, Until: h.clock.Now().Add(lease)})
	h.wantSame("resend", sending.Resend, false)
	h.wantNotDue(d.ID)
	h.woken()
	o := h.outcome(sending, mattebox.DeliveryDelivered, 0)
	o.Attempt.Response = bytes.Repeat([]byte("x"), 20000)
	h.check(h.RecordAttempt(h.ctx, o))
	h.wantStatus(image.ID, mattebox.StatusDelivered)
	d = h.deliveryOf(image.ID)
	if d.State != mattebox.DeliveryDelivered || d.Ended != h.clock.Now() || d.Attempts != 1 {
		t.Errorf("delivery %+v", d)
	}
	attempts, err := h.Attempts(h.ctx, d.ID)
	h.check(err)
	o.Attempt.Number, o.Attempt.Response = 1, o.Attempt.Response[:16<<10]
	h.wantSame("attempts", attempts, []mattebox.Attempt{o.Attempt})
	h.wantSame("jobs", len(h.woken()), 0)
	h.wantNotDue(d.ID)
}

func testSchedule(t *testing.T, open opener) {
	h := build(t, open)
	image := h.finishedImage(h.account("a").ID)
	d := h.deliveryOf(image.ID)
	h.woken()
	for n, step := range []struct {
		wait   time.Duration
		status mattebox.Status
	}{
		{5 * time.Minute, mattebox.StatusFailedOnce},
		{time.Hour, mattebox.StatusFailedTwice},
		{5 * time.Hour, mattebox.StatusFailedThrice},
		{time.Hour, mattebox.StatusUndelivered}, // the fourth is the last, whatever the worker says
	} {
		h.attempt(d.ID, mattebox.DeliveryPending, step.wait)
		h.wantStatus(image.ID, step.status)
		h.wantSame("jobs", len(h.woken()), 0)
		h.wantNext(h.deliveryOf(image.ID))
		h.wantSame("attempts", h.deliveryOf(image.ID).Attempts, n+1)
		h.clock.pass(step.wait - time.Microsecond)
		h.wantNotDue(d.ID)
		h.clock.pass(time.Microsecond)
	}
	got := h.deliveryOf(image.ID)
	if got.State != mattebox.DeliveryFailed || got.Ended.IsZero() {
		t.Errorf("delivery %+v", got)
	}
	h.wantNotDue(d.ID)
	history, err := h.History(h.ctx, image.ID)
	h.check(err)
	last := history[len(history)-1]
	h.wantSame("last move", last, mattebox.Move{From: 76, To: 78, At: last.At, By: "webhook", Why: "http_500"})
}

// wantNext fails the test unless the store says that the delivery, the only one, is
// the next that is due, or that none is if it has ended.
func (h *house) wantNext(d *mattebox.Delivery) {
	h.t.Helper()
	next, err := h.NextDelivery(h.ctx)
	h.check(err)
	want := d.NextAt
	if d.State != mattebox.DeliveryPending {
		want = time.Time{}
	}
	h.wantSame("next", next, want)
}

func testDeliveryFence(t *testing.T, open opener) {
	h := build(t, open)
	image := h.finishedImage(h.account("a").ID)
	d := h.deliveryOf(image.ID)
	stale := h.takeDelivery(d.ID)
	h.clock.pass(lease)
	h.wantNotDue(d.ID) // only the sweeper ends a lease, because it has to record the attempt
	h.sweep()
	swept := h.dump()
	h.wantLost(h.RecordAttempt(h.ctx, h.outcome(stale, mattebox.DeliveryDelivered, 0)))
	h.wantSame("after a late record", h.dump(), swept)
	fresh := h.takeDelivery(d.ID)
	claimed := h.dump()
	h.wantLost(h.RecordAttempt(h.ctx, h.outcome(stale, mattebox.DeliveryDelivered, 0)))
	h.wantSame("after a late record", h.dump(), claimed)
	h.check(h.RecordAttempt(h.ctx, h.outcome(fresh, mattebox.DeliveryDelivered, 0)))
	done := h.dump()
	h.wantLost(h.RecordAttempt(h.ctx, h.outcome(fresh, mattebox.DeliveryPending, 0)))
	h.wantLost(h.RecordAttempt(h.ctx, h.outcome(stale, mattebox.DeliveryPending, 0)))
	h.wantSame("after a second record", h.dump(), done)
	h.wantStatus(image.ID, mattebox.StatusDelivered)
}

// testInterrupted breaks attempts by letting their leases run out: three in a row
// cost nothing, the fourth is a failed try.
func testInterrupted(t *testing.T, open opener) {
	h := build(t, open)
	image := h.finishedImage(h.account("a").ID)
	d := h.deliveryOf(image.ID)
	broken := func(free int) {
		t.Helper()
		for n := 1; n <= free; n++ {
			h.takeDelivery(d.ID)
			h.clock.pass(lease)
			h.wantSame("report", h.sweep(), mattebox.SweepReport{Deliveries: 1})
			got := h.deliveryOf(image.ID)
			if got.State != mattebox.DeliveryPending || got.Interruptions != n || got.NextAt != h.clock.Now() {
				t.Fatalf("delivery %+v after interruption %d", got, n)
			}
		}
	}
	h.woken()
	broken(3)
	h.wantSame("jobs", h.woken(), []string{"deliver 1", "deliver 1", "deliver 1"})
	h.wantStatus(image.ID, mattebox.StatusFinished)
	h.wantSame("attempts", h.deliveryOf(image.ID).Attempts, 0)

	started := h.clock.Now()
	h.takeDelivery(d.ID)
	h.clock.pass(lease)
	h.wantSame("report", h.sweep(), mattebox.SweepReport{Deliveries: 1, Interrupted: 1})
	h.wantSame("jobs", len(h.woken()), 0)
	h.wantStatus(image.ID, mattebox.StatusFailedOnce)
	got := h.deliveryOf(image.ID)
	h.wantSame("attempts, interruptions", [2]int{got.Attempts, got.Interruptions}, [2]int{1, 0})
	attempts, err := h.Attempts(h.ctx, d.ID)
	h.check(err)
	h.wantSame("last attempt", attempts[3], mattebox.Attempt{
		Number: 4, Started: started, Ended: h.clock.Now(), Class: mattebox.AttemptInterrupted,
		Error: "the attempt was broken off by a stop of the service",
	})

	// An attempt that came through starts the count anew.
	h.clock.pass(5 * time.Minute)
	broken(2)
	h.attempt(d.ID, mattebox.DeliveryPending, 0)
	h.wantStatus(image.ID, mattebox.StatusFailedTwice)
	broken(3)
	h.attempt(d.ID, mattebox.DeliveryDelivered, 0)
	h.wantStatus(image.ID, mattebox.StatusDelivered)
	h.wantSame("attempts", h.deliveryOf(image.ID).Attempts, 3)
	h.wantSame("logged", len(h.classes(d.ID)), 11)
}

func testDeliveryList(t *testing.T, open opener) {
	h := build(t, open)
	a, b := h.account("a"), h.account("b")
	first := h.finishedImage(a.ID)
	h.clock.pass(time.Hour)
	second := h.finishedImage(b.ID)
	h.clock.pass(time.Hour)
	third := h.finishedImage(a.ID)
	h.attempt(h.deliveryOf(third.ID).ID, mattebox.DeliveryFailed, 0)
	for name, tt := range map[string]struct {
		filter mattebox.DeliveryFilter
		want   []*mattebox.Image
	}{
		"all":     {mattebox.DeliveryFilter{}, []*mattebox.Image{third, second, first}},
		"account": {mattebox.DeliveryFilter{Account: a.ID}, []*mattebox.Image{third, first}},
		"image":   {mattebox.DeliveryFilter{Account: a.ID, Image: second.ID}, nil},
		"state":   {mattebox.DeliveryFilter{State: mattebox.DeliveryPending}, []*mattebox.Image{second, first}},
		"time":    {mattebox.DeliveryFilter{From: second.Finished, To: third.Finished}, []*mattebox.Image{second}},
		"page":    {mattebox.DeliveryFilter{Page: mattebox.Page{Number: 2, Size: 2}}, []*mattebox.Image{first}},
	} {
		got, err := h.Deliveries(h.ctx, tt.filter)
		h.check(err)
		var images, want []mattebox.ImageID
		for _, d := range got {
			images = append(images, d.Image)
		}
		for _, image := range tt.want {
			want = append(want, image.ID)
		}
		h.wantSame(name, images, want)
	}
	got, err := h.Delivery(h.ctx, 2)
	h.check(err)
	h.wantSame("delivery 2", got.Image, second.ID)
	_, err = h.Delivery(h.ctx, 9)
	h.wantCode(err, mattebox.CodeNotFound, "")
}

func testResend(t *testing.T, open opener) {
	t.Run("after the end", func(t *testing.T) {
		h := build(t, open)
		image := h.finishedImage(h.account("a").ID)
		d := h.deliveryOf(image.ID)
		h.attempt(d.ID, mattebox.DeliveryFailed, 0)
		ended := h.deliveryOf(image.ID)
		h.woken()
		h.clock.pass(time.Hour)
		h.resend(d.ID, mattebox.DeliveryPending) // fails, and there is no next
		h.wantSame("delivery", h.deliveryOf(image.ID), ended)
		h.wantStatus(image.ID, mattebox.StatusUndelivered)
		h.wantNotDue(d.ID)
		h.resend(d.ID, mattebox.DeliveryDelivered)
		h.wantStatus(image.ID, mattebox.StatusDelivered)
		got := h.deliveryOf(image.ID)
		if got.State != mattebox.DeliveryDelivered || got.Ended != h.clock.Now() || got.Attempts != 1 {
			t.Errorf("delivery %+v", got)
		}
		h.resend(d.ID, mattebox.DeliveryPending) // of one that was delivered
		h.wantSame("delivery", h.deliveryOf(image.ID), got)
		h.wantStatus(image.ID, mattebox.StatusDelivered)
		attempts, err := h.Attempts(h.ctx, d.ID)
		h.check(err)
		var resends []bool
		for _, a := range attempts {
			resends = append(resends, a.Resend)
		}
		h.wantSame("resends", resends, []bool{false, true, true, true})
	})
	t.Run("before the end", func(t *testing.T) {
		h := build(t, open)
		image := h.finishedImage(h.account("a").ID)
		d := h.deliveryOf(image.ID)
		h.attempt(d.ID, mattebox.DeliveryPending, time.Hour)
		before := h.deliveryOf(image.ID)
		h.woken()
		h.resend(d.ID, mattebox.DeliveryPending)
		h.wantSame("delivery", h.deliveryOf(image.ID), before)
		h.wantStatus(image.ID, mattebox.StatusFailedOnce)
		h.wantSame("jobs", h.woken(), []string{"deliver 1"})
		h.wantNotDue(d.ID)
		h.resend(d.ID, mattebox.DeliveryDelivered)
		h.wantStatus(image.ID, mattebox.StatusDelivered)
	})
	t.Run("while it is sent", func(t *testing.T) {
		h := build(t, open)
		image := h.finishedImage(h.account("a").ID)
		sending := h.takeDelivery(h.deliveryOf(image.ID).ID)
		h.check(h.Resend(h.ctx, sending.Delivery.ID))
		h.wantNotDue(sending.Delivery.ID)
		h.woken()
		h.check(h.RecordAttempt(h.ctx, h.outcome(sending, mattebox.DeliveryPending, time.Hour)))
		h.wantSame("jobs", h.woken(), []string{"deliver 1"})
		h.wantSame("resend", h.takeDelivery(sending.Delivery.ID).Resend, true)
	})
	t.Run("broken off", func(t *testing.T) {
		h := build(t, open)
		image := h.finishedImage(h.account("a").ID)
		d := h.deliveryOf(image.ID)
		h.check(h.Resend(h.ctx, d.ID))
		h.takeDelivery(d.ID)
		h.clock.pass(lease)
		h.sweep()
		h.wantSame("delivery", h.deliveryOf(image.ID), d)
		h.wantSame("resend", h.takeDelivery(d.ID).Resend, false)
	})
	t.Run("of nothing", func(t *testing.T) {
		h := build(t, open)
		image := h.finishedImage(h.account("a").ID)
		h.woken()
		h.wantCode(h.Resend(h.ctx, h.deliveryOf(image.ID).ID, 99), mattebox.CodeNotFound, "")
		h.wantSame("jobs", len(h.woken()), 0)
	})
}

// resend asks for one more attempt and makes it.
func (h *house) resend(id mattebox.DeliveryID, state mattebox.DeliveryState) {
	h.t.Helper()
	h.check(h.Resend(h.ctx, id))
	sending := h.takeDelivery(id)
	h.wantSame("resend", sending.Resend, true)
	h.check(h.RecordAttempt(h.ctx, h.outcome(sending, state, 0)))
}
