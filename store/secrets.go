package store

import (
	"context"
	"crypto/subtle"
	"database/sql"
	"errors"

	"github.com/google/uuid"

	"mattebox"
)

// giveSecrets makes new secrets and puts them in place of the account's old ones.
func (t *tx) giveSecrets(ctx context.Context, id mattebox.AccountID) (mattebox.Secrets, error) {
	var fresh [3]string
	for i := range fresh {
		guid, err := uuid.NewRandom() // version 4: 122 bits of crypto/rand
		if err != nil {
			return mattebox.Secrets{}, err
		}
		fresh[i] = guid.String()
	}
	made := mattebox.Secrets{APIKey: fresh[0], ApplicationSecret: fresh[1], JobsKey: fresh[2]}
	keys := t.store.keys
	_, err := t.exec(ctx, `INSERT INTO secrets (account, api_key_hash, jobs_key_hash, api_key, application_secret, jobs_key, changed)
		VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (account) DO UPDATE SET api_key_hash = excluded.api_key_hash, jobs_key_hash = excluded.jobs_key_hash, api_key = excluded.api_key,
			application_secret = excluded.application_secret, jobs_key = excluded.jobs_key, changed = excluded.changed,
			previous_application_secret = NULL, previous_application_until = 0`,
		int64(id), keys.hash("api_key", made.APIKey), keys.hash("jobs_key", made.JobsKey), keys.sealed(id, "api_key", made.APIKey),
		keys.sealed(id, "application_secret", made.ApplicationSecret), keys.sealed(id, "jobs_key", made.JobsKey), t.at)
	if err == nil {
		err = t.setFirstVideoKey(ctx, id, keys.hash("jobs_key", made.JobsKey))
	}
	return made, err
}

// RotateKeys gives the account new secrets. The old ones hold no longer from the
// moment it returns, and neither does one that RotateSecret had overlap. The
// developer secret of the account's endpoint stays as it is.
func (s *Store) RotateKeys(ctx context.Context, id mattebox.AccountID) (secrets mattebox.Secrets, err error) {
	err = s.write(ctx, "rotate keys", func(t *tx) error {
		var found int
		err := t.QueryRowContext(ctx, `SELECT COUNT(*) FROM accounts WHERE id = $1`, int64(id)).Scan(&found)
		if err == nil && found == 0 {
			return noAccount()
		}
		if err == nil {
			secrets, err = t.giveSecrets(ctx, id)
		}
		return err
	})
	return secrets, err
}

// Secrets returns what the account proves itself with, for the pages that show it
// and for signatures.
func (s *Store) Secrets(ctx context.Context, id mattebox.AccountID) (mattebox.Secrets, error) {
	var api, application, jobs []byte
	err := s.db.Reader.QueryRowContext(ctx, `SELECT api_key, application_secret, jobs_key FROM secrets WHERE account = $1`, int64(id)).
		Scan(&api, &application, &jobs)
	if errors.Is(err, sql.ErrNoRows) {
		return mattebox.Secrets{}, noAccount()
	}
	if err != nil {
		return mattebox.Secrets{}, s.fault("read secrets", err)
	}
	var opened mattebox.Secrets
	var faults [3]error
	opened.APIKey, faults[0] = s.keys.open(id, "api_key", api)
	opened.ApplicationSecret, faults[1] = s.keys.open(id, "application_secret", application)
	opened.JobsKey, faults[2] = s.keys.open(id, "jobs_key", jobs)
	if err := errors.Join(faults[:]...); err != nil {
		return mattebox.Secrets{}, err
	}
	return opened, nil
}

// Authenticate returns the account that the credentials belong to. The address
// may differ in case and spacing (contracts F7). Every failure is the same
// CodeUnauthenticated error, so that it does not tell whether an address or a key
// exists.
func (s *Store) Authenticate(ctx context.Context, c mattebox.Credentials) (*mattebox.Account, error) {
	var normal string
	row := s.db.Reader.QueryRowContext(ctx, `SELECT `+accountColumns+`, email_normal
		FROM secrets JOIN accounts ON accounts.id = secrets.account WHERE api_key_hash = $1`, s.keys.hash("api_key", c.Key))
	a, err := scanAccount(row, &normal)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return nil, s.fault("authenticate", err)
	}
	same := subtle.ConstantTimeCompare([]byte(normal), []byte(mattebox.NormalEmail(c.Email))) == 1
	if err != nil || !same {
		return nil, mattebox.Errorf(mattebox.CodeUnauthenticated, "the e-mail address or the API key is wrong")
	}
	return a, nil
}

// DeveloperByKey returns the developer's account that the API key belongs to: the
// partner of an order. A key of nobody, or of an account that is no developer's, is
// a CodeUnauthenticated error.
func (s *Store) DeveloperByKey(ctx context.Context, key string) (mattebox.AccountID, error) {
	var id int64
	err := s.db.Reader.QueryRowContext(ctx, `SELECT accounts.id FROM secrets JOIN accounts ON accounts.id = secrets.account
		WHERE api_key_hash = $1 AND developer`, s.keys.hash("api_key", key)).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, mattebox.Errorf(mattebox.CodeUnauthenticated, "the developer's API key is wrong")
	}
	return mattebox.AccountID(id), s.fault("find a developer", err)
}
