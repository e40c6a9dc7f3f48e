package store

import (
	"context"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"mattebox"
)

// deliveryColumns are read by scanDelivery, in its order.
const deliveryColumns = `id, uid, account, COALESCE(partner, 0), COALESCE(image, 0), subject, dialect, event, url, content_type, body,
	state, attempts, interruptions, next_at, created, ended`

func scanDelivery(row scanner, more ...any) (*mattebox.Delivery, error) {
	var d mattebox.Delivery
	var next, created, ended int64
	into := []any{&d.ID, &d.UID, &d.Account, &d.Partner, &d.Image, &d.Subject, &d.Dialect, &d.Event, &d.URL, &d.ContentType, &d.Body,
		&d.State, &d.Attempts, &d.Interruptions, &next, &created, &ended}
	if err := row.Scan(append(into, more...)...); err != nil {
		return nil, err
	}
	d.NextAt, d.Created, d.Ended = timeOf(next), timeOf(created), timeOf(ended)
	return &d, nil
}

func noDelivery() error { return mattebox.Errorf(mattebox.CodeNotFound, "there is no such delivery") }

// rtbRetries are the waits of an RTB image's delivery (webhooks.md).
func rtbRetries() []time.Duration { return []time.Duration{5 * time.Minute, time.Hour, 5 * time.Hour} }

// insertDelivery stores the delivery of an event of the image, due at once.
func (t *tx) insertDelivery(ctx context.Context, h *held, d mattebox.NewDelivery) error {
	var ticket string
	if err := t.QueryRowContext(ctx, `SELECT ticket FROM images WHERE id = $1`, int64(h.id)).Scan(&ticket); err != nil {
		return err
	}
	return t.insertEvent(ctx, h.account, h.partner, about{image: h.id, subject: ticket}, d)
}

// about is what a delivery tells of: 0 is none, or one that does not follow it.
type about struct {
	image   mattebox.ImageID // whose status follows it
	job     mattebox.JobID   // whose webhook_events it is among
	subject string
}

// insertEvent stores a delivery of the owner's, due at once. Whether its receiver
// rests is seen when it is claimed.
func (t *tx) insertEvent(ctx context.Context, owner, partner mattebox.AccountID, of about, d mattebox.NewDelivery) error {
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
	err = t.QueryRowContext(ctx, `INSERT INTO deliveries (uid, account, partner, image, subject, dialect, event, url, receiver, host, content_type, body,
			retries, tries, state, next_at, ready_at, created, job)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 'pending', $15, $15, $15, $16) RETURNING id`,
		d.UID, int64(owner), optional(int64(partner)), optional(int64(of.image)), of.subject, d.Dialect, d.Event, d.URL, receiverOf(d.URL), strings.ToLower(address.Hostname()),
		d.ContentType, d.Body, formatWaits(d.Retries), len(d.Retries)+1, t.at, optional(int64(of.job))).Scan(&id)
	t.wake(mattebox.KindDeliver, id, 0)
	return err
}

// receiverOf returns the address without what tells its deliveries apart, as
// mattebox.Receiver.URL has it. What cannot be read is a receiver of its own.
func receiverOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	return (&url.URL{Scheme: strings.ToLower(u.Scheme), Opaque: u.Opaque, Host: strings.ToLower(u.Host), Path: u.Path, RawPath: u.RawPath}).String()
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

// spacing is how long after the beginning of a try that we broke ourselves the next
// one may begin: bytes of it may have left (webhooks.md, the dialects).
func spacing(dialect string) int64 {
	if dialect == "hwr" {
		return (15 * time.Minute).Microseconds()
	}
	return 0
}
