package store

import (
	"context"
	"database/sql"
	"errors"

	"mattebox"
)

// holdOf is hold for a customer's reference. Another account's image is a
// CodeNotFound error like one that does not exist.
func (t *tx) holdOf(ctx context.Context, account mattebox.AccountID, ref mattebox.ImageRef) (held, error) {
	where, arg, err := addressed(ref)
	if err != nil {
		return held{}, err
	}
	var id mattebox.ImageID
	err = t.QueryRowContext(ctx, `SELECT id FROM images WHERE account = $1 AND `+where, int64(account), arg).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return held{}, noImage()
	}
	if err != nil {
		return held{}, err
	}
	return t.hold(ctx, id)
}

// DeleteImage takes the order back. It is a CodeConflict error once the image is
// in production (contracts F17). Its bytes are removed by Retire's caller.
func (s *Store) DeleteImage(ctx context.Context, account mattebox.AccountID, ref mattebox.ImageRef) error {
	return s.write(ctx, "delete an image", func(t *tx) error {
		h, err := t.holdOf(ctx, account, ref)
		if err != nil {
			return err
		}
		if !h.status.Deletable() {
			return mattebox.Errorf(mattebox.CodeConflict, "the image has status %d (%s) and cannot be deleted any more", h.status, h.status.Name())
		}
		return t.move(ctx, &h, mattebox.StatusDeleted, byCustomer, "deleted", set{"reason", ""})
	})
}

// RejectImage sends a finished image back to be produced again, for nothing. It is
// a CodeConflict error when the image is not finished, or is closed. A delivery
// that is still to be made is ended: the picture it speaks of is not wanted.
func (s *Store) RejectImage(ctx context.Context, account mattebox.AccountID, ref mattebox.ImageRef, comment string) error {
	if err := validate(field{name: "comment", text: comment, most: maxText, lines: true}); err != nil {
		return err
	}
	return s.write(ctx, "reject an image", func(t *tx) error {
		h, err := t.holdOf(ctx, account, ref)
		if err != nil {
			return err
		}
		if !h.status.Rejectable() {
			return mattebox.Errorf(mattebox.CodeConflict, "the image has status %d (%s); only a finished one can be rejected", h.status, h.status.Name())
		}
		if err := t.supersede(ctx, h.id); err != nil {
			return err
		}
		t.wake(mattebox.KindProduce, int64(h.id), 0)
		return t.move(ctx, &h, mattebox.StatusReturned, byCustomer, comment,
			set{"comment", comment}, set{"reason", ""}, set{"rejections", raw("rejections + 1")}, set{"crashes", 0})
	})
}

// MarkDownloaded tells that the customer has had the result: a finished image
// without a callback is then delivered (contracts F16). For any other it does
// nothing.
func (s *Store) MarkDownloaded(ctx context.Context, id mattebox.ImageID) error {
	image, err := s.ImageByID(ctx, id)
	if err != nil || image.Status != mattebox.StatusFinished || image.Callback() != "" {
		return err
	}
	return s.write(ctx, "mark an image as downloaded", func(t *tx) error {
		h, err := t.hold(ctx, id)
		if err != nil || h.status != mattebox.StatusFinished {
			return err
		}
		return t.move(ctx, &h, mattebox.StatusDelivered, byCustomer, "downloaded")
	})
}
