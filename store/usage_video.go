package store

import (
	"context"
	"time"

	"mattebox"
)

// used notes what a key did or had done.
func (t *tx) used(ctx context.Context, account mattebox.AccountID, key mattebox.VideoKeyID, e mattebox.UsageEvent) error {
	_, err := t.exec(ctx, `INSERT INTO video_usage (account, key_id, at, event, subject, model, duration, credits, bytes)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		int64(account), int64(key), t.at, e.Event, e.Subject, string(e.Model), e.Duration.Microseconds(), int64(e.Credits), e.Bytes)
	return err
}

// usedJob is used for what happened to a job.
func (t *tx) usedJob(ctx context.Context, j *mattebox.Job, event string, length time.Duration) error {
	return t.used(ctx, j.Account, j.Key, mattebox.UsageEvent{Event: event, Subject: j.UID, Model: j.Model, Duration: length, Credits: j.Credits})
}

// UsageEvents returns what the key did and had done, newest first, at most limit.
func (s *Store) UsageEvents(ctx context.Context, key mattebox.VideoKeyID, limit int) ([]mattebox.UsageEvent, error) {
	rows, err := s.db.Reader.QueryContext(ctx, `SELECT at, event, subject, model, duration, credits, bytes FROM video_usage
		WHERE key_id = $1 ORDER BY id DESC LIMIT $2`, int64(key), limit)
	return collect(s, "list usage", rows, err, func(row scanner) (*mattebox.UsageEvent, error) {
		var e mattebox.UsageEvent
		var at, duration int64
		err := row.Scan(&at, &e.Event, &e.Subject, &e.Model, &duration, &e.Credits, &e.Bytes)
		e.At, e.Duration = timeOf(at), time.Duration(duration)*time.Microsecond
		return &e, err
	})
}

// UsageDays adds up what the key had done from a time on and before another, by days
// in UTC, oldest first. Days without anything are left out.
func (s *Store) UsageDays(ctx context.Context, key mattebox.VideoKeyID, from, to time.Time) ([]mattebox.UsageDay, error) {
	counted := func(event string) string {
		return `CAST(SUM(CASE WHEN event = '` + event + `' THEN 1 ELSE 0 END) AS BIGINT)`
	}
	charged := func(column string) string {
		return `CAST(SUM(CASE WHEN event = 'job.completed' THEN ` + column + ` ELSE 0 END) AS BIGINT)`
	}
	rows, err := s.db.Reader.QueryContext(ctx, `SELECT at / 86400000000 AS day, `+counted("upload.created")+`, `+counted("job.created")+`, `+
		counted("job.completed")+`, `+counted("job.failed")+`, `+counted("job.cancelled")+`, `+charged("duration")+`, `+charged("credits")+`
		FROM video_usage WHERE key_id = $1 AND at >= $2 AND at < $3 GROUP BY 1 ORDER BY 1`, int64(key), micros(from), micros(to))
	return collect(s, "add usage up", rows, err, func(row scanner) (*mattebox.UsageDay, error) {
		var d mattebox.UsageDay
		var day, duration int64
		err := row.Scan(&day, &d.Uploads, &d.Created, &d.Completed, &d.Failed, &d.Cancelled, &duration, &d.Credits)
		d.Day, d.Duration = time.Unix(day*86400, 0).UTC(), time.Duration(duration)*time.Microsecond
		return &d, err
	})
}
