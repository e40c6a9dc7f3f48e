package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"mattebox"
)

// mostTogether is how many images of a product are produced together.
const mostTogether = 20

// ClaimProduction gives the caller what is to be produced next, for as long as the
// lease; nil when there is nothing. The account that was served longest ago comes
// first, and of its images the one due first; with it come the others of its
// product under the same template that are ready, at most 20 in all. A returned
// image comes alone.
func (s *Store) ClaimProduction(ctx context.Context, lease time.Duration) (production *mattebox.Production, err error) {
	err = s.write(ctx, "claim a production", func(t *tx) error {
		if _, err := t.ripen(ctx); err != nil {
			return err
		}
		first, ok, err := t.next(ctx, queueProduce)
		if err != nil || !ok {
			return err
		}
		all, err := t.together(ctx, first)
		if err != nil {
			return err
		}
		leases := map[mattebox.ImageID]mattebox.Lease{}
		for i := range all {
			taken := append(leased(t.until(lease)), set{"production", raw("production + 1")}, set{"reason", ""})
			if err := t.move(ctx, &all[i], mattebox.StatusProduction, byEngine, "", taken...); err != nil {
				return err
			}
			leases[all[i].id] = mattebox.Lease{Fence: all[i].fence, Until: timeOf(t.until(lease))}
		}
		production, err = t.production(ctx, leases)
		return err
	})
	if err != nil {
		return nil, err
	}
	return production, nil
}

// together returns the image and the others that are produced with it, held. The
// + is explained at dueImages.
func (t *tx) together(ctx context.Context, first held) ([]held, error) {
	all := []held{first}
	if first.status != mattebox.StatusReady {
		return all, nil
	}
	rows, err := t.QueryContext(ctx, `SELECT others.id, others.account, others.status, others.fence, others.rejections
		FROM images others WHERE +others.status = 30 AND others.id <> $1 AND others.account = $2
			AND others.product_id = (SELECT product_id FROM images WHERE id = $1) AND others.template_id = (SELECT template_id FROM images WHERE id = $1)
		ORDER BY others.due, others.id LIMIT $3 `+t.store.db.Dialect.ForUpdate(true), int64(first.id), int64(first.account), mostTogether-1)
	others, err := collect(t.store, "find the product's images", rows, err, scanHeld)
	return append(all, others...), err
}

// production reads what the worker has to know of the images it has taken.
func (t *tx) production(ctx context.Context, leases map[mattebox.ImageID]mattebox.Lease) (*mattebox.Production, error) {
	var ids []mattebox.ImageID
	for id := range leases {
		ids = append(ids, id)
	}
	var args arguments
	images, err := t.store.selectImages(ctx, t, `WHERE i.id IN (`+in(&args, ids)+`) ORDER BY i.due, i.id`, args...)
	if err != nil {
		return nil, err
	}
	p := &mattebox.Production{}
	var review mattebox.Review
	first := images[0] // all are of one account, product and template
	if err := t.QueryRowContext(ctx, `SELECT review FROM accounts WHERE id = $1`, int64(first.Account)).Scan(&review); err != nil {
		return nil, err
	}
	for _, image := range images {
		p.Images = append(p.Images, mattebox.Claimed{Image: image, Review: review, Lease: leases[image.ID]})
	}
	err = t.QueryRowContext(ctx, `SELECT scale FROM products WHERE account = $1 AND product_id = $2 AND template_id = $3`,
		int64(first.Account), first.ProductID, int64(first.TemplateID)).Scan(&p.Scale)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return p, err
}
