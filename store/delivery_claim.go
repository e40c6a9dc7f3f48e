package store

import (
	"context"
	"slices"
	"time"

	"mattebox"
)

const (
	// claimRounds is how often a claim looks again after it has found deliveries whose
	// receivers rest, and put them aside.
	claimRounds = 8
	// aside is how many deliveries are put aside, or brought back, at a time.
	aside = 500
)

// ClaimDeliveries gives the caller deliveries that are due, or that a person wants
// sent again, for as long as the lease, with the secrets that sign them. Hosts take
// turns, and get no more than PerHost less what the caller has at them already, so
// that nobody waits for a host that has much due. What goes to a receiver that rests
// is put aside, but for the probe of a broken one when its time has come. The tries
// are spent, and committed, before a byte leaves the house, so that no receiver sees
// more tries than there are.
func (s *Store) ClaimDeliveries(ctx context.Context, c mattebox.DeliveryClaim) ([]mattebox.Sending, error) {
	if c.Limit <= 0 {
		return nil, nil
	}
	now := micros(s.now())
	if next, err := s.nextDelivery(ctx, 0); err != nil || next == 0 || next > now {
		s.round.seen(now, false)
		return nil, err
	}
	var all []mattebox.Sending
	err := s.writeMany(ctx, "claim deliveries", func(t *tx) error {
		r := claimRound{tx: t, claim: c, room: newRoom(c), secrets: map[signer][]string{}}
		if err := r.run(ctx); err != nil {
			return err
		}
		all = r.taken
		s.round.seen(t.at, r.more)
		return nil
	})
	return all, err
}

// ClaimDelivery is ClaimDeliveries for one that is known; nil when it is not due,
// rests, or another worker has it.
func (s *Store) ClaimDelivery(ctx context.Context, id mattebox.DeliveryID, lease time.Duration) (*mattebox.Sending, error) {
	var sending *mattebox.Sending
	err := s.write(ctx, "claim a delivery", func(t *tx) error {
		c := mattebox.DeliveryClaim{Limit: 1, Lease: lease}
		r := claimRound{tx: t, claim: c, room: newRoom(c), secrets: map[signer][]string{}}
		free, _, err := r.sortOut(ctx, []mattebox.DeliveryID{id})
		if err != nil || len(free) == 0 {
			return err
		}
		if err := r.take(ctx, free); err != nil || len(r.taken) == 0 {
			return err
		}
		sending = &r.taken[0]
		return nil
	})
	if err != nil {
		return nil, err
	}
	return sending, nil
}

// claimRound is one claim on its way.
type claimRound struct {
	*tx
	claim   mattebox.DeliveryClaim
	room    room
	taken   []mattebox.Sending
	secrets map[signer][]string
	more    bool // something due was not looked at
}

func (r *claimRound) run(ctx context.Context) error {
	r.more = true
	for range claimRounds {
		if err := r.wakeReceivers(ctx); err != nil {
			return err
		}
		due, complete, err := r.due(ctx)
		if err != nil {
			return err
		}
		free, resting, err := r.sortOut(ctx, r.room.choose(due, r.claim.Limit-len(r.taken)))
		if err != nil {
			return err
		}
		if err := r.take(ctx, free); err != nil {
			return err
		}
		if len(resting) == 0 {
			r.more = !complete
			return nil
		}
		for _, one := range resting {
			if err := r.holdBack(ctx, one); err != nil {
				return err
			}
		}
		if len(r.taken) >= r.claim.Limit {
			return nil
		}
	}
	return nil
}

// sortOut tells the deliveries that may be sent from those whose receivers rest,
// which it returns each once. What a person wants sent again goes to any receiver.
func (r *claimRound) sortOut(ctx context.Context, ids []mattebox.DeliveryID) (free []mattebox.DeliveryID, resting []restingReceiver, err error) {
	if len(ids) == 0 {
		return nil, nil, nil
	}
	var args arguments
	rows, err := r.QueryContext(ctx, `SELECT d.id, d.account, d.receiver, d.host, d.resend_at IS NULL AND COALESCE(r.state, 'open') <> 'open'
		FROM deliveries d LEFT JOIN receivers r ON r.account = d.account AND r.url = d.receiver WHERE d.id IN (`+in(&args, ids)+`)`, args...)
	type found struct {
		id    mattebox.DeliveryID
		to    restingReceiver
		rests bool
	}
	all, err := collect(r.store, "look at receivers", rows, err, func(row scanner) (*found, error) {
		var f found
		return &f, row.Scan(&f.id, &f.to.account, &f.to.url, &f.to.host, &f.rests)
	})
	held := map[mattebox.DeliveryID]bool{}
	for _, f := range all {
		if held[f.id] = f.rests; f.rests && !slices.Contains(resting, f.to) {
			resting = append(resting, f.to)
		}
	}
	for _, id := range ids {
		if !held[id] {
			free = append(free, id)
		}
	}
	slices.SortFunc(resting, func(a, b restingReceiver) int { return a.compare(b.receiverKey) })
	return free, resting, err
}

// take leases the deliveries, in their order, as far as they are still due.
func (r *claimRound) take(ctx context.Context, ids []mattebox.DeliveryID) error {
	if len(ids) == 0 {
		return nil
	}
	until := r.until(r.claim.Lease)
	args := arguments{r.at, until}
	// What stands on the right of SET is the row as it was.
	rows, err := r.QueryContext(ctx, `UPDATE deliveries SET
			attempts = attempts + CASE WHEN resend_at IS NULL THEN 1 ELSE 0 END,
			resending = (resend_at IS NOT NULL), resume = state, resend_at = NULL, ready_at = NULL, held = FALSE,
			state = 'sending', fence = fence + 1, claimed = $1, lease_until = $2
		WHERE id IN (SELECT id FROM deliveries WHERE id IN (`+in(&args, ids)+`)
			AND (state = 'pending' AND next_at <= $1 AND attempts < tries OR resend_at IS NOT NULL AND state <> 'sending') `+r.store.db.Dialect.ForUpdate(true)+`)
		RETURNING `+deliveryColumns+`, fence, resending, host`, args...)
	all, err := collect(r.store, "lease deliveries", rows, err, func(row scanner) (*mattebox.Sending, error) {
		s := mattebox.Sending{Lease: mattebox.Lease{Until: timeOf(until)}}
		d, err := scanDelivery(row, &s.Lease.Fence, &s.Resend, &s.Host)
		if err == nil {
			s.Delivery = *d
		}
		return &s, err
	})
	if err != nil {
		return err
	}
	slices.SortFunc(all, func(a, b mattebox.Sending) int {
		return slices.Index(ids, a.Delivery.ID) - slices.Index(ids, b.Delivery.ID)
	})
	for i := range all {
		r.room.took(all[i].Host)
		if err := r.addSecrets(ctx, &all[i]); err != nil {
			return err
		}
	}
	r.taken = append(r.taken, all...)
	return nil
}

// signer is whose secrets sign what.
type signer struct {
	account mattebox.AccountID
	dialect string
}

// addSecrets reads what signs the delivery: the account's secrets, and the
// partner's, or the account's own again (contracts F2).
func (r *claimRound) addSecrets(ctx context.Context, s *mattebox.Sending) (err error) {
	if s.Secrets, err = r.secretsOf(ctx, signer{s.Delivery.Account, s.Delivery.Dialect}); err != nil {
		return err
	}
	s.PartnerSecrets = s.Secrets
	if s.Delivery.Partner != 0 {
		s.PartnerSecrets, err = r.secretsOf(ctx, signer{s.Delivery.Partner, s.Delivery.Dialect})
	}
	return err
}

// secretsOf opens a secret once in a claim.
func (r *claimRound) secretsOf(ctx context.Context, by signer) ([]string, error) {
	if secrets, known := r.secrets[by]; known {
		return secrets, nil
	}
	secrets, err := r.signingSecrets(ctx, by.account, by.dialect)
	r.secrets[by] = secrets
	return secrets, err
}
