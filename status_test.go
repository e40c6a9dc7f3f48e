package mattebox

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestMoves spells the machine out a second time, row by row, so that no move
// comes or goes unnoticed; every pair that is not here must be refused.
func TestMoves(t *testing.T) {
	want := map[Status][]Status{
		0:   {999},
		10:  {0, 12, 30, 90},
		12:  {0, 10, 100},
		20:  {0, 30},
		30:  {0, 60, 90, 95},
		40:  {0, 60, 90, 95},
		60:  {30, 40, 66, 70, 90},
		62:  {40, 64, 66, 70, 90, 95},
		64:  {40, 62, 66, 70, 90, 95},
		66:  {40, 62, 64, 70, 90, 95},
		70:  {40, 72, 80, 100},
		72:  {40, 74, 80, 100},
		74:  {40, 76, 80, 100},
		76:  {40, 78, 80, 100},
		78:  {40, 80, 100},
		80:  {40, 100},
		90:  {100},
		95:  {30, 40, 66, 70, 90, 100},
		100: {999},
		999: nil,
	}
	if got, want := len(Statuses()), len(want); got != want {
		t.Errorf("%d statuses, want %d", got, want)
	}
	for _, from := range Statuses() {
		if diff := cmp.Diff(want[from], from.Moves()); diff != "" {
			t.Errorf("moves from %d (-want +got):\n%s", from, diff)
		}
		for _, to := range Statuses() {
			allowed := false
			for _, s := range want[from] {
				allowed = allowed || s == to
			}
			if err := from.MoveTo(to); (err == nil) != allowed {
				t.Errorf("%d -> %d: error %v, allowed %v", from, to, err, allowed)
			} else if err != nil && CodeOf(err) != CodeConflict {
				t.Errorf("%d -> %d: code %s", from, to, CodeOf(err))
			}
		}
	}
}

func TestFromIsMovesBackwards(t *testing.T) {
	for _, to := range Statuses() {
		for _, from := range to.From() {
			if from.MoveTo(to) != nil {
				t.Errorf("%d.From() has %d, which may not move there", to, from)
			}
		}
	}
	if diff := cmp.Diff([]Status{70, 72, 74, 76, 78}, StatusDelivered.From()); diff != "" {
		t.Errorf("from where an image is delivered (-want +got):\n%s", diff)
	}
}

// TestEveryStatusIsReached walks the machine from a new image; only the
// deprecated status may be out of reach.
func TestEveryStatusIsReached(t *testing.T) {
	seen := map[Status]bool{StatusNew: true}
	for open := []Status{StatusNew}; len(open) > 0; {
		s := open[0]
		open = open[1:]
		for _, to := range s.Moves() {
			if !seen[to] {
				seen[to] = true
				open = append(open, to)
			}
		}
	}
	for _, s := range Statuses() {
		if want := s != StatusUnpaid; seen[s] != want {
			t.Errorf("status %d reached: %v, want %v", s, seen[s], want)
		}
	}
}

func TestStatusQuestions(t *testing.T) {
	for _, c := range []struct {
		name string
		ask  func(Status) bool
		yes  []Status
	}{
		// Contracts F17: while the status is below 60.
		{"Deletable", Status.Deletable, []Status{10, 12, 20, 30, 40}},
		// Contracts F16: from 70 to 80.
		{"Rejectable", Status.Rejectable, []Status{70, 72, 74, 76, 78, 80}},
		{"Done", Status.Done, []Status{70, 72, 74, 76, 78, 80, 100}},
		{"Waiting", Status.Waiting, []Status{10, 20, 30, 40, 60, 62, 64, 66, 95}},
	} {
		var yes []Status
		for _, s := range Statuses() {
			if c.ask(s) {
				yes = append(yes, s)
			}
		}
		if diff := cmp.Diff(c.yes, yes); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

func TestStatusNames(t *testing.T) {
	seen := map[string]Status{}
	for _, s := range Statuses() {
		if s.Name() == "" || s.Name() == "Unknown" {
			t.Errorf("status %d has no name", s)
		}
		if other, twice := seen[s.Name()]; twice {
			t.Errorf("%d and %d are both %q", s, other, s.Name())
		}
		seen[s.Name()] = s
	}
	if Status(70).Name() != "Production Finished" || Status(80).Name() != "Delivered" {
		t.Errorf("the seed's names are %q and %q", Status(70).Name(), Status(80).Name())
	}
	if s := Status(71); s.Known() || s.Name() != "Unknown" || s.Moves() != nil {
		t.Errorf("71 is known as %q", s.Name())
	}
}

func TestAfterFailure(t *testing.T) {
	for n, want := range map[int]Status{1: 72, 2: 74, 3: 76, 4: 78, 5: 78} {
		if got := AfterFailure(n); got != want {
			t.Errorf("after failure %d: %d, want %d", n, got, want)
		}
	}
}
