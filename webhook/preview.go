package webhook

import (
	"time"

	"mattebox"
)

// Headers returns the headers of an Attempt that starts at the time, names as they
// are written: for whoever wants to show what is sent.
func Headers(s mattebox.Sending, at time.Time) (map[string]string, error) {
	dialect, err := sendable(s)
	if err != nil {
		return nil, mattebox.Wrap(mattebox.CodeInvalid, err, "the webhook cannot be sent")
	}
	return request(dialect, s, at).Header, nil
}
