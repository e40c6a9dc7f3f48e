package table_test

import (
	"math"
	"strings"
	"testing"

	"mattebox/bench/table"

	"github.com/google/go-cmp/cmp"
)

func TestPrint(t *testing.T) {
	rows := [][]string{{"name", "é", "b"}, {"x", "10.5", "2"}, {"longer", "3"}}
	tests := map[bool]string{
		false: "name       é  b\nx       10.5  2\nlonger     3\n\n",
		true:  "| name   |    é | b |\n|---|--:|--:|\n| x      | 10.5 | 2 |\n| longer |    3 |   |\n\n",
	}
	for markdown, want := range tests {
		var out strings.Builder
		table.Print(&out, rows, markdown)
		if diff := cmp.Diff(want, out.String()); diff != "" {
			t.Errorf("markdown %v (-want +got):\n%s", markdown, diff)
		}
	}
}

func TestTargets(t *testing.T) {
	var out strings.Builder
	table.PrintTargets(&out, []table.Target{
		{What: "not measured", Got: math.NaN(), Limit: 1},
		{What: "rate", Got: .95, Limit: .95, Least: true}, {What: "rate", Got: .94, Limit: .95, Least: true},
		{What: "time", Got: 5, Limit: 5}, {What: "time", Got: 5.1, Limit: 5},
	}, true)
	for _, line := range []string{
		"| rate   | 0.950 | >= 0.95 | reached |", "| rate   | 0.940 | >= 0.95 |   SHORT |",
		"| time   | 5.000 |    <= 5 | reached |", "| time   | 5.100 |    <= 5 |   SHORT |",
	} {
		if !strings.Contains(out.String(), line) {
			t.Errorf("the table lacks %q:\n%s", line, out.String())
		}
	}
	out.Reset()
	if table.PrintTargets(&out, nil, true); out.String() != "" {
		t.Errorf("a table of nothing: %q", out.String())
	}
}
