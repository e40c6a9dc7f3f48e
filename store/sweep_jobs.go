package store

import (
	"context"
	"time"

	"mattebox"
)

// sweepJobs hands steps back whose worker's lease has run out, gives new jobs to
// those that wait without one, and forgets old answers.
func (t *tx) sweepJobs(ctx context.Context, report *mattebox.SweepReport) (err error) {
	if report.Steps, err = t.ripenSteps(ctx); err != nil {
		return err
	}
	for _, queue := range videoQueues() {
		woken, err := t.wakeSteps(ctx, queue)
		if err != nil {
			return err
		}
		report.Woken += woken
	}
	return t.forgetAnswers(ctx)
}

// wakeSteps is wakeImages for steps.
func (t *tx) wakeSteps(ctx context.Context, queue int) (int, error) {
	var busy bool
	if err := t.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM steps WHERE wake_at > $1 AND woken = 0 AND kind = $2)`, t.at, queue).Scan(&busy); err != nil {
		return 0, err
	}
	limit, patience := wokenIdle, lostIdle
	if busy {
		limit, patience = wokenBusy, lostAfter
	}
	rows, err := t.QueryContext(ctx, `SELECT id FROM steps WHERE queue = $1 AND woken <= $2
		ORDER BY woken LIMIT $3 `+t.store.db.Dialect.ForUpdate(true), queue, t.at-patience.Microseconds(), limit)
	lost, err := collect(t.store, "find lost steps", rows, err, scanID)
	if err != nil || len(lost) == 0 {
		return 0, err
	}
	for _, id := range lost {
		t.wakeLost(stepKind(queue), id)
	}
	args := arguments{t.at}
	_, err = t.exec(ctx, `UPDATE steps SET woken = $1 WHERE id IN (`+in(&args, lost)+`)`, args...)
	return len(lost), err
}

// scrapsKept is how long what a job was made of stays after its end: a worker that
// has not heard of the end may still be writing.
const scrapsKept = time.Minute

// RetireJobs returns jobs of which bytes are to be removed: of those that ended some
// time ago what they were made of, of those that were completed before the time
// everything. Of each at most limit. MarkJobs follows.
func (s *Store) RetireJobs(ctx context.Context, before time.Time, limit int) ([]mattebox.JobRemains, error) {
	find := func(where string, at int64, all bool) ([]mattebox.JobRemains, error) {
		rows, err := s.db.Reader.QueryContext(ctx, `SELECT id, account, uid, run, output FROM jobs WHERE `+where+` LIMIT $2`, at, limit)
		return collect(s, "find jobs to clean", rows, err, func(row scanner) (*mattebox.JobRemains, error) {
			r := mattebox.JobRemains{All: all}
			var text string
			if err := row.Scan(&r.Job, &r.Account, &r.UID, &r.Run, &text); err != nil || text == "" {
				return &r, err
			}
			var o mattebox.Output
			err := readJSON("the output of "+r.UID, text, &o)
			r.Keep = o.Key
			return &r, err
		})
	}
	scraps, err := find(`scraps <= $1 ORDER BY scraps`, micros(s.now())-scrapsKept.Microseconds(), false)
	if err != nil {
		return nil, err
	}
	old, err := find(`kept < $1 ORDER BY kept`, micros(before), true)
	return append(scraps, old...), err
}

// MarkJobs tells that the bytes are removed. A job that was started again meanwhile
// keeps what belongs to its new run.
func (s *Store) MarkJobs(ctx context.Context, all ...mattebox.JobRemains) error {
	return s.writeMany(ctx, "mark jobs as cleaned", func(t *tx) error {
		for _, r := range all {
			j, err := t.holdJob(ctx, `id = $1`, int64(r.Job))
			if err != nil {
				return err
			}
			if !j.State.Done() || j.Run != r.Run {
				continue
			}
			kept := ``
			if r.All {
				kept = `, kept = NULL`
				if j.Output != nil {
					j.Output.Key = ""
				}
			}
			if _, err := t.exec(ctx, `UPDATE jobs SET scraps = NULL, output = $1`+kept+` WHERE id = $2`, writeJSON(j.Output), int64(r.Job)); err != nil {
				return err
			}
		}
		return nil
	})
}
