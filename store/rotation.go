package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/google/uuid"

	"mattebox"
)

// rotating names the columns of a secret that signs: itself, the one before it, and
// until when that one signs too.
type rotating struct{ secret, previous, until string }

func applicationColumns() rotating {
	return rotating{"application_secret", "previous_application_secret", "previous_application_until"}
}

func webhookColumns() rotating {
	return rotating{"webhook_secret", "previous_webhook_secret", "previous_webhook_until"}
}

// RotateSecret puts a new secret in the place of one that signs webhooks and returns
// it. The old one signs beside it for as long as the overlap, 0 to
// mattebox.MostOverlap, where a dialect can carry two signatures: in the Standard
// Webhooks headers. One that was still overlapping signs no more. An account that
// never had an endpoint has no SecretWebhook, which is a CodeNotFound error.
func (s *Store) RotateSecret(ctx context.Context, account mattebox.AccountID, which mattebox.SecretKind, overlap time.Duration) (fresh string, err error) {
	if overlap < 0 || overlap > mattebox.MostOverlap {
		return "", mattebox.Invalid("overlap", "is %s; use 0 to %s", overlap, mattebox.MostOverlap)
	}
	var columns rotating
	switch which {
	case mattebox.SecretApplication:
		columns = applicationColumns()
	case mattebox.SecretWebhook:
		columns = webhookColumns()
	default:
		return "", mattebox.Invalid("secret", "is %.30q; use %s or %s", string(which), mattebox.SecretApplication, mattebox.SecretWebhook)
	}
	err = s.write(ctx, "rotate a secret", func(t *tx) error {
		old, err := t.holdSecret(ctx, account, columns)
		if err != nil {
			return err
		}
		if old == "" {
			return noEndpoint()
		}
		fresh, err = t.replaceSecret(ctx, account, columns, old, overlap)
		return err
	})
	if err != nil {
		return "", err
	}
	return fresh, nil
}

// holdSecret reads an account's secret, empty when it has none yet, and keeps
// others from replacing it.
func (t *tx) holdSecret(ctx context.Context, account mattebox.AccountID, columns rotating) (string, error) {
	var sealed []byte
	err := t.QueryRowContext(ctx, `SELECT `+columns.secret+` FROM secrets WHERE account = $1 `+t.store.db.Dialect.ForUpdate(false), int64(account)).Scan(&sealed)
	if errors.Is(err, sql.ErrNoRows) {
		return "", noAccount()
	}
	if err != nil || sealed == nil {
		return "", err
	}
	return t.store.keys.open(account, columns.secret, sealed)
}

// replaceSecret stores a new secret; an old one, unless it is empty, stays in force
// for the overlap.
func (t *tx) replaceSecret(ctx context.Context, account mattebox.AccountID, columns rotating, old string, overlap time.Duration) (string, error) {
	guid, err := uuid.NewRandom() // version 4: 122 bits of crypto/rand
	if err != nil {
		return "", err
	}
	fresh, keys := guid.String(), t.store.keys
	var previous any // NULL
	until := int64(0)
	if old != "" && overlap > 0 {
		previous, until = keys.sealed(account, columns.previous, old), t.until(overlap)
	}
	_, err = t.exec(ctx, `UPDATE secrets SET `+columns.secret+` = $1, `+columns.previous+` = $2, `+columns.until+` = $3, changed = $4 WHERE account = $5`,
		keys.sealed(account, columns.secret, fresh), previous, until, t.at, int64(account))
	return fresh, err
}

// webhookSecret returns the account's developer secret, and makes one when there is
// none.
func (t *tx) webhookSecret(ctx context.Context, account mattebox.AccountID) (string, error) {
	secret, err := t.holdSecret(ctx, account, webhookColumns())
	if err != nil || secret != "" {
		return secret, err
	}
	return t.replaceSecret(ctx, account, webhookColumns(), "", 0)
}

// signingSecrets returns the account's secrets that sign a delivery of the dialect
// now: the one in force, and after it the one before while they overlap. "hwr" is
// signed with the developer secret, everything else with the application secret.
// There are none for an account that never had an endpoint.
func (t *tx) signingSecrets(ctx context.Context, account mattebox.AccountID, dialect string) ([]string, error) {
	columns := applicationColumns()
	if dialect == "hwr" {
		columns = webhookColumns()
	}
	var sealed, previous []byte
	var until int64
	if err := t.QueryRowContext(ctx, `SELECT `+columns.secret+`, `+columns.previous+`, `+columns.until+` FROM secrets WHERE account = $1`, int64(account)).
		Scan(&sealed, &previous, &until); err != nil {
		return nil, noRow(err, noAccount())
	}
	if sealed == nil {
		return nil, nil
	}
	secret, err := t.store.keys.open(account, columns.secret, sealed)
	if err != nil || previous == nil || until <= t.at {
		return []string{secret}, err
	}
	old, err := t.store.keys.open(account, columns.previous, previous)
	return []string{secret, old}, err
}
