package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"mattebox"
)

// RemoveCmd is "mattebox remove": pictures in, cut-outs out.
type RemoveCmd struct {
	Inputs []string `arg:"" name:"input" help:"Pictures, folders (with all below them), quoted patterns such as 'shoes/**/*.jpg', or - for stdin." predictor:"file"`

	OutputFlags   `embed:"" group:"output"`
	MatteFlags    `embed:"" group:"matte"`
	TemplateFlags `embed:"" group:"template"`
	RunFlags      `embed:"" group:"run"`
	WatchFlags    `embed:"" group:"watch"`
}

// Run does what the flags ask for. What is wrong with them is found before any
// work, and its error names the flag.
func (c *RemoveCmd) Run(app *App) error {
	d, err := c.destination(app)
	if err != nil {
		return err
	}
	o, err := c.order(d.extension())
	if err != nil {
		return err
	}
	if err := c.checkModel(app); err != nil {
		return err
	}
	r := &removal{app: app, cmd: c, order: o, start: time.Now()}
	r.planner = planner{destination: d, extension: o.job.Template.Format.Extension(), force: c.Force}
	if c.Watch {
		return r.watch()
	}
	return r.once()
}

// destination reads --output and refuses streams that cannot be used.
func (c *RemoveCmd) destination(app *App) (destination, error) {
	stdin := slices.Contains(c.Inputs, standardStream)
	several := c.Watch || len(c.Inputs) > 1 || slices.ContainsFunc(c.Inputs, findsSeveral)
	d, err := parseDestination(c.Output, several, stdin, c.Alpha)
	if err != nil {
		return d, err
	}
	if stdin && isTerminalReader(app.Stdin) {
		return d, mattebox.Errorf(mattebox.CodeInvalid, "stdin is a terminal; redirect a picture into it")
	}
	if d.place == stream && c.JSON {
		return d, mattebox.Invalid("--json", "is printed on stdout, where the picture goes; name a file with --output")
	}
	if d.place == stream && isTerminal(app.Stdout) {
		return d, mattebox.Invalid("--output", "is stdout, which is a terminal; redirect it or name a file")
	}
	if d.place == beside && stdin {
		return d, mattebox.Invalid("--output", "is needed: a picture from stdin has no folder to put its result in")
	}
	return d, nil
}

// checkModel refuses a network that nobody knows, even if nothing is to be done.
func (c *RemoveCmd) checkModel(app *App) error {
	if c.Model == "" {
		return nil
	}
	store, err := openStore(app)
	if err != nil {
		return err
	}
	_, err = store.Entry(c.Model)
	return err
}

func isTerminalReader(r any) bool {
	f, ok := r.(*os.File)
	return ok && isTerminal(f)
}

// removal is one run of the command.
type removal struct {
	app     *App
	cmd     *RemoveCmd
	order   *order
	planner planner
	start   time.Time
	tally   tally
}

// once treats what is there.
func (r *removal) once() error {
	sources, results := findSources(r.cmd.Inputs, r.holdsResults)
	if results > 0 {
		r.say("left out: %d that by their names (*%s, *%s) are results of an earlier run", results, cutoutSuffix, alphaSuffix)
	}
	items, err := r.planner.plan(sources)
	if err != nil {
		return err
	}
	toDo := 0
	for _, it := range items {
		if it.err == nil && !it.exists {
			toDo++
		}
	}
	c := &cutter{}
	if toDo > 0 {
		if c, err = r.open(toDo); err != nil {
			return err
		}
	}
	told := newReporter(r.app.Stdout, r.app.Stderr, r.cmd.RunFlags, r.cmd.SkipExisting, len(items))
	batch(r.app.Context, feed(items), max(1, c.workers), c.cut, func(out outcome) { r.tell(told, out) })
	told.close()
	if err := c.close(); err != nil {
		return err
	}
	return r.end(len(items))
}

// holdsResults reports whether a folder that was found below an input is the one
// that results go to.
func (r *removal) holdsResults(folder string) bool {
	root := r.planner.destination.root()
	return root != "" && absolute(folder) == absolute(root)
}

// open opens the engine for so many pictures, and tells of what is not as asked.
func (r *removal) open(pictures int) (*cutter, error) {
	for _, w := range r.order.warnings {
		r.say("%s", w)
	}
	store, err := openStore(r.app)
	if err != nil {
		return nil, err
	}
	n, err := chooseNetworks(store, r.cmd.Model, r.order.job.Quality)
	if err != nil {
		return nil, err
	}
	c := &cutter{job: r.order.job, force: r.cmd.Force, stdin: r.app.Stdin, stdout: r.app.Stdout}
	c.job.Quality = n.quality
	if n.note != "" {
		r.say("%s (mattebox model install)", n.note)
		c.notes = []string{n.note}
	}
	s := divide(pictures, r.cmd.Workers, cores(), memoryBudget(r.cmd.Memory))
	c.workers = s.workers
	c.engine, err = n.open(s)
	return c, err
}

// say prints a line beside the reports.
func (r *removal) say(format string, args ...any) {
	if !r.cmd.Quiet {
		r.complain(format, args...)
	}
}

// complain prints a line that --quiet does not hold back.
func (r *removal) complain(format string, args ...any) {
	fmt.Fprintf(r.app.Stderr, "mattebox: "+format+"\n", args...)
}

// tell counts an outcome and hands it on, unless an interrupt broke it off.
func (r *removal) tell(to reporter, out outcome) {
	ctx := r.app.Context
	if out.err != nil && ctx.Err() != nil &&
		(errors.Is(out.err, context.Canceled) || errors.Is(out.err, context.Cause(ctx))) {
		r.tally.broken++
		return
	}
	r.tally.add(out)
	to.tell(out)
}

// end prints the summary of so many pictures and returns what the run comes to.
func (r *removal) end(total int) error {
	left := total - r.tally.done - r.tally.skipped - r.tally.failed - r.tally.broken
	interrupted := r.app.Context.Err() != nil && (r.cmd.Watch || left+r.tally.broken > 0)
	if total > 1 || r.cmd.Watch || interrupted {
		r.say("%s", r.tally.summary(left, time.Since(r.start)))
	}
	switch {
	case interrupted:
		return told(exitInterrupted)
	case r.tally.failed > 0, r.tally.skipped > 0 && !r.cmd.SkipExisting:
		return told(exitFailed)
	}
	return nil
}
