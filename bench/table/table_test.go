package table_test

import (
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
