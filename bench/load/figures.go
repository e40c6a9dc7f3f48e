package load

import (
	"fmt"
	"time"
)

// Milliseconds prints a time for a table.
func Milliseconds(d time.Duration) string {
	return fmt.Sprintf("%.1f", float64(d)/float64(time.Millisecond))
}

// Megabytes prints an amount of memory for a table.
func Megabytes(bytes int64) string { return fmt.Sprint(bytes / 1_000_000) }
