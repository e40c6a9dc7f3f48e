package storetest

import (
	"testing"

	"mattebox"
)

// judged takes a new image to 66.
func (h *house) judged(account mattebox.AccountID) *mattebox.Image {
	h.t.Helper()
	image := h.submit(account)
	h.fetched()
	f := finished(h.take().Images[0])
	f.Status, f.Reason, f.Delivery = mattebox.StatusQuality, "look", nil
	h.check(h.FinishImage(h.ctx, f))
	return h.wantStatus(image.ID, mattebox.StatusQuality)
}

func testOperators(t *testing.T, open opener) {
	t.Run("approve", func(t *testing.T) {
		h := build(t, open)
		image := h.judged(h.account("a").ID)
		h.woken()
		h.check(h.ApproveImage(h.ctx, image.ID, notice(image.Ticket)))
		got := h.wantStatus(image.ID, mattebox.StatusFinished)
		if got.Reason != "" || got.Finished != h.clock.Now() || got.FinalPath() == "" {
			t.Errorf("image %+v", got)
		}
		h.wantSame("jobs", h.woken(), []string{"deliver 1"})
		h.attempt(h.deliveryOf(image.ID).ID, mattebox.DeliveryDelivered, 0)
		h.wantStatus(image.ID, mattebox.StatusDelivered)
		h.wantCode(h.ApproveImage(h.ctx, image.ID, nil), mattebox.CodeConflict, "")
	})
	t.Run("approve nothing", func(t *testing.T) {
		h := build(t, open)
		image := h.submit(h.account("a").ID)
		h.wantCode(h.ApproveImage(h.ctx, image.ID, nil), mattebox.CodeConflict, "")
		h.fetched()
		h.check(h.AskCustomer(h.ctx, image.ID, "which side?"))
		h.wantCode(h.ApproveImage(h.ctx, image.ID, nil), mattebox.CodeConflict, "")
		h.wantCode(h.ApproveImage(h.ctx, 9, nil), mattebox.CodeNotFound, "")
		h.wantNothing()
	})
	t.Run("refuse", func(t *testing.T) {
		h := build(t, open)
		a := h.account("a")
		image := h.judged(a.ID)
		h.wantCode(h.RefuseByOperator(h.ctx, image.ID, "\x07"), mattebox.CodeInvalid, "reason")
		h.check(h.RefuseByOperator(h.ctx, image.ID, "no subject"))
		h.wantSame("reason", h.wantStatus(image.ID, mattebox.StatusRefused).Reason, "no subject")
		h.wantCode(h.RefuseByOperator(h.ctx, image.ID, ""), mattebox.CodeConflict, "")
		// One that an engine works on is taken from it.
		busy := h.submit(a.ID)
		h.fetched()
		c := h.take().Images[0]
		h.check(h.RefuseByOperator(h.ctx, busy.ID, "not ours"))
		h.wantLost(h.FinishImage(h.ctx, finished(c)))
		h.wantStatus(busy.ID, mattebox.StatusRefused)
	})
	t.Run("ask", func(t *testing.T) {
		h := build(t, open)
		image := h.judged(h.account("a").ID)
		h.check(h.AskCustomer(h.ctx, image.ID, "with or\nwithout strap?"))
		got := h.wantStatus(image.ID, mattebox.StatusQuestion)
		h.wantSame("comment", got.Comment, "with or\nwithout strap?")
		h.check(h.ApproveImage(h.ctx, image.ID, nil))
		h.wantStatus(image.ID, mattebox.StatusFinished)
	})
	t.Run("send back", func(t *testing.T) {
		h := build(t, open)
		image := h.judged(h.account("a").ID)
		h.woken()
		h.check(h.ReturnImage(h.ctx, image.ID, "the hook is missing"))
		h.wantSame("jobs", h.woken(), []string{"produce 2000001"})
		got := h.take().Images[0].Image
		if got.Effort() != mattebox.QualityBest || got.Comment != "the hook is missing" {
			t.Errorf("image %+v", got)
		}
		h.wantCode(h.ReturnImage(h.ctx, image.ID, ""), mattebox.CodeConflict, "") // an engine has it
	})
	t.Run("upload", func(t *testing.T) { testUpload(t, open) })
}

func testUpload(t *testing.T, open opener) {
	h := build(t, open)
	a := h.account("a")
	image := h.judged(a.ID)
	mine := mattebox.Result{Name: "retouched.psd", Key: "1/2/upload/retouched.psd", ThumbnailKey: "1/2/upload/t.jpg", Bytes: 9, ThumbnailBytes: 8, MediaType: "image/vnd.adobe.photoshop", Width: 7, Height: 6}
	h.check(h.UploadResult(h.ctx, image.ID, mine))
	got := h.wantStatus(image.ID, mattebox.StatusQuality)
	h.wantSame("result", got.Result, &mine)
	h.wantSame("results kept", h.number(`SELECT COUNT(*) FROM results`), int64(2))
	h.check(h.ApproveImage(h.ctx, image.ID, nil))
	h.wantCode(h.UploadResult(h.ctx, image.ID, mine), mattebox.CodeConflict, "")

	asked := h.submit(a.ID)
	h.fetched()
	h.check(h.AskCustomer(h.ctx, asked.ID, "?"))
	h.check(h.UploadResult(h.ctx, asked.ID, mine))
	h.wantStatus(asked.ID, mattebox.StatusQuality)
	h.check(h.ApproveImage(h.ctx, asked.ID, notice(asked.Ticket)))
	h.wantStatus(asked.ID, mattebox.StatusFinished)
}
