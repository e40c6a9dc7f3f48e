package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"mattebox"
)

// imageColumns are read by scanImage, in its order, from imageTables.
const (
	imageColumns = `i.id, i.ticket, i.account, COALESCE(i.partner, 0), i.template_id, i.template,
		COALESCE(i.customer_image_id, ''), COALESCE(i.product_id, ''), i.callback_url, i.delivery_hours, i.instruction, i.folder, i.output_name,
		i.status, i.reason, i.comment, i.rejections, i.production, i.crashes, i.confidence,
		i.price_cents, i.currency, i.funding, i.paid, i.created, i.updated, i.due, i.finished,
		r.name, r.key, r.thumbnail_key, r.bytes, r.thumbnail_bytes, r.media_type, r.width, r.height`
	imageTables = `images i LEFT JOIN results r ON r.id = i.result`
)

// scanImage reads an image without its sources.
func scanImage(row scanner) (*mattebox.Image, error) {
	var i mattebox.Image
	var template []byte
	var created, updated, due, finished int64
	var r resultRow
	err := row.Scan(&i.ID, &i.Ticket, &i.Account, &i.Partner, &i.TemplateID, &template,
		&i.CustomerImageID, &i.ProductID, &i.CallbackURL, &i.DeliveryHours, &i.Instruction, &i.Folder, &i.OutputName,
		&i.Status, &i.Reason, &i.Comment, &i.Rejections, &i.Production, &i.Crashes, &i.Confidence,
		&i.Price.Cents, &i.Price.Currency, &i.Funding, &i.Paid, &created, &updated, &due, &finished,
		&r.name, &r.key, &r.thumbnailKey, &r.bytes, &r.thumbnailBytes, &r.mediaType, &r.width, &r.height)
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(template, &i.Template); err != nil {
		return nil, fmt.Errorf("template of image %d: %w", i.ID, err)
	}
	i.Created, i.Updated, i.Due, i.Finished = timeOf(created), timeOf(updated), timeOf(due), timeOf(finished)
	i.Result = r.result()
	return &i, nil
}

// resultRow is a result that may not be there.
type resultRow struct {
	name, key, thumbnailKey, mediaType   sql.NullString
	bytes, thumbnailBytes, width, height sql.NullInt64
}

func (r resultRow) result() *mattebox.Result {
	if !r.key.Valid {
		return nil
	}
	return &mattebox.Result{
		Name: r.name.String, Key: r.key.String, ThumbnailKey: r.thumbnailKey.String,
		Bytes: r.bytes.Int64, ThumbnailBytes: r.thumbnailBytes.Int64,
		MediaType: r.mediaType.String, Width: int(r.width.Int64), Height: int(r.height.Int64),
	}
}

// querier is a pool or a transaction.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// selectImages returns the images that the rest of the statement, from WHERE on,
// selects, with their sources.
func (s *Store) selectImages(ctx context.Context, q querier, rest string, args ...any) ([]mattebox.Image, error) {
	rows, err := q.QueryContext(ctx, `SELECT `+imageColumns+` FROM `+imageTables+` `+rest, args...)
	images, err := collect(s, "read images", rows, err, scanImage)
	if err != nil || len(images) == 0 {
		return nil, err
	}
	return images, s.addSources(ctx, q, images)
}

// selectImage is selectImages for one; none is a CodeNotFound error.
func (s *Store) selectImage(ctx context.Context, q querier, rest string, args ...any) (*mattebox.Image, error) {
	images, err := s.selectImages(ctx, q, rest, args...)
	if err != nil {
		return nil, err
	}
	if len(images) == 0 {
		return nil, noImage()
	}
	return &images[0], nil
}

func noImage() error { return mattebox.Errorf(mattebox.CodeNotFound, "there is no such image") }

// addSources reads the sources of all the images at once.
func (s *Store) addSources(ctx context.Context, q querier, images []mattebox.Image) error {
	ids := make([]mattebox.ImageID, len(images))
	at := map[mattebox.ImageID]int{}
	for i, image := range images {
		ids[i], at[image.ID] = image.ID, i
	}
	var args arguments
	rows, err := q.QueryContext(ctx, `SELECT image, position, url, key, bytes, format, width, height
		FROM sources WHERE image IN (`+in(&args, ids)+`) ORDER BY image, position`, args...)
	type of struct {
		image  mattebox.ImageID
		source mattebox.Source
	}
	all, err := collect(s, "read sources", rows, err, func(row scanner) (*of, error) {
		var o of
		return &o, row.Scan(&o.image, &o.source.Position, &o.source.URL, &o.source.Key, &o.source.Bytes, &o.source.Format, &o.source.Width, &o.source.Height)
	})
	for _, o := range all {
		image := &images[at[o.image]]
		image.Sources = append(image.Sources, o.source)
	}
	return err
}

// held is what a use case has to know of an image before it changes it.
type held struct {
	id         mattebox.ImageID
	account    mattebox.AccountID
	partner    mattebox.AccountID
	status     mattebox.Status
	fence      int64
	rejections int
}

// hold reads the image's row and keeps other transactions from changing it.
func (t *tx) hold(ctx context.Context, id mattebox.ImageID) (held, error) {
	h := held{id: id}
	err := t.QueryRowContext(ctx, `SELECT account, COALESCE(partner, 0), status, fence, rejections FROM images WHERE id = $1 `+t.store.db.Dialect.ForUpdate(false), int64(id)).
		Scan(&h.account, &h.partner, &h.status, &h.fence, &h.rejections)
	if errors.Is(err, sql.ErrNoRows) {
		return h, noImage()
	}
	return h, err
}

// holdLease is hold for a worker: ErrLost when its lease is no longer the row's.
func (t *tx) holdLease(ctx context.Context, id mattebox.ImageID, lease mattebox.Lease) (held, error) {
	h, err := t.hold(ctx, id)
	if err == nil && (h.fence != lease.Fence || h.status != mattebox.StatusNew && h.status != mattebox.StatusProduction) {
		return h, mattebox.ErrLost
	}
	return h, err
}
