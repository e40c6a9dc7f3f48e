package pool

import "encoding/json"

// Protocol is the version of what the two sides say to each other. Both are one
// binary, so it differs only when a running service's binary was replaced.
const Protocol = 1

// Op is what a request asks for.
type Op string

// The operations.
const (
	OpRemove  Op = "remove"  // answered by a Report
	OpMeasure Op = "measure" // answered by Measured
	OpHeader  Op = "header"  // of the task's one source; answered by a Header
	OpProbe   Op = "probe"   // of the clip; answered by Probed
	OpCut     Op = "cut"     // one segment of the clip; answered by Cut
	OpJoin    Op = "join"    // the clip's segments; answered by Joined
	OpCancel  Op = "cancel"  // of the request with the same ID, which is answered all the same
	OpGrant   Op = "grant"   // of the memory that the request with the same ID needs
)

// Hello is the child's first message: it is ready, or says why it cannot be and
// ends.
type Hello struct {
	Protocol int
	Notes    []string // what the operator should know of the networks
	Fault    *Fault   // nil when ready
}

// Request is a message to the child. The child answers one request after the
// other; only a cancellation and a grant may come before the answer.
type Request struct {
	ID   uint64 // from 1, rising
	Op   Op
	Task json.RawMessage `json:",omitempty"` // a Task, or of a clip a ClipTask; apart, so that one that cannot be read is answered like any fault
}

// FreeMemory is how many bytes a picture may take without asking: enough for the
// photographs of most shops.
const FreeMemory = 256 << 20

// Answer is a message from the child: one of the results and Fault, as the request's
// operation has it; or before it, once, how many bytes the work needs, when these
// are more than FreeMemory: the child waits for the grant then; and, of OpCut and
// OpJoin, now and then how far it is.
type Answer struct {
	ID       uint64
	Needs    int64     `json:",omitempty"`
	Progress *Progress `json:",omitempty"`
	Probed   *Probed   `json:",omitempty"`
	Cut      *Cut      `json:",omitempty"`
	Joined   *Joined   `json:",omitempty"`
	Report   *Report   `json:",omitempty"`
	Measured *Measured `json:",omitempty"`
	Header   *Header   `json:",omitempty"`
	Fault    *Fault    `json:",omitempty"`
}

// answers reports whether the answer has what the operation promises.
func (a *Answer) answers(op Op) bool {
	switch {
	case a.Fault != nil:
		return true
	case op == OpRemove:
		return a.Report != nil
	case op == OpMeasure:
		return a.Measured != nil
	case op == OpHeader:
		return a.Header != nil
	case op == OpProbe:
		return a.Probed != nil
	case op == OpCut:
		return a.Cut != nil
	case op == OpJoin:
		return a.Joined != nil
	}
	return false
}
