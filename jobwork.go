package mattebox

import (
	"encoding/json"
	"fmt"
	"time"
)

// The kinds of a video job's steps. As with images the job only says that there is
// something to do; the worker claims the fairest step of its kind.
const (
	KindVideoFetch   Kind = "video-fetch"   // step id: bring the clip and look at it
	KindVideoSegment Kind = "video-segment" // step id: make one segment
	KindVideoJoin    Kind = "video-join"    // step id: put the segments together
)

// StepID names a part of a job's work.
type StepID int64

// JobStep is a part of a job's work that a worker holds.
type JobStep struct {
	ID       StepID
	Kind     Kind
	Job      Job
	Lease    Lease
	Try      int // from 1: which try this is of those that PutOffStep puts off
	Begun    int // from 1: how often a worker began with it
	Crashes  int // of the engine over it, before this time
	Faults   int // of ours over it, likewise
	Position int // of a segment, from 1
	Span     ClipSpan
	Upload   *Upload   // of Job.Upload
	Behind   *Upload   // of Job.Background.Upload
	Folder   string    // prefix of the keys that its fetch stored; empty for a fetch
	Segments []Segment // of a join: all, in their order
}

// StepEnd says why a worker gives a step back that it has not done.
type StepEnd string

// The reasons. Each counts for itself: a step that shutdowns and outages have
// interrupted is not to blame for that.
const (
	StepInterrupted StepEnd = "interrupted" // the service stops, or something it needs is down
	StepCrashed     StepEnd = "crashed"     // an engine died of it
	StepFaulty      StepEnd = "faulty"      // a fault of ours
)

// ClipSpan is a part of a clip: the frames with From <= time < To.
type ClipSpan struct {
	From, To time.Duration
	Frames   int // about so many
}

// Fetched is what bringing a clip came to.
type Fetched struct {
	Clip   Clip
	Spans  []ClipSpan // its segments, in their order
	Folder string     // prefix of the keys under which it has been stored
}

// Segment is a finished segment.
type Segment struct {
	Key    string // of the stored bytes
	Frames int
	About  json.RawMessage // what the engine has to know of it to join it

	Warnings []string
}

// JobRemains are stored bytes of a job that are not needed any more. They are
// removed first; then the job is marked.
type JobRemains struct {
	Account AccountID
	Job     JobID
	UID     string
	Run     int    // what this one and those before it left
	Keep    string // key of the output that stays; empty for none
	All     bool   // the output as well: its time is over
}

// Prefix is what the keys of all that is stored for the job begin with.
func (r JobRemains) Prefix() string { return fmt.Sprintf("%d/%s/", r.Account, r.UID) }

// Outputs is Prefix for outputs, each in a folder RUN-FENCE of its own: also those of
// attempts that ended before the job had heard of them.
func (r JobRemains) Outputs() string { return r.Prefix() + "output/" }

// Scraps is Prefix for what a run was made of.
func (r JobRemains) Scraps(run int) string { return fmt.Sprintf("%swork-%d/", r.Prefix(), run) }
