package queue

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"mattebox"
)

// slack is added to the time of a scheduled job: one that comes a little late costs
// nothing, one that comes before its row is due finds nothing to do. It covers
// SQLite's rounding to milliseconds and the difference between the clocks of hosts
// that keep time.
const slack = 20 * time.Millisecond

// Priorities of River, 1 to 4: what is new goes before what is tried again.
const (
	priorityNew   = 1
	priorityAgain = 2
)

// Enqueue adds a job for each wake to the transaction, whether the row has others
// or not: a job works on whichever image's turn it is, so that there has to be one
// for each image that waits, and the one under this image's name may be meant for
// another's. Wake.Again is for those that may only be thought to wait without; one
// that has not begun yet is enough for them, as the transaction is committed before
// that job begins.
//
// Deliveries have no jobs. Who sends them takes whatever is due (Worker.Hear), so
// the word that there is something is enough, and it may get lost.
func (q *Queue) Enqueue(ctx context.Context, tx *sql.Tx, wakes ...mattebox.Wake) error {
	if len(wakes) == 0 {
		return nil
	}
	now := time.Now()
	jobs, err := inserts(wakes, now)
	if err != nil {
		return err
	}
	if len(jobs) > 0 {
		if _, err := q.client.InsertManyTx(ctx, tx, jobs); err != nil {
			return fmt.Errorf("enqueueing jobs: %w", err)
		}
	}
	ready := readyKinds(wakes, now)
	if !q.sqlite {
		return tell(ctx, tx, ready)
	}
	for _, kind := range ready {
		// It is not committed yet, but the fetch waits for the connection that the
		// transaction holds.
		q.bell.ring(kind)
	}
	return nil
}

// readyKinds returns the kinds of which something may begin at once.
func readyKinds(wakes []mattebox.Wake, now time.Time) []mattebox.Kind {
	var kinds []mattebox.Kind
	for _, w := range wakes {
		if !w.At.After(now) && !slices.Contains(kinds, w.Kind) {
			kinds = append(kinds, w.Kind)
		}
	}
	slices.Sort(kinds) // one order for all transactions
	return kinds
}

// inserts returns the jobs in one order for all transactions, so that two that
// enqueue the same never wait for each other in a circle; each once, because
// PostgreSQL refuses a statement that meets one row twice.
func inserts(wakes []mattebox.Wake, now time.Time) ([]river.InsertManyParams, error) {
	wakes = slices.Clone(wakes)
	for i := range wakes {
		if !wakes[i].At.After(now) {
			wakes[i].At = time.Time{}
		}
	}
	slices.SortFunc(wakes, compare)
	wakes = slices.CompactFunc(wakes, func(a, b mattebox.Wake) bool { return compare(a, b) == 0 })
	jobs := make([]river.InsertManyParams, 0, len(wakes))
	for _, w := range wakes {
		if w.Kind == mattebox.KindDeliver {
			continue
		}
		args, err := argsOf(w.Kind, w.ID)
		if err != nil {
			return nil, err
		}
		opts := &river.InsertOpts{Queue: string(w.Kind), Priority: priorityNew}
		if w.Again {
			opts.Tags = []string{tagOnce}
		}
		if !w.At.IsZero() {
			opts.Priority, opts.ScheduledAt = priorityAgain, w.At.Add(slack)
		}
		jobs = append(jobs, river.InsertManyParams{Args: args, InsertOpts: opts})
	}
	return jobs, nil
}

// tagOnce marks the jobs of which one that has not begun is enough.
const tagOnce = "once"

// once makes a marked job that may begin at once unique among those that have not begun.
// River's own uniqueness counts running jobs, too; but what a running job has read
// may be older than what this transaction writes.
func once(_ context.Context, p *rivertype.JobInsertParams) error {
	if p.State != rivertype.JobStateAvailable || !slices.Contains(p.Tags, tagOnce) {
		return nil
	}
	p.UniqueKey = fmt.Appendf(nil, "%s %s", p.Kind, p.EncodedArgs)
	p.UniqueStates = bitAvailable
	return nil
}

// bitAvailable is the state "available" in the bits of river_job.unique_states.
const bitAvailable = 1 << 0
