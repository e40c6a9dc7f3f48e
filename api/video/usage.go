package video

import (
	"context"
	"net/http"
	"time"

	"mattebox"
)

type summaryIn struct {
	Days int `query:"days" minimum:"1" maximum:"90" default:"7" doc:"So many days, today among them."`
}

// UsageSums are the members that a day and a time have in common.
type UsageSums struct {
	TotalJobs       int     `json:"total_jobs" doc:"Jobs that were made."`
	CompletedJobs   int     `json:"completed_jobs"`
	FailedJobs      int     `json:"failed_jobs"`
	CancelledJobs   int     `json:"cancelled_jobs"`
	Uploads         int     `json:"uploads"`
	DurationSeconds float64 `json:"duration_seconds" doc:"Of what was completed."`
	CreditsUsed     float64 `json:"credits_used" doc:"Charged."`
}

type summaryOut struct {
	Days int    `json:"days"`
	From string `json:"from" format:"date"`
	To   string `json:"to" format:"date"`
	UsageSums
	Daily []usageDay `json:"daily" doc:"Days (UTC) that have something, oldest first."`
}

type usageDay struct {
	Date string `json:"date" format:"date"`
	UsageSums
}

type eventsIn struct {
	Limit int `query:"limit" minimum:"1" maximum:"100" default:"20"`
}

type eventsOut struct {
	Items  []usageEvent `json:"items"`
	Events []usageEvent `json:"events" doc:"The same as items."`
	Limit  int          `json:"limit"`
}

type usageEvent struct {
	Event           string   `json:"event" enum:"upload.created,job.created,job.started,job.completed,job.failed,job.cancelled"`
	CreatedAt       string   `json:"created_at" format:"date-time"`
	JobID           *string  `json:"job_id"`
	VideoID         *string  `json:"video_id"`
	Model           *string  `json:"model"`
	DurationSeconds *float64 `json:"duration_seconds"`
	Credits         float64  `json:"credits" doc:"Charged; of job.started set aside."`
	Size            *int64   `json:"size" doc:"Bytes of an upload."`
}

func (a *api) usageOperations() {
	add(a, operation{
		method: http.MethodGet, path: "/v1/usage/summary", id: "usageSummary", tag: tagUsage, summary: "Add the key's usage up, by day", door: keyed,
	}, a.usageSummary)
	add(a, operation{
		method: http.MethodGet, path: "/v1/usage/events", id: "usageEvents", tag: tagUsage, summary: "List what the key did last", door: keyed, description: "Newest first.",
	}, a.usageEvents)
	add(a, operation{
		method: http.MethodGet, path: "/api/pricing", id: "pricing", tag: tagUsage, summary: "See what clips cost", door: open,
	}, a.pricing)
}

const date = "2006-01-02"

func (a *api) usageSummary(ctx context.Context, in *summaryIn) (*answer[summaryOut], error) {
	to := a.Now().UTC()
	today := to.Truncate(24 * time.Hour)
	from := today.AddDate(0, 0, 1-in.Days)
	days, err := a.Usage.UsageDays(ctx, caller(ctx).ID, from, today.AddDate(0, 0, 1))
	if err != nil {
		return nil, err
	}
	out := summaryOut{Days: in.Days, From: from.Format(date), To: today.Format(date), Daily: []usageDay{}}
	for _, day := range days {
		sums := sumsOf(day)
		out.Daily = append(out.Daily, usageDay{Date: day.Day.UTC().Format(date), UsageSums: sums})
		out.UsageSums.add(sums)
	}
	return &answer[summaryOut]{out}, nil
}

func sumsOf(d mattebox.UsageDay) UsageSums {
	return UsageSums{
		TotalJobs: d.Created, CompletedJobs: d.Completed, FailedJobs: d.Failed, CancelledJobs: d.Cancelled, Uploads: d.Uploads,
		DurationSeconds: d.Duration.Seconds(), CreditsUsed: credits(d.Credits),
	}
}

func (s *UsageSums) add(o UsageSums) {
	s.TotalJobs += o.TotalJobs
	s.CompletedJobs += o.CompletedJobs
	s.FailedJobs += o.FailedJobs
	s.CancelledJobs += o.CancelledJobs
	s.Uploads += o.Uploads
	s.DurationSeconds += o.DurationSeconds
	s.CreditsUsed = float64(int64(s.CreditsUsed*100+.5)+int64(o.CreditsUsed*100+.5)) / 100
}

func (a *api) usageEvents(ctx context.Context, in *eventsIn) (*answer[eventsOut], error) {
	events, err := a.Usage.UsageEvents(ctx, caller(ctx).ID, in.Limit)
	if err != nil {
		return nil, err
	}
	items := make([]usageEvent, len(events))
	for i, e := range events {
		items[i] = eventOf(e)
	}
	return &answer[eventsOut]{eventsOut{Items: items, Events: items, Limit: in.Limit}}, nil
}

func eventOf(e mattebox.UsageEvent) usageEvent {
	out := usageEvent{Event: e.Event, CreatedAt: stamp(e.At), Model: some(string(e.Model)), Credits: credits(e.Credits)}
	if e.Duration > 0 {
		out.DurationSeconds = seconds(e.Duration)
	}
	if jobID.MatchString(e.Subject) {
		out.JobID = &e.Subject
	} else {
		out.VideoID, out.Size = &e.Subject, &e.Bytes
	}
	return out
}
