package store

import (
	"context"
	"database/sql"
	"time"

	"mattebox"
)

// jobColumns are read by scanJob, in its order.
const jobColumns = `jobs.id, jobs.uid, jobs.account, jobs.key_id, jobs.spec, jobs.state, jobs.stage, jobs.progress, jobs.run, jobs.fault_code, jobs.fault,
	jobs.warnings, jobs.clip, jobs.output, jobs.credits, jobs.price_cents, jobs.currency, jobs.funding, jobs.billing, COALESCE(jobs.invoice, 0),
	jobs.created, jobs.updated, jobs.started, jobs.ended`

func scanJob(row scanner) (*mattebox.Job, error) {
	var j mattebox.Job
	var spec, warnings, clip, output string
	var created, updated, started, ended int64
	err := row.Scan(&j.ID, &j.UID, &j.Account, &j.Key, &spec, &j.State, &j.Stage, &j.Progress, &j.Run, &j.Fault.Code, &j.Fault.Message,
		&warnings, &clip, &output, &j.Credits, &j.Price.Cents, &j.Price.Currency, &j.Funding, &j.Billing, &j.Invoice,
		&created, &updated, &started, &ended)
	if err != nil {
		return nil, err
	}
	j.Created, j.Updated, j.Started, j.Ended = timeOf(created), timeOf(updated), timeOf(started), timeOf(ended)
	for _, part := range []error{
		readJSON("the order of "+j.UID, spec, &j.JobOrder), readJSON("the warnings of "+j.UID, warnings, &j.Warnings),
		readJSON("the clip of "+j.UID, clip, &j.Source), readJSON("the output of "+j.UID, output, &j.Output),
	} {
		if part != nil {
			return nil, part
		}
	}
	return &j, nil
}

func noJob() error { return mattebox.Errorf(mattebox.CodeNotFound, "there is no such job") }

// holdJob reads a job and keeps other transactions from changing it, and its steps,
// until the end of this one.
func (t *tx) holdJob(ctx context.Context, where string, args ...any) (*mattebox.Job, error) {
	j, err := scanJob(t.QueryRowContext(ctx, `SELECT `+jobColumns+` FROM jobs WHERE `+where+` `+t.store.db.Dialect.ForUpdate(false), args...))
	if err != nil {
		return nil, noRow(err, noJob())
	}
	return j, nil
}

// holdJobOf is holdJob for a customer, who does not see other keys' jobs; key 0 sees
// all.
func (t *tx) holdJobOf(ctx context.Context, key mattebox.VideoKeyID, uid string) (*mattebox.Job, error) {
	return t.holdJob(ctx, `uid = $1 AND (key_id = $2 OR $2 = 0)`, uid, int64(key))
}

// insertJob stores a draft.
func (t *tx) insertJob(ctx context.Context, n mattebox.NewJob) (*mattebox.Job, error) {
	j := &mattebox.Job{
		UID: mattebox.NewJobUID(), Account: n.Account, Key: n.Key, JobOrder: n.Order, State: mattebox.JobCreated,
		Funding: mattebox.FundingFree, Billing: mattebox.BillingNone, Created: timeOf(t.at), Updated: timeOf(t.at),
	}
	err := t.QueryRowContext(ctx, `SELECT a.currency FROM accounts a JOIN video_keys k ON k.account = a.id WHERE a.id = $1 AND k.id = $2`, int64(n.Account), int64(n.Key)).
		Scan(&j.Price.Currency)
	if err != nil {
		return nil, noRow(err, noAccount())
	}
	err = t.QueryRowContext(ctx, `INSERT INTO jobs (uid, account, key_id, spec, upload, behind, state, currency, created, updated)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9) RETURNING id`,
		j.UID, int64(j.Account), int64(j.Key), writeJSON(&j.JobOrder), optionalText(j.Upload), optionalText(j.Background.Upload),
		string(j.State), string(j.Price.Currency), t.at).Scan(&j.ID)
	return j, err
}

// saveJob stores what has become of a held job. That it ended, was charged or has an
// output to be removed some day follows from its state.
func (t *tx) saveJob(ctx context.Context, j *mattebox.Job) error {
	j.Updated = timeOf(t.at)
	var charged int64
	var kept, scraps sql.NullInt64
	if j.Billing == mattebox.BillingCharged {
		charged = t.at
	}
	if j.State.Done() {
		j.Ended = timeOf(t.at)
		scraps = optional(t.at)
	}
	if j.State == mattebox.JobCompleted {
		kept = optional(t.at)
	}
	_, err := t.exec(ctx, `UPDATE jobs SET spec = $1, upload = $2, behind = $3, state = $4, stage = $5, progress = $6, run = $7, fault_code = $8, fault = $9,
			warnings = $10, clip = $11, output = $12, credits = $13, price_cents = $14, funding = $15, billing = $16, charged = $17, paid = $18,
			updated = $19, started = $20, ended = $21, kept = $22, scraps = $23
		WHERE id = $24`,
		writeJSON(&j.JobOrder), optionalText(j.Upload), optionalText(j.Background.Upload), string(j.State), string(j.Stage), j.Progress, j.Run, j.Fault.Code, j.Fault.Message,
		warningsOf(j), writeJSON(j.Source), writeJSON(j.Output), int64(j.Credits), j.Price.Cents, string(j.Funding), string(j.Billing), charged,
		charged != 0 && j.Funding != mattebox.FundingCredit, t.at, micros(j.Started), micros(j.Ended), kept, scraps, int64(j.ID))
	return err
}

func warningsOf(j *mattebox.Job) string {
	if len(j.Warnings) == 0 {
		return ""
	}
	return writeJSON(&j.Warnings)
}

// lengthOf is how much of a clip the job makes, and is charged for.
func lengthOf(j *mattebox.Job, clip *mattebox.Clip) time.Duration {
	if j.Preview > 0 {
		return min(j.Preview, clip.Duration)
	}
	return clip.Duration
}
