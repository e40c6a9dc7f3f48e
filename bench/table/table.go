// Package table prints the tables of the measurements: rows of cells go in, aligned
// text or Markdown for the docs comes out.
package table

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// Print writes the rows and an empty line. The first row is the head and the first
// column is text; the others are aligned to the right. Rows may be short.
func Print(out io.Writer, rows [][]string, markdown bool) {
	widths := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	for r, row := range rows {
		cells := make([]string, len(widths))
		for i := range cells {
			cell := ""
			if i < len(row) {
				cell = row[i]
			}
			gap := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell))
			cells[i] = gap + cell
			if i == 0 {
				cells[i] = cell + gap
			}
		}
		if !markdown {
			fmt.Fprintln(out, strings.TrimRight(strings.Join(cells, "  "), " "))
			continue
		}
		fmt.Fprintf(out, "| %s |\n", strings.Join(cells, " | "))
		if r == 0 {
			fmt.Fprintf(out, "|---|%s\n", strings.Repeat("--:|", len(widths)-1))
		}
	}
	fmt.Fprintln(out)
}
