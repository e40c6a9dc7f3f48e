package mattebox

import (
	"encoding/json"
	"fmt"
	"time"
)

// JobID names a video job inside the house; customers see its UID.
type JobID int64

// Job is an order for one clip without its background, and where it stands
// (contracts.md D1).
type Job struct {
	ID      JobID
	UID     string // "job_" and 16 lower-case hexadecimal digits
	Account AccountID
	Key     VideoKeyID // that made it, and alone sees it
	JobOrder

	State    JobState
	Stage    JobStage // while it is processing
	Progress int      // 0..100, true to the frames that are left; 100 only when it is completed
	Run      int      // how often it was started, from 1; 0 for a draft
	Fault    JobFault // of a failed job; zero otherwise
	Warnings []string // of a completed job, fit for the customer

	Source   *Clip // as it was found; nil before that
	Output   *Output
	Credits  Credits // reserved, or of a completed job charged; 0 before a price is known
	Price    Money   // of the Credits
	Funding  Funding // what Price is paid from
	Billing  BillingStatus
	Invoice  int64 // number of the one that bills it; 0 for none yet
	Created  time.Time
	Started  time.Time // newest start; zero for a draft
	Ended    time.Time // zero until it is completed, failed or cancelled
	Updated  time.Time
	Webhooks map[EventType]WebhookState // of WebhookURL, by event; newest run. Only where the store's method says so
}

// JobOrder is what a customer asks for in POST /v1/jobs, and may change with a start.
type JobOrder struct {
	// The clip: one of the two. An upload is named by its UID, everything else by an
	// address.
	VideoURL string
	Upload   string

	Model       JobModel
	Format      JobFormat
	Background  JobBackground
	Composition Composition
	TextPrompt  string
	Preview     time.Duration   // only so much from the beginning; 0: all
	WebhookURL  string          // empty: nobody is told
	Metadata    json.RawMessage `json:",omitempty"` // a JSON object of at most MaxMetadata bytes; nil for none
}

// MaxMetadata is the most bytes that JobOrder.Metadata has.
const MaxMetadata = 8 << 10

// JobState is the status of the wire (contracts F24).
type JobState string

// The states. created leads to processing and cancelled, processing to completed,
// failed and cancelled; a failed job may be started again.
const (
	JobCreated    JobState = "created"
	JobProcessing JobState = "processing"
	JobCompleted  JobState = "completed"
	JobFailed     JobState = "failed"
	JobCancelled  JobState = "cancelled"
)

// JobStates returns all states.
func JobStates() []JobState {
	return []JobState{JobCreated, JobProcessing, JobCompleted, JobFailed, JobCancelled}
}

// Startable reports whether a job at s may be started: a draft, or again after it
// failed.
func (s JobState) Startable() bool { return s == JobCreated || s == JobFailed }

// Cancellable reports whether a job at s may be cancelled.
func (s JobState) Cancellable() bool { return s == JobCreated || s == JobProcessing }

// Done reports whether nothing more happens to a job at s by itself.
func (s JobState) Done() bool { return s != JobCreated && s != JobProcessing }

// NewJob is a job on its way to its row.
type NewJob struct {
	Account AccountID
	Key     VideoKeyID
	Order   JobOrder
	Start   bool // at once; else it is a draft

	// Request is the idempotency key under which the job is asked for, once the store
	// has noted it; empty for none. Job and note are stored together.
	Request string
}

// JobStart asks for a draft, or a failed job again, to be started.
type JobStart struct {
	UID     string
	Change  func(*JobOrder) error // of the order; nil changes nothing
	Request string                // as that of NewJob
}

// JobStage says what is being done for a processing job.
type JobStage string

// The stages, in their order.
const (
	StageFetch JobStage = "fetch" // the clip is brought and looked at
	StageCut   JobStage = "cut"   // its segments are made
	StageJoin  JobStage = "join"  // they are put together
)

// Extension returns the ending of the format's files, without a dot.
func (f JobFormat) Extension() string {
	switch f {
	case FormatPNGSequence, FormatProBundle:
		return "zip"
	case FormatStacked:
		return "mp4"
	}
	return string(f)
}

// Progress returns what a job's progress is when a share of the stage, from 0 to 1,
// is done. Joining is quick, but for the formats that are encoded then.
func (f JobFormat) Progress(stage JobStage, share float64) int {
	join := 3
	if f == FormatGIF || f == FormatWebP {
		join = 25
	}
	share = min(max(share, 0), 1)
	switch stage {
	case StageCut:
		return 1 + int(share*float64(98-join))
	case StageJoin:
		return 99 - join + int(share*float64(join))
	}
	return 0
}

// JobFault says why a job failed: a code for programs, a message for the customer.
type JobFault struct {
	Code    string
	Message string
}

// The codes of a JobFault.
const (
	FaultCredits  = "insufficient_credits" // found when the length was known
	FaultDownload = "download_failed"      // an address could not be had
	FaultVideo    = "invalid_video"        // the clip, or the order with this clip, cannot be made
	FaultInternal = "processing_failed"    // ours
)

// JobModel is the customer's choice between care and time (contracts D1).
type JobModel string

// The models.
const (
	ModelOriginal JobModel = "original"
	ModelLight    JobModel = "light"
	ModelPro      JobModel = "pro"
	ModelHuman    JobModel = "human"
)

// JobModels returns all models.
func JobModels() []JobModel { return []JobModel{ModelOriginal, ModelLight, ModelPro, ModelHuman} }

// JobFormat is a form in which a finished clip is delivered (contracts D1).
type JobFormat string

// The formats. All carry transparency but FormatMP4.
const (
	FormatWebM        JobFormat = "webm"
	FormatMOV         JobFormat = "mov"
	FormatMP4         JobFormat = "mp4"
	FormatGIF         JobFormat = "gif"
	FormatWebP        JobFormat = "webp"
	FormatPNGSequence JobFormat = "png_sequence"  // zip
	FormatStacked     JobFormat = "stacked_video" // mp4, colour above alpha
	FormatProBundle   JobFormat = "pro_bundle"    // zip of color.mp4 and alpha.mp4
)

// JobFormats returns all formats.
func JobFormats() []JobFormat {
	return []JobFormat{FormatWebM, FormatMOV, FormatMP4, FormatGIF, FormatWebP, FormatPNGSequence, FormatStacked, FormatProBundle}
}

// JobBackgroundKind is what lies behind the subject of a clip (contracts F25).
type JobBackgroundKind string

// The kinds.
const (
	BehindNothing JobBackgroundKind = "transparent"
	BehindColor   JobBackgroundKind = "color"
	BehindImage   JobBackgroundKind = "image"
	BehindBlur    JobBackgroundKind = "blur"  // the clip's own background, out of focus
	BehindVideo   JobBackgroundKind = "video" // repeated
)

// JobBackground is what the subject is put before. The zero value is transparent.
type JobBackground struct {
	Kind   JobBackgroundKind
	Color  Color  // of BehindColor
	URL    string // of BehindImage and BehindVideo, unless it is an upload
	Upload string // UID of an upload of the account, likewise
}

// Composition says where the clip's frame lies on a canvas (contracts D1). The zero
// value is the clip's own frame.
type Composition struct {
	Width, Height    int     // of the canvas in pixels; 0: the clip's
	Anchor           string  // one of Anchors; empty: center
	Scale            float64 // of the frame as it fits the canvas; 0: 1
	OffsetX, OffsetY int     // pixels to the right and down
}

// Clip says what a clip is.
type Clip struct {
	Container     string // mp4, mov, webm, mkv or avi
	Codec         string // as ffprobe names it
	Width, Height int    // upright
	Duration      time.Duration
	Frames        int
	HasAlpha      bool
	HasSound      bool
}

// Output is a completed job's file.
type Output struct {
	Name          string // of the file, safe as one element of a path
	Key           string // of the stored bytes; empty once they are removed
	MediaType     string
	Bytes         int64
	Width, Height int
	Duration      time.Duration
	Frames        int
}

// BillingStatus is a job's billing_status.
type BillingStatus string

// The statuses.
const (
	BillingNone     BillingStatus = "none"     // no start yet, or the length is not known yet
	BillingReserved BillingStatus = "reserved" // for the length of the clip
	BillingCharged  BillingStatus = "charged"  // for what was made
	BillingReleased BillingStatus = "released" // failed or cancelled: it costs nothing
)

// WebhookState is what a job's webhook_events say of an event (contracts F27).
type WebhookState string

// The states.
const (
	WebhookPending WebhookState = "pending"
	WebhookSent    WebhookState = "sent"
	WebhookFailed  WebhookState = "failed"
)

// JobFilter selects jobs, newest first. Zero fields do not select.
type JobFilter struct {
	Account       AccountID
	Key           VideoKeyID
	State         JobState
	Limit, Offset int // Limit 0: all
}

// VideoKeyID names a key of the video API inside the house.
type VideoKeyID int64

// VideoKey is a key of the video API (X-Api-Key). The first of an account is its
// Secrets.JobsKey, which keeps its jobs when it is replaced.
type VideoKey struct {
	ID          VideoKeyID
	Account     AccountID
	ClientID    string // whom it was made for, as the administrator calls them
	Fingerprint string // 16 hexadecimal digits that tell it from others and nothing else
	Note        string
	First       bool // is the account's JobsKey
	Disabled    bool
	Created     time.Time
}

// Upload is a clip, or a picture for a background, that a customer has sent.
type Upload struct {
	UID       string // "vid_" and 16 lower-case hexadecimal digits
	Account   AccountID
	Key       VideoKeyID
	Name      string // of the customer's file
	MediaType string // as it was sniffed
	Bytes     int64
	BlobKey   string // empty once the bytes are removed
	Clip      *Clip  // nil when nobody looked yet
	Created   time.Time
}

// UsageEvent is something that a key did or had done.
type UsageEvent struct {
	At       time.Time
	Event    string // upload.created, job.created, job.started, job.completed, job.failed, job.cancelled
	Subject  string // UID of the job or upload
	Model    JobModel
	Duration time.Duration // of the clip: reserved for, or charged for; 0 before it is known
	Credits  Credits       // charged; of job.started reserved
	Bytes    int64         // of an upload
}

// UsageDay adds a key's or an account's usage of one day (UTC) up.
type UsageDay struct {
	Day                                   time.Time
	Uploads                               int
	Created, Completed, Failed, Cancelled int
	Duration                              time.Duration // of the completed jobs
	Credits                               Credits       // charged
}

// OutputPath is the relative address of a completed job's file, to be signed by
// Links; empty when there is none to be had.
func (j *Job) OutputPath() string {
	if j.Output == nil || j.Output.Key == "" {
		return ""
	}
	return fmt.Sprintf("%d/%s/output/%s", j.Account, j.UID, j.Output.Name)
}

// KeptAnswer is the answer to a request that was made under an idempotency key.
type KeptAnswer struct {
	Status int // 0 for one that was not kept: the process died after it had made Job
	Header map[string]string
	Body   []byte
	Job    string // UID of the job that the request made; empty for none
}
