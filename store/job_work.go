package store

import (
	"context"

	"mattebox"
)

// FinishJobFetch stores what the job's clip is and asks for its segments. What it
// costs is reserved where that was not done at the start; a job that cannot be paid
// fails. ErrLost when the lease is no longer the worker's.
func (s *Store) FinishJobFetch(ctx context.Context, step *mattebox.JobStep, f mattebox.Fetched) error {
	if len(f.Spans) == 0 {
		return mattebox.Errorf(mattebox.CodeInternal, "the clip has no segments")
	}
	return s.write(ctx, "finish a job's fetch", func(t *tx) error {
		j, err := t.holdStep(ctx, step)
		if err != nil {
			return err
		}
		j.Source = &f.Clip
		if j.Billing != mattebox.BillingReserved {
			err := t.reserveJob(ctx, j, lengthOf(j, &f.Clip))
			if mattebox.CodeOf(err) == mattebox.CodePayment {
				return t.unpaidJob(ctx, j, err)
			}
			if err != nil {
				return err
			}
		}
		if _, err := t.exec(ctx, `DELETE FROM steps WHERE id = $1`, int64(step.ID)); err != nil {
			return err
		}
		for n, span := range f.Spans {
			if err := t.addStep(ctx, j, queueVideoSegment, n+1, span); err != nil {
				return err
			}
		}
		if _, err := t.exec(ctx, `UPDATE jobs SET folder = $1 WHERE id = $2`, f.Folder, int64(j.ID)); err != nil {
			return err
		}
		j.Stage, j.Progress = mattebox.StageCut, j.Format.Progress(mattebox.StageCut, 0)
		return t.saveJob(ctx, j)
	})
}

// unpaidJob fails a held job for which nothing was taken.
func (t *tx) unpaidJob(ctx context.Context, j *mattebox.Job, err error) error {
	j.Credits, j.Price.Cents, j.Billing, j.Funding = 0, 0, mattebox.BillingNone, mattebox.FundingFree
	return t.failJob(ctx, j, mattebox.JobFault{Code: mattebox.FaultCredits, Message: err.Error()})
}

// FinishSegment stores where a segment's bytes are; after the last one they are put
// together. ErrLost when the lease is no longer the worker's.
func (s *Store) FinishSegment(ctx context.Context, step *mattebox.JobStep, segment mattebox.Segment) error {
	return s.write(ctx, "finish a segment", func(t *tx) error {
		j, err := t.holdStep(ctx, step)
		if err != nil {
			return err
		}
		if _, err := t.exec(ctx, `UPDATE steps SET wake_at = NULL, woken = 0, done = frames, result = $1, fence = fence + 1 WHERE id = $2`,
			writeJSON(&segment), int64(step.ID)); err != nil {
			return err
		}
		var left int
		if err := t.QueryRowContext(ctx, `SELECT COUNT(*) FROM steps WHERE job = $1 AND kind = $2 AND result = ''`, int64(j.ID), queueVideoSegment).Scan(&left); err != nil {
			return err
		}
		if left > 0 {
			return t.progress(ctx, j)
		}
		j.Stage, j.Progress = mattebox.StageJoin, j.Format.Progress(mattebox.StageJoin, 0)
		if err := t.addStep(ctx, j, queueVideoJoin, 0, mattebox.ClipSpan{}); err != nil {
			return err
		}
		return t.saveJob(ctx, j)
	})
}

// FinishJob completes a job, whose output's bytes are in their place already: it is
// charged, and who wants to know is told. ErrLost, and nothing is stored, when the
// lease is no longer the worker's.
func (s *Store) FinishJob(ctx context.Context, step *mattebox.JobStep, output mattebox.Output, warnings []string) error {
	if output.Key == "" || output.Name == "" {
		return mattebox.Errorf(mattebox.CodeInternal, "an output needs a name and a key")
	}
	return s.write(ctx, "finish a job", func(t *tx) error {
		j, err := t.holdStep(ctx, step)
		if err != nil {
			return err
		}
		if err := t.chargeJob(ctx, j, output.Duration); err != nil {
			return err
		}
		j.State, j.Stage, j.Progress, j.Output, j.Warnings = mattebox.JobCompleted, "", 100, &output, warnings
		if err := t.endJob(ctx, j); err != nil {
			return err
		}
		if err := t.usedJob(ctx, j, "job.completed", output.Duration); err != nil {
			return err
		}
		return t.tellJob(ctx, mattebox.EventJobCompleted, j)
	})
}

// FailJob ends a job that cannot be made. The message is the customer's to read.
// ErrLost when the lease is no longer the worker's.
func (s *Store) FailJob(ctx context.Context, step *mattebox.JobStep, fault mattebox.JobFault) error {
	return s.write(ctx, "fail a job", func(t *tx) error {
		j, err := t.holdStep(ctx, step)
		if err != nil {
			return err
		}
		return t.failJob(ctx, j, fault)
	})
}

func (t *tx) failJob(ctx context.Context, j *mattebox.Job, fault mattebox.JobFault) error {
	j.Fault = mattebox.JobFault{Code: fault.Code, Message: clip(fault.Message, maxText)}
	if err := t.giveUpJob(ctx, j, mattebox.JobFailed, byEngine); err != nil {
		return err
	}
	return t.tellJob(ctx, mattebox.EventJobFailed, j)
}

// tellJob tells the job's webhook and the developers that it concerns of an event.
func (t *tx) tellJob(ctx context.Context, event mattebox.EventType, j *mattebox.Job) error {
	e := mattebox.Event{Type: event, At: timeOf(t.at), Account: j.Account, Job: j}
	if j.WebhookURL != "" && t.store.TellJob != nil {
		delivery, err := t.store.TellJob(e)
		if err != nil {
			return err
		}
		if err := t.insertEvent(ctx, j.Account, 0, about{job: j.ID, subject: j.UID}, delivery); err != nil {
			return err
		}
	}
	to, err := t.concerned(ctx, event, concernedByAccount, int64(j.Account))
	if err != nil || len(to) == 0 {
		return err
	}
	return t.tell(ctx, to, e)
}
