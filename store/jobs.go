package store

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"time"

	"mattebox"
)

// CreateJob stores a video job: a draft, or with NewJob.Start one that is started at
// once (StartJob), both or neither. An order that cannot be made is a CodeInvalid
// error that names its field in POST /v1/jobs (contracts D1).
func (s *Store) CreateJob(ctx context.Context, n mattebox.NewJob) (j *mattebox.Job, err error) {
	if err := n.Order.Validate(); err != nil {
		return nil, err
	}
	err = s.write(ctx, "create a job", func(t *tx) (err error) {
		if _, err := t.ordered(ctx, n.Key, &n.Order); err != nil {
			return err
		}
		if j, err = t.insertJob(ctx, n); err != nil {
			return err
		}
		if err := t.noteJob(ctx, n.Key, n.Request, j.UID); err != nil {
			return err
		}
		if err := t.usedJob(ctx, j, "job.created", 0); err != nil || !n.Start {
			return err
		}
		return t.startJob(ctx, j)
	})
	if err != nil {
		return nil, err
	}
	return j, nil
}

// StartJob starts a draft, or a failed job again, with what Change makes of its
// order. What it costs is reserved where the clip's length is known, which is where an upload was looked at; else as soon as it is known. Errors:
// CodeConflict for a job in another state, CodePayment when there is not enough for
// it, CodeInvalid for an order that cannot be made and an upload that is gone; the
// job stays as it was.
func (s *Store) StartJob(ctx context.Context, key mattebox.VideoKeyID, start mattebox.JobStart) (j *mattebox.Job, err error) {
	err = s.write(ctx, "start a job", func(t *tx) (err error) {
		if j, err = t.holdJobOf(ctx, key, start.UID); err != nil {
			return err
		}
		if !j.State.Startable() {
			return mattebox.Errorf(mattebox.CodeConflict, "the job is %s; only one that is created or failed can be started", j.State)
		}
		if start.Change != nil {
			if err := start.Change(&j.JobOrder); err != nil {
				return err
			}
			if err := j.Validate(); err != nil {
				return err
			}
		}
		if err := t.noteJob(ctx, key, start.Request, j.UID); err != nil {
			return err
		}
		return t.startJob(ctx, j)
	})
	if err != nil {
		return nil, err
	}
	return j, nil
}

// ordered returns the clip's upload, nil for an address, and a CodeInvalid error
// when an upload of the order is not the key's or gone. It keeps the uploads from
// being retired until the end of the transaction.
func (t *tx) ordered(ctx context.Context, key mattebox.VideoKeyID, o *mattebox.JobOrder) (clip *mattebox.Upload, err error) {
	for _, of := range []struct{ field, uid string }{{"video_url", o.Upload}, {"background", o.Background.Upload}} {
		if of.uid == "" {
			continue
		}
		u, err := selectUpload(ctx, t, key, of.uid, t.store.db.Dialect.ForShare())
		if mattebox.CodeOf(err) == mattebox.CodeNotFound {
			return nil, mattebox.Invalid(of.field, "names an upload that is not there, or not any more; upload it again")
		}
		if err != nil {
			return nil, err
		}
		if of.uid == o.Upload {
			clip = u
		}
	}
	return clip, nil
}

// startJob starts a held job: its money, its first step, and who is told.
func (t *tx) startJob(ctx context.Context, j *mattebox.Job) error {
	upload, err := t.ordered(ctx, j.Key, &j.JobOrder)
	if err != nil {
		return err
	}
	j.Run++
	j.State, j.Stage, j.Progress, j.Started, j.Ended = mattebox.JobProcessing, mattebox.StageFetch, 0, timeOf(t.at), timeOf(0)
	j.Fault, j.Warnings, j.Source, j.Billing = mattebox.JobFault{}, nil, nil, mattebox.BillingNone
	if upload != nil && upload.Clip != nil {
		j.Source = upload.Clip
		if err := t.reserveJob(ctx, j, lengthOf(j, upload.Clip)); err != nil {
			return err
		}
	}
	if err := t.saveJob(ctx, j); err != nil {
		return err
	}
	if _, err := t.exec(ctx, `UPDATE jobs SET folder = '' WHERE id = $1`, int64(j.ID)); err != nil {
		return err
	}
	if err := t.addStep(ctx, j, queueVideoFetch, 0, mattebox.ClipSpan{}); err != nil {
		return err
	}
	var length time.Duration // 0 before it is known
	if j.Source != nil {
		length = lengthOf(j, j.Source)
	}
	if err := t.usedJob(ctx, j, "job.started", length); err != nil {
		return err
	}
	return t.tellJob(ctx, mattebox.EventJobStarted, j)
}

// CancelJob ends a draft or a job in hand: what was reserved is given back, and who
// works on it is told so when it next asks. A cancelled one stays as it is; it is a
// CodeConflict error for one that is completed or failed.
func (s *Store) CancelJob(ctx context.Context, key mattebox.VideoKeyID, uid string) (j *mattebox.Job, err error) {
	err = s.write(ctx, "cancel a job", func(t *tx) (err error) {
		if j, err = t.holdJobOf(ctx, key, uid); err != nil || j.State == mattebox.JobCancelled {
			return err
		}
		if !j.State.Cancellable() {
			return mattebox.Errorf(mattebox.CodeConflict, "the job is %s already and cannot be cancelled", j.State)
		}
		return t.giveUpJob(ctx, j, mattebox.JobCancelled, byCustomer)
	})
	if err != nil {
		return nil, err
	}
	return j, nil
}

// giveUpJob ends a held job that is not completed.
func (t *tx) giveUpJob(ctx context.Context, j *mattebox.Job, state mattebox.JobState, by string) error {
	if err := t.releaseJob(ctx, j, by); err != nil {
		return err
	}
	j.State, j.Stage = state, ""
	if err := t.endJob(ctx, j); err != nil {
		return err
	}
	return t.usedJob(ctx, j, "job."+string(state), 0)
}

// endJob stores the end of a held job. With its steps every worker's lease is gone.
func (t *tx) endJob(ctx context.Context, j *mattebox.Job) error {
	if _, err := t.exec(ctx, `DELETE FROM steps WHERE job = $1`, int64(j.ID)); err != nil {
		return err
	}
	return t.saveJob(ctx, j)
}

// JobByUID returns the key's job, with its Webhooks; key 0 sees all. Another key's job is a
// CodeNotFound error like one that does not exist.
func (s *Store) JobByUID(ctx context.Context, key mattebox.VideoKeyID, uid string) (*mattebox.Job, error) {
	j, err := scanJob(s.db.Reader.QueryRowContext(ctx, `SELECT `+jobColumns+` FROM jobs WHERE uid = $1 AND (key_id = $2 OR $2 = 0)`, uid, int64(key)))
	if errors.Is(err, sql.ErrNoRows) {
		return nil, noJob()
	}
	if err != nil {
		return nil, s.fault("read a job", err)
	}
	one := []mattebox.Job{*j}
	err = s.addWebhooks(ctx, one)
	return &one[0], err
}

// Jobs returns the jobs that the filter selects, newest first, with their Webhooks.
func (s *Store) Jobs(ctx context.Context, f mattebox.JobFilter) ([]mattebox.Job, error) {
	var args arguments
	where := whereJobs(f, &args)
	limit := ``
	if f.Limit > 0 {
		limit = ` LIMIT ` + args.add(f.Limit) + ` OFFSET ` + args.add(f.Offset)
	}
	rows, err := s.db.Reader.QueryContext(ctx, `SELECT `+jobColumns+` FROM jobs WHERE `+where+` ORDER BY id DESC`+limit, args...)
	all, err := collect(s, "list jobs", rows, err, func(row scanner) (*mattebox.Job, error) { return scanJob(row) })
	if err != nil {
		return nil, err
	}
	return all, s.addWebhooks(ctx, all)
}

// CountJobs counts the jobs that the filter selects; its Limit and Offset are
// nothing to it.
func (s *Store) CountJobs(ctx context.Context, f mattebox.JobFilter) (n int, err error) {
	var args arguments
	where := whereJobs(f, &args)
	err = s.db.Reader.QueryRowContext(ctx, `SELECT COUNT(*) FROM jobs WHERE `+where, args...).Scan(&n)
	return n, s.fault("count jobs", err)
}

func whereJobs(f mattebox.JobFilter, args *arguments) string {
	conditions := []string{`1 = 1`}
	if f.Account != 0 {
		conditions = append(conditions, `account = `+args.add(int64(f.Account)))
	}
	if f.Key != 0 {
		conditions = append(conditions, `key_id = `+args.add(int64(f.Key)))
	}
	if f.State != "" {
		conditions = append(conditions, `state = `+args.add(string(f.State)))
	}
	return strings.Join(conditions, ` AND `)
}

// addWebhooks tells of the newest deliveries of each job's newest run.
func (s *Store) addWebhooks(ctx context.Context, all []mattebox.Job) error {
	if len(all) == 0 {
		return nil
	}
	at := map[mattebox.JobID]int{}
	ids := make([]mattebox.JobID, len(all))
	for n, j := range all {
		ids[n], at[j.ID] = j.ID, n
	}
	var args arguments
	rows, err := s.db.Reader.QueryContext(ctx, `SELECT d.job, d.event, d.state FROM deliveries d JOIN jobs ON jobs.id = d.job
		WHERE d.job IN (`+in(&args, ids)+`) AND d.job IS NOT NULL AND d.created >= jobs.started ORDER BY d.id`, args...)
	type told struct {
		job   mattebox.JobID
		event mattebox.EventType
		state mattebox.DeliveryState
	}
	deliveries, err := collect(s, "read jobs' webhooks", rows, err, func(row scanner) (*told, error) {
		var d told
		return &d, row.Scan(&d.job, &d.event, &d.state)
	})
	for _, d := range deliveries {
		j := &all[at[d.job]]
		if j.Webhooks == nil {
			j.Webhooks = map[mattebox.EventType]mattebox.WebhookState{}
		}
		j.Webhooks[d.event] = webhookState(d.state)
	}
	return err
}

func webhookState(s mattebox.DeliveryState) mattebox.WebhookState {
	switch s {
	case mattebox.DeliveryDelivered:
		return mattebox.WebhookSent
	case mattebox.DeliveryFailed:
		return mattebox.WebhookFailed
	}
	return mattebox.WebhookPending
}
