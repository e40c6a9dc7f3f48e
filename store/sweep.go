package store

import (
	"context"
	"time"

	"mattebox"
)

const (
	// swept is how many rows of a kind one sweep puts right at the most.
	swept = 200
	// lostAfter is how long a row waits for its job before it gets another; lostIdle,
	// when nobody is at work: then a job that is there begins at once.
	lostAfter, lostIdle = time.Minute, 5 * time.Second
	// Rows that get another job: some when nobody is at work, so that the jobs must
	// have been lost; few when the row may just be waiting its turn.
	wokenIdle, wokenBusy = 100, 8
)

// Sweep puts right what crashes and lost jobs left behind: images and deliveries
// whose lease has run out are handed back, a delivery's attempt is recorded as
// interrupted, and what is due without a job gets one. It is to be called every 30
// seconds and at start; several processes may call it at once.
func (s *Store) Sweep(ctx context.Context) (report mattebox.SweepReport, err error) {
	err = s.write(ctx, "sweep images", func(t *tx) error {
		if report.Images, err = t.ripen(ctx); err != nil {
			return err
		}
		stopped, err := t.sweepProductions(ctx)
		if err != nil {
			return err
		}
		report.Images += stopped
		for _, queue := range [...]int{queueFetch, queueProduce} {
			woken, err := t.wakeImages(ctx, queue)
			if err != nil {
				return err
			}
			report.Woken += woken
		}
		woken, err := t.wakeDeliveries(ctx)
		report.Woken += woken
		return err
	})
	if err != nil {
		return report, err
	}
	return report, s.sweepDeliveries(ctx, &report)
}

// sweepProductions hands back the images in production whose lease has run out.
// What a worker that still lives makes of them is refused by the fence. The
// machine's stop is not the picture's fault, so it counts as no crash.
func (t *tx) sweepProductions(ctx context.Context) (int, error) {
	rows, err := t.QueryContext(ctx, `SELECT id, account, status, fence, rejections FROM images WHERE wake_at <= $1 AND +status = 60
		ORDER BY wake_at LIMIT $2 `+t.store.db.Dialect.ForUpdate(true), t.at, swept)
	stopped, err := collect(t.store, "find expired leases", rows, err, scanHeld)
	for i := range stopped {
		if err := t.handBack(ctx, &stopped[i], bySweeper, "the worker's lease ran out"); err != nil {
			return 0, err
		}
	}
	return len(stopped), err
}

// wakeImages gives new jobs to images that have waited in the queue without one of
// late.
func (t *tx) wakeImages(ctx context.Context, queue int) (int, error) {
	atWork, kind := `+status = 60`, mattebox.KindProduce
	if queue == queueFetch {
		atWork, kind = `+status = 10 AND woken = 0`, mattebox.KindFetch
	}
	var busy bool
	if err := t.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM images WHERE wake_at > $1 AND `+atWork+`)`, t.at).Scan(&busy); err != nil {
		return 0, err
	}
	limit, patience := wokenIdle, lostIdle
	if busy {
		limit, patience = wokenBusy, lostAfter
	}
	rows, err := t.QueryContext(ctx, `SELECT id FROM images WHERE queue = $1 AND woken <= $2
		ORDER BY woken LIMIT $3 `+t.store.db.Dialect.ForUpdate(true), queue, t.at-patience.Microseconds(), limit)
	lost, err := collect(t.store, "find lost images", rows, err, scanID)
	return len(lost), t.wakeAgain(ctx, "images", kind, lost, err)
}

// wakeDeliveries gives new jobs to deliveries that have been due, or wanted again,
// without one of late.
func (t *tx) wakeDeliveries(ctx context.Context) (woken int, err error) {
	for _, due := range [...]string{`ended = 0 AND state <> 'sending' AND next_at <= $1`, `resend_at <= $1 AND state <> 'sending'`} {
		rows, err := t.QueryContext(ctx, `SELECT id FROM deliveries WHERE `+due+` AND woken <= $2
			LIMIT $3 `+t.store.db.Dialect.ForUpdate(true), t.at, t.at-lostAfter.Microseconds(), swept)
		lost, err := collect(t.store, "find lost deliveries", rows, err, scanID)
		if err := t.wakeAgain(ctx, "deliveries", mattebox.KindDeliver, lost, err); err != nil {
			return 0, err
		}
		woken += len(lost)
	}
	return woken, nil
}

// wakeAgain gives rows of the table new jobs, unless finding them failed.
func (t *tx) wakeAgain(ctx context.Context, table string, kind mattebox.Kind, ids []int64, err error) error {
	if err != nil || len(ids) == 0 {
		return err
	}
	for _, id := range ids {
		t.wakeLost(kind, id)
	}
	args := arguments{t.at}
	_, err = t.exec(ctx, `UPDATE `+table+` SET woken = $1 WHERE id IN (`+in(&args, ids)+`)`, args...)
	return err
}

// sweepDeliveries records the attempts whose lease has run out as interrupted,
// each in a transaction of its own: it holds an image and a delivery, and two
// pairs at once could wait for each other.
func (s *Store) sweepDeliveries(ctx context.Context, report *mattebox.SweepReport) error {
	rows, err := s.db.Reader.QueryContext(ctx, `SELECT id FROM deliveries WHERE state = 'sending' AND lease_until <= $1
		ORDER BY lease_until LIMIT $2`, micros(s.now()), swept)
	expired, err := collect(s, "find expired deliveries", rows, err, scanID)
	if err != nil {
		return err
	}
	for _, id := range expired {
		err := s.write(ctx, "sweep a delivery", func(t *tx) error { return t.sweepDelivery(ctx, mattebox.DeliveryID(id), report) })
		if err != nil {
			return err
		}
	}
	return nil
}

func (t *tx) sweepDelivery(ctx context.Context, id mattebox.DeliveryID, report *mattebox.SweepReport) error {
	d, h, err := t.holdDelivery(ctx, id)
	if err != nil || d.state != mattebox.DeliverySending || d.leaseUntil > t.at {
		return err
	}
	spent, err := t.interrupt(ctx, &d, &h, mattebox.Attempt{
		Started: timeOf(d.claimed), Ended: timeOf(t.at), Error: "the attempt was broken off by a stop of the service",
	}, t.at)
	if err != nil {
		return err
	}
	report.Deliveries++
	if spent {
		report.Interrupted++
	}
	return nil
}

func scanID(row scanner) (*int64, error) {
	var id int64
	return &id, row.Scan(&id)
}

func scanHeld(row scanner) (*held, error) {
	var h held
	return &h, row.Scan(&h.id, &h.account, &h.status, &h.fence, &h.rejections)
}

// Backlog counts what waits for a worker now; waits between tries and for a
// product's other images are not among it. It reads an index as long as the answer
// is large, so a caller on every request keeps the answer for a moment.
func (s *Store) Backlog(ctx context.Context) (b mattebox.Backlog, err error) {
	err = s.db.Reader.QueryRowContext(ctx, `SELECT (SELECT COUNT(*) FROM images WHERE queue = 1), (SELECT COUNT(*) FROM images WHERE queue = 2),
		(SELECT COUNT(*) FROM deliveries WHERE ended = 0 AND state <> 'sending' AND next_at <= $1)`, micros(s.now())).Scan(&b.Fetch, &b.Produce, &b.Deliver)
	return b, s.fault("count what waits", err)
}
