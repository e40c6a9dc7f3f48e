package store

import (
	"context"
	"database/sql"
	"errors"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"mattebox"
)

// deliveryColumns are read by scanDelivery, in its order.
const deliveryColumns = `id, uid, account, COALESCE(partner, 0), image, dialect, event, url, content_type, body,
	state, attempts, interruptions, next_at, created, ended`

func scanDelivery(row scanner, more ...any) (*mattebox.Delivery, error) {
	var d mattebox.Delivery
	var next, created, ended int64
	into := []any{&d.ID, &d.UID, &d.Account, &d.Partner, &d.Image, &d.Dialect, &d.Event, &d.URL, &d.ContentType, &d.Body,
		&d.State, &d.Attempts, &d.Interruptions, &next, &created, &ended}
	if err := row.Scan(append(into, more...)...); err != nil {
		return nil, err
	}
	d.NextAt, d.Created, d.Ended = timeOf(next), timeOf(created), timeOf(ended)
	return &d, nil
}

// rtbRetries are the waits of an RTB image's delivery (webhooks.md).
func rtbRetries() []time.Duration { return []time.Duration{5 * time.Minute, time.Hour, 5 * time.Hour} }

// insertDelivery stores the delivery of an event of the image, due at once.
func (t *tx) insertDelivery(ctx context.Context, h *held, d mattebox.NewDelivery) error {
	if d.UID == "" {
		uid, err := uuid.NewRandom()
		if err != nil {
			return err
		}
		d.UID = uid.String()
	}
	if len(d.Retries) == 0 {
		d.Retries = rtbRetries()
	}
	address, err := url.Parse(d.URL)
	if err != nil {
		return mattebox.Invalid("imageCallbackURL", "is not an address")
	}
	if d.Body == nil {
		d.Body = []byte{}
	}
	var id int64
	err = t.QueryRowContext(ctx, `INSERT INTO deliveries (uid, account, partner, image, dialect, event, url, host, content_type, body, retries, tries,
			state, next_at, created, woken)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 'pending', $13, $13, $13) RETURNING id`,
		d.UID, int64(h.account), optional(int64(h.partner)), int64(h.id), d.Dialect, d.Event, d.URL, strings.ToLower(address.Hostname()), d.ContentType, d.Body,
		formatWaits(d.Retries), len(d.Retries)+1, t.at).Scan(&id)
	t.wake(mattebox.KindDeliver, id, 0)
	return err
}

func formatWaits(waits []time.Duration) string {
	texts := make([]string, len(waits))
	for i, wait := range waits {
		texts[i] = strconv.FormatInt(wait.Microseconds(), 10)
	}
	return strings.Join(texts, " ")
}

// waitAfter returns how long to wait after the n-th failed try, counted from 1;
// the longest wait there is when there is none of that number.
func waitAfter(waits string, n int) time.Duration {
	texts := strings.Fields(waits)
	if len(texts) == 0 {
		return time.Hour
	}
	us, _ := strconv.ParseInt(texts[min(max(n, 1), len(texts))-1], 10, 64) // as formatWaits wrote it
	return time.Duration(us) * time.Microsecond
}

// sent is what recording an attempt has to know of a delivery that is being sent.
type sent struct {
	id            mattebox.DeliveryID
	image         mattebox.ImageID
	state, resume mattebox.DeliveryState
	fence         int64
	attempts      int // scheduled ones, the one under way included unless it is a resend
	tries         int
	interruptions int
	logged        int
	nextAt        int64
	ended         int64
	claimed       int64
	leaseUntil    int64
	retries       string
	resending     bool
	superseded    bool
}

// holdDelivery holds the delivery and, before it, its image: the order in which
// every use case that changes both takes them.
func (t *tx) holdDelivery(ctx context.Context, id mattebox.DeliveryID) (sent, held, error) {
	d := sent{id: id}
	err := t.QueryRowContext(ctx, `SELECT image FROM deliveries WHERE id = $1`, int64(id)).Scan(&d.image)
	if errors.Is(err, sql.ErrNoRows) {
		return d, held{}, noDelivery()
	}
	if err != nil {
		return d, held{}, err
	}
	h, err := t.hold(ctx, d.image)
	if err != nil {
		return d, h, err
	}
	err = t.QueryRowContext(ctx, `SELECT state, resume, fence, attempts, tries, interruptions, logged, next_at, ended, claimed, lease_until, retries, resending, superseded
		FROM deliveries WHERE id = $1 `+t.store.db.Dialect.ForUpdate(false), int64(id)).
		Scan(&d.state, &d.resume, &d.fence, &d.attempts, &d.tries, &d.interruptions, &d.logged, &d.nextAt, &d.ended, &d.claimed, &d.leaseUntil, &d.retries, &d.resending, &d.superseded)
	return d, h, err
}

func noDelivery() error { return mattebox.Errorf(mattebox.CodeNotFound, "there is no such delivery") }
