package video

import (
	"time"

	"github.com/danielgtaylor/huma/v2"

	"mattebox"
)

// jobObject is a job as the wire has it (contracts D1). Members from stage on, and
// error_code, are ours.
type jobObject struct {
	ID              string        `json:"id" example:"job_0123456789abcdef"`
	Status          string        `json:"status" enum:"created,processing,completed,failed,cancelled"`
	Progress        int           `json:"progress" minimum:"0" maximum:"100" doc:"Percent, true to the frames that are left."`
	OutputURL       *string       `json:"output_url" doc:"Where the result is downloaded, for a while; a fresh one each time. null until the job is completed, and once the result is removed."`
	Error           *string       `json:"error" doc:"Why the job failed."`
	ErrorCode       *string       `json:"error_code" doc:"The same for programs: insufficient_credits, download_failed, invalid_video or processing_failed."`
	CreatedAt       string        `json:"created_at" format:"date-time"`
	DurationSeconds *float64      `json:"duration_seconds" doc:"Of the result once the job is completed; before that of the clip, as far as it is known."`
	BillingStatus   string        `json:"billing_status" enum:"none,reserved,charged,released"`
	CreditsUsed     float64       `json:"credits_used" doc:"Charged, or while the job is processing reserved."`
	WebhookURL      *string       `json:"webhook_url"`
	WebhookEvents   webhookEvents `json:"webhook_events" doc:"What became of each event of the newest start."`
	Stage           *string       `json:"stage" doc:"Of a processing job: fetch, cut or join."`
	Model           string        `json:"model"`
	OutputFormat    string        `json:"output_format"`
	VideoURL        string        `json:"video_url"`
	Metadata        freeObject    `json:"metadata"`
	Output          *outputObject `json:"output"`
	Warnings        []string      `json:"warnings"`
	StartedAt       *string       `json:"started_at" format:"date-time"`
	CompletedAt     *string       `json:"completed_at" format:"date-time" doc:"When it was completed, failed or cancelled."`
}

// webhookEvents are the states by event.
type webhookEvents map[mattebox.EventType]mattebox.WebhookState

// Schema is that of the map.
func (webhookEvents) Schema(huma.Registry) *huma.Schema {
	state := &huma.Schema{Type: huma.TypeString, Enum: []any{"pending", "sent", "failed"}}
	return &huma.Schema{
		Type:       huma.TypeObject,
		Properties: map[string]*huma.Schema{"job.started": state, "job.completed": state, "job.failed": state},
	}
}

type outputObject struct {
	_        struct{} `json:"-" nullable:"true"`
	Filename string   `json:"filename"`
	Type     string   `json:"type" doc:"Media type."`
	Size     int64    `json:"size" doc:"Bytes."`
	Width    int      `json:"width" doc:"Pixels."`
	Height   int      `json:"height" doc:"Pixels."`
	Frames   int      `json:"frames"`
}

// object returns the job for its customer.
func (a *api) object(j *mattebox.Job) jobObject {
	o := jobObject{
		ID: j.UID, Status: string(j.State), Progress: j.Progress, CreatedAt: stamp(j.Created), BillingStatus: string(j.Billing), CreditsUsed: credits(j.Credits),
		WebhookURL: some(j.WebhookURL), WebhookEvents: j.Webhooks, Stage: some(string(j.Stage)), Model: string(j.Model), OutputFormat: string(j.Format),
		VideoURL: a.sourceURL(j), Metadata: freeObject(j.Metadata), Warnings: j.Warnings, StartedAt: some(stamp(j.Started)), CompletedAt: some(stamp(j.Ended)),
		OutputURL: some(a.outputURL(j)),
	}
	if j.State == mattebox.JobFailed {
		o.Error, o.ErrorCode = some(j.Fault.Message), some(j.Fault.Code)
	}
	if j.Billing == mattebox.BillingReleased {
		o.CreditsUsed = 0
	}
	if o.WebhookEvents == nil {
		o.WebhookEvents = webhookEvents{}
	}
	if o.Warnings == nil {
		o.Warnings = []string{}
	}
	if o.Metadata == nil {
		o.Metadata = freeObject("{}")
	}
	switch {
	case j.Output != nil:
		o.DurationSeconds = seconds(j.Output.Duration)
		o.Output = &outputObject{
			Filename: j.Output.Name, Type: j.Output.MediaType, Size: j.Output.Bytes, Width: j.Output.Width, Height: j.Output.Height, Frames: j.Output.Frames,
		}
	case j.Source != nil:
		o.DurationSeconds = seconds(j.Source.Duration)
	}
	return o
}

// outputURL is where the result is to be had; empty when there is none.
func (a *api) outputURL(j *mattebox.Job) string {
	if j.State != mattebox.JobCompleted {
		return ""
	}
	return a.Links.Absolute(j.OutputPath())
}

// sourceURL is the address of the clip as it was given, or of the upload.
func (a *api) sourceURL(j *mattebox.Job) string {
	if j.Upload != "" {
		return a.Links.Public + "/v1/uploads/" + j.Upload
	}
	return j.VideoURL
}

// stamp writes a time as all answers have it: RFC 3339 in UTC, with milliseconds; none
// is empty.
func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02T15:04:05.000Z")
}

// some returns nil for an empty text.
func some(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

func seconds(d time.Duration) *float64 {
	s := d.Seconds()
	return &s
}

// credits is a number of credits as JSON has it.
func credits(c mattebox.Credits) float64 { return float64(c) / 100 }
