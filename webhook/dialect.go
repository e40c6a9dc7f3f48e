package webhook

import (
	"time"

	"mattebox"
)

// Dialect is one family of notices: what differs between them on the wire and in
// time. The zero value is none; RTB is one.
type Dialect struct {
	Name        string
	ContentType string

	// Retries are the waits after the first, second, ... failed try, so there is
	// one try more than there are waits.
	Retries []time.Duration

	// Accepts reports whether an HTTP status means that the receiver has it.
	Accepts func(status int) bool

	// Sign returns the dialect's own headers for one try. Names are written byte by
	// byte as they stand here.
	Sign func(s mattebox.Sending, at time.Time) map[string]string
}

// Named returns the dialect of a mattebox.Delivery.
func Named(name string) (Dialect, bool) {
	for _, d := range []Dialect{RTB()} {
		if d.Name == name {
			return d, true
		}
	}
	return Dialect{}, false
}
