package mattebox

import (
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestStatusDiagram compares the drawing of docs/status.md with the table of
// moves, and its names with those of the wire.
func TestStatusDiagram(t *testing.T) {
	page, err := os.ReadFile("docs/status.md")
	if err != nil {
		t.Fatal(err)
	}
	_, after, _ := strings.Cut(string(page), "```mermaid\n")
	diagram, _, found := strings.Cut(after, "```")
	if !found {
		t.Fatal("docs/status.md has no mermaid diagram")
	}
	drawn, names := map[Status][]Status{}, map[Status]string{}
	for _, s := range Statuses() {
		drawn[s], names[s] = nil, ""
	}
	for _, edge := range regexp.MustCompile(`(?m)^\s*s(\d+) --> s(\d+): \S`).FindAllStringSubmatch(diagram, -1) {
		from := status(t, edge[1])
		drawn[from] = append(drawn[from], status(t, edge[2]))
	}
	for _, state := range regexp.MustCompile(`state "(\d+) ([^"]+)" as s(\d+)`).FindAllStringSubmatch(diagram, -1) {
		if state[1] != state[3] {
			t.Errorf("state s%s is drawn as %s", state[3], state[1])
		}
		names[status(t, state[1])] = state[2]
	}
	if edges, arrows := countEdges(drawn), strings.Count(diagram, " --> s"); edges != arrows-1 { // one comes from [*]
		t.Errorf("%d arrows are drawn, %d of them with a reason", arrows-1, edges)
	}
	for _, s := range Statuses() {
		if diff := cmp.Diff(s.Moves(), sorted(drawn[s])); diff != "" {
			t.Errorf("from %d (-table +drawing):\n%s", s, diff)
		}
		if names[s] != s.Name() {
			t.Errorf("%d is drawn as %q, and called %q", s, names[s], s.Name())
		}
	}
}

func status(t *testing.T, text string) Status {
	t.Helper()
	n, err := strconv.Atoi(text)
	if err != nil || !Status(n).Known() {
		t.Fatalf("the diagram has a status %s", text)
	}
	return Status(n)
}

func countEdges(edges map[Status][]Status) (n int) {
	for _, to := range edges {
		n += len(to)
	}
	return n
}

func sorted(all []Status) []Status {
	all = slices.Clone(all)
	slices.Sort(all)
	return all
}
