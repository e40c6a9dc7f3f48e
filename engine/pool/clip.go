package pool

import (
	"context"
	"encoding/json"
	"time"

	"mattebox"
)

// ClipTask is what is to be done with a clip. Files are as those of a Task.
type ClipTask struct {
	Source string // the clip
	Info   string // file with what the child knows of the clip: OpProbe writes it, the others read it

	Order mattebox.JobOrder // what the customer asked for; its addresses and uploads are not looked at

	// Behind is the file of a background that is one, and BehindInfo the file that
	// tells of it, where it is a clip.
	Behind, BehindInfo string

	Bytes    int64         // of OpProbe: the most that the clip may have; 0 for the default
	Length   time.Duration // of OpProbe: how long the segments shall be, as far as key frames allow
	From, To time.Duration // of OpCut

	Segments []Piece // of OpJoin: all, in their order
	Out      string  // the file to make, but of OpProbe
}

// Piece is a finished segment.
type Piece struct {
	Path  string
	About json.RawMessage // Cut.About
}

// Probed says what a clip is. CodeInvalid and CodeTooLarge errors tell of what is
// none, or of an order that cannot be made of this one.
type Probed struct {
	Clip  mattebox.Clip
	Spans []mattebox.ClipSpan // of the segments, up to the order's Preview
}

// Cut says what a segment came to.
type Cut struct {
	Frames   int
	About    json.RawMessage // for OpJoin
	Warnings []string
	Net      time.Duration // that the network took
}

// Joined says what a finished clip is.
type Joined struct {
	Width, Height int
	Frames        int
	Duration      time.Duration
	MediaType     string
	Bytes         int64
}

// Progress says how far a child is: Done of Of, which may change on the way.
type Progress struct{ Done, Of int }

// Probe looks at the task's Source, cheaply but as a whole, and writes Info. Errors
// are those of Remove.
func (p *Pool) Probe(ctx context.Context, t ClipTask) (*Probed, error) {
	answer, err := p.order(ctx, order{op: OpProbe, task: t, outputs: []string{t.Info}, within: p.config.Limits.Clip})
	if err != nil {
		return nil, err
	}
	return answer.Probed, nil
}

// Cut makes one segment of the task's clip. heard is told how many frames are done,
// from one goroutine. When ctx ends the child is given Limits.Grace to end what it
// has begun. Errors are those of Remove.
func (p *Pool) Cut(ctx context.Context, t ClipTask, heard func(Progress)) (*Cut, error) {
	answer, err := p.order(ctx, order{op: OpCut, task: t, outputs: []string{t.Out}, within: p.config.Limits.Clip, heard: heard})
	if err != nil {
		return nil, err
	}
	return answer.Cut, nil
}

// Join puts the task's Segments together. heard and errors are as those of Cut.
func (p *Pool) Join(ctx context.Context, t ClipTask, heard func(Progress)) (*Joined, error) {
	answer, err := p.order(ctx, order{op: OpJoin, task: t, outputs: []string{t.Out}, within: p.config.Limits.Clip, heard: heard})
	if err != nil {
		return nil, err
	}
	return answer.Joined, nil
}

// looks reports whether the operation makes nothing.
func (op Op) looks() bool { return op == OpHeader || op == OpProbe }

// progresses reports whether a child tells how far it is with the operation.
func (op Op) progresses() bool { return op == OpCut || op == OpJoin }
