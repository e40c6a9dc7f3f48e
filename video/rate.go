package video

import (
	"math/bits"
	"strconv"
	"strings"
	"time"
)

// Rate is a number of frames (or ticks) a second, as an exact fraction: 30000/1001.
// The zero Rate stands for an unknown one.
type Rate struct {
	Num int64 `json:"num"`
	Den int64 `json:"den"`
}

// parseRate reads ffprobe's "30000/1001"; ok is false unless both parts are
// positive and small enough to reckon with.
func parseRate(text string) (r Rate, ok bool) {
	above, below, found := strings.Cut(text, "/")
	if !found {
		return Rate{}, false
	}
	num, err1 := strconv.ParseInt(above, 10, 64)
	den, err2 := strconv.ParseInt(below, 10, 64)
	const most = 1 << 31
	if err1 != nil || err2 != nil || num <= 0 || den <= 0 || num > most || den > most {
		return Rate{}, false
	}
	return Rate{num, den}, true
}

// Known reports whether r is a rate.
func (r Rate) Known() bool { return r.Num > 0 && r.Den > 0 }

// Float returns frames a second, 0 when unknown.
func (r Rate) Float() float64 {
	if !r.Known() {
		return 0
	}
	return float64(r.Num) / float64(r.Den)
}

// String returns "30000/1001".
func (r Rate) String() string {
	return strconv.FormatInt(r.Num, 10) + "/" + strconv.FormatInt(r.Den, 10)
}

// Frame returns how long one frame is shown, 0 when unknown.
func (r Rate) Frame() time.Duration { return r.at(1) }

// at returns the time of the n-th frame or tick, rounded to a nanosecond.
func (r Rate) at(n int64) time.Duration {
	if !r.Known() {
		return 0
	}
	return time.Duration(scale(n, int64(time.Second)*r.Den, r.Num))
}

// index returns the frame or tick whose time is nearest to t.
func (r Rate) index(t time.Duration) int64 {
	if !r.Known() {
		return 0
	}
	return scale(int64(t), r.Num, int64(time.Second)*r.Den)
}

// scale returns v*num/den rounded to the nearest, half away from zero, with 128
// bits in between. num and den are positive; what does not fit is cut to the
// largest value.
func scale(v, num, den int64) int64 {
	negative := v < 0
	u := uint64(v)
	if negative {
		u = -u
	}
	hi, lo := bits.Mul64(u, uint64(num))
	lo, carry := bits.Add64(lo, uint64(den)/2, 0)
	hi += carry
	const most = 1<<63 - 1
	q := uint64(most)
	if hi < uint64(den) {
		q, _ = bits.Div64(hi, lo, uint64(den))
	}
	q = min(q, most)
	if negative {
		return -int64(q)
	}
	return int64(q)
}
