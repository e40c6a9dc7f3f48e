package main

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestRateOf(t *testing.T) {
	start := time.Unix(0, 0)
	got, err := rateOf(start, []time.Time{time.Unix(14, 0), time.Unix(10, 0), time.Unix(12, 0)}, 3)
	want := rate{Steady: .5, Whole: 3. / 14}
	if diff := cmp.Diff(want, got, cmpopts.EquateApprox(0, 1e-9)); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	if _, err := rateOf(start, nil, 3); err == nil {
		t.Error("missing pictures have a rate")
	}
}

func TestReport(t *testing.T) {
	flat := make([]int64, 100)
	for i := range flat {
		flat[i] = 1e9 + int64(i)*1e7
	}
	found := findings{
		Submit:  []submit{{Name: "alone", PerSecond: 200, Took: []time.Duration{time.Millisecond, 3 * time.Millisecond}}},
		Rates:   []rate{{byRemove, 1, .9}, {throughService, .9, .8}, {byRemove, 1.2, 1}, {throughService, 1.1, 1}},
		Backlog: &backlog{Queued: 10_000, Submit: 20 * time.Second, Restart: 900 * time.Millisecond, Resident: 150e6},
		Memory:  &memory{Pictures: 100, Service: flat, Engines: flat},
	}
	var out strings.Builder
	printAll(&out, found, true)
	for _, line := range []string{
		"| alone      |        200 |      2 |      0 |    1.0 |    3.0 |     3.0 |",
		"| service         |      1.000 |      0.900 |      0.91 |",
		"| 10000         |       20.0 |        500 |      0.90 |",
		"| pictures per second to mattebox remove | 0.909 | >= 0.95 |   SHORT |",
		"| restart with 10000 queued, s           | 0.900 |    <= 5 | reached |",
		"| growth of the engines' memory          | 0.841 | <= 0.05 |   SHORT |",
	} {
		if !strings.Contains(out.String(), line) {
			t.Errorf("the report lacks %q:\n%s", line, out.String())
		}
	}
}

func TestBadCommandLines(t *testing.T) {
	for _, args := range [][]string{{"-per-second", "0"}, {"stray"}, {"-folder", "1"}} {
		if _, err := parse(args, &strings.Builder{}); err == nil {
			t.Errorf("%v was accepted", args)
		}
	}
	b := bench{settings: settings{sections: "hot"}}
	if _, err := b.measure(t.Context()); err == nil || !strings.Contains(err.Error(), "backlog") {
		t.Errorf("an unknown section: %v; want an error that lists them", err)
	}
}
