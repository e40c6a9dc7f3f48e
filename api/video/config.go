package video

import (
	"context"
	"io"
	"log/slog"
	"time"

	"mattebox"
)

// Keys are the keys of the API (X-Api-Key).
type Keys interface {
	// VideoKeyBySecret returns the key, or a CodeUnauthenticated error for one that
	// is unknown or disabled.
	VideoKeyBySecret(ctx context.Context, secret string) (*mattebox.VideoKey, error)
	// AddVideoKey gives the account one key more. The secret is told this once.
	AddVideoKey(ctx context.Context, account mattebox.AccountID, clientID, note string) (*mattebox.VideoKey, string, error)
	// VideoKeys returns an account's keys; those of all for 0.
	VideoKeys(ctx context.Context, account mattebox.AccountID) ([]mattebox.VideoKey, error)
	// DisableVideoKey has a key refused, or accepted again.
	DisableVideoKey(ctx context.Context, fingerprint string, disabled bool) (*mattebox.VideoKey, error)
}

// Jobs are the jobs of a key. Another key's are CodeNotFound.
type Jobs interface {
	// CreateJob stores an order, and starts it when it says so. The errors are those
	// of StartJob.
	CreateJob(ctx context.Context, j mattebox.NewJob) (*mattebox.Job, error)
	// StartJob begins a draft, or a failed job anew, after Change has changed its
	// order; what Change returns ends the start. An order that cannot be made is a
	// CodeInvalid error, a job at another state CodeConflict, an account that cannot
	// pay for it CodePayment.
	StartJob(ctx context.Context, key mattebox.VideoKeyID, start mattebox.JobStart) (*mattebox.Job, error)
	// CancelJob ends a job that is not at its end, or gives CodeConflict.
	CancelJob(ctx context.Context, key mattebox.VideoKeyID, uid string) (*mattebox.Job, error)
	// JobByUID and Jobs return jobs with their Webhooks; the key 0 sees every job.
	JobByUID(ctx context.Context, key mattebox.VideoKeyID, uid string) (*mattebox.Job, error)
	Jobs(ctx context.Context, f mattebox.JobFilter) ([]mattebox.Job, error)
	CountJobs(ctx context.Context, f mattebox.JobFilter) (int, error)
}

// Uploads are the uploads of a key. Another key's are CodeNotFound.
type Uploads interface {
	// AddUpload stores what is known of an upload whose bytes are stored already.
	AddUpload(ctx context.Context, u mattebox.Upload) (*mattebox.Upload, error)
	Upload(ctx context.Context, key mattebox.VideoKeyID, uid string) (*mattebox.Upload, error)
	// UploadedBytes is how large the uploads of the account are together whose bytes
	// are not removed.
	UploadedBytes(ctx context.Context, account mattebox.AccountID) (int64, error)
}

// Usage is what a key has used.
type Usage interface {
	// UsageDays returns the days (UTC) that have something, oldest first.
	UsageDays(ctx context.Context, key mattebox.VideoKeyID, from, to time.Time) ([]mattebox.UsageDay, error)
	// UsageEvents returns the newest events, newest first.
	UsageEvents(ctx context.Context, key mattebox.VideoKeyID, limit int) ([]mattebox.UsageEvent, error)
}

// Answers are kept for requests with an Idempotency-Key.
type Answers interface {
	// BeginRequest returns nil for a request that is new, and then EndRequest has to
	// follow; the answer that was given before to the same request, or without one
	// (its Status is 0) the job that it made; or a
	// CodeConflict error when the key was used for another request, or for one that
	// is still being answered.
	BeginRequest(ctx context.Context, key mattebox.VideoKeyID, idempotency string, fingerprint []byte) (*mattebox.KeptAnswer, error)
	// EndRequest keeps the answer; nil forgets the request.
	EndRequest(ctx context.Context, key mattebox.VideoKeyID, idempotency string, answer *mattebox.KeptAnswer) error
}

// Accounts finds accounts, for administrators.
type Accounts interface {
	// AccountByEmail returns the account, or a CodeNotFound error.
	AccountByEmail(ctx context.Context, email string) (*mattebox.Account, error)
	Accounts(ctx context.Context) ([]mattebox.Account, error)
}

// Blobs holds the bytes of uploads and results.
type Blobs interface {
	// PutFile stores the file at the path, which is gone afterwards.
	PutFile(ctx context.Context, key, path, mediaType string) error
	Delete(ctx context.Context, keys ...string) error
}

// File is a stored file that is open for reading. It is closed after use.
type File struct {
	io.ReadSeekCloser
	Size     int64 // in bytes
	Modified time.Time
}

// Kind is what a file's first bytes say.
type Kind struct {
	MediaType string
	Extension string // without a dot
	Clip      bool   // else a picture
}

// Config is what the operations need. All fields are required but those that say
// otherwise.
type Config struct {
	Keys     Keys
	Jobs     Jobs
	Uploads  Uploads
	Usage    Usage
	Answers  Answers
	Accounts Accounts
	Blobs    Blobs
	Open     func(ctx context.Context, key string) (File, error) // the bytes under a key
	Intake   mattebox.Intake                                     // asked before an upload or a job is taken
	Links    mattebox.Links                                      // sign the addresses of uploads and results
	Now      mattebox.Clock

	// Sniff says what a file is by its first 4,096 bytes, or refuses it with a
	// CodeInvalid error.
	Sniff func(head []byte) (Kind, error)

	// Look looks into the clip at the path. It may return nil, nil where nobody can:
	// then the clip is looked at when a job begins. Its CodeInvalid and CodeTooLarge
	// errors are fit for the caller.
	Look func(ctx context.Context, path string) (*mattebox.Clip, error)

	// CheckURL refuses, as far as the text alone tells, an address that the service
	// must not call. Its error is fit for the caller.
	CheckURL func(text string) error

	// Prices say what a credit costs, in Currency for those who do not ask for
	// another.
	Prices   mattebox.PriceTable
	Currency mattebox.Currency

	Temp      string // folder for files on their way in
	Parts     *Parts // uploads that come in pieces; nil: none may
	MaxUpload int64  // bytes of one upload
	MaxStored int64  // bytes of all uploads of an account that are not removed
	Rate      int    // requests of one key a minute

	// AdminToken is the X-Admin-Token of /v1/admin. Empty: nobody has one.
	AdminToken string

	// LegacyKey is the key under which requests to /api come that bring none. Empty:
	// they are refused.
	LegacyKey string

	// Version is the program's, for the document and administrators.
	Version string

	// RequestID returns the id that a request's records in the log have, so that
	// answers can name it. Nil: they name none.
	RequestID func(context.Context) string

	// Logger gets faults of ours, with the request's context, and nothing that a
	// caller can cause. Nil: slog.Default().
	Logger *slog.Logger
}
