package webhook

import (
	"net/http"
	"strconv"
	"time"
)

// Tries is how many tries the schedule has.
func (d Dialect) Tries() int { return len(d.Retries) + 1 }

// Next returns when to try again after the n-th try (from 1) failed at the time
// ended; ok is false when it was the last. A receiver's Retry-After (0: none) can
// move it later, never earlier, and by no more than maxRetryAfter.
func (d Dialect) Next(n int, ended time.Time, retryAfter time.Duration) (at time.Time, ok bool) {
	if n >= d.Tries() {
		return time.Time{}, false
	}
	wait := max(d.Retries[max(n, 1)-1], min(retryAfter, maxRetryAfter))
	return ended.Add(wait), true
}

// maxRetryAfter bounds what a receiver may ask for.
const maxRetryAfter = 24 * time.Hour

// retryAfter reads a Retry-After header (RFC 9110, 10.2.3: seconds or a date); 0
// when it is absent, unreadable or past.
func retryAfter(text string, now time.Time) time.Duration {
	if seconds, err := strconv.ParseUint(text, 10, 31); err == nil {
		return time.Duration(seconds) * time.Second
	}
	if at, err := http.ParseTime(text); err == nil {
		return max(at.Sub(now), 0)
	}
	return 0
}
