package storetest

import (
	"fmt"
	"strings"
	"time"

	"mattebox"
)

// crowdJobs makes a job for every other image: most of them completed, some
// cancelled, failed and in hand, these with ten segments; an upload for each, and
// usage and answers for each key.
func (h *house) crowdJobs() {
	h.t.Helper()
	exec := func(statement string) {
		h.t.Helper()
		h.check(second(h.db.Writer.ExecContext(h.ctx, strings.ReplaceAll(statement, "$1", fmt.Sprint(h.clock.Now().UnixMicro())))))
	}
	exec(`INSERT INTO uploads (uid, account, key_id, name, media_type, bytes, blob_key, clip, created)
		SELECT 'vid_' || i.id, i.account, k.id, 'n', 't', 1, CASE WHEN i.id % 40 = 0 THEN 'k' ELSE '' END, '', $1 - i.id FROM images i
		JOIN video_keys k ON k.account = i.account WHERE i.id % 2 = 0`)
	exec(`INSERT INTO jobs (uid, account, key_id, spec, upload, state, stage, run, currency, funding, billing, charged, invoice, created, updated, started, ended, kept, scraps)
		SELECT 'job_' || i.id, i.account, k.id, '{}', 'vid_' || i.id,
			CASE WHEN i.id % 100 = 0 THEN 'processing' WHEN i.id % 100 IN (2, 4) THEN 'failed' WHEN i.id % 100 = 6 THEN 'cancelled' ELSE 'completed' END, '', 1, 'USD', 'balance',
			CASE WHEN i.id % 100 > 6 THEN 'charged' ELSE 'none' END, CASE WHEN i.id % 100 > 6 THEN 1 ELSE 0 END, CASE WHEN i.id % 97 <> 7 THEN 5 + i.id % 90 END,
			$1 - i.id, $1, $1 - i.id, $1 - i.id, CASE WHEN i.id % 100 BETWEEN 7 AND 20 THEN $1 - i.id END, CASE WHEN i.id % 100 = 6 THEN $1 - i.id END
		FROM images i JOIN video_keys k ON k.account = i.account WHERE i.id % 2 = 0`)
	exec(`WITH RECURSIVE counted (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counted WHERE n < 100)
		INSERT INTO steps (job, account, kind, position, frames, due, result, queue, wake_at, woken)
		SELECT j.id, j.account, CASE WHEN j.id % 3 = 0 THEN 3 ELSE 4 END, n, 10, j.created, CASE WHEN n > 3 THEN '{}' ELSE '' END,
			CASE WHEN n IN (2, 3) THEN CASE WHEN j.id % 3 = 0 THEN 3 ELSE 4 END END, CASE WHEN n = 1 THEN $1 + j.id END, CASE WHEN n IN (2, 3) THEN $1 ELSE 0 END
		FROM jobs j, counted WHERE j.state = 'processing'`)
	exec(`INSERT INTO video_usage (account, key_id, at, event, subject, model, duration, credits, bytes)
		SELECT account, key_id, created, 'job.completed', uid, 'pro', 1, 1, 0 FROM jobs`)
	exec(`INSERT INTO kept_answers (key_id, name, fingerprint, status, header, body, created)
		SELECT key_id, uid, ` + h.noBytes() + `, 200, '', ` + h.noBytes() + `, $1 - id FROM jobs`)
	exec(`UPDATE deliveries SET job = (SELECT j.id FROM jobs j WHERE j.uid = 'job_' || deliveries.image) WHERE image % 10 = 0`)
}

// jobQuestions are the calls about video jobs whose statements are explained.
func (h *house) jobQuestions() []question {
	const uid = "job_2000500"
	now := h.clock.Now()
	var key mattebox.VideoKeyID
	h.check(h.db.Writer.QueryRowContext(h.ctx, `SELECT key_id FROM jobs WHERE uid = $1`, uid).Scan(&key))
	account := mattebox.AccountID(h.number(`SELECT account FROM jobs WHERE uid = $1`, uid))
	order := mattebox.JobOrder{VideoURL: "https://e.com/a.mp4", Model: mattebox.ModelPro, Format: mattebox.FormatWebM}
	step := func(kind mattebox.Kind, then func(*mattebox.JobStep) error) func() error {
		return func() error {
			claimed, err := h.ClaimStep(h.ctx, kind, lease)
			if err == nil && claimed == nil {
				err = fmt.Errorf("nothing of kind %s", kind)
			}
			if err != nil || then == nil {
				return err
			}
			return then(claimed)
		}
	}
	return []question{
		{"a job", func() error { return second(h.JobByUID(h.ctx, key, uid)) }, []string{"deliveries_job"}},
		{"jobs", func() error { return second(h.Jobs(h.ctx, mattebox.JobFilter{Key: key, Limit: 20})) }, nil},
		{"jobs of a state", func() error {
			return second(h.Jobs(h.ctx, mattebox.JobFilter{Key: key, State: mattebox.JobFailed, Limit: 20}))
		}, []string{"jobs_state"}},
		{"jobs of an account", func() error { return second(h.Jobs(h.ctx, mattebox.JobFilter{Account: account, Limit: 20})) }, nil},
		{"count jobs", func() error { return second(h.CountJobs(h.ctx, mattebox.JobFilter{Key: key})) }, nil},
		{"create a job", func() error {
			return second(h.CreateJob(h.ctx, mattebox.NewJob{Account: account, Key: key, Order: order, Start: true}))
		}, nil},
		{"cancel a job", func() error { return second(h.CancelJob(h.ctx, key, uid)) }, []string{"steps_job"}},
		{"claim a job's fetch", step(mattebox.KindVideoFetch, nil), []string{"steps_wake", "steps_queue"}},
		{"cut", step(mattebox.KindVideoSegment, func(s *mattebox.JobStep) error {
			if err := h.RenewStep(h.ctx, s, lease, 1); err != nil {
				return err
			}
			if err := h.HoldsStep(h.ctx, s); err != nil {
				return err
			}
			return h.FinishSegment(h.ctx, s, mattebox.Segment{Key: "k"})
		}), []string{"steps_queue", "steps_job"}},
		{"retire jobs", func() error { return second(h.RetireJobs(h.ctx, now.Add(-time.Second), 10)) }, []string{"jobs_kept", "jobs_scraps"}},
		{"retire uploads", func() error { return second(h.RetireUploads(h.ctx, now.Add(-time.Second), 10)) }, []string{"uploads_created", "jobs_upload"}},
		{"bytes of uploads", func() error { return second(h.UploadedBytes(h.ctx, account)) }, []string{"uploads_created"}},
		{"usage events", func() error { return second(h.UsageEvents(h.ctx, key, 20)) }, nil},
		{"usage by days", func() error { return second(h.UsageDays(h.ctx, key, now.Add(-time.Second), now)) }, []string{"video_usage_at"}},
		{"an idempotent request", func() error { return second(h.BeginRequest(h.ctx, key, "x", []byte{1})) }, nil},
	}
}
