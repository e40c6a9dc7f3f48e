package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"mattebox"
)

// SubmitImage stores an order and asks for its sources to be downloaded, at once
// or not at all. The template and the price, as they are now, are frozen on the
// image, and what it is paid from is set aside: one of the account's trial images,
// for which the price is 0, else its balance, else its credit. An account with
// nothing of that left gets a CodePayment error, and nothing is stored.
// A template that is not the account's is a CodeNotFound error on templateId; texts
// that cannot be stored are CodeInvalid errors with their name in POST Image
// (contracts A4). SourceURLs[i] becomes position i+1; empty ones after the first
// are left out.
func (s *Store) SubmitImage(ctx context.Context, order mattebox.Submission) (*mattebox.Image, error) {
	if err := validateSubmission(order); err != nil {
		return nil, err
	}
	ticket, err := uuid.NewRandom()
	if err != nil {
		return nil, fmt.Errorf("make a ticket: %w", err)
	}
	var image *mattebox.Image
	err = s.write(ctx, "submit an image", func(t *tx) error {
		template, text, err := t.orderedTemplate(ctx, order)
		if err != nil {
			return err
		}
		image = newImage(order, template, t.at)
		image.Ticket = ticket.String()
		if err := t.fund(ctx, image); err != nil {
			return err
		}
		if err := t.insertImage(ctx, image, text); err != nil {
			return err
		}
		if err := t.reserve(ctx, image); err != nil {
			return err
		}
		t.wake(mattebox.KindFetch, int64(image.ID), 0)
		if err := t.insertSources(ctx, image); err != nil {
			return err
		}
		return t.tellImage(ctx, mattebox.EventImageQueued, image.ID)
	})
	if err != nil {
		return nil, err
	}
	return image, nil
}

// orderedTemplate returns the template that the order names, else the account's
// default (contracts F14), and its stored form.
func (t *tx) orderedTemplate(ctx context.Context, order mattebox.Submission) (*mattebox.StoredTemplate, string, error) {
	which, arg := `id = $2`, any(int64(order.TemplateID))
	if order.TemplateID == 0 {
		which, arg = `is_default = $2`, true
	}
	var st mattebox.StoredTemplate
	var text string
	err := t.QueryRowContext(ctx, `SELECT id, template FROM templates
		WHERE account = $1 AND `+which+` AND NOT deleted ORDER BY id LIMIT 1`, int64(order.Account), arg).
		Scan(&st.ID, &text)
	switch {
	case errors.Is(err, sql.ErrNoRows) && order.TemplateID == 0:
		return nil, "", mattebox.Invalid("templateId", "is required, as the account has no default template")
	case errors.Is(err, sql.ErrNoRows):
		return nil, "", noTemplate()
	case err != nil:
		return nil, "", err
	}
	if err := json.Unmarshal([]byte(text), &st.Template); err != nil {
		return nil, "", fmt.Errorf("template %d: %w", st.ID, err)
	}
	return &st, text, nil
}

func newImage(order mattebox.Submission, st *mattebox.StoredTemplate, at int64) *mattebox.Image {
	i := &mattebox.Image{
		Account: order.Account, Partner: order.Partner, TemplateID: st.ID, Template: st.Template, Order: order.Order,
		Status: mattebox.StatusNew, Created: timeOf(at), Updated: timeOf(at),
	}
	if i.DeliveryHours == 0 {
		i.DeliveryHours = st.Template.DeliveryHours
	}
	i.Due = i.Created.Add(time.Duration(i.DeliveryHours) * time.Hour)
	for n, url := range order.SourceURLs {
		if url != "" {
			i.Sources = append(i.Sources, mattebox.Source{Position: n + 1, URL: url})
		}
	}
	return i
}

func (t *tx) insertImage(ctx context.Context, i *mattebox.Image, template string) error {
	return t.QueryRowContext(ctx, `INSERT INTO images (ticket, account, partner, template_id, template, customer_image_id, product_id,
			callback_url, delivery_hours, instruction, folder, output_name, status, price_cents, currency, funding, created, updated, due, queue, woken)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $17, $18, $19, $17) RETURNING id`,
		i.Ticket, int64(i.Account), optional(int64(i.Partner)), int64(i.TemplateID), template, optionalText(i.CustomerImageID), optionalText(i.ProductID),
		i.CallbackURL, i.DeliveryHours, i.Instruction, i.Folder, i.OutputName, int(i.Status), i.Price.Cents, string(i.Price.Currency), string(i.Funding),
		t.at, micros(i.Due), queueFetch).Scan(&i.ID)
}

func (t *tx) insertSources(ctx context.Context, i *mattebox.Image) error {
	var args arguments
	var values []string
	image := args.add(int64(i.ID))
	for _, source := range i.Sources {
		values = append(values, `(`+image+`, `+args.add(source.Position)+`, `+args.add(source.URL)+`)`)
	}
	_, err := t.exec(ctx, `INSERT INTO sources (image, position, url) VALUES `+strings.Join(values, ", "), args...)
	return err
}
