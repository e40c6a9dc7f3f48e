package store

import (
	"context"
	"database/sql"
	"errors"
	"net/url"
	"strings"

	"mattebox"
)

// Receivers lists what is remembered of addresses, by account and address: those
// that rest, and those that have failed of late. Waiting counts what was put aside
// already; a claim does that with what is due.
func (s *Store) Receivers(ctx context.Context, f mattebox.ReceiverFilter) ([]mattebox.Receiver, error) {
	var args arguments
	conditions := []string{`1 = 1`}
	if f.Account != 0 {
		conditions = append(conditions, `r.account = `+args.add(int64(f.Account)))
	}
	if f.URL != "" {
		conditions = append(conditions, `r.url = `+args.add(receiverOf(f.URL)))
	}
	if f.State != "" {
		conditions = append(conditions, `r.state = `+args.add(string(f.State)))
	}
	rows, err := s.db.Reader.QueryContext(ctx, `SELECT r.account, r.url, r.state, r.failures, r.since, r.probe_at, r.why,
			(SELECT COUNT(*) FROM deliveries d WHERE d.account = r.account AND d.receiver = r.url AND d.held)
		FROM receivers r WHERE `+strings.Join(conditions, ` AND `)+` ORDER BY r.account, r.url`, args...)
	return collect(s, "list receivers", rows, err, func(row scanner) (*mattebox.Receiver, error) {
		var r mattebox.Receiver
		var since, probe int64
		err := row.Scan(&r.Account, &r.URL, &r.State, &r.Failures, &since, &probe, &r.Why, &r.Waiting)
		r.Since, r.ProbeAt = timeOf(since), timeOf(probe)
		return &r, err
	})
}

// PauseReceiver has everything wait that goes from the account to the address,
// whatever its query, until ResumeReceiver. Only what a person wants sent again goes
// there. why is for those who read the list. It is a CodeInvalid error on url when
// that is no address.
func (s *Store) PauseReceiver(ctx context.Context, account mattebox.AccountID, address, why string) error {
	if u, err := url.Parse(address); err != nil || u.Host == "" {
		return mattebox.Invalid("url", "is not an address; use one such as https://shop.example.com/hook")
	}
	return s.write(ctx, "pause a receiver", func(t *tx) error {
		r, err := t.holdReceiver(ctx, account, address)
		if err != nil {
			return err
		}
		r.enter(mattebox.ReceiverPaused, t.at, clip(why, maxText))
		return t.storeReceiver(ctx, r)
	})
}

// ResumeReceiver opens a receiver again, whatever it rests for: what waited is due
// by its own schedule or at once. It is a CodeNotFound error when it does not rest.
func (s *Store) ResumeReceiver(ctx context.Context, account mattebox.AccountID, address string) error {
	return s.write(ctx, "resume a receiver", func(t *tx) error {
		r, err := t.holdReceiver(ctx, account, address)
		if err != nil {
			return err
		}
		if r.state == mattebox.ReceiverOpen {
			return mattebox.Errorf(mattebox.CodeNotFound, "nothing is held back for this address; see mattebox webhook status")
		}
		r.enter(mattebox.ReceiverOpen, t.at, "")
		t.wake(mattebox.KindDeliver, 0, 0)
		return t.storeReceiver(ctx, r)
	})
}

// holdReceiver holds the row, or returns what will be one.
func (t *tx) holdReceiver(ctx context.Context, account mattebox.AccountID, address string) (*receiver, error) {
	key := receiverKey{account, receiverOf(address)}
	r, err := scanReceiver(t.QueryRowContext(ctx, `SELECT `+receiverColumns+` FROM receivers r WHERE account = $1 AND url = $2 `+t.store.db.Dialect.ForUpdate(false),
		int64(key.account), key.url))
	if errors.Is(err, sql.ErrNoRows) {
		return &receiver{receiverKey: key, state: mattebox.ReceiverOpen}, nil
	}
	return r, err
}

// Notices returns a page of what the account was told of its receivers, the newest
// first; all accounts' for 0.
func (s *Store) Notices(ctx context.Context, account mattebox.AccountID, page mattebox.Page) ([]mattebox.Notice, error) {
	var args arguments
	condition := `1 = 1`
	if account != 0 {
		condition = `account = ` + args.add(int64(account))
	}
	rows, err := s.db.Reader.QueryContext(ctx, `SELECT id, account, at, text, read FROM notices WHERE `+condition+` ORDER BY id DESC`+paged(page, &args), args...)
	return collect(s, "list notices", rows, err, func(row scanner) (*mattebox.Notice, error) {
		var n mattebox.Notice
		var at int64
		err := row.Scan(&n.ID, &n.Account, &at, &n.Text, &n.Read)
		n.At = timeOf(at)
		return &n, err
	})
}

// ReadNotices marks the account's notices up to the id as read.
func (s *Store) ReadNotices(ctx context.Context, account mattebox.AccountID, upTo int64) error {
	return s.write(ctx, "mark notices as read", func(t *tx) error {
		return second(t.exec(ctx, `UPDATE notices SET read = TRUE WHERE account = $1 AND id <= $2 AND NOT read`, int64(account), upTo))
	})
}
