package store

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	"mattebox"
)

const (
	// answersKept is how long an answer is given again.
	answersKept = 24 * time.Hour
	// answeringTime is how long a request may take to be answered: one that died
	// with its process is forgotten then.
	answeringTime = 15 * time.Minute
)

// BeginRequest notes that a request is made under a name that the customer gave,
// with a fingerprint of its content. It returns nil when it is the first: EndRequest
// follows. Else it returns the first one's answer, or the job that it made when
// there is no answer. It is a CodeConflict error, on Idempotency-Key, when the first
// had another content or is neither answered nor carried out yet. Names are the key's
// own, and hold for 24 hours.
func (s *Store) BeginRequest(ctx context.Context, key mattebox.VideoKeyID, name string, fingerprint []byte) (answer *mattebox.KeptAnswer, err error) {
	if err := validate(field{name: "Idempotency-Key", text: name, most: maxID}); err != nil {
		return nil, err
	}
	err = s.write(ctx, "begin a request", func(t *tx) error {
		if _, err := t.exec(ctx, `DELETE FROM kept_answers WHERE key_id = $1 AND name = $2 AND (created < $3 OR status = 0 AND job = '' AND created < $4)`,
			int64(key), name, t.at-answersKept.Microseconds(), t.at-answeringTime.Microseconds()); err != nil {
			return err
		}
		first, err := t.exec(ctx, `INSERT INTO kept_answers (key_id, name, fingerprint, status, header, body, created)
			VALUES ($1, $2, $3, 0, '', $4, $5) ON CONFLICT DO NOTHING`, int64(key), name, fingerprint, []byte{}, t.at)
		if err != nil || first == 1 {
			return err
		}
		answer, err = t.keptAnswer(ctx, key, name, fingerprint)
		return err
	})
	return answer, err
}

func (t *tx) keptAnswer(ctx context.Context, key mattebox.VideoKeyID, name string, fingerprint []byte) (*mattebox.KeptAnswer, error) {
	var a mattebox.KeptAnswer
	var was []byte
	var header string
	err := t.QueryRowContext(ctx, `SELECT fingerprint, status, header, body, job FROM kept_answers WHERE key_id = $1 AND name = $2`, int64(key), name).
		Scan(&was, &a.Status, &header, &a.Body, &a.Job)
	conflict := func(message string) error {
		return &mattebox.Error{Code: mattebox.CodeConflict, Field: "Idempotency-Key", Message: message}
	}
	switch {
	case errors.Is(err, sql.ErrNoRows): // ended without an answer in between
		return nil, conflict("the first request with it has just failed; try again")
	case err != nil:
		return nil, err
	case !bytes.Equal(was, fingerprint):
		return nil, conflict("was used for another request; use a new one")
	case a.Status == 0 && a.Job == "":
		return nil, conflict("the first request with it is not answered yet; try again")
	}
	return &a, readJSON("a kept answer", header, &a.Header)
}

// noteJob tells of the job that a request under an idempotency key has made.
func (t *tx) noteJob(ctx context.Context, key mattebox.VideoKeyID, name, job string) error {
	if name == "" {
		return nil
	}
	noted, err := t.exec(ctx, `UPDATE kept_answers SET job = $1 WHERE key_id = $2 AND name = $3 AND status = 0 AND job = ''`, job, int64(key), name)
	if err == nil && noted == 0 { // it was held up for so long that another may have been made
		err = mattebox.Errorf(mattebox.CodeConflict, "the request took too long; try again")
	}
	return err
}

// EndRequest keeps the answer to a request that BeginRequest noted; nil forgets the
// request, so that it may be made again, unless it made a job.
func (s *Store) EndRequest(ctx context.Context, key mattebox.VideoKeyID, name string, answer *mattebox.KeptAnswer) error {
	return s.write(ctx, "end a request", func(t *tx) error {
		if answer == nil {
			_, err := t.exec(ctx, `DELETE FROM kept_answers WHERE key_id = $1 AND name = $2 AND status = 0 AND job = ''`, int64(key), name)
			return err
		}
		header, err := json.Marshal(answer.Header)
		if err != nil {
			return err
		}
		body := answer.Body
		if body == nil {
			body = []byte{}
		}
		_, err = t.exec(ctx, `UPDATE kept_answers SET status = $1, header = $2, body = $3 WHERE key_id = $4 AND name = $5 AND status = 0`,
			answer.Status, string(header), body, int64(key), name)
		return err
	})
}

// forgetAnswers removes old ones, some at a time.
func (t *tx) forgetAnswers(ctx context.Context) error {
	_, err := t.exec(ctx, `DELETE FROM kept_answers WHERE (key_id, name) IN (SELECT key_id, name FROM kept_answers WHERE created < $1 ORDER BY created LIMIT $2)`,
		t.at-answersKept.Microseconds(), swept)
	return err
}
