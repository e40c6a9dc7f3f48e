package work

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"mattebox"
	"mattebox/safehttp"
	"mattebox/webhook"
)

// DeliveryStore is what a Deliverer needs of the store.
type DeliveryStore interface {
	ClaimDeliveries(ctx context.Context, c mattebox.DeliveryClaim) ([]mattebox.Sending, error)
	RecordAttempts(ctx context.Context, all []mattebox.Outcome) ([]error, error)
	NextDelivery(ctx context.Context) (time.Time, error)
}

// Deliverer tells customers' servers what happened. It claims deliveries that
// are due, as many as it has slots free, sends each of them and records what came
// of it: what gathers while one transaction is under way goes with the next, so
// that a commit serves the more deliveries the busier it is. The schedule is in the
// rows; a Deliverer remembers nothing that matters.
//
// It looks for what is due when Wake says so, when the store says that the next one
// is, when there is room again, and every Poll.
type Deliverer struct {
	Store   DeliveryStore
	Client  *safehttp.Client
	Slots   int           // attempts at a time; default 64
	PerHost int           // of these to one host; default 4. One that answers quickly gets up to half of the Slots
	Lease   time.Duration // longer than an attempt and its record take; default 25 s
	Poll    time.Duration // default 500 ms
	Now     mattebox.Clock
	Logger  *slog.Logger
	Seen    *Metrics // may be nil

	once     sync.Once
	woken    chan struct{} // there is a word of something due
	moved    chan struct{} // there is room again
	outcomes chan mattebox.Outcome
	hands    hands
	pause    pause
	misses   int  // looks in a row that did not find what there has to be
	expects  bool // a word came that no look has borne out yet

	cancel   context.CancelFunc // breaks off the attempts
	attempts sync.WaitGroup
	done     chan struct{} // closed when all is recorded
}

const (
	defaultSlots   = 64
	defaultPerHost = 4
	// Longer than a Post may take (15 s), and short enough that what a killed process
	// had in hand has run out when its successor sweeps for the second time (30 s).
	defaultDeliveryLease = 25 * time.Second
	// What another process enqueues on SQLite is seen so soon, and what a notice was
	// lost of.
	defaultDeliveryPoll = 500 * time.Millisecond
	// Attempts that may wait for their record, as a multiple of the slots: a database
	// that has become slow stops the sending before many leases run out.
	recordsPerSlot = 4
	// How long Stop waits for attempts that it has broken off.
	afterBreak = 20 * time.Second
)

func (d *Deliverer) slots() int {
	if d.Slots > 0 {
		return d.Slots
	}
	return defaultSlots
}

func (d *Deliverer) init() {
	d.woken, d.moved, d.done = make(chan struct{}, 1), make(chan struct{}, 1), make(chan struct{})
	d.outcomes = make(chan mattebox.Outcome, recordsPerSlot*d.slots())
	perHost := d.PerHost
	if perHost <= 0 {
		perHost = defaultPerHost
	}
	d.hands = newHands(d.slots(), perHost)
}

// Wake says that there may be something due, now or when a transaction that is about
// to be committed is. It never blocks.
func (d *Deliverer) Wake() {
	d.once.Do(d.init)
	nudge(d.woken)
}

// nudge has who reads the channel, which holds one, look again.
func nudge(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default: // it will anyway
	}
}

// Start lets it send until Stop, whatever becomes of ctx.
func (d *Deliverer) Start(ctx context.Context) {
	d.once.Do(d.init)
	ctx, d.cancel = context.WithCancel(context.WithoutCancel(ctx))
	go d.record(ctx)
	go func() {
		for d.pause.over(ctx) {
			d.rest(ctx, d.fill(ctx))
		}
		d.attempts.Wait()
		close(d.outcomes)
	}()
}

// Drain makes it claim nothing more.
func (d *Deliverer) Drain() { d.pause.quit() }

// Stop claims nothing more and waits for the attempts in hand and their records.
// When ctx ends, they are broken off and recorded as interrupted. Its error is about
// those that did not end then.
func (d *Deliverer) Stop(ctx context.Context) error {
	if d.cancel == nil {
		return nil
	}
	d.Drain()
	defer d.cancel()
	select {
	case <-d.done:
		return nil
	case <-ctx.Done():
	}
	d.cancel()
	select {
	case <-d.done:
		return nil
	case <-time.After(afterBreak):
		return errors.New("webhooks in hand do not end")
	}
}

// fill claims and sends what is due until there is no room or nothing more, and
// returns how long it may rest then.
func (d *Deliverer) fill(ctx context.Context) time.Duration {
	for {
		limit, busy := d.hands.room()
		if limit <= 0 {
			return d.poll() // the end of an attempt is told
		}
		claimed, err := d.Store.ClaimDeliveries(ctx, mattebox.DeliveryClaim{Limit: limit, PerHost: d.hands.perHost, Busy: busy, Lease: d.lease()})
		if err != nil {
			d.trouble(ctx, "no webhook can be claimed, trying again", err)
			return 0 // the pause is to be waited for
		}
		d.pause.worked()
		for _, s := range claimed {
			d.hands.take(s.Host)
			d.attempts.Go(func() { d.send(ctx, s) })
		}
		if len(claimed) < limit {
			return d.untilNext(ctx, len(claimed) > 0)
		}
	}
}

// trouble lengthens the pause.
func (d *Deliverer) trouble(ctx context.Context, message string, err error) {
	if ctx.Err() == nil && d.pause.failed() {
		d.Logger.Warn(message, "error", err)
	}
}

func (d *Deliverer) lease() time.Duration {
	if d.Lease > 0 {
		return d.Lease
	}
	return defaultDeliveryLease
}

func (d *Deliverer) poll() time.Duration {
	if d.Poll > 0 {
		return d.Poll
	}
	return defaultDeliveryPoll
}

// untilNext returns how long it is until the next delivery is due, and not longer
// than a poll. What was promised and is not there yet comes with a commit that is
// under way; what is due already another process may have taken. The looks for them
// come less and less often.
func (d *Deliverer) untilNext(ctx context.Context, found bool) time.Duration {
	next, err := d.Store.NextDelivery(ctx)
	if err != nil {
		d.trouble(ctx, "it is not known which webhook is due next", err)
		return 0
	}
	if found {
		d.misses, d.expects = 0, false
	}
	wait := d.poll()
	if !next.IsZero() {
		wait = min(next.Sub(d.Now()), wait)
	}
	if wait > 0 && !d.expects {
		d.misses = 0
		return wait
	}
	again := min(time.Millisecond<<d.misses, d.poll())
	if d.misses = min(d.misses+1, mostMisses); d.misses == mostMisses {
		d.expects = false
	}
	if wait > 0 {
		return min(wait, again)
	}
	return again
}

// mostMisses is after how many looks a word is given up. They take about a second.
const mostMisses = 10

// rest waits for a reason to look again.
func (d *Deliverer) rest(ctx context.Context, most time.Duration) {
	timer := time.NewTimer(most)
	defer timer.Stop()
	select {
	case <-d.woken:
		d.misses, d.expects = 0, true
	case <-d.moved:
	case <-timer.C:
	case <-d.pause.end():
	case <-ctx.Done():
	}
}

// send makes one attempt and hands over what came of it.
func (d *Deliverer) send(ctx context.Context, s mattebox.Sending) {
	outcome := webhook.Attempt(ctx, d.Client, s, d.Now)
	a := outcome.Attempt
	d.hands.put(s.Host, a.Class == mattebox.AttemptDelivered, a.Ended.Sub(a.Started))
	nudge(d.moved)
	d.Seen.attempt(s, a)
	d.Logger.Info("delivery attempted", "delivery", s.Delivery.ID, "subject", s.Delivery.Subject, "event", s.Delivery.Event, "class", a.Class, "status", a.Status,
		"try", s.Delivery.Attempts, "resend", s.Resend)
	d.outcomes <- outcome
}
