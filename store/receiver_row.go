package store

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"mattebox"
)

const (
	// The wait before a broken receiver's next probe doubles from the one to the other.
	firstProbe, longestProbe = 30 * time.Second, 15 * time.Minute
	// toldAfter is how long a receiver is broken before its owner is told.
	toldAfter = time.Hour
)

type receiverKey struct {
	account mattebox.AccountID
	url     string
}

func (k receiverKey) compare(other receiverKey) int {
	return cmp.Or(cmp.Compare(k.account, other.account), cmp.Compare(k.url, other.url))
}

// receiver is a row of receivers, or what will be one.
type receiver struct {
	receiverKey
	state    mattebox.ReceiverState
	failures int
	since    int64
	why      string
	wait     int64
	probeAt  int64
	probing  sql.Null[mattebox.DeliveryID]
	told     bool

	changed bool
	notice  string // for its owner
}

const receiverColumns = `r.account, r.url, r.state, r.failures, r.since, r.why, r.wait, r.probe_at, r.probing, r.told`

func scanReceiver(row scanner) (*receiver, error) {
	var r receiver
	return &r, row.Scan(&r.account, &r.url, &r.state, &r.failures, &r.since, &r.why, &r.wait, &r.probeAt, &r.probing, &r.told)
}

// enter changes the state.
func (r *receiver) enter(state mattebox.ReceiverState, at int64, why string) {
	r.state, r.since, r.why, r.changed = state, at, why, true
	r.probing, r.wait, r.probeAt = sql.Null[mattebox.DeliveryID]{}, 0, 0
	if state == mattebox.ReceiverOpen {
		r.failures, r.told = 0, false
	}
}

// succeeded notes that a delivery arrived. That frees a broken receiver; one that is
// paused or gone is a person's to resume.
func (r *receiver) succeeded(at int64) {
	r.failures, r.changed = 0, true
	if r.state != mattebox.ReceiverBroken {
		return
	}
	if r.told {
		r.notice = fmt.Sprintf("%s works again; what waited for it is being sent", r.url)
	}
	r.enter(mattebox.ReceiverOpen, at, "")
}

// failed notes a failed attempt of the delivery: a probe's makes the wait longer, one
// too many in a row makes the receiver rest.
func (r *receiver) failed(d mattebox.DeliveryID, a mattebox.Attempt, at int64, most int) {
	r.failures, r.changed = r.failures+1, true
	if r.state != mattebox.ReceiverOpen && r.state != mattebox.ReceiverBroken {
		return
	}
	why := clip(cmp.Or(a.Error, a.Class), maxText)
	if a.Status == 410 {
		r.enter(mattebox.ReceiverGone, at, why)
		r.notice, r.told = fmt.Sprintf("%s answered 410 Gone; what is for it waits until you resume it", r.url), true
		return
	}
	if r.state == mattebox.ReceiverOpen {
		if r.why = why; r.failures >= most {
			r.enter(mattebox.ReceiverBroken, at, why)
			r.wait = firstProbe.Microseconds()
			r.probeAt = at + r.wait
		}
		return
	}
	r.why = why
	if !r.probing.Valid || r.probing.V != d {
		return
	}
	r.probing.Valid = false
	r.wait = min(2*r.wait, longestProbe.Microseconds())
	r.probeAt = at + r.wait
	if !r.told && at-r.since >= toldAfter.Microseconds() {
		r.told = true
		r.notice = fmt.Sprintf("%s has failed %d times in a row since %s: %s. What is for it waits; one delivery is tried at least every %s",
			r.url, r.failures, timeOf(r.since).Format(time.RFC3339), why, longestProbe)
	}
}

// interrupted notes that we broke an attempt ourselves: a probe is to be made again.
func (r *receiver) interrupted(d mattebox.DeliveryID, at int64) {
	if r.probing.Valid && r.probing.V == d {
		r.probing.Valid, r.probeAt, r.changed = false, at, true
	}
}

// holdReceivers holds what is remembered of the deliveries' receivers.
func (b *batch) holdReceivers(ctx context.Context, ids []mattebox.DeliveryID) error {
	var args arguments
	rows, err := b.QueryContext(ctx, `SELECT `+receiverColumns+` FROM deliveries d JOIN receivers r ON r.account = d.account AND r.url = d.receiver
		WHERE d.id IN (`+in(&args, ids)+`) ORDER BY r.account, r.url `+b.store.db.Dialect.ForUpdate(false), args...)
	all, err := collect(b.store, "hold receivers", rows, err, scanReceiver)
	for i := range all {
		b.receivers[all[i].receiverKey] = &all[i]
	}
	return err
}

// attempted has the delivery's receiver learn of an attempt.
func (b *batch) attempted(d *sent, a mattebox.Attempt) {
	key := receiverKey{d.account, d.receiver}
	r := b.receivers[key]
	delivered := a.Class == mattebox.AttemptDelivered
	switch {
	case r == nil && delivered:
		return
	case r == nil:
		r = &receiver{receiverKey: key, state: mattebox.ReceiverOpen, since: b.at}
		b.receivers[key] = r
	}
	if delivered {
		r.succeeded(b.at)
		return
	}
	r.failed(d.id, a, b.at, b.store.BreakAfter)
}

// broken has the delivery's receiver learn of an attempt that we broke ourselves.
func (b *batch) broken(d *sent) {
	if r := b.receivers[receiverKey{d.account, d.receiver}]; r != nil {
		r.interrupted(d.id, b.at)
	}
}

// storeReceivers stores those that changed, each by its key.
func (b *batch) storeReceivers(ctx context.Context) error {
	var all []*receiver
	for _, r := range b.receivers {
		if r.changed {
			all = append(all, r)
		}
	}
	slices.SortFunc(all, func(a, b *receiver) int { return a.compare(b.receiverKey) })
	for _, r := range all {
		if err := b.storeReceiver(ctx, r); err != nil {
			return err
		}
	}
	return nil
}

// storeReceiver stores the row, or drops it when there is nothing to remember; what
// a claim has to do for it, and when; and the owner's notice.
func (t *tx) storeReceiver(ctx context.Context, r *receiver) error {
	var first sql.NullInt64
	if err := t.QueryRowContext(ctx, `SELECT MIN(next_at) FROM deliveries WHERE account = $1 AND receiver = $2 AND held`, int64(r.account), r.url).Scan(&first); err != nil {
		return err
	}
	if r.notice != "" {
		if _, err := t.exec(ctx, `INSERT INTO notices (account, at, text) VALUES ($1, $2, $3)`, int64(r.account), t.at, r.notice); err != nil {
			return err
		}
	}
	if r.state == mattebox.ReceiverOpen && r.failures == 0 && !first.Valid {
		return second(t.exec(ctx, `DELETE FROM receivers WHERE account = $1 AND url = $2`, int64(r.account), r.url))
	}
	wake := sql.NullInt64{Valid: first.Valid}
	switch {
	case r.state == mattebox.ReceiverOpen:
		wake.Int64 = t.at
	case r.state == mattebox.ReceiverBroken && !r.probing.Valid:
		wake.Int64 = max(r.probeAt, first.Int64)
	default:
		wake.Valid = false
	}
	_, err := t.exec(ctx, `INSERT INTO receivers (account, url, state, failures, since, why, wait, probe_at, probing, wake_at, told)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
		ON CONFLICT (account, url) DO UPDATE SET state = excluded.state, failures = excluded.failures, since = excluded.since, why = excluded.why,
			wait = excluded.wait, probe_at = excluded.probe_at, probing = excluded.probing, wake_at = excluded.wake_at, told = excluded.told`,
		int64(r.account), r.url, string(r.state), r.failures, r.since, r.why, r.wait, r.probeAt, r.probing, wake, r.told)
	return err
}
