package video

import (
	"math"
	"net/http"
	"strconv"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"mattebox"
)

// limiter bounds the requests of each key: so many at once, and as many again in
// every minute. Each process counts for itself.
type limiter struct {
	perMinute int
	now       mattebox.Clock

	mu      sync.Mutex
	buckets map[mattebox.VideoKeyID]*rate.Limiter
}

func newLimiter(perMinute int, now mattebox.Clock) *limiter {
	return &limiter{perMinute: perMinute, now: now, buckets: map[mattebox.VideoKeyID]*rate.Limiter{}}
}

// maxBuckets is how many keys are counted before those that have been quiet for a
// minute are forgotten: they would have all their requests again.
const maxBuckets = 10_000

// standing is what a key may do after a request.
type standing struct {
	allowed   bool
	limit     int
	remaining int           // requests that may follow at once
	reset     time.Duration // until all of them are there again
	retry     time.Duration // until the next one may come; 0 at once
	at        time.Time
}

// take counts a request of the key.
func (l *limiter) take(key mattebox.VideoKeyID) standing {
	now := l.now()
	l.mu.Lock()
	defer l.mu.Unlock()
	bucket, known := l.buckets[key]
	if !known {
		l.forget(now)
		bucket = rate.NewLimiter(rate.Limit(float64(l.perMinute)/60), l.perMinute)
		l.buckets[key] = bucket
	}
	s := standing{allowed: bucket.AllowN(now, 1), limit: l.perMinute, at: now}
	tokens := bucket.TokensAt(now)
	s.remaining = max(int(tokens), 0)
	s.reset = l.until(float64(l.perMinute) - tokens)
	if tokens < 1 {
		s.retry = l.until(1 - tokens)
	}
	return s
}

// until is how long so many tokens take.
func (l *limiter) until(tokens float64) time.Duration {
	return time.Duration(tokens * 60 / float64(l.perMinute) * float64(time.Second))
}

// forget makes room for new keys.
func (l *limiter) forget(now time.Time) {
	if len(l.buckets) < maxBuckets {
		return
	}
	for key, bucket := range l.buckets {
		if bucket.TokensAt(now) >= float64(l.perMinute) {
			delete(l.buckets, key)
		}
	}
}

// tell writes the standing as the IETF's draft has it (RateLimit-*, the reset in
// seconds), and as the vendor's twin has it (X-RateLimit-*, the reset as Unix time;
// contracts D2).
func (s standing) tell(header http.Header) {
	reset := wholeSeconds(s.reset)
	header.Set("RateLimit-Limit", strconv.Itoa(s.limit))
	header.Set("RateLimit-Remaining", strconv.Itoa(s.remaining))
	header.Set("RateLimit-Reset", strconv.Itoa(reset))
	header.Set("X-RateLimit-Limit", strconv.Itoa(s.limit))
	header.Set("X-RateLimit-Remaining", strconv.Itoa(s.remaining))
	header.Set("X-RateLimit-Reset", strconv.FormatInt(s.at.Unix()+int64(reset), 10))
}

// refusal is the answer to one request too many.
func (s standing) refusal() *fault {
	wait := max(wholeSeconds(s.retry), 1)
	return &fault{
		status: http.StatusTooManyRequests, code: codeRate,
		message: "Too many requests with this key: at most " + strconv.Itoa(s.limit) + " a minute; try again in " + strconv.Itoa(wait) + " s.",
		header:  http.Header{"Retry-After": {strconv.Itoa(wait)}},
	}
}

// wholeSeconds rounds up, so that who waits so long has waited long enough.
func wholeSeconds(d time.Duration) int { return int(math.Ceil(d.Seconds())) }
