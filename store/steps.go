package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"mattebox"
)

// The queues that a video job's steps wait in, beside those of images.
const (
	queueVideoFetch   = 3
	queueVideoSegment = 4
	queueVideoJoin    = 5
)

func videoQueues() [3]int { return [3]int{queueVideoFetch, queueVideoSegment, queueVideoJoin} }

func stepKind(queue int) mattebox.Kind {
	switch queue {
	case queueVideoSegment:
		return mattebox.KindVideoSegment
	case queueVideoJoin:
		return mattebox.KindVideoJoin
	}
	return mattebox.KindVideoFetch
}

func stepQueue(kind mattebox.Kind) int {
	for _, queue := range videoQueues() {
		if stepKind(queue) == kind {
			return queue
		}
	}
	return 0
}

// addStep stores a step of a held job and asks for a worker.
func (t *tx) addStep(ctx context.Context, j *mattebox.Job, queue, position int, span mattebox.ClipSpan) error {
	var id int64
	err := t.QueryRowContext(ctx, `INSERT INTO steps (job, account, kind, position, from_us, to_us, frames, due, queue, woken)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $3, $9) RETURNING id`,
		int64(j.ID), int64(j.Account), queue, position, span.From.Nanoseconds(), span.To.Nanoseconds(), span.Frames, micros(j.Started), t.at).Scan(&id)
	t.wake(stepKind(queue), id, 0)
	return err
}

// ClaimStep gives the caller the step of that kind that is to be done next, for as
// long as the lease; nil when there is none. The account that was served longest ago
// comes first, and of its jobs the one started first.
func (s *Store) ClaimStep(ctx context.Context, kind mattebox.Kind, lease time.Duration) (step *mattebox.JobStep, err error) {
	queue := stepQueue(kind)
	if queue == 0 {
		return nil, mattebox.Errorf(mattebox.CodeInternal, "there are no steps of kind %q", kind)
	}
	err = s.write(ctx, "claim a step", func(t *tx) error {
		if _, err := t.ripenSteps(ctx); err != nil {
			return err
		}
		id, ok, err := t.nextStep(ctx, queue)
		if err != nil || !ok {
			return err
		}
		step, err = t.takeStep(ctx, id, t.until(lease))
		return err
	})
	if err != nil {
		return nil, err
	}
	return step, nil
}

// takeStep gives a held step to a worker until then.
func (t *tx) takeStep(ctx context.Context, id mattebox.StepID, until int64) (*mattebox.JobStep, error) {
	step := &mattebox.JobStep{ID: id, Lease: mattebox.Lease{Until: timeOf(until)}}
	var queue int
	var from, to int64
	var job mattebox.JobID
	err := t.QueryRowContext(ctx, `UPDATE steps SET queue = NULL, wake_at = $1, woken = 0, done = 0, tries = tries + 1, fence = fence + 1 WHERE id = $2
		RETURNING kind, job, position, from_us, to_us, frames, failures + 1, tries, crashes, faults, fence`, until, int64(id)).
		Scan(&queue, &job, &step.Position, &from, &to, &step.Span.Frames, &step.Try, &step.Begun, &step.Crashes, &step.Faults, &step.Lease.Fence)
	if err != nil {
		return nil, err
	}
	step.Kind, step.Span.From, step.Span.To = stepKind(queue), time.Duration(from), time.Duration(to)
	// Not held: whoever changes the job takes its steps first, and waits for this one.
	j, err := scanJob(t.QueryRowContext(ctx, `SELECT `+jobColumns+` FROM jobs WHERE id = $1`, int64(job)))
	if err != nil {
		return nil, err
	}
	step.Job = *j
	if err := t.QueryRowContext(ctx, `SELECT folder FROM jobs WHERE id = $1`, int64(job)).Scan(&step.Folder); err != nil {
		return nil, err
	}
	if step.Upload, err = t.usedUpload(ctx, j.Upload); err != nil {
		return nil, err
	}
	if step.Behind, err = t.usedUpload(ctx, j.Background.Upload); err != nil {
		return nil, err
	}
	if queue == queueVideoJoin {
		step.Segments, err = t.segments(ctx, job)
	}
	return step, err
}

// usedUpload returns an upload of an order, whether its bytes are there or not.
func (t *tx) usedUpload(ctx context.Context, uid string) (*mattebox.Upload, error) {
	if uid == "" {
		return nil, nil
	}
	return scanUpload(t.QueryRowContext(ctx, `SELECT `+uploadColumns+` FROM uploads WHERE uid = $1`, uid))
}

func (t *tx) segments(ctx context.Context, job mattebox.JobID) ([]mattebox.Segment, error) {
	rows, err := t.QueryContext(ctx, `SELECT result FROM steps WHERE job = $1 AND kind = $2 ORDER BY position`, int64(job), queueVideoSegment)
	return collect(t.store, "read a job's segments", rows, err, func(row scanner) (*mattebox.Segment, error) {
		var text string
		var s mattebox.Segment
		if err := row.Scan(&text); err != nil {
			return nil, err
		}
		return &s, readJSON("a segment", text, &s)
	})
}

// nextStep holds the step whose turn it is in the queue, as next does for images.
func (t *tx) nextStep(ctx context.Context, queue int) (id mattebox.StepID, ok bool, err error) {
	rows, err := t.QueryContext(ctx, stepLanes, queue, lanesTried)
	lanes, err := collect(t.store, "find who waits", rows, err, scanID)
	if err != nil {
		return 0, false, err
	}
	for _, account := range lanes {
		err := t.QueryRowContext(ctx, `SELECT id FROM steps WHERE queue = $1 AND account = $2 ORDER BY due, id LIMIT 1 `+t.store.db.Dialect.ForUpdate(true), queue, account).
			Scan(&id)
		if errors.Is(err, sql.ErrNoRows) {
			continue // all held by others
		}
		if err != nil {
			return 0, false, err
		}
		err = t.takeTurn(ctx, queue, account)
		return id, err == nil, err
	}
	return 0, false, nil
}

// stepLanes is lanesWaiting for steps.
const stepLanes = `WITH RECURSIVE waiting (account) AS (
		SELECT MIN(account) FROM steps WHERE queue = $1
		UNION ALL
		SELECT (SELECT MIN(account) FROM steps WHERE queue = $1 AND account > waiting.account) FROM waiting WHERE waiting.account IS NOT NULL
	)
	SELECT waiting.account FROM waiting LEFT JOIN lanes ON lanes.queue = $1 AND lanes.account = waiting.account
	WHERE waiting.account IS NOT NULL ORDER BY COALESCE(lanes.turn, 0), waiting.account LIMIT $2`

// ripenSteps puts back into their queues the steps whose wait or lease is over, some
// at a time, and returns how many were leases.
func (t *tx) ripenSteps(ctx context.Context) (leases int, err error) {
	rows, err := t.QueryContext(ctx, `SELECT id, kind, woken FROM steps WHERE wake_at <= $1 ORDER BY wake_at LIMIT $2 `+t.store.db.Dialect.ForUpdate(true), t.at, ripened)
	type due struct {
		id, woken int64
		queue     int
	}
	all, err := collect(t.store, "find due steps", rows, err, func(row scanner) (*due, error) {
		var d due
		return &d, row.Scan(&d.id, &d.queue, &d.woken)
	})
	for _, d := range all {
		if d.woken == 0 { // the job that led to the lease is used up
			t.wake(stepKind(d.queue), d.id, 0)
			leases, d.woken = leases+1, t.at
		}
		if err := t.requeue(ctx, mattebox.StepID(d.id), d.woken); err != nil {
			return 0, err
		}
	}
	return leases, err
}

// requeue puts a held step back into its queue. What was done of it is done again.
func (t *tx) requeue(ctx context.Context, id mattebox.StepID, woken int64) error {
	_, err := t.exec(ctx, `UPDATE steps SET queue = kind, wake_at = NULL, woken = $1, done = 0, fence = fence + 1 WHERE id = $2`, woken, int64(id))
	return err
}

// holdStep holds the step's job for a worker that has the lease; ErrLost when it
// has not, as when the job was cancelled.
func (t *tx) holdStep(ctx context.Context, step *mattebox.JobStep) (*mattebox.Job, error) {
	j, err := t.holdJob(ctx, `id = $1`, int64(step.Job.ID))
	if err != nil {
		return nil, err
	}
	var fence int64
	err = t.QueryRowContext(ctx, `SELECT fence FROM steps WHERE id = $1 AND queue IS NULL `+t.store.db.Dialect.ForUpdate(false), int64(step.ID)).Scan(&fence)
	if errors.Is(err, sql.ErrNoRows) || err == nil && fence != step.Lease.Fence {
		return nil, mattebox.ErrLost
	}
	return j, err
}

// HoldsStep returns ErrLost when the lease is no longer the worker's, as when the
// job was cancelled. It only reads, and may be asked often.
func (s *Store) HoldsStep(ctx context.Context, step *mattebox.JobStep) error {
	var fence int64
	err := s.db.Reader.QueryRowContext(ctx, `SELECT fence FROM steps WHERE id = $1`, int64(step.ID)).Scan(&fence)
	if errors.Is(err, sql.ErrNoRows) || err == nil && fence != step.Lease.Fence {
		return mattebox.ErrLost
	}
	return s.fault("look after a step", err)
}

// RenewStep makes the lease end later, that long from now, and tells how much of the
// step is done: frames of a segment, thousandths of a join. ErrLost when the lease is
// no longer the worker's.
func (s *Store) RenewStep(ctx context.Context, step *mattebox.JobStep, lease time.Duration, done int) error {
	return s.write(ctx, "renew a step's lease", func(t *tx) error {
		j, err := t.holdStep(ctx, step)
		if err != nil {
			return err
		}
		if _, err := t.exec(ctx, `UPDATE steps SET wake_at = $1, done = $2 WHERE id = $3`, t.until(lease), done, int64(step.ID)); err != nil {
			return err
		}
		return t.progress(ctx, j)
	})
}

// progress tells how far a held job is.
func (t *tx) progress(ctx context.Context, j *mattebox.Job) error {
	queue, whole := queueVideoSegment, `SUM(frames)`
	if j.Stage == mattebox.StageJoin {
		queue, whole = queueVideoJoin, `1000`
	}
	var done, all int64
	err := t.QueryRowContext(ctx, `SELECT CAST(COALESCE(SUM(CASE WHEN done < frames OR kind = 5 THEN done ELSE frames END), 0) AS BIGINT), CAST(COALESCE(`+whole+`, 0) AS BIGINT)
		FROM steps WHERE job = $1 AND kind = $2`, int64(j.ID), queue).Scan(&done, &all)
	if err != nil {
		return err
	}
	before := j.Progress
	j.Progress = j.Format.Progress(j.Stage, float64(done)/float64(max(all, 1)))
	if j.Progress == before {
		return nil
	}
	_, err = t.exec(ctx, `UPDATE jobs SET progress = $1, updated = $2 WHERE id = $3`, j.Progress, t.at, int64(j.ID))
	return err
}

// HandBackStep gives a step back that a worker holds, to be taken by another, and
// counts why.
func (s *Store) HandBackStep(ctx context.Context, step *mattebox.JobStep, why mattebox.StepEnd) error {
	return s.write(ctx, "hand a step back", func(t *tx) error {
		if _, err := t.holdStep(ctx, step); err != nil {
			return err
		}
		for column, counted := range map[string]mattebox.StepEnd{"crashes": mattebox.StepCrashed, "faults": mattebox.StepFaulty} {
			if why != counted {
				continue
			}
			if _, err := t.exec(ctx, `UPDATE steps SET `+column+` = `+column+` + 1 WHERE id = $1`, int64(step.ID)); err != nil {
				return err
			}
		}
		t.wake(step.Kind, int64(step.ID), 0)
		return t.requeue(ctx, step.ID, t.at)
	})
}

// PutOffStep has a step tried again at that time, as the next Try.
func (s *Store) PutOffStep(ctx context.Context, step *mattebox.JobStep, again time.Time) error {
	return s.write(ctx, "put a step off", func(t *tx) error {
		if _, err := t.holdStep(ctx, step); err != nil {
			return err
		}
		t.wake(step.Kind, int64(step.ID), micros(again))
		_, err := t.exec(ctx, `UPDATE steps SET wake_at = $1, woken = $1, failures = failures + 1, fence = fence + 1 WHERE id = $2`, micros(again), int64(step.ID))
		return err
	})
}
