package store

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"mattebox"
)

// firstClient is what the client of an account's first key is called.
const firstClient = "main"

const videoKeyColumns = `id, account, client_id, hash, note, is_first, disabled, created`

func scanVideoKey(row scanner) (*mattebox.VideoKey, error) {
	var k mattebox.VideoKey
	var hash []byte
	var created int64
	if err := row.Scan(&k.ID, &k.Account, &k.ClientID, &hash, &k.Note, &k.First, &k.Disabled, &created); err != nil {
		return nil, err
	}
	k.Fingerprint, k.Created = fingerprint(hash), timeOf(created)
	return &k, nil
}

// printed is how many bytes of a key's hash its fingerprint shows.
const printed = 8

func fingerprint(hash []byte) string { return hex.EncodeToString(hash[:min(printed, len(hash))]) }

func noVideoKey() error {
	return mattebox.Errorf(mattebox.CodeNotFound, "there is no key with this fingerprint")
}

// VideoKeyBySecret returns the key that the text is. One of nobody, and one that is
// disabled, is the same CodeUnauthenticated error.
func (s *Store) VideoKeyBySecret(ctx context.Context, secret string) (*mattebox.VideoKey, error) {
	k, err := scanVideoKey(s.db.Reader.QueryRowContext(ctx, `SELECT `+videoKeyColumns+` FROM video_keys WHERE hash = $1`, s.keys.hash("jobs_key", secret)))
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return nil, s.fault("find a key", err)
	}
	if err != nil || k.Disabled {
		return nil, mattebox.Errorf(mattebox.CodeUnauthenticated, "the API key is wrong, or disabled")
	}
	return k, nil
}

// AddVideoKey gives the account another key of the video API. The secret is returned
// here and never again.
func (s *Store) AddVideoKey(ctx context.Context, account mattebox.AccountID, clientID, note string) (key *mattebox.VideoKey, secret string, err error) {
	if clientID == "" {
		return nil, "", mattebox.Invalid("client_id", "is required")
	}
	if err := validate(field{name: "client_id", text: clientID, most: maxID}, field{name: "note", text: note, most: maxText, lines: true}); err != nil {
		return nil, "", err
	}
	guid, err := uuid.NewRandom()
	if err != nil {
		return nil, "", fmt.Errorf("make a key: %w", err)
	}
	secret = guid.String()
	err = s.write(ctx, "add a key", func(t *tx) (err error) {
		var found int
		if err := t.QueryRowContext(ctx, `SELECT COUNT(*) FROM accounts WHERE id = $1`, int64(account)).Scan(&found); err != nil {
			return err
		}
		if found == 0 {
			return noAccount()
		}
		key, err = scanVideoKey(t.QueryRowContext(ctx, `INSERT INTO video_keys (account, client_id, hash, note, created)
			VALUES ($1, $2, $3, $4, $5) RETURNING `+videoKeyColumns, int64(account), clientID, s.keys.hash("jobs_key", secret), note, t.at))
		return err
	})
	if err != nil {
		return nil, "", err
	}
	return key, secret, nil
}

// setFirstVideoKey makes the account's JobsKey its first key, or puts it in the old
// one's place: the jobs made with that stay the key's.
func (t *tx) setFirstVideoKey(ctx context.Context, account mattebox.AccountID, hash []byte) error {
	_, err := t.exec(ctx, `INSERT INTO video_keys (account, client_id, hash, is_first, created) VALUES ($1, $2, $3, TRUE, $4)
		ON CONFLICT (account) WHERE is_first DO UPDATE SET hash = excluded.hash`, int64(account), firstClient, hash, t.at)
	return err
}

// VideoKeys returns the account's keys in the order in which they came; of 0 those
// of all accounts.
func (s *Store) VideoKeys(ctx context.Context, account mattebox.AccountID) ([]mattebox.VideoKey, error) {
	rows, err := s.db.Reader.QueryContext(ctx, `SELECT `+videoKeyColumns+` FROM video_keys WHERE account = $1 OR $1 = 0 ORDER BY id`, int64(account))
	return collect(s, "list keys", rows, err, func(row scanner) (*mattebox.VideoKey, error) { return scanVideoKey(row) })
}

// DisableVideoKey has the key with the fingerprint refused from now on, or accepted
// again. Jobs that it started go on.
func (s *Store) DisableVideoKey(ctx context.Context, print string, disabled bool) (key *mattebox.VideoKey, err error) {
	prefix, err := hex.DecodeString(print)
	if err != nil || len(prefix) != printed {
		return nil, noVideoKey()
	}
	rest := hashSize - printed
	from, to := append(bytes.Clone(prefix), make([]byte, rest)...), append(bytes.Clone(prefix), bytes.Repeat([]byte{0xff}, rest)...)
	err = s.write(ctx, "disable a key", func(t *tx) (err error) {
		key, err = scanVideoKey(t.QueryRowContext(ctx, `UPDATE video_keys SET disabled = $1 WHERE hash >= $2 AND hash <= $3 RETURNING `+videoKeyColumns, disabled, from, to))
		return noRow(err, noVideoKey())
	})
	if err != nil {
		return nil, err
	}
	return key, nil
}

// hashSize is the length of what Keys.hash returns (SHA-256).
const hashSize = 32
