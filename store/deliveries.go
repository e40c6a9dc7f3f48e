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
	where, err := whereDeliveries(f, &args)
	if err != nil {
		return nil, err
	}
	rows, err := s.db.Reader.QueryContext(ctx, `SELECT `+deliveryColumns+` FROM deliveries
		WHERE `+where+` ORDER BY created DESC, id DESC`+paged(f.Page, &args), args...)
	return collect(s, "list deliveries", rows, err, func(row scanner) (*mattebox.Delivery, error) { return scanDelivery(row) })
}

// whereDeliveries returns the filter's conditions.
func whereDeliveries(f mattebox.DeliveryFilter, args *arguments) (string, error) {
	conditions := []string{`created >= ` + args.add(micros(f.From))}
	add := func(condition string, value any) { conditions = append(conditions, condition+args.add(value)) }
	if f.Account != 0 {
		add(`account = `, int64(f.Account))
	}
	if f.Image != 0 {
		add(`image = `, int64(f.Image))
	}
	if f.Subject != "" {
		add(`subject = `, f.Subject)
	}
	if f.Receiver != "" {
		add(`receiver = `, receiverOf(f.Receiver))
	}
	if !f.To.IsZero() {
		add(`created < `, micros(f.To))
	}
	var events []string
	for _, event := range f.Events {
		events = append(events, args.add(string(event)))
	}
	if len(events) > 0 {
		conditions = append(conditions, `event IN (`+strings.Join(events, ", ")+`)`)
	}
	// Written out, because the indexes that serve them know nothing of values.
	switch f.State {
	case "":
	case mattebox.DeliveryPending:
		conditions = append(conditions, `state = 'pending' AND ended = 0`)
	case mattebox.DeliverySending, mattebox.DeliveryDelivered, mattebox.DeliveryFailed:
		conditions = append(conditions, `state = '`+string(f.State)+`'`)
	default:
		return "", mattebox.Invalid("state", "is %.30q; use pending, sending, delivered or failed", string(f.State))
	}
	return strings.Join(conditions, ` AND `), nil
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
