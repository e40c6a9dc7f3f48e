package work

import (
	"fmt"
	"testing"
	"time"
)

func TestHands(t *testing.T) {
	h := newHands(16, 2)
	for range 3 {
		h.take("a")
	}
	limit, busy := h.room()
	if limit != 13 || busy["a"] != 3 {
		t.Errorf("room for %d, busy %v", limit, busy)
	}
	h.put("a", true, time.Second)
	h.put("a", true, time.Second)
	if limit, busy := h.room(); limit != 15 || busy["a"] != 1 {
		t.Errorf("room for %d, busy %v", limit, busy)
	}
	h.put("a", false, 0)
	if limit, busy := h.room(); limit != 16 || len(busy) != 0 {
		t.Errorf("room for %d, busy %v", limit, busy)
	}
}

// A host that is quick may have half of the slots, until it is not.
func TestHandsOfAQuickHost(t *testing.T) {
	h := newHands(16, 2)
	attempt := func(delivered bool, took time.Duration) int {
		h.take("a")
		h.put("a", delivered, took)
		h.recorded(1)
		_, busy := h.room()
		return busy["a"]
	}
	for n := 1; n <= quickInARow+1; n++ {
		want := 0
		if n >= quickInARow {
			want = 2 - 8
		}
		if got := attempt(true, time.Millisecond); got != want {
			t.Errorf("after %d quick attempts the host counts for %d, want %d", n, got, want)
		}
	}
	if got := attempt(true, time.Second); got != 0 {
		t.Errorf("after a slow attempt it counts for %d", got)
	}
	for range quickInARow {
		attempt(true, 0)
	}
	if got := attempt(false, 0); got != 0 {
		t.Errorf("after a quick refusal it counts for %d", got)
	}
	for i := range quickHosts + 1 {
		h.take(fmt.Sprint(i))
		h.put(fmt.Sprint(i), true, 0)
	}
	if len(h.quick) > quickHosts {
		t.Errorf("remembers %d hosts", len(h.quick))
	}
}

// A store that records more slowly than receivers answer stops the sending.
func TestHandsWaitForRecords(t *testing.T) {
	h := newHands(2, 2)
	for range recordsPerSlot * 2 {
		h.take("a")
		h.put("a", true, 0)
	}
	if limit, _ := h.room(); limit != 0 {
		t.Errorf("room for %d", limit)
	}
	if !h.recorded(3) {
		t.Error("nobody is told that there is room again")
	}
	if limit, _ := h.room(); limit != 2 || h.recorded(1) {
		t.Errorf("room for %d", limit)
	}
}
