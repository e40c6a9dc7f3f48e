package store

import (
	"context"
	"time"

	"mattebox"
)

const (
	// swept is how many rows of a kind one sweep puts right at the most.
	swept = 200
	// sweptAttempts is how many attempts one transaction records as interrupted.
	sweptAttempts = 64
	// lostAfter is how long a row waits for its job before it gets another; lostIdle,
	// when nobody is at work: then a job that is there begins at once.
	lostAfter, lostIdle = time.Minute, 5 * time.Second
	// Rows that get another job: some when nobody is at work, so that the jobs must
	// have been lost; few when the row may just be waiting its turn.
	wokenIdle, wokenBusy = 100, 8
)

// Sweep puts right what crashes and lost jobs left behind: images, steps of
// jobs and deliveries whose lease has run out are handed back, a delivery's attempt is recorded as
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
	err = s.write(ctx, "sweep jobs", func(t *tx) error { return t.sweepJobs(ctx, &report) })
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
	return len(lost), t.wakeAgain(ctx, kind, lost, err)
}

// wakeDeliveries gives a new job to what has been due longest, if that is long: a
// job makes its worker look for everything that is due.
func (t *tx) wakeDeliveries(ctx context.Context) (woken int, err error) {
	rows, err := t.QueryContext(ctx, `SELECT id FROM deliveries WHERE ready_at <= $1 ORDER BY ready_at, host LIMIT 1`, t.at-lostAfter.Microseconds())
	lost, err := collect(t.store, "find lost deliveries", rows, err, scanID)
	for _, id := range lost {
		t.wakeLost(mattebox.KindDeliver, id)
	}
	return len(lost), err
}

// wakeAgain gives images new jobs, unless finding them failed.
func (t *tx) wakeAgain(ctx context.Context, kind mattebox.Kind, ids []int64, err error) error {
	if err != nil || len(ids) == 0 {
		return err
	}
	for _, id := range ids {
		t.wakeLost(kind, id)
	}
	args := arguments{t.at}
	_, err = t.exec(ctx, `UPDATE images SET woken = $1 WHERE id IN (`+in(&args, ids)+`)`, args...)
	return err
}

// sweepDeliveries records the attempts whose lease has run out as interrupted, some
// at a time.
func (s *Store) sweepDeliveries(ctx context.Context, report *mattebox.SweepReport) error {
	for {
		rows, err := s.db.Reader.QueryContext(ctx, `SELECT id FROM deliveries WHERE state = 'sending' AND lease_until <= $1
			ORDER BY lease_until LIMIT $2`, micros(s.now()), sweptAttempts)
		expired, err := collect(s, "find expired deliveries", rows, err, func(row scanner) (*mattebox.DeliveryID, error) {
			var id mattebox.DeliveryID
			return &id, row.Scan(&id)
		})
		if err != nil || len(expired) == 0 {
			return err
		}
		var broken, spent int
		err = s.write(ctx, "sweep deliveries", func(t *tx) error {
			broken, spent, err = t.sweepAttempts(ctx, expired)
			return err
		})
		if err != nil || broken == 0 {
			return err
		}
		report.Deliveries += broken
		report.Interrupted += spent
	}
}

// sweepAttempts records the attempts as interrupted, but for those whose lease holds
// after all. It returns how many, and how many of them spent a try.
func (t *tx) sweepAttempts(ctx context.Context, ids []mattebox.DeliveryID) (broken, spent int, err error) {
	b, err := t.holdDeliveries(ctx, ids)
	if err != nil {
		return 0, 0, err
	}
	for _, id := range ids {
		d := b.sent[id]
		if d == nil || d.state != mattebox.DeliverySending || d.leaseUntil > t.at {
			continue
		}
		tried, err := b.interrupt(ctx, d, mattebox.Attempt{
			Started: timeOf(d.claimed), Ended: timeOf(t.at), Error: "the attempt was broken off by a stop of the service",
		}, max(t.at, d.claimed+spacing(d.dialect)))
		if err != nil {
			return 0, 0, err
		}
		broken++
		if tried {
			spent++
		}
	}
	return broken, spent, b.flush(ctx)
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
		(SELECT COUNT(*) FROM deliveries WHERE ready_at <= $1), (SELECT COUNT(*) FROM steps WHERE queue IS NOT NULL)`, micros(s.now())).
		Scan(&b.Fetch, &b.Produce, &b.Deliver, &b.Video)
	return b, s.fault("count what waits", err)
}
