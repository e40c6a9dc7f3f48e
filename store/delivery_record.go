package store

import (
	"context"

	"mattebox"
)

// maxResponse is how much of a receiver's answer is kept.
const maxResponse = 16 << 10

// freeInterruptions is how many attempts in a row that we broke ourselves spend no
// try; the next one does.
const freeInterruptions = 3

// RecordAttempts stores, in one transaction, what attempts came to, when each
// delivery is due again, and the status of images, which follows the newest delivery
// of an image that the customer has not rejected meanwhile; and whether a receiver
// rests from now on, or no longer. There is an error for each outcome: ErrLost, and
// nothing of it is stored, when the lease is no longer the row's; it does not keep
// the others from being stored. Number and Resend of an attempt are the store's.
//
// Of an attempt outside the schedule only whether it was delivered counts; one of
// class AttemptInterrupted spends no try, whatever the State, and is due again at
// NextAt or at once. A delivery whose tries are spent has
// failed even when the State says pending.
func (s *Store) RecordAttempts(ctx context.Context, all []mattebox.Outcome) ([]error, error) {
	if len(all) == 0 {
		return nil, nil
	}
	ids := make([]mattebox.DeliveryID, len(all))
	for i, o := range all {
		ids[i] = o.Delivery
	}
	var errs []error
	err := s.writeMany(ctx, "record attempts", func(t *tx) error {
		errs = make([]error, len(all))
		b, err := t.holdDeliveries(ctx, ids)
		if err != nil {
			return err
		}
		for i, o := range all {
			d := b.sent[o.Delivery]
			switch {
			case d == nil:
				errs[i] = noDelivery()
			case d.state != mattebox.DeliverySending || d.fence != o.Lease.Fence:
				errs[i] = mattebox.ErrLost
			default:
				if err := b.outcome(ctx, d, o); err != nil {
					return err
				}
			}
		}
		return b.flush(ctx)
	})
	if err != nil {
		return nil, err
	}
	return errs, nil
}

// RecordAttempt is RecordAttempts for one.
func (s *Store) RecordAttempt(ctx context.Context, o mattebox.Outcome) error {
	errs, err := s.RecordAttempts(ctx, []mattebox.Outcome{o})
	if err != nil {
		return err
	}
	return errs[0]
}

func (b *batch) outcome(ctx context.Context, d *sent, o mattebox.Outcome) error {
	if o.Attempt.Class == mattebox.AttemptInterrupted {
		_, err := b.interrupt(ctx, d, o.Attempt, max(micros(o.NextAt), b.at))
		return err
	}
	b.attempted(d, o.Attempt)
	return b.record(ctx, d, o)
}

func (b *batch) record(ctx context.Context, d *sent, o mattebox.Outcome) error {
	b.log(d, o.Attempt)
	resend, state, next := d.resending, o.State, micros(o.NextAt)
	switch {
	case state == mattebox.DeliveryDelivered:
		next = d.nextAt
	case d.superseded:
		state, next = mattebox.DeliveryFailed, d.nextAt
	case resend:
		state, next = d.resume, d.nextAt
	case state != mattebox.DeliveryPending || d.attempts >= d.tries:
		state, next = mattebox.DeliveryFailed, d.nextAt
	}
	d.interruptions = 0
	b.end(d, state, next)
	switch {
	case state == mattebox.DeliveryDelivered:
		return b.follow(ctx, d, mattebox.StatusDelivered, "delivered")
	case resend:
		return nil
	case state == mattebox.DeliveryFailed:
		return b.follow(ctx, d, mattebox.StatusUndelivered, o.Attempt.Class)
	}
	return b.follow(ctx, d, mattebox.AfterFailure(d.attempts), o.Attempt.Class)
}

// interrupt records an attempt that we broke ourselves. It spends no try unless
// it is one too many in a row; then it counts as a failed one. spent says whether.
func (b *batch) interrupt(ctx context.Context, d *sent, a mattebox.Attempt, next int64) (spent bool, err error) {
	a.Class = mattebox.AttemptInterrupted
	b.broken(d)
	if d.resending || d.superseded {
		return false, b.record(ctx, d, mattebox.Outcome{Attempt: a, State: mattebox.DeliveryFailed})
	}
	if d.interruptions >= freeInterruptions {
		again := timeOf(b.at).Add(waitAfter(d.retries, d.attempts))
		return true, b.record(ctx, d, mattebox.Outcome{Attempt: a, State: mattebox.DeliveryPending, NextAt: again})
	}
	b.log(d, a)
	d.attempts--
	d.interruptions++
	b.end(d, mattebox.DeliveryPending, next)
	return false, nil
}

// follow moves the image to where its delivery stands, if the delivery is its
// newest and it still waits for one. From 70 to 78 it goes through all that lies
// between, because a failed delivery has failed for good however few tries it
// took.
func (b *batch) follow(ctx context.Context, d *sent, to mattebox.Status, why string) error {
	h := b.images[d.image]
	if h == nil || !h.status.Rejectable() || h.status >= to || b.newest[d.image] != d.id {
		return nil
	}
	for h.status < to {
		step := to
		if to != mattebox.StatusDelivered {
			step = min(to, h.status+2)
		}
		if err := b.move(ctx, h, step, byWebhook, why); err != nil {
			return err
		}
	}
	return nil
}

// supersede ends the delivery of an image that the customer rejects; one that is
// being sent ends when its attempt does.
func (t *tx) supersede(ctx context.Context, image mattebox.ImageID) error {
	if _, err := t.exec(ctx, `UPDATE deliveries SET superseded = TRUE, resend_at = NULL WHERE image = $1 AND state = 'sending'`, int64(image)); err != nil {
		return err
	}
	rows, err := t.QueryContext(ctx, `SELECT id FROM deliveries WHERE image = $1 AND state = 'pending' ORDER BY id `+t.store.db.Dialect.ForUpdate(false), int64(image))
	pending, err := collect(t.store, "find deliveries", rows, err, scanID)
	if err != nil {
		return err
	}
	b := &batch{tx: t}
	now := timeOf(t.at)
	for _, id := range pending {
		d := sent{id: mattebox.DeliveryID(id)}
		if err := t.QueryRowContext(ctx, `UPDATE deliveries SET state = 'failed', ended = $1, resend_at = NULL, ready_at = NULL, held = FALSE, fence = fence + 1,
				logged = logged + 1 WHERE id = $2 RETURNING logged - 1`, t.at, id).Scan(&d.logged); err != nil {
			return err
		}
		b.log(&d, mattebox.Attempt{
			Started: now, Ended: now, Class: mattebox.AttemptSuperseded, Error: "the customer rejected the picture before it was delivered",
		})
	}
	return b.flush(ctx)
}
