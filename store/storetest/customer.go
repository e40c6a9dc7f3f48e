package storetest

import (
	"strings"
	"testing"
	"time"

	"mattebox"
)

func testCustomer(t *testing.T, open opener) {
	t.Run("deletes", func(t *testing.T) { testDelete(t, open) })
	t.Run("rejects", func(t *testing.T) { testReject(t, open) })
	t.Run("rejects what is being told of", func(t *testing.T) { testRejectDelivery(t, open) })
	t.Run("has a new picture", func(t *testing.T) { testFormerDelivery(t, open) })
	t.Run("downloads", func(t *testing.T) { testDownloaded(t, open) })
}

func testDelete(t *testing.T, open opener) {
	h := build(t, open)
	a, b := h.account("a"), h.account("b")
	image := h.submit(a.ID, func(o *mattebox.Submission) { o.CustomerImageID = "mine" })
	ref := mattebox.ImageRef{Ticket: image.Ticket}
	h.wantCode(h.DeleteImage(h.ctx, b.ID, ref), mattebox.CodeNotFound, "")
	fetch := h.takeFetch()
	h.check(h.DeleteImage(h.ctx, a.ID, mattebox.ImageRef{Ticket: mattebox.NonTicket, CustomerImageID: "mine"}))
	h.wantStatus(image.ID, mattebox.StatusDeleted)
	h.wantLost(h.FinishFetch(h.ctx, *fetch, downloaded(fetch.Image)))
	h.wantNothing()
	h.wantCode(h.DeleteImage(h.ctx, a.ID, ref), mattebox.CodeConflict, "")

	made := h.submit(a.ID)
	h.fetched()
	h.take()
	h.wantCode(h.DeleteImage(h.ctx, a.ID, mattebox.ImageRef{Ticket: made.Ticket}), mattebox.CodeConflict, "")
	h.wantStatus(made.ID, mattebox.StatusProduction)
}

func testReject(t *testing.T, open opener) {
	h := build(t, open)
	a, b := h.account("a"), h.account("b")
	image := h.finishedImage(a.ID)
	ref := mattebox.ImageRef{Ticket: image.Ticket}
	h.wantCode(h.RejectImage(h.ctx, b.ID, ref, "mine?"), mattebox.CodeNotFound, "")
	h.wantCode(h.RejectImage(h.ctx, a.ID, ref, strings.Repeat("x", 4001)), mattebox.CodeInvalid, "comment")
	h.woken()
	h.check(h.RejectImage(h.ctx, a.ID, ref, "the strap\nis cut off"))
	h.wantSame("jobs", h.woken(), []string{"produce 2000001"})
	got := h.wantStatus(image.ID, mattebox.StatusReturned)
	if got.Comment != "the strap\nis cut off" || got.Rejections != 1 || got.Effort() != mattebox.QualityBest || got.FinalPath() == "" {
		t.Errorf("rejected image %+v", got)
	}
	// The delivery of the picture that is not wanted will not be made.
	delivery := h.deliveryOf(image.ID)
	if delivery.State != mattebox.DeliveryFailed || delivery.Ended != h.clock.Now() {
		t.Errorf("delivery %+v", delivery)
	}
	h.wantSame("attempts", h.classes(delivery.ID), []string{mattebox.AttemptSuperseded})
	h.wantNotDue(delivery.ID)

	h.wantCode(h.RejectImage(h.ctx, a.ID, ref, ""), mattebox.CodeConflict, "")
	h.clock.pass(time.Hour)
	again := h.produced()
	h.wantSame("production", again[0].Image.Production, 2)
	h.wantSame("when it was first finished", h.wantStatus(image.ID, mattebox.StatusFinished).Finished, image.Finished)
	if newer := h.deliveryOf(image.ID); newer.ID == delivery.ID || newer.State != mattebox.DeliveryPending {
		t.Errorf("delivery of the new picture %+v", newer)
	}
	h.wantSame("results", h.number(`SELECT COUNT(*) FROM results`), int64(2))
}

// A delivery that is on its way when the picture is rejected ends with its
// attempt, and the image stays where the rejection put it.
func testRejectDelivery(t *testing.T, open opener) {
	for _, state := range []mattebox.DeliveryState{mattebox.DeliveryPending, mattebox.DeliveryDelivered} {
		t.Run(string(state), func(t *testing.T) {
			h := build(t, open)
			image := h.finishedImage(h.account("a").ID)
			delivery := h.deliveryOf(image.ID)
			sending := h.takeDelivery(delivery.ID)
			h.check(h.RejectImage(h.ctx, image.Account, mattebox.ImageRef{Ticket: image.Ticket}, ""))
			h.woken()
			h.check(h.RecordAttempt(h.ctx, h.outcome(sending, state, time.Minute)))
			h.wantStatus(image.ID, mattebox.StatusReturned)
			want := state
			if state == mattebox.DeliveryPending {
				want = mattebox.DeliveryFailed
			}
			h.wantSame("state", h.deliveryOf(image.ID).State, want)
			h.wantSame("jobs", len(h.woken()), 0)
		})
	}
}

// What becomes of the old picture's delivery does not move an image that has a
// new picture.
func testFormerDelivery(t *testing.T, open opener) {
	for _, state := range []mattebox.DeliveryState{mattebox.DeliveryPending, mattebox.DeliveryDelivered} {
		t.Run(string(state), func(t *testing.T) {
			h := build(t, open)
			image := h.finishedImage(h.account("a").ID)
			former := h.takeDelivery(h.deliveryOf(image.ID).ID)
			h.check(h.RejectImage(h.ctx, image.Account, mattebox.ImageRef{Ticket: image.Ticket}, ""))
			h.produced()
			h.check(h.RecordAttempt(h.ctx, h.outcome(former, state, time.Minute)))
			h.wantStatus(image.ID, mattebox.StatusFinished)
			h.resend(former.Delivery.ID, state)
			h.wantStatus(image.ID, mattebox.StatusFinished)
			h.attempt(h.deliveryOf(image.ID).ID, mattebox.DeliveryDelivered, 0)
			h.wantStatus(image.ID, mattebox.StatusDelivered)
		})
	}
}

func testDownloaded(t *testing.T, open opener) {
	h := build(t, open)
	a := h.account("a")
	quiet := h.finishedImage(a.ID, noCallback)
	told := h.finishedImage(a.ID)
	waiting := h.submit(a.ID, noCallback)
	for range 2 {
		for _, image := range []*mattebox.Image{quiet, told, waiting} {
			h.check(h.MarkDownloaded(h.ctx, image.ID))
		}
	}
	h.wantStatus(quiet.ID, mattebox.StatusDelivered)
	h.wantStatus(told.ID, mattebox.StatusFinished)
	h.wantStatus(waiting.ID, mattebox.StatusNew)
	h.wantCode(h.MarkDownloaded(h.ctx, 7), mattebox.CodeNotFound, "")
	history, err := h.History(h.ctx, quiet.ID)
	h.check(err)
	var moves [][2]mattebox.Status
	for _, m := range history {
		moves = append(moves, [2]mattebox.Status{m.From, m.To})
	}
	h.wantSame("history", moves, [][2]mattebox.Status{{10, 30}, {30, 60}, {60, 70}, {70, 80}})
	last := history[3]
	h.wantSame("last move", last, mattebox.Move{From: 70, To: 80, At: h.clock.Now(), By: "customer", Why: "downloaded"})
}
