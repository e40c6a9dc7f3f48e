package store

import (
	"context"
	"strings"

	"mattebox"
)

// Image returns the image of the account that the reference means. Another
// account's is a CodeNotFound error like one that does not exist.
func (s *Store) Image(ctx context.Context, account mattebox.AccountID, ref mattebox.ImageRef) (*mattebox.Image, error) {
	where, arg, err := addressed(ref)
	if err != nil {
		return nil, err
	}
	return s.selectImage(ctx, s.db.Reader, `WHERE i.id = (SELECT id FROM images WHERE account = $1 AND `+where+`)`, int64(account), arg)
}

// addressed returns the condition of the reference, with the value of its $2, which
// ends in an order where several images may fit.
func addressed(ref mattebox.ImageRef) (where string, arg any, err error) {
	if !ref.ByCustomer() {
		return `ticket = $2`, strings.ToLower(ref.Ticket), nil
	}
	if ref.CustomerImageID == "" {
		return "", nil, mattebox.Invalid("customerImageId", "is required when the ticket is %s", mattebox.NonTicket)
	}
	return `customer_image_id = $2 ORDER BY id DESC LIMIT 1`, ref.CustomerImageID, nil
}

// ImageByID returns the image, whoever it belongs to, or a CodeNotFound error.
func (s *Store) ImageByID(ctx context.Context, id mattebox.ImageID) (*mattebox.Image, error) {
	return s.selectImage(ctx, s.db.Reader, `WHERE i.id = $1`, int64(id))
}

// ImageByTicket returns the image, whoever it belongs to, or a CodeNotFound error.
// It is for operators; a customer's request goes through Image.
func (s *Store) ImageByTicket(ctx context.Context, ticket string) (*mattebox.Image, error) {
	return s.selectImage(ctx, s.db.Reader, `WHERE i.ticket = $1`, strings.ToLower(ticket))
}

// maxPage bounds what one call reads.
const maxPage = 1000

// Images returns a page of the images that the filter selects. The size of a page
// is at most 1000 and 100 when none is given.
func (s *Store) Images(ctx context.Context, f mattebox.ImageFilter) ([]mattebox.Image, error) {
	where, args := selected(f)
	return s.selectImages(ctx, s.db.Reader, where+` ORDER BY `+ordered(f)+paged(f.Page, &args), args...)
}

// CountImages returns how many images the filter selects, whatever its page.
func (s *Store) CountImages(ctx context.Context, f mattebox.ImageFilter) (count int, err error) {
	where, args := selected(f)
	err = s.db.Reader.QueryRowContext(ctx, `SELECT COUNT(*) FROM images i `+where, args...).Scan(&count)
	return count, s.fault("count images", err)
}

// selected returns the filter's WHERE.
func selected(f mattebox.ImageFilter) (string, arguments) {
	var args arguments
	conditions := []string{`1 = 1`}
	add := func(condition string, value any) { conditions = append(conditions, condition+args.add(value)) }
	if f.Account != 0 {
		add(`i.account = `, int64(f.Account))
	}
	if f.Status != nil {
		add(`i.status = `, int(*f.Status))
	}
	if f.Exclude != nil {
		add(`i.status <> `, int(*f.Exclude))
	}
	if f.ProductID != "" {
		add(`i.product_id = `, f.ProductID)
	}
	if !f.From.IsZero() {
		add(`i.created >= `, micros(f.From))
	}
	if !f.To.IsZero() {
		add(`i.created < `, micros(f.To))
	}
	return `WHERE ` + strings.Join(conditions, ` AND `), args
}

// ordered returns the filter's order. Each is that of an index.
func ordered(f mattebox.ImageFilter) string {
	direction := ``
	if f.Descending {
		direction = ` DESC`
	}
	switch f.Sort {
	case mattebox.SortByDate:
		return `i.created` + direction + `, i.id` + direction
	case mattebox.SortByStatus:
		return `i.status` + direction + `, i.id` + direction
	}
	return `i.id` + direction
}

func paged(p mattebox.Page, args *arguments) string {
	if p.Size <= 0 {
		p.Size = 100
	}
	p.Size = min(p.Size, maxPage)
	return ` LIMIT ` + args.add(p.Size) + ` OFFSET ` + args.add(p.Offset())
}

// Products returns a page of the account's products in the order of their names,
// with how many of their images are done and how many wait for work of ours
// (contracts A9).
func (s *Store) Products(ctx context.Context, account mattebox.AccountID, page mattebox.Page) ([]mattebox.ProductStatistic, error) {
	args := arguments{int64(account)}
	rows, err := s.db.Reader.QueryContext(ctx, `SELECT product_id,
			SUM(CASE WHEN status IN (`+numbers(statuses(mattebox.Status.Done))+`) THEN 1 ELSE 0 END),
			SUM(CASE WHEN status IN (`+numbers(statuses(mattebox.Status.Waiting))+`) THEN 1 ELSE 0 END)
		FROM images WHERE account = $1 AND product_id IS NOT NULL
		GROUP BY product_id ORDER BY product_id`+paged(page, &args), args...)
	return collect(s, "list products", rows, err, func(row scanner) (*mattebox.ProductStatistic, error) {
		var p mattebox.ProductStatistic
		return &p, row.Scan(&p.ProductID, &p.Done, &p.Todo)
	})
}

// statuses returns those of which the property holds.
func statuses(property func(mattebox.Status) bool) []mattebox.Status {
	var having []mattebox.Status
	for _, s := range mattebox.Statuses() {
		if property(s) {
			having = append(having, s)
		}
	}
	return having
}

// History returns every change of the image's status, oldest first.
func (s *Store) History(ctx context.Context, id mattebox.ImageID) ([]mattebox.Move, error) {
	rows, err := s.db.Reader.QueryContext(ctx, `SELECT from_status, to_status, at, by_whom, why FROM moves WHERE image = $1 ORDER BY id`, int64(id))
	return collect(s, "read an image's history", rows, err, func(row scanner) (*mattebox.Move, error) {
		var m mattebox.Move
		var at int64
		err := row.Scan(&m.From, &m.To, &at, &m.By, &m.Why)
		m.At = timeOf(at)
		return &m, err
	})
}
