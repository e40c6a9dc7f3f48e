package clip

import (
	"time"

	"mattebox/video"
)

// Report tells what was done for a segment. It goes with a job as JSON.
type Report struct {
	Model   Model          `json:"model"`
	Net     string         `json:"net"` // name of the network that looked
	Width   int            `json:"width"`
	Height  int            `json:"height"`
	Frames  int            `json:"frames"`  // written
	Looks   int            `json:"looks"`   // times that the net was asked
	Carried int            `json:"carried"` // frames that got their matte along the motion
	Static  int            `json:"static"`  // frames in which nothing moved
	Cuts    int            `json:"cuts"`    // scene cuts
	Empty   int            `json:"empty"`   // frames in which no subject was found
	Segment *video.Segment `json:"segment,omitempty"`

	Steps    Steps     `json:"steps"`
	Warnings []Warning `json:"warnings,omitempty"`
}

// Steps is the time spent in the stages, which overlap.
type Steps struct {
	Net     time.Duration `json:"net"`
	Motion  time.Duration `json:"motion"`
	Finish  time.Duration `json:"finish"` // matte at full size, colours, composition
	Writing time.Duration `json:"writing"`
}

// Warning is something that the owner of a clip should know.
type Warning string

// The warnings.
const (
	NoSubject   Warning = "no subject found in any frame"
	SomeEmpty   Warning = "no subject found in some frames"
	NoPeopleNet Warning = "the network for people is not installed: the small general one looked (mattebox model install selfie)"
	KeptAlpha   Warning = "already transparent: its own alpha was kept, no network ran"
)

// finish completes the report.
func (w *work) finish() *Report {
	r := &w.report
	r.Looks, r.Carried, r.Static, r.Cuts = w.eye.looks, w.filler.carried, w.planner.statics, w.planner.cuts
	r.Steps.Net, r.Steps.Motion = w.eye.spent, w.filler.inMotion
	switch {
	case w.cutOut:
		r.Warnings = append(r.Warnings, KeptAlpha)
		return r
	case r.Empty == r.Frames && r.Frames > 0:
		r.Warnings = append(r.Warnings, NoSubject)
	case r.Empty > 0:
		r.Warnings = append(r.Warnings, SomeEmpty)
	}
	if w.policy.small {
		r.Warnings = append(r.Warnings, NoPeopleNet)
	}
	return r
}
