package store

import (
	"context"
	"database/sql"
	"errors"
	"strings"

	"mattebox"
)

// Delivery returns the delivery, or a CodeNotFound error.
func (s *Store) Delivery(ctx context.Context, id mattebox.DeliveryID) (*mattebox.Delivery, error) {
	d, err := scanDelivery(s.db.Reader.QueryRowContext(ctx, `SELECT `+deliveryColumns+` FROM deliveries WHERE id = $1`, int64(id)))
	if errors.Is(err, sql.ErrNoRows) {
		return nil, noDelivery()
	}
	return d, s.fault("read a delivery", err)
}

// Deliveries returns a page of the deliveries that the filter selects, newest
// first.
func (s *Store) Deliveries(ctx context.Context, f mattebox.DeliveryFilter) ([]mattebox.Delivery, error) {
	var args arguments
	conditions := []string{`1 = 1`}
	add := func(condition string, value any) { conditions = append(conditions, condition+args.add(value)) }
	if f.Account != 0 {
		add(`account = `, int64(f.Account))
	}
	if f.Image != 0 {
		add(`image = `, int64(f.Image))
	}
	if f.State != "" {
		add(`state = `, string(f.State))
	}
	if !f.From.IsZero() {
		add(`created >= `, micros(f.From))
	}
	if !f.To.IsZero() {
		add(`created < `, micros(f.To))
	}
	rows, err := s.db.Reader.QueryContext(ctx, `SELECT `+deliveryColumns+` FROM deliveries
		WHERE `+strings.Join(conditions, ` AND `)+` ORDER BY id DESC`+paged(f.Page, &args), args...)
	return collect(s, "list deliveries", rows, err, func(row scanner) (*mattebox.Delivery, error) { return scanDelivery(row) })
}

// Attempts returns everything that was tried for a delivery, in its order.
func (s *Store) Attempts(ctx context.Context, id mattebox.DeliveryID) ([]mattebox.Attempt, error) {
	rows, err := s.db.Reader.QueryContext(ctx, `SELECT number, resend, started, ended, address, status, class, error, response
		FROM attempts WHERE delivery = $1 ORDER BY number`, int64(id))
	return collect(s, "list attempts", rows, err, func(row scanner) (*mattebox.Attempt, error) {
		var a mattebox.Attempt
		var started, ended int64
		err := row.Scan(&a.Number, &a.Resend, &started, &ended, &a.Address, &a.Status, &a.Class, &a.Error, &a.Response)
		a.Started, a.Ended = timeOf(started), timeOf(ended)
		if len(a.Response) == 0 {
			a.Response = nil // the engines' drivers differ
		}
		return &a, err
	})
}

// Resend asks for one more attempt of each delivery, at once and outside the
// schedule, whatever its state; of one that is being sent, after that. It is a
// CodeNotFound error, and none is sent, when one of them does not exist.
func (s *Store) Resend(ctx context.Context, ids ...mattebox.DeliveryID) error {
	return s.write(ctx, "resend", func(t *tx) error {
		for _, id := range ids {
			changed, err := t.exec(ctx, `UPDATE deliveries SET resend_at = $1, woken = $1 WHERE id = $2`, t.at, int64(id))
			if err != nil {
				return err
			}
			if changed == 0 {
				return noDelivery()
			}
			t.wake(mattebox.KindDeliver, int64(id), 0)
		}
		return nil
	})
}
