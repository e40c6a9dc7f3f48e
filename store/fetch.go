package store

import (
	"context"
	"time"

	"mattebox"
)

// mostProductWait is how long an image of a product waits for others at the most.
const mostProductWait = 2 * time.Minute

// ClaimFetch gives the caller the image whose sources are to be downloaded next,
// for as long as the lease; nil when there is none. The account that was served
// longest ago comes first, and of its images the one due first.
func (s *Store) ClaimFetch(ctx context.Context, lease time.Duration) (fetch *mattebox.Fetch, err error) {
	err = s.write(ctx, "claim a fetch", func(t *tx) error {
		if _, err := t.ripen(ctx); err != nil {
			return err
		}
		h, ok, err := t.next(ctx, queueFetch)
		if err != nil || !ok {
			return err
		}
		if err := t.change(ctx, &h, leased(t.until(lease))...); err != nil {
			return err
		}
		image, err := s.selectImage(ctx, t, `WHERE i.id = $1`, int64(h.id))
		if err != nil {
			return err
		}
		fetch = &mattebox.Fetch{Image: *image, Lease: mattebox.Lease{Fence: h.fence, Until: timeOf(t.until(lease))}}
		return t.QueryRowContext(ctx, `SELECT failures + 1 FROM images WHERE id = $1`, int64(h.id)).Scan(&fetch.Try)
	})
	if err != nil {
		return nil, err
	}
	return fetch, nil
}

// FinishFetch stores where the sources' bytes are and makes the image ready for
// production (30). One of a product waits a little for others of it (ProductWait).
// ErrLost when the lease is no longer the row's.
func (s *Store) FinishFetch(ctx context.Context, f mattebox.Fetch, sources []mattebox.Source) error {
	return s.write(ctx, "finish a fetch", func(t *tx) error {
		h, err := t.holdFetch(ctx, f)
		if err != nil {
			return err
		}
		for _, source := range sources {
			if _, err := t.exec(ctx, `UPDATE sources SET key = $1, bytes = $2, format = $3, width = $4, height = $5 WHERE image = $6 AND position = $7`,
				source.Key, source.Bytes, source.Format, source.Width, source.Height, int64(h.id), source.Position); err != nil {
				return err
			}
		}
		sets := []set{{"reason", ""}}
		readyAt, err := t.joinProduct(ctx, &f.Image)
		if err != nil {
			return err
		}
		if readyAt > t.at {
			sets = append(sets, set{"queue", nil}, set{"wake_at", readyAt}, set{"woken", readyAt})
		}
		t.wake(mattebox.KindProduce, int64(h.id), readyAt)
		return t.move(ctx, &h, mattebox.StatusReady, byEngine, "sources downloaded", sets...)
	})
}

func (t *tx) holdFetch(ctx context.Context, f mattebox.Fetch) (held, error) {
	h, err := t.holdLease(ctx, f.Image.ID, f.Lease)
	if err == nil && h.status != mattebox.StatusNew {
		return h, mattebox.ErrLost
	}
	return h, err
}

// joinProduct returns when the image is to be produced together with the others
// of its product that wait; 0 for an image without one. Each that comes starts the
// wait anew, up to mostProductWait after the first.
func (t *tx) joinProduct(ctx context.Context, i *mattebox.Image) (readyAt int64, err error) {
	wait := min(t.store.ProductWait, mostProductWait).Microseconds()
	if i.ProductID == "" || wait <= 0 {
		return 0, nil
	}
	err = t.QueryRowContext(ctx, `INSERT INTO products (account, product_id, template_id, first_ready, ready_at) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (account, product_id, template_id) DO UPDATE SET
			first_ready = CASE WHEN products.ready_at <= $4 THEN $4 ELSE products.first_ready END,
			ready_at = CASE WHEN products.ready_at <= $4 OR products.first_ready + $6 > $5 THEN $5 ELSE products.first_ready + $6 END
		RETURNING ready_at`,
		int64(i.Account), i.ProductID, int64(i.TemplateID), t.at, t.at+wait, mostProductWait.Microseconds()).Scan(&readyAt)
	return readyAt, err
}

// FailFetch says why a source could not be had. With a time the download is tried
// again then, as the next Try; without one the image has failed (12). ErrLost when the lease is no
// longer the row's.
func (s *Store) FailFetch(ctx context.Context, f mattebox.Fetch, reason string, again time.Time) error {
	return s.write(ctx, "fail a fetch", func(t *tx) error {
		h, err := t.holdFetch(ctx, f)
		if err != nil {
			return err
		}
		reason = clip(reason, maxText)
		if again.IsZero() {
			return t.move(ctx, &h, mattebox.StatusDownloadFailed, byEngine, reason, set{"reason", reason})
		}
		t.wake(mattebox.KindFetch, int64(h.id), micros(again))
		return t.change(ctx, &h, set{"reason", reason}, set{"queue", nil}, set{"wake_at", micros(again)}, set{"woken", micros(again)},
			set{"failures", raw("failures + 1")})
	})
}
