package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"mattebox"
)

const (
	// receiversWoken is how many receivers one round of a claim sees to.
	receiversWoken = 16
	// crowded is how long a probe waits when its host has no room for it.
	crowded = time.Second
)

// wakeReceivers sees to receivers that a claim has something to do for: it brings
// back, some at a time, what was put aside for one that is open again, and leases
// the delivery that probes a broken one.
func (r *claimRound) wakeReceivers(ctx context.Context) error {
	rows, err := r.QueryContext(ctx, `SELECT `+receiverColumns+` FROM receivers r WHERE wake_at <= $1 ORDER BY wake_at LIMIT $2 `+
		r.store.db.Dialect.ForUpdate(true), r.at, receiversWoken)
	woken, err := collect(r.store, "find receivers", rows, err, scanReceiver)
	for i := range woken {
		if len(r.taken) >= r.claim.Limit {
			return nil
		}
		one := &woken[i]
		if one.state == mattebox.ReceiverOpen {
			err = r.letGo(ctx, one)
		} else {
			err = r.probe(ctx, one)
		}
		if err != nil {
			return err
		}
	}
	return err
}

func (r *claimRound) letGo(ctx context.Context, one *receiver) error {
	if _, err := r.exec(ctx, `UPDATE deliveries SET held = FALSE, ready_at = next_at WHERE id IN (
			SELECT id FROM deliveries WHERE account = $1 AND receiver = $2 AND held ORDER BY next_at LIMIT $3 `+r.store.db.Dialect.ForUpdate(true)+`)`,
		int64(one.account), one.url, aside); err != nil {
		return err
	}
	return r.storeReceiver(ctx, one)
}

func (r *claimRound) probe(ctx context.Context, one *receiver) error {
	var id mattebox.DeliveryID
	var host string
	err := r.QueryRowContext(ctx, `SELECT id, host FROM deliveries WHERE account = $1 AND receiver = $2 AND held AND next_at <= $3
		ORDER BY next_at LIMIT 1 `+r.store.db.Dialect.ForUpdate(true), int64(one.account), one.url, r.at).Scan(&id, &host)
	switch {
	case errors.Is(err, sql.ErrNoRows):
	case err != nil:
		return err
	case r.room.free(host) <= 0:
		one.probeAt = r.at + crowded.Microseconds()
	default:
		before := len(r.taken)
		if err := r.take(ctx, []mattebox.DeliveryID{id}); err != nil {
			return err
		}
		one.probing = sql.Null[mattebox.DeliveryID]{V: id, Valid: len(r.taken) > before}
	}
	return r.storeReceiver(ctx, one)
}

// holdBack puts aside what is due to a receiver that rests, some at a time. A row
// that another transaction has is left to the next claim.
func (r *claimRound) holdBack(ctx context.Context, resting restingReceiver) error {
	lock := r.store.db.Dialect.ForUpdate(true)
	one, err := scanReceiver(r.QueryRowContext(ctx, `SELECT `+receiverColumns+` FROM receivers r WHERE account = $1 AND url = $2 `+lock,
		int64(resting.account), resting.url))
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil || one.state == mattebox.ReceiverOpen {
		return err
	}
	if _, err := r.exec(ctx, `UPDATE deliveries SET held = TRUE, ready_at = NULL WHERE id IN (
			SELECT id FROM deliveries WHERE id IN (
				SELECT id FROM (SELECT id, account, receiver FROM deliveries WHERE host = $1 AND ready_at <= $2 ORDER BY ready_at LIMIT $3) AS due
				WHERE account = $4 AND receiver = $5)
			AND state = 'pending' AND resend_at IS NULL AND ready_at IS NOT NULL `+lock+`)`,
		resting.host, r.at, aside, int64(one.account), one.url); err != nil {
		return err
	}
	return r.storeReceiver(ctx, one)
}

// restingReceiver is one that rests, with the host that its deliveries are found by.
type restingReceiver struct {
	receiverKey
	host string
}
