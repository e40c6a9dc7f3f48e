package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"mattebox"
)

// UsageRows hands each image that the account ordered from a time on and before
// another to row, oldest first, as it reads them. An error of row ends it and is
// returned.
func (s *Store) UsageRows(ctx context.Context, id mattebox.AccountID, from, to time.Time, row func(mattebox.Usage) error) error {
	rows, err := s.db.Reader.QueryContext(ctx, `SELECT i.id, i.ticket, COALESCE(i.customer_image_id, ''), COALESCE(i.product_id, ''), i.template_id, i.template,
			COALESCE(i.partner, 0), (SELECT COUNT(*) FROM sources s WHERE s.image = i.id), i.delivery_hours, i.created, i.finished,
			i.status, i.funding, i.price_cents, i.currency, i.charged, COALESCE(i.invoice, 0), i.paid
		FROM images i WHERE i.account = $1 AND i.created >= $2 AND i.created < $3 ORDER BY i.created, i.id`, int64(id), micros(from), micros(to))
	if err != nil {
		return s.fault("read usage", err)
	}
	defer rows.Close()
	for rows.Next() {
		u, err := scanUsage(rows)
		if err != nil {
			return s.fault("read usage", err)
		}
		if err := row(*u); err != nil {
			return err
		}
	}
	return s.fault("read usage", errors.Join(rows.Err(), rows.Close()))
}

func scanUsage(row scanner) (*mattebox.Usage, error) {
	var u mattebox.Usage
	var ordered, finished, charged int64
	var text []byte
	var template mattebox.Template
	err := row.Scan(&u.Image, &u.Ticket, &u.CustomerImageID, &u.ProductID, &u.TemplateID, &text,
		&u.Partner, &u.Photographs, &u.DeliveryHours, &ordered, &finished,
		&u.Status, &u.Funding, &u.Price.Cents, &u.Price.Currency, &charged, &u.Invoice, &u.Paid)
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(text, &template); err != nil {
		return nil, fmt.Errorf("template of image %d: %w", u.Image, err)
	}
	u.Ordered, u.Finished, u.Charged, u.TemplateName = timeOf(ordered), timeOf(finished), charged != 0, template.Name
	return &u, nil
}
