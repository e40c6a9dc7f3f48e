package store

import (
	"context"

	"mattebox"
)

// FinishImage stores what a production came to: the result, whose bytes are in
// their place already, the status, the product's scale and the delivery that
// follows. ErrLost, and nothing is stored, when the lease is no longer the row's.
// The first scale that a product's image is finished with holds for the others.
func (s *Store) FinishImage(ctx context.Context, f mattebox.Finished) error {
	if f.Status != mattebox.StatusQuality && f.Status != mattebox.StatusFinished {
		return mattebox.Errorf(mattebox.CodeConflict, "production ends with status %d or %d, not %d", mattebox.StatusQuality, mattebox.StatusFinished, f.Status)
	}
	return s.write(ctx, "finish an image", func(t *tx) error {
		h, err := t.holdProduction(ctx, f.Image, f.Lease)
		if err != nil {
			return err
		}
		result, err := t.insertResult(ctx, h.id, f.Result)
		if err != nil {
			return err
		}
		if err := t.fixScale(ctx, h.id, f.Scale); err != nil {
			return err
		}
		reason := clip(f.Reason, maxText)
		sets := []set{{"result", result}, {"confidence", f.Confidence}, {"reason", reason}}
		if f.Status == mattebox.StatusQuality {
			return t.move(ctx, &h, mattebox.StatusQuality, byEngine, reason, sets...)
		}
		return t.finish(ctx, &h, byEngine, f.Delivery, sets...)
	})
}

// finish is the one way to StatusFinished, for engine and operator: whatever a
// finished picture entails is part of it, such as its price, the first time.
func (t *tx) finish(ctx context.Context, h *held, by string, delivery *mattebox.NewDelivery, sets ...set) error {
	charged, err := t.charge(ctx, h, by)
	if err != nil {
		return err
	}
	sets = append(sets, charged...)
	if err := t.move(ctx, h, mattebox.StatusFinished, by, "", append(sets, set{"finished", first(t.at)})...); err != nil {
		return err
	}
	if delivery == nil {
		return nil
	}
	return t.insertDelivery(ctx, h, *delivery)
}

func (t *tx) holdProduction(ctx context.Context, id mattebox.ImageID, lease mattebox.Lease) (held, error) {
	h, err := t.holdLease(ctx, id, lease)
	if err == nil && h.status != mattebox.StatusProduction {
		return h, mattebox.ErrLost
	}
	return h, err
}

func (t *tx) insertResult(ctx context.Context, image mattebox.ImageID, r mattebox.Result) (id int64, err error) {
	if r.Name == "" || r.Key == "" {
		return 0, mattebox.Errorf(mattebox.CodeInternal, "a result needs a name and a key")
	}
	err = t.QueryRowContext(ctx, `INSERT INTO results (image, production, name, key, thumbnail_key, bytes, thumbnail_bytes, media_type, width, height, created)
		VALUES ($1, (SELECT production FROM images WHERE id = $1), $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING id`,
		int64(image), r.Name, r.Key, r.ThumbnailKey, r.Bytes, r.ThumbnailBytes, r.MediaType, r.Width, r.Height, t.at).Scan(&id)
	return id, err
}

// fixScale stores the scale of the image's product unless it has one.
func (t *tx) fixScale(ctx context.Context, image mattebox.ImageID, scale float64) error {
	if scale <= 0 {
		return nil
	}
	_, err := t.exec(ctx, `INSERT INTO products (account, product_id, template_id, scale)
		SELECT account, product_id, template_id, $2 FROM images WHERE id = $1 AND product_id IS NOT NULL
		ON CONFLICT (account, product_id, template_id) DO UPDATE SET scale = excluded.scale WHERE products.scale = 0`, int64(image), scale)
	return err
}

// RefuseImage ends an image that cannot be produced (90), for a worker that
// fetches or produces it. The reason is the customer's to read. ErrLost when the
// lease is no longer the row's.
func (s *Store) RefuseImage(ctx context.Context, id mattebox.ImageID, lease mattebox.Lease, reason string) error {
	return s.write(ctx, "refuse an image", func(t *tx) error {
		h, err := t.holdLease(ctx, id, lease)
		if err != nil {
			return err
		}
		reason = clip(reason, maxText)
		return t.move(ctx, &h, mattebox.StatusRefused, byEngine, reason, set{"reason", reason})
	})
}
