package store

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"mattebox"
)

func TestReceiverOf(t *testing.T) {
	for address, want := range map[string]string{
		"https://Shop.Example.com:8443/Hook?order=1#x": "https://shop.example.com:8443/Hook",
		"HTTP://e.com":            "http://e.com",
		"https://e.com/a%2Fb?":    "https://e.com/a%2Fb",
		"https://u:p@e.com/hook":  "https://e.com/hook",
		"https://e.com/hook#?x":   "https://e.com/hook",
		"https://[::1]:443/hook?": "https://[::1]:443/hook",
		"://":                     "://",
	} {
		if got := receiverOf(address); got != want {
			t.Errorf("%s: %s, want %s", address, got, want)
		}
		if again := receiverOf(want); again != want {
			t.Errorf("%s becomes %s", want, again)
		}
	}
}

func TestRoomChooses(t *testing.T) {
	due := func() []dueDelivery {
		return []dueDelivery{{1, "a", 10}, {2, "a", 11}, {3, "a", 12}, {4, "b", 20}, {5, "b", 21}, {6, "c", 5}}
	}
	for name, tt := range map[string]struct {
		claim mattebox.DeliveryClaim
		want  []mattebox.DeliveryID
	}{
		"turns":        {mattebox.DeliveryClaim{Limit: 10}, []mattebox.DeliveryID{6, 1, 4, 2, 5, 3}},
		"limit":        {mattebox.DeliveryClaim{Limit: 4}, []mattebox.DeliveryID{6, 1, 4, 2}},
		"per host":     {mattebox.DeliveryClaim{Limit: 10, PerHost: 2}, []mattebox.DeliveryID{6, 1, 4, 2, 5}},
		"busy":         {mattebox.DeliveryClaim{Limit: 10, PerHost: 2, Busy: map[string]int{"a": 1, "b": 2}}, []mattebox.DeliveryID{6, 1}},
		"busy go last": {mattebox.DeliveryClaim{Limit: 2, PerHost: 9, Busy: map[string]int{"a": 2, "c": 1}}, []mattebox.DeliveryID{4, 6}},
		"more room":    {mattebox.DeliveryClaim{Limit: 10, PerHost: 1, Busy: map[string]int{"a": -1}}, []mattebox.DeliveryID{6, 1, 4, 2}},
		"none":         {mattebox.DeliveryClaim{PerHost: 1}, nil},
	} {
		if diff := cmp.Diff(tt.want, newRoom(tt.claim).choose(due(), tt.claim.Limit)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestInPieces(t *testing.T) {
	for n, want := range map[int][]int{0: nil, 1: {1}, 64: {64}, 71: {64, 4, 2, 1}, 130: {64, 64, 2}} {
		var got []int
		next := 0
		err := inPieces(make([][]any, n), func(rows [][]any) error {
			got = append(got, len(rows))
			next += len(rows)
			return nil
		})
		if diff := cmp.Diff(want, got); err != nil || diff != "" || next != n {
			t.Errorf("%d rows (-want +got):\n%s%v", n, diff, err)
		}
	}
	var args arguments
	if got := values(&args, [][]any{{1, "a"}, {2, "b"}}, "BIGINT", "TEXT"); got != "(CAST($1 AS BIGINT), CAST($2 AS TEXT)), (CAST($3 AS BIGINT), CAST($4 AS TEXT))" || len(args) != 4 {
		t.Error(got, args)
	}
}
