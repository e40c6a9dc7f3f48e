package main

import (
	"fmt"
	"io"
	"time"

	"github.com/schollz/progressbar/v3"
)

// barReporter draws a progress bar with the rate and the time left on a terminal.
// Above it stay the lines of what failed, was skipped or needs a look.
type barReporter struct {
	bar     *progressbar.ProgressBar
	lines   lineReporter
	verbose bool // every picture gets its line
}

func newBarReporter(lines lineReporter, total int, verbose bool) barReporter {
	return barReporter{
		lines: lines, verbose: verbose,
		bar: progressbar.NewOptions(total,
			progressbar.OptionSetWriter(lines.w),
			progressbar.OptionSetDescription("cutting out"),
			progressbar.OptionShowCount(),
			progressbar.OptionShowIts(),
			progressbar.OptionSetItsString("pictures"),
			progressbar.OptionSetPredictTime(true),
			progressbar.OptionSetWidth(30),
			progressbar.OptionThrottle(100*time.Millisecond),
			progressbar.OptionUseANSICodes(true),
			progressbar.OptionClearOnFinish(),
			progressbar.OptionSetRenderBlankState(true),
		),
	}
}

func (r barReporter) tell(out outcome) {
	if r.verbose || out.report == nil || out.doubtful() {
		if line := r.lines.line(out); line != "" {
			r.above(line)
		}
	}
	// The bar only fails when the terminal does, which leaves nobody to tell.
	_ = r.bar.Add(1)
}

// above prints the line where the bar is; the next step draws the bar below.
func (r barReporter) above(line string) {
	_ = r.bar.Clear()
	fmt.Fprintln(r.lines.w, line)
	_ = r.bar.RenderBlank()
}

func (r barReporter) close() {
	_ = r.bar.Clear()
}

// newReporter chooses how a run is told: as JSON, as a bar where somebody
// watches many pictures, or in lines. total is 0 when it is not known.
func newReporter(stdout, stderr io.Writer, f RunFlags, skipsOK bool, total int) reporter {
	lines := lineReporter{w: stderr, skipsOK: skipsOK, quiet: f.Quiet}
	switch {
	case f.JSON:
		return jsonReporter{w: stdout}
	case total > 1 && !f.Quiet && isTerminal(stderr):
		return newBarReporter(lines, total, f.Verbose)
	}
	return lines
}
