package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"mattebox"
)

const uploadColumns = `uid, account, key_id, name, media_type, bytes, blob_key, clip, created`

func scanUpload(row scanner) (*mattebox.Upload, error) {
	var u mattebox.Upload
	var clip string
	var created int64
	if err := row.Scan(&u.UID, &u.Account, &u.Key, &u.Name, &u.MediaType, &u.Bytes, &u.BlobKey, &clip, &created); err != nil {
		return nil, err
	}
	u.Created = timeOf(created)
	return &u, readJSON("the clip of upload "+u.UID, clip, &u.Clip)
}

// writeJSON is how a value stands in a text column; nil pointers and slices are
// empty.
func writeJSON[T any](value *T) string {
	if value == nil {
		return ""
	}
	text, err := json.Marshal(value)
	if err != nil { // of types of our own, which all encode
		panic(err)
	}
	return string(text)
}

// readJSON is the reverse of writeJSON.
func readJSON[T any](what, text string, into *T) error {
	if text == "" {
		return nil
	}
	if err := json.Unmarshal([]byte(text), into); err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}

func noUpload() error { return mattebox.Errorf(mattebox.CodeNotFound, "there is no such upload") }

// AddUpload stores an upload whose bytes are in their place already. Created is the
// store's.
func (s *Store) AddUpload(ctx context.Context, u mattebox.Upload) (*mattebox.Upload, error) {
	u.Name = clip(u.Name, maxName)
	if err := validate(field{name: "content type", text: u.MediaType, most: maxName}); err != nil {
		return nil, err
	}
	if u.UID == "" || u.BlobKey == "" {
		return nil, mattebox.Errorf(mattebox.CodeInternal, "an upload needs an identity and a key")
	}
	err := s.write(ctx, "add an upload", func(t *tx) error {
		u.Created = timeOf(t.at)
		if _, err := t.exec(ctx, `INSERT INTO uploads (`+uploadColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
			u.UID, int64(u.Account), int64(u.Key), u.Name, u.MediaType, u.Bytes, u.BlobKey, writeJSON(u.Clip), t.at); err != nil {
			return err
		}
		e := mattebox.UsageEvent{Event: "upload.created", Subject: u.UID, Bytes: u.Bytes}
		if u.Clip != nil {
			e.Duration = u.Clip.Duration
		}
		return t.used(ctx, u.Account, u.Key, e)
	})
	if err != nil {
		return nil, err
	}
	return &u, nil
}

// Upload returns the key's upload; 0 is any key. One whose bytes are removed is a
// CodeNotFound error like one that never was.
func (s *Store) Upload(ctx context.Context, key mattebox.VideoKeyID, uid string) (*mattebox.Upload, error) {
	u, err := selectUpload(ctx, s.db.Reader, key, uid, "")
	return u, s.fault("read an upload", err)
}

// UploadedBytes returns how large the account's uploads are together whose bytes are
// not removed.
func (s *Store) UploadedBytes(ctx context.Context, account mattebox.AccountID) (bytes int64, err error) {
	// The time, which holds for all, is that of their index.
	err = s.db.Reader.QueryRowContext(ctx, `SELECT CAST(COALESCE(SUM(bytes), 0) AS BIGINT) FROM uploads
		WHERE account = $1 AND blob_key <> '' AND created > 0`, int64(account)).Scan(&bytes)
	return bytes, s.fault("sum up uploads", err)
}

// selectUpload reads the key's upload; lock is what ends the SELECT.
func selectUpload(ctx context.Context, q querier, key mattebox.VideoKeyID, uid, lock string) (*mattebox.Upload, error) {
	u, err := scanUpload(q.QueryRowContext(ctx, `SELECT `+uploadColumns+` FROM uploads
		WHERE uid = $1 AND (key_id = $2 OR $2 = 0) AND blob_key <> '' AND NOT retired `+lock, uid, int64(key)))
	if err != nil {
		return nil, noRow(err, noUpload())
	}
	return u, nil
}

// RetireUploads returns uploads that came before the time and that no job in hand
// uses, at most limit: their bytes are to be removed, then MarkUploads is called.
// From now on they are not to be had.
func (s *Store) RetireUploads(ctx context.Context, before time.Time, limit int) (all []mattebox.Upload, err error) {
	err = s.write(ctx, "retire uploads", func(t *tx) error {
		rows, err := t.QueryContext(ctx, `UPDATE uploads SET retired = TRUE WHERE uid IN (SELECT u.uid FROM uploads u
				WHERE u.blob_key <> '' AND u.created < $1
					AND NOT EXISTS (SELECT 1 FROM jobs j WHERE j.upload = u.uid AND j.upload IS NOT NULL AND j.state = 'processing')
					AND NOT EXISTS (SELECT 1 FROM jobs j WHERE j.behind = u.uid AND j.behind IS NOT NULL AND j.state = 'processing')
				ORDER BY u.created LIMIT $2 `+s.db.Dialect.ForUpdate(true)+`)
			RETURNING `+uploadColumns, micros(before), limit)
		all, err = collect(s, "find old uploads", rows, err, func(row scanner) (*mattebox.Upload, error) { return scanUpload(row) })
		return err
	})
	return all, err
}

// MarkUploads tells that the bytes of the uploads are removed.
func (s *Store) MarkUploads(ctx context.Context, uids ...string) error {
	return s.write(ctx, "mark uploads as removed", func(t *tx) error {
		for _, uid := range uids {
			if _, err := t.exec(ctx, `UPDATE uploads SET blob_key = '' WHERE uid = $1 AND retired`, uid); err != nil {
				return err
			}
		}
		return nil
	})
}
