package table

import (
	"fmt"
	"io"
	"math"
)

// Target is a figure that Mattebox has to reach.
type Target struct {
	What  string
	Got   float64 // NaN when it was not measured
	Limit float64
	Least bool // Got has to be at least the Limit; otherwise at most
}

// Reached reports whether it is.
func (t Target) Reached() bool {
	if t.Least {
		return t.Got >= t.Limit
	}
	return t.Got <= t.Limit
}

// PrintTargets prints a row for each target that was measured; nothing when none
// was.
func PrintTargets(out io.Writer, targets []Target, markdown bool) {
	rows := [][]string{{"target", "is", "goal", ""}}
	for _, t := range targets {
		if math.IsNaN(t.Got) {
			continue
		}
		sign, verdict := "<=", "reached"
		if t.Least {
			sign = ">="
		}
		if !t.Reached() {
			verdict = "SHORT"
		}
		rows = append(rows, []string{t.What, fmt.Sprintf("%.3f", t.Got), fmt.Sprintf("%s %g", sign, t.Limit), verdict})
	}
	if len(rows) > 1 {
		Print(out, rows, markdown)
	}
}
