package video

import (
	"math"
	"math/big"
	"testing"
	"time"
)

func TestRateRoundTrip(t *testing.T) {
	for _, r := range []Rate{{24000, 1001}, {30000, 1001}, {25, 1}, {90000, 1}, {1000, 1}, {15, 2}} {
		for _, n := range []int64{0, 1, 2, 12345, 6_000_000, -7} {
			if got := r.index(r.at(n)); got != n {
				t.Errorf("%s: frame %d is at %s, which is frame %d", r, n, r.at(n), got)
			}
		}
	}
	if got := (Rate{30000, 1001}).Frame(); got != 33366667*time.Nanosecond {
		t.Errorf("a frame takes %s", got)
	}
	if (Rate{}).Frame() != 0 || (Rate{}).Known() || (Rate{}).Float() != 0 {
		t.Error("the zero rate is known")
	}
}

func TestParseRate(t *testing.T) {
	for text, want := range map[string]Rate{"30000/1001": {30000, 1001}, "25/1": {25, 1}} {
		if got, ok := parseRate(text); !ok || got != want {
			t.Errorf("%s is %v (%t)", text, got, ok)
		}
	}
	for _, text := range []string{"", "0/0", "25", "25/0", "-25/1", "1/x", "99999999999/1"} {
		if _, ok := parseRate(text); ok {
			t.Errorf("%q is a rate", text)
		}
	}
}

// FuzzScale compares with arithmetic that cannot overflow.
func FuzzScale(f *testing.F) {
	f.Add(int64(1), int64(1001_000_000_000), int64(30000))
	f.Add(int64(math.MinInt64), int64(math.MaxInt64), int64(1))
	f.Add(int64(-5), int64(1), int64(2))
	f.Fuzz(func(t *testing.T, v, num, den int64) {
		if num <= 0 || den <= 0 {
			return
		}
		exact := new(big.Int).Mul(new(big.Int).Abs(big.NewInt(v)), big.NewInt(num))
		exact.Add(exact, big.NewInt(den/2))
		exact.Quo(exact, big.NewInt(den))
		if !exact.IsInt64() {
			exact.SetInt64(math.MaxInt64)
		}
		if v < 0 {
			exact.Neg(exact)
		}
		if got := scale(v, num, den); got != exact.Int64() {
			t.Errorf("%d*%d/%d is %d, want %d", v, num, den, got, exact.Int64())
		}
	})
}
