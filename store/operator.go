package store

import (
	"context"

	"mattebox"
)

// ApproveImage finishes an image that waits for judgement (62, 64, 66, 95), with
// the delivery to its callback; nil when it has none. It is a CodeConflict error
// when the image has no result, or does not wait.
func (s *Store) ApproveImage(ctx context.Context, id mattebox.ImageID, delivery *mattebox.NewDelivery) error {
	return s.judge(ctx, id, mattebox.StatusFinished, func(t *tx, h *held) error {
		var results int
		if err := t.QueryRowContext(ctx, `SELECT COUNT(*) FROM results WHERE image = $1`, int64(id)).Scan(&results); err != nil {
			return err
		}
		if results == 0 {
			return mattebox.Errorf(mattebox.CodeConflict, "the image has no result to approve; upload one first")
		}
		return t.finish(ctx, h, byOperator, delivery, set{"reason", ""})
	})
}

// RefuseByOperator ends an image (90) that is not finished yet. The reason is the
// customer's to read. An engine that works on it has its lease taken.
func (s *Store) RefuseByOperator(ctx context.Context, id mattebox.ImageID, reason string) error {
	if err := validate(field{name: "reason", text: reason, most: maxText, lines: true}); err != nil {
		return err
	}
	return s.write(ctx, "refuse an image", func(t *tx) error {
		h, err := t.hold(ctx, id)
		if err != nil {
			return err
		}
		return t.move(ctx, &h, mattebox.StatusRefused, byOperator, reason, set{"reason", reason})
	})
}

// AskCustomer makes an image wait for the customer's reply (95); the question
// becomes its comment and reason.
func (s *Store) AskCustomer(ctx context.Context, id mattebox.ImageID, question string) error {
	if err := validate(field{name: "question", text: question, most: maxText, lines: true}); err != nil {
		return err
	}
	return s.judge(ctx, id, mattebox.StatusQuestion, func(t *tx, h *held) error {
		return t.move(ctx, h, mattebox.StatusQuestion, byOperator, question, set{"comment", question}, set{"reason", question})
	})
}

// ReturnImage has an image that waits for judgement (62, 64, 66, 95) produced
// again at the best quality, as after a rejection.
func (s *Store) ReturnImage(ctx context.Context, id mattebox.ImageID, comment string) error {
	if err := validate(field{name: "comment", text: comment, most: maxText, lines: true}); err != nil {
		return err
	}
	return s.judge(ctx, id, mattebox.StatusReturned, func(t *tx, h *held) error {
		t.wake(mattebox.KindProduce, int64(h.id), 0)
		return t.move(ctx, h, mattebox.StatusReturned, byOperator, comment,
			set{"comment", comment}, set{"reason", ""}, set{"rejections", raw("rejections + 1")}, set{"crashes", 0})
	})
}

// UploadResult puts an operator's result, whose bytes are in their place already,
// before the engine's. The image waits for judgement (62, 64, 66, 95) and goes on
// waiting, one with a question at 66.
func (s *Store) UploadResult(ctx context.Context, id mattebox.ImageID, r mattebox.Result) error {
	return s.judge(ctx, id, mattebox.StatusFinished, func(t *tx, h *held) error {
		result, err := t.insertResult(ctx, h.id, r)
		if err != nil {
			return err
		}
		if h.status == mattebox.StatusQuestion {
			return t.move(ctx, h, mattebox.StatusQuality, byOperator, "uploaded a result", set{"result", result}, set{"reason", ""})
		}
		return t.change(ctx, h, set{"result", result})
	})
}

// judge holds an image for an operator who is to move it. It is a CodeConflict
// error when it cannot go there, or an engine has it.
func (s *Store) judge(ctx context.Context, id mattebox.ImageID, to mattebox.Status, do func(*tx, *held) error) error {
	return s.write(ctx, "judge an image", func(t *tx) error {
		h, err := t.hold(ctx, id)
		if err != nil {
			return err
		}
		if h.status == mattebox.StatusProduction {
			return mattebox.Errorf(mattebox.CodeConflict, "the image is in production; wait for its end")
		}
		if err := h.status.MoveTo(to); err != nil {
			return err
		}
		return do(t, &h)
	})
}
