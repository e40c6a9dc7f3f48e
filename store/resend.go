package store

import (
	"context"
	"slices"

	"mattebox"
)

// Resend asks for one more attempt of each delivery, at once and outside the
// schedule, whatever its state and whether or not its receiver rests; of one that is
// being sent, after that. It is a CodeNotFound error, and none is sent, when one of
// them does not exist.
func (s *Store) Resend(ctx context.Context, ids ...mattebox.DeliveryID) error {
	return s.write(ctx, "resend", func(t *tx) error { return t.resend(ctx, ids) })
}

func (t *tx) resend(ctx context.Context, ids []mattebox.DeliveryID) error {
	slices.Sort(ids)
	for ids := range slices.Chunk(slices.Compact(ids), resent) {
		var args arguments
		rows, err := t.QueryContext(ctx, `SELECT id FROM deliveries WHERE id IN (`+in(&args, ids)+`) ORDER BY id `+t.store.db.Dialect.ForUpdate(false), args...)
		found, err := collect(t.store, "find deliveries", rows, err, scanID)
		if err != nil {
			return err
		}
		if len(found) != len(ids) {
			return noDelivery()
		}
		args = arguments{t.at}
		if _, err := t.exec(ctx, `UPDATE deliveries SET resend_at = $1, held = FALSE, ready_at = CASE WHEN state <> 'sending' THEN CAST($1 AS BIGINT) END
			WHERE id IN (`+in(&args, ids)+`)`, args...); err != nil {
			return err
		}
		t.wake(mattebox.KindDeliver, int64(ids[0]), 0)
	}
	return nil
}

// resent is how many deliveries are wanted again at a time.
const resent = 500

// ResendWhere is Resend for all that the filter selects and that there are now; its
// Page does not matter. Without a State these are the ones that have ended: what is
// pending will be sent anyway. It returns how many they are, also when it fails on
// the way. A filter that selects everything is a CodeInvalid error.
func (s *Store) ResendWhere(ctx context.Context, f mattebox.DeliveryFilter) (n int, err error) {
	if f.Account == 0 && f.Image == 0 && f.State == "" && f.From.IsZero() && f.Receiver == "" {
		return 0, mattebox.Invalid("filter", "selects everything; name an account, an image, an address, a state or since when")
	}
	type place struct{ created, id int64 }
	var last place
	now := micros(s.now())
	for {
		var args arguments
		where, err := whereDeliveries(f, &args)
		if err != nil {
			return n, err
		}
		if f.State == "" {
			where += ` AND ended <> 0`
		}
		rows, err := s.db.Reader.QueryContext(ctx, `SELECT created, id FROM deliveries WHERE `+where+
			` AND created <= `+args.add(now)+` AND (created, id) > (`+args.add(last.created)+`, `+args.add(last.id)+`)
			ORDER BY created, id LIMIT `+args.add(resent), args...)
		found, err := collect(s, "find deliveries", rows, err, func(row scanner) (*place, error) {
			var p place
			return &p, row.Scan(&p.created, &p.id)
		})
		if err != nil || len(found) == 0 {
			return n, err
		}
		ids := make([]mattebox.DeliveryID, len(found))
		for i, p := range found {
			ids[i] = mattebox.DeliveryID(p.id)
		}
		if err := s.Resend(ctx, ids...); err != nil {
			return n, err
		}
		n += len(found)
		if last = found[len(found)-1]; len(found) < resent {
			return n, nil
		}
	}
}
