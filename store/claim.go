package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"mattebox"
)

// lanesTried is how many accounts a claim tries. More than one is only needed
// where other transactions hold what the first had to offer.
const lanesTried = 16

// ripen puts back into their queues the images whose wait or lease is over, some
// at a time, and returns how many were leases. An image in production (60) is left
// to Sweep, which has more to do for it; an image whose product has had another one
// since waits on with it.
func (t *tx) ripen(ctx context.Context) (leases int, err error) {
	due, err := t.dueImages(ctx)
	for _, d := range due {
		if d.readyAt > t.at {
			t.wake(mattebox.KindProduce, int64(d.id), d.readyAt)
			_, err = t.exec(ctx, `UPDATE images SET wake_at = $1, woken = $1 WHERE id = $2`, d.readyAt, int64(d.id))
		} else {
			err = t.putBack(ctx, &d)
		}
		if err != nil {
			return 0, err
		}
		if d.woken == 0 {
			leases++
		}
	}
	return leases, err
}

func (t *tx) putBack(ctx context.Context, d *dueImage) error {
	queue, kind := queueProduce, mattebox.KindProduce
	if d.status == mattebox.StatusNew {
		queue, kind = queueFetch, mattebox.KindFetch
	}
	sets := []set{{"queue", queue}, {"wake_at", nil}}
	if d.woken == 0 { // the job that led to the lease is used up
		t.wake(kind, int64(d.id), 0)
		sets = append(sets, set{"woken", t.at})
	}
	return t.change(ctx, &d.held, sets...)
}

// dueImage is an image whose time to wait is over, and when its product is ready.
type dueImage struct {
	held
	woken, readyAt int64
}

// ripened is how many images one transaction puts back at the most.
const ripened = 200

// dueImages holds them. SQLite takes an index on an equal status for the better
// one, although thousands have it and few are due; the + keeps it from that.
func (t *tx) dueImages(ctx context.Context) ([]dueImage, error) {
	rows, err := t.QueryContext(ctx, `SELECT id, account, status, fence, rejections, woken, CASE WHEN status <> 30 OR product_id IS NULL THEN 0 ELSE
			COALESCE((SELECT ready_at FROM products p
				WHERE p.account = images.account AND p.product_id = images.product_id AND p.template_id = images.template_id), 0) END
		FROM images WHERE wake_at <= $1 AND +status IN (10, 30, 40)
		ORDER BY wake_at LIMIT $2 `+t.store.db.Dialect.ForUpdate(true), t.at, ripened)
	return collect(t.store, "find due images", rows, err, func(row scanner) (*dueImage, error) {
		var d dueImage
		return &d, row.Scan(&d.id, &d.account, &d.status, &d.fence, &d.rejections, &d.woken, &d.readyAt)
	})
}

// next holds the image whose turn it is in the queue: of the accounts that have
// one waiting, that which was served longest ago, and of its images the one due
// first. ok is false when nothing waits.
func (t *tx) next(ctx context.Context, queue int) (h held, ok bool, err error) {
	lanes, err := t.lanes(ctx, queue)
	if err != nil {
		return h, false, err
	}
	for _, account := range lanes {
		err := t.QueryRowContext(ctx, firstInLane+t.store.db.Dialect.ForUpdate(true), queue, int64(account)).
			Scan(&h.id, &h.account, &h.status, &h.fence, &h.rejections)
		if errors.Is(err, sql.ErrNoRows) {
			continue // all held by others
		}
		if err != nil {
			return h, false, err
		}
		err = t.takeTurn(ctx, queue, int64(account))
		return h, err == nil, err
	}
	return h, false, nil
}

// takeTurn notes that the account was served last.
func (t *tx) takeTurn(ctx context.Context, queue int, account int64) error {
	_, err := t.exec(ctx, `INSERT INTO lanes (queue, account, turn) VALUES ($1, $2, (SELECT COALESCE(MAX(turn), 0) + 1 FROM lanes WHERE queue = $1))
		ON CONFLICT (queue, account) DO UPDATE SET turn = excluded.turn`, queue, account)
	return err
}

const firstInLane = `SELECT id, account, status, fence, rejections FROM images WHERE queue = $1 AND account = $2 ORDER BY due, id LIMIT 1 `

// lanesWaiting finds the accounts that have something in the queue by hopping from
// one to the next in the index, so that it costs a look-up for each account that
// waits and nothing for images or accounts that do not.
const lanesWaiting = `WITH RECURSIVE waiting (account) AS (
		SELECT MIN(account) FROM images WHERE queue = $1
		UNION ALL
		SELECT (SELECT MIN(account) FROM images WHERE queue = $1 AND account > waiting.account) FROM waiting WHERE waiting.account IS NOT NULL
	)
	SELECT waiting.account FROM waiting LEFT JOIN lanes ON lanes.queue = $1 AND lanes.account = waiting.account
	WHERE waiting.account IS NOT NULL ORDER BY COALESCE(lanes.turn, 0), waiting.account LIMIT $2`

func (t *tx) lanes(ctx context.Context, queue int) ([]mattebox.AccountID, error) {
	rows, err := t.QueryContext(ctx, lanesWaiting, queue, lanesTried)
	return collect(t.store, "find who waits", rows, err, func(row scanner) (*mattebox.AccountID, error) {
		var account mattebox.AccountID
		return &account, row.Scan(&account)
	})
}

// leased are the columns of an image that a worker has taken until then.
func leased(until int64) []set {
	return []set{{"queue", nil}, {"wake_at", until}, {"woken", 0}}
}

// until returns the end of a lease that begins now.
func (t *tx) until(lease time.Duration) int64 { return t.at + lease.Microseconds() }

// Renew makes the lease on an image, to fetch or to produce, end later: that long
// from now. The fence stays. ErrLost when it is no longer the row's.
func (s *Store) Renew(ctx context.Context, id mattebox.ImageID, held mattebox.Lease, lease time.Duration) error {
	return s.write(ctx, "renew a lease", func(t *tx) error {
		changed, err := t.exec(ctx, `UPDATE images SET wake_at = $1 WHERE id = $2 AND fence = $3 AND status IN (10, 60)`,
			t.until(lease), int64(id), held.Fence)
		if err == nil && changed == 0 {
			return mattebox.ErrLost
		}
		return err
	})
}

// HandBack gives an image back that a worker holds, to be taken by another: from
// production to where it came from, 30 or 40. crashed says that an engine died of
// it, which counts in Crashes. ErrLost when the lease is no longer the row's.
func (s *Store) HandBack(ctx context.Context, id mattebox.ImageID, lease mattebox.Lease, crashed bool) error {
	return s.write(ctx, "hand an image back", func(t *tx) error {
		h, err := t.holdLease(ctx, id, lease)
		if err != nil {
			return err
		}
		if crashed {
			return t.handBack(ctx, &h, byEngine, "the engine stopped", set{"crashes", raw("crashes + 1")})
		}
		return t.handBack(ctx, &h, byEngine, "handed back")
	})
}

func (t *tx) handBack(ctx context.Context, h *held, by, why string, sets ...set) error {
	if h.status == mattebox.StatusNew {
		t.wake(mattebox.KindFetch, int64(h.id), 0)
		return t.change(ctx, h, append(sets, set{"queue", queueFetch}, set{"wake_at", nil}, set{"woken", t.at})...)
	}
	to := mattebox.StatusReady
	if h.rejections > 0 {
		to = mattebox.StatusReturned
	}
	t.wake(mattebox.KindProduce, int64(h.id), 0)
	return t.move(ctx, h, to, by, why, sets...)
}
