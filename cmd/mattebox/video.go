package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"mattebox"
	"mattebox/engine/clip"
	"mattebox/video"
)

// VideoCmd is "mattebox video": a clip in, the clip without its background out.
type VideoCmd struct {
	Input string `arg:"" help:"Clip: mp4, mov, webm, mkv or avi." predictor:"file"`

	VideoOutputFlags `embed:"" group:"output"`
	VideoMatteFlags  `embed:"" group:"matte"`
	VideoSceneFlags  `embed:"" group:"scene"`
	VideoRunFlags    `embed:"" group:"run"`
}

// segmentLength is how long the parts are into which a clip is cut, where its key
// frames allow it: what a part's encoder holds is lost with it, and no more.
const segmentLength = 20 * time.Second

// Run does what the flags ask for. What is wrong with them is found before any
// work, and its error names the flag.
func (c *VideoCmd) Run(app *App) error {
	o, err := c.order(app.Context)
	if err != nil {
		return err
	}
	f := &filming{app: app, cmd: c, order: o, start: time.Now()}
	if err := f.open(); err != nil {
		return err
	}
	defer f.close()
	if err := f.make(app.Context); err != nil {
		return writeError(o.output, err)
	}
	return f.tell()
}

// filming is one run of the command.
type filming struct {
	app    *App
	cmd    *VideoCmd
	order  *videoOrder
	start  time.Time
	cutter *clip.Cutter
	frees  func() error // of the networks
	notes  []string
	folder string // scratch, beside the result
	total  videoTally
	bar    videoBar
}

// videoTally adds up the segments' reports.
type videoTally struct {
	width, height                         int
	frames, looks, carried, static, scene int
	end                                   time.Duration
	net                                   string
	steps                                 clip.Steps
	warnings                              []string
}

// open loads the networks and makes the scratch folder.
func (f *filming) open() error {
	store, err := openStore(f.app)
	if err != nil {
		return err
	}
	quality := mattebox.QualityStandard
	if f.order.job.Model == clip.Human {
		quality = mattebox.QualityFast // no large network
	}
	n, err := chooseNetworks(store, "", quality)
	if err != nil {
		return err
	}
	if n.note != "" {
		f.say("%s (mattebox model install)", n.note)
		f.notes = append(f.notes, n.note)
	}
	if f.order.job.Model == clip.Human {
		n.withPeople(store)
	}
	e, err := n.open(share{workers: 1, threads: cores(), memory: memoryBudget(0)})
	if err != nil {
		return err
	}
	f.frees = e.Close
	large, small, people := e.Nets()
	f.cutter, err = clip.New(clip.Config{Large: large, Small: small, People: people, Workers: cores()})
	if err == nil {
		err = f.makeFolder()
	}
	if err != nil {
		f.close()
	}
	return err
}

// makeFolder makes the folder for what is not finished where the result will be:
// there is the room that it takes, and a rename cannot fail half-way.
func (f *filming) makeFolder() error {
	dir := filepath.Dir(f.order.output)
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	var err error
	f.folder, err = os.MkdirTemp(dir, ".mattebox-video-")
	return err
}

func (f *filming) close() {
	if f.folder != "" {
		os.RemoveAll(f.folder)
	}
	if f.frees != nil {
		_ = f.frees() // the process ends
	}
}

// make makes the segments one after the other, since each has all cores, and joins
// them.
func (f *filming) make(ctx context.Context) error {
	o := f.order
	strip := o.strip(f.cmd.ContactSheet)
	spans := o.info.Segments(segmentLength, o.until)
	f.bar = newVideoBar(f.app.Stderr, f.cmd.VideoRunFlags, o.info.Expected(video.Span{To: o.until}))
	defer f.bar.close()
	var segments []video.Segment
	for n, span := range spans {
		s, err := f.segment(ctx, n, span, strip)
		if err != nil {
			return err
		}
		segments = append(segments, *s)
	}
	f.bar.join()
	made := filepath.Join(f.folder, "clip."+o.job.Format.Extension())
	err := video.Join(ctx, video.JoinOptions{Segments: segments, Source: f.cmd.Input, Info: o.info, Out: made})
	if err != nil {
		return err
	}
	f.total.end = segments[len(segments)-1].End
	if err := f.publish(made); err != nil {
		return err
	}
	if strip == nil {
		return nil
	}
	return writeError(f.cmd.ContactSheet, writeFile(f.cmd.ContactSheet, f.cmd.Force, strip.WritePNG))
}

func (f *filming) segment(ctx context.Context, n int, span video.Span, strip *video.Strip) (*video.Segment, error) {
	job := f.order.job
	job.From, job.To = span.From, span.To
	job.Out = filepath.Join(f.folder, fmt.Sprintf("segment-%04d", n))
	before := f.total.frames
	job.Progress = func(done, _ int) { f.bar.set(before + done) }
	if strip != nil {
		job.Seen = strip.Add
	}
	r, err := f.cutter.Run(ctx, job)
	if err != nil {
		return nil, err
	}
	f.total.add(r)
	return r.Segment, nil
}

// publish gives the result its name.
func (f *filming) publish(made string) error {
	if f.cmd.Force {
		return os.Rename(made, f.order.output)
	}
	err := renameNew(made, f.order.output)
	if errors.Is(err, fs.ErrExist) {
		return alreadyThere("--output", f.order.output)
	}
	return err
}

func alreadyThere(flag, path string) error {
	return mattebox.Invalid(flag, "is %s, which is there already; overwrite it with --force", path)
}

func (t *videoTally) add(r *clip.Report) {
	t.width, t.height, t.net = r.Width, r.Height, r.Net
	t.frames += r.Frames
	t.looks += r.Looks
	t.carried += r.Carried
	t.static += r.Static
	t.scene += r.Cuts
	t.steps.Net += r.Steps.Net
	t.steps.Motion += r.Steps.Motion
	t.steps.Finish += r.Steps.Finish
	t.steps.Writing += r.Steps.Writing
	for _, w := range r.Warnings {
		t.warn(string(w))
	}
}

// warn notes a warning once.
func (t *videoTally) warn(text string) {
	for _, w := range t.warnings {
		if w == text {
			return
		}
	}
	t.warnings = append(t.warnings, text)
}

func (f *filming) say(format string, args ...any) {
	if !f.cmd.Quiet {
		fmt.Fprintf(f.app.Stderr, "mattebox: "+format+"\n", args...)
	}
}
