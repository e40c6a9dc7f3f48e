package mattebox

import "time"

// Receiver is an address that deliveries of an account go to, without its query,
// once something is to be remembered of it: that it fails, or that it is paused.
// What goes to a receiver that is not ReceiverOpen waits; it is never dropped.
type Receiver struct {
	Account  AccountID
	URL      string // scheme, host and path
	State    ReceiverState
	Failures int       // attempts in a row
	Since    time.Time // of the State
	ProbeAt  time.Time // of a broken one: when one delivery is tried
	Why      string    // in words: the newest failure, or who paused it
	Waiting  int       // deliveries that are held back
}

// ReceiverState says what becomes of deliveries to a receiver.
type ReceiverState string

// The states.
const (
	ReceiverOpen   ReceiverState = "open"   // they are sent by their schedule
	ReceiverBroken ReceiverState = "broken" // it failed too often in a row: one at a time is tried, the rest waits
	ReceiverPaused ReceiverState = "paused" // somebody paused it: all wait until somebody resumes it
	ReceiverGone   ReceiverState = "gone"   // it answered 410: all wait until somebody resumes it
)

// ReceiverFilter selects receivers. Zero fields do not select.
type ReceiverFilter struct {
	Account AccountID
	URL     string // exact, without query
	State   ReceiverState
}

// Notice is what an account is told of its receivers: that one rests because it
// fails, that it is gone, that it works again.
type Notice struct {
	ID      int64
	Account AccountID
	At      time.Time
	Text    string
	Read    bool
}
