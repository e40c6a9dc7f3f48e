package webhook

import (
	"crypto/sha256"
	"encoding/binary"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// Tries is how many tries the schedule has.
func (d Dialect) Tries() int { return len(d.Retries) + 1 }

// Waits returns the Retries of the delivery with the uid: each moved by the Jitter,
// so that deliveries that failed together do not come back together. The uid alone
// decides how far, so that they can be told again at any time.
func (d Dialect) Waits(uid string) []time.Duration {
	waits := slices.Clone(d.Retries)
	if d.Jitter == 0 {
		return waits
	}
	for i, wait := range waits {
		sum := sha256.Sum256([]byte(uid + " " + strconv.Itoa(i)))
		share := float64(binary.BigEndian.Uint64(sum[:])>>11) / (1 << 53) // [0, 1)
		waits[i] = time.Duration(float64(wait) * (1 + d.Jitter*(2*share-1))).Round(time.Millisecond)
	}
	return waits
}

// Next returns when to try the delivery with the uid again after its n-th try (from
// 1) failed at the time ended; ok is false when it was the last. A receiver's
// Retry-After (0: none) can move it later, never earlier, and by no more than
// maxRetryAfter.
func (d Dialect) Next(uid string, n int, ended time.Time, retryAfter time.Duration) (at time.Time, ok bool) {
	if n >= d.Tries() {
		return time.Time{}, false
	}
	wait := max(d.Waits(uid)[max(n, 1)-1], min(retryAfter, maxRetryAfter))
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
