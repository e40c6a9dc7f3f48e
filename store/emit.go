package store

import (
	"context"

	"mattebox"
)

// eventOf returns what developers are told of a move; nothing of most.
func eventOf(from, to mattebox.Status) (event mattebox.EventType, ok bool) {
	switch to {
	case mattebox.StatusNew: // again; an order is told of by SubmitImage
		return mattebox.EventImageQueued, true
	case mattebox.StatusDownloadFailed:
		return mattebox.EventImageFailed, true
	case mattebox.StatusFinished:
		return mattebox.EventImageFinished, true
	case mattebox.StatusDelivered:
		return mattebox.EventImageDelivered, true
	case mattebox.StatusReturned: // by the customer, not by an engine or an operator
		return mattebox.EventImageRejected, from.Rejectable()
	case mattebox.StatusRefused:
		return mattebox.EventImageRefused, true
	case mattebox.StatusQuestion:
		return mattebox.EventImageQuestion, true
	}
	return "", false
}

// tellMove tells developers of a move that has just been stored.
func (t *tx) tellMove(ctx context.Context, id mattebox.ImageID, from, to mattebox.Status) error {
	event, ok := eventOf(from, to)
	if !ok {
		return nil
	}
	return t.tellImage(ctx, event, id)
}

// concernedByImage finds the endpoints of an image's account, of the developer that
// opened the account, and of the developer whose key came with the order: by primary
// keys, and without a word of the image when there are none.
const concernedByImage = `SELECT ` + endpointColumns + ` FROM images i JOIN accounts a ON a.id = i.account
	JOIN endpoints ON endpoints.account IN (i.account, i.partner, a.partner) WHERE i.id = $1 ORDER BY endpoints.account`

// concernedByAccount is concernedByImage for what is an account's and no image's.
const concernedByAccount = `SELECT ` + endpointColumns + ` FROM accounts a
	JOIN endpoints ON endpoints.account IN (a.id, a.partner) WHERE a.id = $1 ORDER BY endpoints.account`

// tellImage tells developers of an event of the image, which is read only when one
// of them wants it.
func (t *tx) tellImage(ctx context.Context, event mattebox.EventType, id mattebox.ImageID) error {
	to, err := t.concerned(ctx, event, concernedByImage, int64(id))
	if err != nil || len(to) == 0 {
		return err
	}
	image, err := t.store.selectImage(ctx, t, `WHERE i.id = $1`, int64(id))
	if err != nil {
		return err
	}
	return t.tell(ctx, to, mattebox.Event{Type: event, At: timeOf(t.at), Account: image.Account, Image: image})
}

// tellInvoice tells developers of an event of the invoice.
func (t *tx) tellInvoice(ctx context.Context, event mattebox.EventType, i *mattebox.Invoice) error {
	to, err := t.concerned(ctx, event, concernedByAccount, int64(i.Account))
	if err != nil || len(to) == 0 {
		return err
	}
	return t.tell(ctx, to, mattebox.Event{Type: event, At: timeOf(t.at), Account: i.Account, Invoice: i})
}

// concerned returns the endpoints of the query, each once, that want the event.
func (t *tx) concerned(ctx context.Context, event mattebox.EventType, query string, id int64) (to []mattebox.Endpoint, err error) {
	if t.store.Tell == nil {
		return nil, nil
	}
	rows, err := t.QueryContext(ctx, query, id)
	all, err := collect(t.store, "find endpoints", rows, err, func(row scanner) (*mattebox.Endpoint, error) { return scanEndpoint(row) })
	for _, e := range all {
		if e.Wants(event) {
			to = append(to, e)
		}
	}
	return to, err
}

// tell stores one delivery for each endpoint, due at once. It is its developer's:
// in its log, and signed with its secret.
func (t *tx) tell(ctx context.Context, to []mattebox.Endpoint, e mattebox.Event) error {
	for _, endpoint := range to {
		delivery, err := t.store.Tell(e, endpoint)
		if err != nil {
			return err
		}
		if err := t.insertEvent(ctx, endpoint.Account, 0, about{subject: e.Subject()}, delivery); err != nil {
			return err
		}
	}
	return nil
}
