package main

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/schollz/progressbar/v3"

	"mattebox/engine/clip"
)

// videoBar draws how far a clip is, with the rate and the time left, where somebody
// watches. The zero videoBar draws nothing.
type videoBar struct{ bar *progressbar.ProgressBar }

func newVideoBar(w io.Writer, f VideoRunFlags, frames int) videoBar {
	if f.JSON || f.Quiet || !isTerminal(w) {
		return videoBar{}
	}
	return videoBar{progressbar.NewOptions(frames,
		progressbar.OptionSetWriter(w),
		progressbar.OptionSetDescription("cutting out"),
		progressbar.OptionShowCount(),
		progressbar.OptionShowIts(),
		progressbar.OptionSetItsString("frames"),
		progressbar.OptionSetPredictTime(true),
		progressbar.OptionSetWidth(30),
		progressbar.OptionThrottle(100*time.Millisecond),
		progressbar.OptionUseANSICodes(true),
		progressbar.OptionClearOnFinish(),
		progressbar.OptionSetRenderBlankState(true),
	)}
}

// set says how many frames are done. The bar only fails when the terminal does,
// which leaves nobody to tell.
func (b videoBar) set(done int) {
	if b.bar != nil {
		_ = b.bar.Set(min(done, b.bar.GetMax()-1)) // full clears it, and joining is still to come
	}
}

func (b videoBar) join() {
	if b.bar != nil {
		b.bar.Describe("writing the file")
	}
}

func (b videoBar) close() {
	if b.bar != nil {
		_ = b.bar.Clear()
	}
}

// videoReport is what --json prints. Its fields are promised in docs/cli.md.
type videoReport struct {
	File         string       `json:"file"`
	Output       string       `json:"output"`
	Format       string       `json:"format"`
	Model        string       `json:"model"`
	Net          string       `json:"net"`
	Width        int          `json:"width"`
	Height       int          `json:"height"`
	SourceWidth  int          `json:"source_width"` // upright
	SourceHeight int          `json:"source_height"`
	Frames       int          `json:"frames"`
	Rate         string       `json:"rate"`
	VariableRate bool         `json:"variable_rate"`
	Duration     float64      `json:"duration"` // seconds
	Sound        bool         `json:"sound"`
	Looks        int          `json:"looks"` // times that the network was asked
	Carried      int          `json:"carried"`
	Static       int          `json:"static"`
	Cuts         int          `json:"cuts"`
	Milliseconds videoTimings `json:"milliseconds"`
	Warnings     []string     `json:"warnings"`
}

// videoTimings are the times of the stages, which overlap, and of everything.
type videoTimings struct {
	Net     float64 `json:"net"`
	Motion  float64 `json:"motion"`
	Finish  float64 `json:"finish"`
	Writing float64 `json:"writing"`
	Total   float64 `json:"total"`
}

// tell reports the finished clip.
func (f *filming) tell() error {
	took := time.Since(f.start)
	warnings := append(f.notes, f.total.warnings...)
	if f.cmd.JSON {
		writeJSONLine(f.app.Stdout, f.report(took, warnings))
		return nil
	}
	if f.cmd.Quiet {
		return nil
	}
	t := f.total
	line := fmt.Sprintf("%s -> %s  %dx%d  %d frames  %.2f s of clip  %.1f s (%.1f frames/s)",
		f.cmd.Input, f.order.output, t.width, t.height, t.frames, t.end.Seconds(), took.Seconds(), float64(t.frames)/took.Seconds())
	if len(warnings) > 0 {
		line += "  [" + strings.Join(warnings, "; ") + "]"
	}
	fmt.Fprintln(f.app.Stderr, line)
	return nil
}

func (f *filming) report(took time.Duration, warnings []string) videoReport {
	t, o := f.total, f.order
	return videoReport{
		File: f.cmd.Input, Output: o.output, Format: string(o.job.Format), Model: string(o.job.Model), Net: t.net,
		Width: t.width, Height: t.height, SourceWidth: o.info.Width, SourceHeight: o.info.Height,
		Frames: t.frames, Rate: o.info.Rate.String(), VariableRate: o.info.VariableRate, Duration: t.end.Seconds(),
		Sound: o.info.HasSound && o.job.Format.HasSound(),
		Looks: t.looks, Carried: t.carried, Static: t.static, Cuts: t.scene,
		Milliseconds: timings(t.steps, took), Warnings: append([]string{}, warnings...),
	}
}

func timings(s clip.Steps, total time.Duration) videoTimings {
	return videoTimings{
		Net: milliseconds(s.Net), Motion: milliseconds(s.Motion), Finish: milliseconds(s.Finish),
		Writing: milliseconds(s.Writing), Total: milliseconds(total),
	}
}
