package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"mattebox"
)

// ClaimDelivery gives the caller a delivery that is due, or that a person wants
// sent again, for as long as the lease, with the secrets that sign it; nil when it
// is neither, or another worker has it. The try is spent, and committed, before a
// byte leaves the house, so that no receiver sees more tries than there are.
func (s *Store) ClaimDelivery(ctx context.Context, id mattebox.DeliveryID, lease time.Duration) (*mattebox.Sending, error) {
	var sending *mattebox.Sending
	err := s.write(ctx, "claim a delivery", func(t *tx) error {
		// What stands on the right of SET is the row as it was.
		row := t.QueryRowContext(ctx, `UPDATE deliveries SET
				attempts = attempts + CASE WHEN resend_at IS NULL THEN 1 ELSE 0 END,
				resending = (resend_at IS NOT NULL), resume = state, resend_at = NULL,
				state = 'sending', fence = fence + 1, claimed = $2, lease_until = $3
			WHERE id = $1 AND (state = 'pending' AND next_at <= $2 AND attempts < tries OR resend_at IS NOT NULL AND state <> 'sending')
			RETURNING `+deliveryColumns+`, fence, resending`, int64(id), t.at, t.until(lease))
		found := mattebox.Sending{Lease: mattebox.Lease{Until: timeOf(t.until(lease))}}
		d, err := scanDelivery(row, &found.Lease.Fence, &found.Resend)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		found.Delivery = *d
		if err := t.addSecrets(ctx, &found); err != nil {
			return err
		}
		sending = &found
		return nil
	})
	if err != nil {
		return nil, err
	}
	return sending, nil
}

// addSecrets reads what signs the delivery: the account's application secret, and
// the partner's, or the account's own again (contracts F2).
func (t *tx) addSecrets(ctx context.Context, s *mattebox.Sending) (err error) {
	if s.CustomerSecret, err = t.applicationSecret(ctx, s.Delivery.Account); err != nil {
		return err
	}
	s.PartnerSecret = s.CustomerSecret
	if s.Delivery.Partner != 0 {
		s.PartnerSecret, err = t.applicationSecret(ctx, s.Delivery.Partner)
	}
	return err
}

func (t *tx) applicationSecret(ctx context.Context, id mattebox.AccountID) (string, error) {
	var sealed []byte
	if err := t.QueryRowContext(ctx, `SELECT application_secret FROM secrets WHERE account = $1`, int64(id)).Scan(&sealed); err != nil {
		return "", err
	}
	return t.store.keys.open(id, "application_secret", sealed)
}
