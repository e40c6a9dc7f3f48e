package store

import (
	"context"
	"database/sql"
	"slices"

	"mattebox"
)

// sent is what recording an attempt has to know of a delivery that is being sent,
// and what becomes of it.
type sent struct {
	id            mattebox.DeliveryID
	image         mattebox.ImageID // 0: none follows it
	account       mattebox.AccountID
	receiver      string
	dialect       string
	state, resume mattebox.DeliveryState
	fence         int64
	attempts      int // scheduled ones, the one under way included unless it is a resend
	tries         int
	interruptions int
	logged        int
	nextAt        int64
	ended         int64
	claimed       int64
	leaseUntil    int64
	retries       string
	resendAt      sql.NullInt64
	resending     bool
	superseded    bool
}

// batch is a number of deliveries whose attempts one transaction records. What
// becomes of them is gathered, and written with few statements at the end.
type batch struct {
	*tx
	sent      map[mattebox.DeliveryID]*sent
	images    map[mattebox.ImageID]*held
	newest    map[mattebox.ImageID]mattebox.DeliveryID
	receivers map[receiverKey]*receiver
	ended     []*sent
	attempts  [][]any // rows of the table
}

// holdDeliveries holds the deliveries that there are of the ids and, before them,
// their images: the order in which every use case that changes both takes them, and
// each by its number. After them come the receivers.
func (t *tx) holdDeliveries(ctx context.Context, ids []mattebox.DeliveryID) (*batch, error) {
	b := &batch{
		tx: t, sent: map[mattebox.DeliveryID]*sent{}, images: map[mattebox.ImageID]*held{},
		newest: map[mattebox.ImageID]mattebox.DeliveryID{}, receivers: map[receiverKey]*receiver{},
	}
	if len(ids) == 0 {
		return b, nil
	}
	if err := b.holdImages(ctx, ids); err != nil {
		return nil, err
	}
	var args arguments
	rows, err := t.QueryContext(ctx, `SELECT id, COALESCE(image, 0), account, receiver, dialect, state, resume, fence, attempts, tries, interruptions, logged,
			next_at, ended, claimed, lease_until, retries, resend_at, resending, superseded
		FROM deliveries WHERE id IN (`+in(&args, ids)+`) ORDER BY id `+t.store.db.Dialect.ForUpdate(false), args...)
	all, err := collect(t.store, "hold deliveries", rows, err, func(row scanner) (*sent, error) {
		var d sent
		return &d, row.Scan(&d.id, &d.image, &d.account, &d.receiver, &d.dialect, &d.state, &d.resume, &d.fence, &d.attempts, &d.tries, &d.interruptions, &d.logged,
			&d.nextAt, &d.ended, &d.claimed, &d.leaseUntil, &d.retries, &d.resendAt, &d.resending, &d.superseded)
	})
	for i := range all {
		b.sent[all[i].id] = &all[i]
	}
	if err != nil {
		return nil, err
	}
	return b, b.holdReceivers(ctx, ids)
}

func (b *batch) holdImages(ctx context.Context, ids []mattebox.DeliveryID) error {
	var args arguments
	rows, err := b.QueryContext(ctx, `SELECT d.image, (SELECT MAX(n.id) FROM deliveries n WHERE n.image = d.image)
		FROM deliveries d WHERE d.id IN (`+in(&args, ids)+`) AND d.image IS NOT NULL`, args...)
	type pair struct {
		image  mattebox.ImageID
		newest mattebox.DeliveryID
	}
	pairs, err := collect(b.store, "find images", rows, err, func(row scanner) (*pair, error) {
		var p pair
		return &p, row.Scan(&p.image, &p.newest)
	})
	if err != nil || len(pairs) == 0 {
		return err
	}
	var images []mattebox.ImageID
	for _, p := range pairs {
		images = append(images, p.image)
		b.newest[p.image] = p.newest
	}
	slices.Sort(images)
	images = slices.Compact(images)
	args = nil
	rows, err = b.QueryContext(ctx, `SELECT id, account, COALESCE(partner, 0), status, fence, rejections FROM images
		WHERE id IN (`+in(&args, images)+`) ORDER BY id `+b.store.db.Dialect.ForUpdate(false), args...)
	all, err := collect(b.store, "hold images", rows, err, func(row scanner) (*held, error) {
		var h held
		return &h, row.Scan(&h.id, &h.account, &h.partner, &h.status, &h.fence, &h.rejections)
	})
	for i := range all {
		b.images[all[i].id] = &all[i]
	}
	return err
}

// end puts the delivery into its state after an attempt. It is ready again by the
// schedule, which its workers look into, or at once because a person asked for it
// meanwhile.
func (b *batch) end(d *sent, state mattebox.DeliveryState, next int64) {
	switch state {
	case mattebox.DeliveryPending:
		d.ended = 0
	case d.resume: // it had ended before
	default:
		d.ended = b.at
	}
	d.state, d.nextAt = state, next
	d.fence++
	if next := d.readyAt(b.at); next != nil && *next <= b.at {
		b.wake(mattebox.KindDeliver, int64(d.id), 0)
	}
	b.ended = append(b.ended, d)
}

// readyAt returns when the delivery may be claimed again; nil: not at all.
func (d *sent) readyAt(now int64) *int64 {
	switch {
	case d.resendAt.Valid:
		return &now
	case d.state == mattebox.DeliveryPending:
		return &d.nextAt
	}
	return nil
}

// log notes an attempt of the delivery.
func (b *batch) log(d *sent, a mattebox.Attempt) {
	d.logged++
	response := a.Response[:min(len(a.Response), maxResponse)]
	if response == nil {
		response = []byte{}
	}
	b.attempts = append(b.attempts, []any{int64(d.id), d.logged, d.resending, micros(a.Started), micros(a.Ended),
		clip(a.Address, maxName), a.Status, clip(a.Class, maxName), clip(a.Error, maxText), response})
}

// flush writes what was gathered.
func (b *batch) flush(ctx context.Context) error {
	err := inPieces(b.attempts, func(rows [][]any) error {
		var args arguments
		return second(b.exec(ctx, `INSERT INTO attempts (delivery, number, resend, started, ended, address, status, class, error, response)
			VALUES `+values(&args, rows), args...))
	})
	if err != nil {
		return err
	}
	ended := make([][]any, len(b.ended))
	for i, d := range b.ended {
		ended[i] = []any{int64(d.id), string(d.state), d.nextAt, d.readyAt(b.at), d.interruptions, d.attempts, d.ended, d.logged}
	}
	err = inPieces(ended, func(rows [][]any) error {
		var args arguments
		ids := make([]mattebox.DeliveryID, len(rows))
		for i, row := range rows {
			ids[i] = mattebox.DeliveryID(row[0].(int64))
		}
		// The ids stand there twice so that no engine thinks of reading the whole table.
		return second(b.exec(ctx, `UPDATE deliveries SET state = v.column2, next_at = v.column3, ready_at = v.column4, interruptions = v.column5,
				attempts = v.column6, ended = v.column7, logged = v.column8, lease_until = 0, resending = FALSE, fence = fence + 1
			FROM (VALUES `+values(&args, rows, "BIGINT", "TEXT", "BIGINT", "BIGINT", "INTEGER", "INTEGER", "BIGINT", "INTEGER")+`) AS v
			WHERE deliveries.id = v.column1 AND deliveries.id IN (`+in(&args, ids)+`)`, args...))
	})
	if err != nil {
		return err
	}
	return b.storeReceivers(ctx)
}

func second[T any](_ T, err error) error { return err }
