package work

import (
	"testing"

	"mattebox"
)

func TestLines(t *testing.T) {
	var l lines
	if !l.enter("a", 1, 1) || l.enter("a", 2, 1) || l.enter("a", 2, 1) || l.enter("a", 3, 1) {
		t.Fatal("one place was given to none or to more")
	}
	if !l.enter("b", 9, 1) {
		t.Error("the other host is kept waiting")
	}
	for _, want := range []mattebox.DeliveryID{2, 3} {
		if next, more := l.leave("a"); next != want || !more {
			t.Errorf("next is %d, %v; want %d", next, more, want)
		}
	}
	if next, more := l.leave("a"); more {
		t.Errorf("%d stood in line twice", next)
	}
	if !l.enter("a", 2, 1) {
		t.Error("the place is not free again")
	}
	l.abandon("a")
	l.abandon("b")
	if len(l.hosts) != 0 {
		t.Errorf("remembers %d hosts at which nobody is", len(l.hosts))
	}
}

func TestLinesAreBounded(t *testing.T) {
	var l lines
	l.enter("a", 0, 1)
	for id := range mattebox.DeliveryID(2 * longestLine) {
		l.enter("a", id+1, 1)
	}
	if n := len(l.hosts["a"].ids); n != longestLine {
		t.Errorf("%d stand in line", n)
	}
	l.close()
	if _, more := l.leave("a"); more {
		t.Error("goes on after the end")
	}
}
