package work

import (
	"context"
	"log/slog"
	"net/url"
	"strings"
	"time"

	"mattebox"
	"mattebox/safehttp"
	"mattebox/webhook"
)

// DeliveryStore is what a Deliverer needs of the store.
type DeliveryStore interface {
	Delivery(ctx context.Context, id mattebox.DeliveryID) (*mattebox.Delivery, error)
	ClaimDelivery(ctx context.Context, id mattebox.DeliveryID, lease time.Duration) (*mattebox.Sending, error)
	RecordAttempt(ctx context.Context, o mattebox.Outcome) error
}

// Deliverer tells customers' servers what happened to their images. Each Run makes
// one attempt; the schedule is in the rows. A host gets so many attempts at a time
// and no more, however many are due: what comes above that waits in a line of this
// process, without lease or worker, and the next that ends takes it on.
type Deliverer struct {
	Store   DeliveryStore
	Client  *safehttp.Client
	PerHost int           // attempts at a time to one host; default 4
	Lease   time.Duration // longer than an attempt takes; default 25 s
	Now     mattebox.Clock
	Logger  *slog.Logger
	Seen    *Metrics // may be nil

	lines lines
	pause pause
}

const (
	defaultPerHost = 4
	// Longer than a Post may take (15 s), and short enough that what a killed process
	// had in hand has run out when its successor sweeps for the second time (30 s).
	defaultDeliveryLease = 25 * time.Second
)

// Run makes an attempt of the delivery, if it is due, and then of those that have
// lined up for its host meanwhile.
func (d *Deliverer) Run(ctx context.Context, id int64) error {
	host, err := d.host(ctx, mattebox.DeliveryID(id))
	if err != nil || host == "" {
		return err
	}
	perHost := d.PerHost
	if perHost <= 0 {
		perHost = defaultPerHost
	}
	if !d.lines.enter(host, mattebox.DeliveryID(id), perHost) {
		return nil
	}
	for next, more := mattebox.DeliveryID(id), true; more; next, more = d.lines.leave(host) {
		if err := d.attempt(ctx, next); err != nil {
			d.lines.abandon(host)
			return err
		}
	}
	return nil
}

// Drain makes Run claim nothing more: who stands in line is due, and will be sent
// when the service is up again.
func (d *Deliverer) Drain() {
	d.pause.quit()
	d.lines.close()
}

// host returns which host the delivery goes to; empty when there is no such
// delivery, or nothing to be done for it.
func (d *Deliverer) host(ctx context.Context, id mattebox.DeliveryID) (string, error) {
	delivery, err := claim(ctx, &d.pause, d.Logger, func(ctx context.Context) (*mattebox.Delivery, error) {
		return d.Store.Delivery(ctx, id)
	})
	if mattebox.CodeOf(err) == mattebox.CodeNotFound || err == nil && delivery == nil {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	u, err := url.Parse(delivery.URL)
	if err != nil {
		return delivery.URL, nil // the attempt will say so
	}
	return strings.ToLower(u.Hostname()), nil
}

// attempt claims the delivery, makes one try and records it.
func (d *Deliverer) attempt(ctx context.Context, id mattebox.DeliveryID) error {
	lease := d.Lease
	if lease <= 0 {
		lease = defaultDeliveryLease
	}
	sending, err := claim(ctx, &d.pause, d.Logger, func(ctx context.Context) (*mattebox.Sending, error) {
		return d.Store.ClaimDelivery(ctx, id, lease)
	})
	if err != nil || sending == nil {
		return err
	}
	defer d.Seen.time("deliver", time.Now())
	outcome := webhook.Attempt(ctx, d.Client, *sending, d.Now)
	a := outcome.Attempt
	d.Seen.delivery(a.Class)
	d.Logger.Info("delivery attempted", "delivery", id, "image", sending.Delivery.Image, "class", a.Class, "status", a.Status,
		"try", sending.Delivery.Attempts, "resend", sending.Resend)
	_, err = insist(ctx, func(ctx context.Context) error { return d.Store.RecordAttempt(ctx, outcome) })
	if err == nil {
		d.pause.worked()
	}
	return dropLost(err)
}
