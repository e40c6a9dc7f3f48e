package store

import (
	"context"
	"database/sql"
	"errors"

	"mattebox"
)

// maxResponse is how much of a receiver's answer is kept.
const maxResponse = 16 << 10

// freeInterruptions is how many attempts in a row that we broke ourselves spend no
// try; the next one does.
const freeInterruptions = 3

// RecordAttempt stores what an attempt came to, when the delivery is due again, and
// the image's status, which follows the newest delivery of an image that the
// customer has not rejected meanwhile. ErrLost, and nothing is stored, when the
// lease is no longer the row's. Number and Resend of the attempt are the store's.
//
// Of an attempt outside the schedule only whether it was delivered counts; one of
// class AttemptInterrupted spends no try, whatever the State, and is due again at
// NextAt or at once. A delivery whose tries are spent has failed even when the
// State says pending.
func (s *Store) RecordAttempt(ctx context.Context, o mattebox.Outcome) error {
	return s.write(ctx, "record an attempt", func(t *tx) error {
		d, h, err := t.holdDelivery(ctx, o.Delivery)
		if err != nil {
			return err
		}
		if d.state != mattebox.DeliverySending || d.fence != o.Lease.Fence {
			return mattebox.ErrLost
		}
		if o.Attempt.Class == mattebox.AttemptInterrupted {
			_, err := t.interrupt(ctx, &d, &h, o.Attempt, max(micros(o.NextAt), t.at))
			return err
		}
		return t.record(ctx, &d, &h, o)
	})
}

func (t *tx) record(ctx context.Context, d *sent, h *held, o mattebox.Outcome) error {
	if err := t.insertAttempt(ctx, d, o.Attempt); err != nil {
		return err
	}
	state, next := o.State, micros(o.NextAt)
	switch {
	case state == mattebox.DeliveryDelivered:
	case d.superseded:
		state = mattebox.DeliveryFailed
	case d.resending:
		state, next = d.resume, d.nextAt
	case state != mattebox.DeliveryPending || d.attempts >= d.tries:
		state = mattebox.DeliveryFailed
	}
	if err := t.endAttempt(ctx, d, state, next, 0); err != nil {
		return err
	}
	switch {
	case state == mattebox.DeliveryDelivered:
		return t.follow(ctx, d, h, mattebox.StatusDelivered, "delivered")
	case d.resending:
		return nil
	case state == mattebox.DeliveryFailed:
		return t.follow(ctx, d, h, mattebox.StatusUndelivered, o.Attempt.Class)
	}
	return t.follow(ctx, d, h, mattebox.AfterFailure(d.attempts), o.Attempt.Class)
}

// endAttempt puts the delivery into its state after an attempt and asks for the
// next one where there is to be one: by the schedule, or because a person asked for
// it meanwhile.
func (t *tx) endAttempt(ctx context.Context, d *sent, state mattebox.DeliveryState, next int64, interruptions int) error {
	ended := t.at
	switch state {
	case mattebox.DeliveryPending:
		ended = 0
		t.wake(mattebox.KindDeliver, int64(d.id), next)
	case d.resume: // it had ended before
		ended = d.ended
	}
	var resendAt sql.NullInt64
	err := t.QueryRowContext(ctx, `UPDATE deliveries SET state = $3, next_at = $4, interruptions = $5, woken = $6, attempts = $7, ended = $8,
			lease_until = 0, resending = FALSE, fence = fence + 1
		WHERE id = $1 AND fence = $2 AND state = 'sending' RETURNING resend_at`,
		int64(d.id), d.fence, string(state), next, interruptions, max(next, t.at), d.attempts, ended).Scan(&resendAt)
	if errors.Is(err, sql.ErrNoRows) {
		return mattebox.ErrLost
	}
	if resendAt.Valid {
		t.wake(mattebox.KindDeliver, int64(d.id), 0)
	}
	return err
}

func (t *tx) insertAttempt(ctx context.Context, d *sent, a mattebox.Attempt) error {
	response := a.Response[:min(len(a.Response), maxResponse)]
	if response == nil {
		response = []byte{}
	}
	d.logged++
	if _, err := t.exec(ctx, `UPDATE deliveries SET logged = $1 WHERE id = $2`, d.logged, int64(d.id)); err != nil {
		return err
	}
	_, err := t.exec(ctx, `INSERT INTO attempts (delivery, number, resend, started, ended, address, status, class, error, response)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		int64(d.id), d.logged, d.resending, micros(a.Started), micros(a.Ended), clip(a.Address, maxName), a.Status, clip(a.Class, maxName), clip(a.Error, maxText), response)
	return err
}

// interrupt records an attempt that we broke ourselves. It spends no try unless
// it is one too many in a row; then it counts as a failed one. spent says whether.
func (t *tx) interrupt(ctx context.Context, d *sent, h *held, a mattebox.Attempt, next int64) (spent bool, err error) {
	a.Class = mattebox.AttemptInterrupted
	if d.resending || d.superseded {
		return false, t.record(ctx, d, h, mattebox.Outcome{Attempt: a, State: mattebox.DeliveryFailed})
	}
	if d.interruptions >= freeInterruptions {
		again := timeOf(t.at).Add(waitAfter(d.retries, d.attempts))
		return true, t.record(ctx, d, h, mattebox.Outcome{Attempt: a, State: mattebox.DeliveryPending, NextAt: again})
	}
	if err := t.insertAttempt(ctx, d, a); err != nil {
		return false, err
	}
	d.attempts--
	return false, t.endAttempt(ctx, d, mattebox.DeliveryPending, next, d.interruptions+1)
}

// follow moves the image to where its delivery stands, if the delivery is its
// newest and it still waits for one. From 70 to 78 it goes through all that lies
// between, because a failed delivery has failed for good however few tries it
// took.
func (t *tx) follow(ctx context.Context, d *sent, h *held, to mattebox.Status, why string) error {
	if !h.status.Rejectable() || h.status >= to {
		return nil
	}
	var newest mattebox.DeliveryID
	if err := t.QueryRowContext(ctx, `SELECT MAX(id) FROM deliveries WHERE image = $1`, int64(h.id)).Scan(&newest); err != nil || newest != d.id {
		return err
	}
	for h.status < to {
		step := to
		if to != mattebox.StatusDelivered {
			step = min(to, h.status+2)
		}
		if err := t.move(ctx, h, step, byWebhook, why); err != nil {
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
	rows, err := t.QueryContext(ctx, `SELECT id FROM deliveries WHERE image = $1 AND state = 'pending' `+t.store.db.Dialect.ForUpdate(false), int64(image))
	pending, err := collect(t.store, "find deliveries", rows, err, func(row scanner) (*mattebox.DeliveryID, error) {
		var id mattebox.DeliveryID
		return &id, row.Scan(&id)
	})
	for _, id := range pending {
		if err := t.superseded(ctx, id); err != nil {
			return err
		}
	}
	return err
}

func (t *tx) superseded(ctx context.Context, id mattebox.DeliveryID) error {
	d := sent{id: id}
	if err := t.QueryRowContext(ctx, `UPDATE deliveries SET state = 'failed', ended = $1, resend_at = NULL, fence = fence + 1 WHERE id = $2 RETURNING logged`,
		t.at, int64(id)).Scan(&d.logged); err != nil {
		return err
	}
	now := timeOf(t.at)
	return t.insertAttempt(ctx, &d, mattebox.Attempt{
		Started: now, Ended: now, Class: mattebox.AttemptSuperseded, Error: "the customer rejected the picture before it was delivered",
	})
}
