package load

import (
	"fmt"
	"io"
	"time"

	"mattebox/bench/table"
)

// Target is a figure that the service has to reach.
type Target struct {
	What  string
	Got   float64
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

// PrintTargets prints a row for each target; nothing when there are none.
func PrintTargets(out io.Writer, targets []Target, markdown bool) {
	if len(targets) == 0 {
		return
	}
	rows := [][]string{{"target", "is", "goal", ""}}
	for _, t := range targets {
		sign, verdict := "<=", "reached"
		if t.Least {
			sign = ">="
		}
		if !t.Reached() {
			verdict = "SHORT"
		}
		rows = append(rows, []string{t.What, fmt.Sprintf("%.2f", t.Got), fmt.Sprintf("%s %g", sign, t.Limit), verdict})
	}
	table.Print(out, rows, markdown)
}

// Milliseconds prints a time for a table.
func Milliseconds(d time.Duration) string {
	return fmt.Sprintf("%.1f", float64(d)/float64(time.Millisecond))
}

// Megabytes prints an amount of memory for a table.
func Megabytes(bytes int64) string { return fmt.Sprint(bytes / 1_000_000) }
