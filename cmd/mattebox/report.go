package main

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strings"
	"time"

	"mattebox"
	"mattebox/engine"
)

// reporter tells of pictures while they are done. Its methods are called from
// one goroutine.
type reporter interface {
	tell(outcome)
	close() // before anything else is printed
}

// tally counts outcomes.
type tally struct {
	done, skipped, failed int
	doubtful              int // of those done: a person should look at them
	broken                int // broken off by an interrupt
}

func (t *tally) add(out outcome) {
	switch {
	case out.err != nil:
		t.failed++
	case out.skipped:
		t.skipped++
	default:
		t.done++
		if out.doubtful() {
			t.doubtful++
		}
	}
}

// doubtful reports whether a person should look at the result.
func (o outcome) doubtful() bool {
	return o.report != nil && o.report.Confidence < trusted
}

// trusted is the confidence from which results need no look (engine.Report).
const trusted = 0.8

// summary says what became of all pictures, of which left were not begun.
func (t *tally) summary(left int, took time.Duration) string {
	parts := []string{fmt.Sprintf("%d done", t.done)}
	if t.doubtful > 0 {
		parts[0] += fmt.Sprintf(" (%d to look at: confidence under %.1f)", t.doubtful, trusted)
	}
	for _, p := range []struct {
		n    int
		what string
	}{{t.skipped, "skipped"}, {t.failed, "failed"}, {t.broken + left, "not done"}} {
		if p.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", p.n, p.what))
		}
	}
	text := strings.Join(parts, ", ") + fmt.Sprintf(" in %.1f s", took.Seconds())
	if t.done > 0 && took > 0 {
		text += fmt.Sprintf(" (%.2f pictures/s)", float64(t.done)/took.Seconds())
	}
	return text
}

// lineReporter prints a line for each picture.
type lineReporter struct {
	w       io.Writer
	skipsOK bool // skipped pictures are not named
	quiet   bool // only failures and what was skipped
}

func (r lineReporter) tell(out outcome) {
	if line := r.line(out); line != "" {
		fmt.Fprintln(r.w, line)
	}
}

func (lineReporter) close() {}

// line returns what there is to say of the outcome, empty for nothing.
func (r lineReporter) line(out outcome) string {
	if out.path == standardStream {
		out.path = "stdin"
	}
	if out.output == standardStream {
		out.output = "stdout"
	}
	switch {
	case out.err != nil:
		return fmt.Sprintf("%s: %s", out.path, sentence(out.err))
	case out.skipped && r.skipsOK:
		return ""
	case out.skipped:
		return fmt.Sprintf("%s: skipped, %s is there already", out.path, out.output)
	case r.quiet:
		return ""
	}
	line := fmt.Sprintf("%s -> %s  %dx%d  %.0f ms  confidence %.2f", out.path, out.output,
		out.report.Width, out.report.Height, milliseconds(out.took), out.report.Confidence)
	if len(out.report.Warnings) > 0 {
		line += "  [" + strings.Join(out.report.Warnings, "; ") + "]"
	}
	return line
}

// jsonReporter prints a JSON object a line for each picture.
type jsonReporter struct{ w io.Writer }

// pictureReport is the object. Its fields are promised in docs/cli.md.
type pictureReport struct {
	File         string       `json:"file"`
	Output       string       `json:"output"`
	Width        int          `json:"width"` // of the result, in pixels
	Height       int          `json:"height"`
	SourceWidth  int          `json:"source_width"`
	SourceHeight int          `json:"source_height"`
	Box          [4]int       `json:"box"` // x0, y0, x1, y1 of the subject on the upright source; zeros when there is none
	Confidence   float64      `json:"confidence"`
	Milliseconds stepDuration `json:"milliseconds"`
	Model        string       `json:"model"`
	Passes       int          `json:"passes"`
	Warnings     []string     `json:"warnings"`
	Skipped      bool         `json:"skipped,omitempty"`
	Error        string       `json:"error,omitempty"`
	Code         string       `json:"code,omitempty"`
}

type stepDuration struct {
	Decode     float64 `json:"decode"`
	Net        float64 `json:"net"`
	Refine     float64 `json:"refine"`
	Foreground float64 `json:"foreground"`
	Compose    float64 `json:"compose"`
	Encode     float64 `json:"encode"`
	Total      float64 `json:"total"`
}

func (r jsonReporter) tell(out outcome) {
	line := pictureReport{File: out.path, Output: out.output, Skipped: out.skipped, Warnings: []string{}}
	if out.report != nil {
		line.fill(out.report)
	}
	if out.err != nil {
		line.Error, line.Code = out.err.Error(), string(mattebox.CodeOf(out.err))
	}
	writeJSONLine(r.w, line)
}

func (jsonReporter) close() {}

func (p *pictureReport) fill(r *engine.Report) {
	p.Width, p.Height = r.Width, r.Height
	p.SourceWidth, p.SourceHeight = r.SourceWidth, r.SourceHeight
	p.Box = [4]int{r.Box.Min.X, r.Box.Min.Y, r.Box.Max.X, r.Box.Max.Y}
	p.Confidence = math.Round(r.Confidence*1e4) / 1e4
	p.Model, p.Passes = strings.Join(r.Models, "+"), r.Passes
	p.Warnings = append(p.Warnings, r.Warnings...)
	s := r.Steps
	p.Milliseconds = stepDuration{
		Decode: milliseconds(s.Decode), Net: milliseconds(s.Net), Refine: milliseconds(s.Refine),
		Foreground: milliseconds(s.Foreground), Compose: milliseconds(s.Compose),
		Encode: milliseconds(s.Encode), Total: milliseconds(s.Total),
	}
}

// milliseconds rounds to a microsecond.
func milliseconds(d time.Duration) float64 {
	return float64(d.Round(time.Microsecond)) / float64(time.Millisecond)
}

// writeJSONLine prints v on a line of its own. A stdout that is gone ends the
// program by SIGPIPE; there is nobody to tell of any other error.
func writeJSONLine(w io.Writer, v any) {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(v)
}
