package engine

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"time"

	"mattebox"
	"mattebox/imaging"
	"mattebox/matte"
	"mattebox/matte/onnx"
)

// Config says what an Engine runs on. Runtime and at least one model are needed.
type Config struct {
	Runtime string // path of libonnxruntime
	Large   *Model // nil: only fast mattes
	Small   *Model // nil: no witness, no fast mattes
	People  *Model // for clips of people; pictures do not use it

	Workers int   // pictures in hand at a time; default 1
	Threads int   // cores for one network run; default 1
	Memory  int64 // bytes that the pictures in hand may take together, the networks not counted; default 1 GiB
	Limits  imaging.Limits

	Now func() time.Time // default time.Now
}

// Model is a network's file and how it wants its input.
type Model struct {
	Path string
	Spec matte.Spec
}

// Engine makes cut-outs. Its methods may be called from several goroutines.
type Engine struct {
	runtime *onnx.Runtime
	nets    []*onnx.Net
	matter  matte.Matter
	people  matte.Inferer
	memory  *budget
	limits  imaging.Limits
	now     func() time.Time
}

// Open loads the runtime and the networks. It is done once in a process.
func Open(c Config) (*Engine, error) {
	if c.Large == nil && c.Small == nil {
		return nil, mattebox.Errorf(mattebox.CodeUnavailable, "no network is installed; run: mattebox model install")
	}
	rt, err := onnx.Open(c.Runtime)
	if err != nil {
		return nil, mattebox.Wrap(mattebox.CodeUnavailable, err, "cannot load ONNX Runtime; run: mattebox doctor")
	}
	e := &Engine{runtime: rt, memory: newBudget(c.Memory), limits: c.Limits, now: c.Now}
	if e.now == nil {
		e.now = time.Now
	}
	e.matter.Now = e.now
	if err := e.load(c); err != nil {
		return nil, errors.Join(err, e.Close())
	}
	return e, nil
}

func (e *Engine) load(c Config) error {
	use := onnx.Config{Runs: c.Workers, Threads: c.Threads}
	for _, m := range []struct {
		model *Model
		slot  *matte.Inferer
	}{{c.Large, &e.matter.Large}, {c.Small, &e.matter.Small}, {c.People, &e.people}} {
		if m.model == nil {
			continue
		}
		net, err := e.runtime.Load(m.model.Path, m.model.Spec, use)
		if err != nil {
			return mattebox.Wrap(mattebox.CodeUnavailable, err, "cannot load the network %s; run: mattebox doctor", m.model.Spec.Name)
		}
		e.nets = append(e.nets, net)
		*m.slot = net
	}
	return nil
}

// Close waits for the pictures in hand and frees the networks.
func (e *Engine) Close() error {
	var errs []error
	for _, n := range e.nets {
		errs = append(errs, n.Close())
	}
	return errors.Join(append(errs, e.runtime.Close())...)
}

// Job is one picture's order.
type Job struct {
	Source []byte  // a file in one of imaging's formats
	Matte  []byte  // what Measure wrote of Source; nil: the networks make one
	Photos []Photo // in place of Source and Matte: 1..mattebox.MaxSources photographs, combined side by side

	Template mattebox.Template
	Quality  mattebox.Quality
	Scale    float64 // most canvas pixels per source pixel of the content (see compose.Fit); 0: as the template says

	Thumbnail io.Writer // takes a small picture of the result, see Report.ThumbnailType; nil: none

	AlphaOnly     bool // write the matte alone, as grey, in the template's format
	SolidInterior bool // make alpha deep inside the subject opaque
	EdgeShift     int  // move the edge by so many pixels, outwards when positive
	StripMetadata bool // leave EXIF, XMP and IPTC out; profile and resolution stay

	Compression int // of JPG, WEBP and AVIF (quality 1..100) or PNG and TIF (level 1..9); 0: the format's default
}

// Photo is one of several photographs of a Job.
type Photo struct {
	File  []byte // in one of imaging's formats
	Matte []byte // what Measure wrote of File; nil: the networks make one
	Name  string // of its layer in a layered file; empty: "Photograph 1" and so on
}

// photos returns the job's photographs.
func (j Job) photos() []Photo {
	if j.Photos != nil {
		return j.Photos
	}
	return []Photo{{File: j.Source, Matte: j.Matte}}
}

// validate reports what contradicts itself before anything is spent.
func (j Job) validate() error {
	if err := j.Template.ValidateStored(); err != nil {
		return err
	}
	if j.AlphaOnly && j.Template.Format == mattebox.PSD {
		return mattebox.Invalid("templateOutputFormat", "is PSD, which cannot hold a matte alone; use PNG or TIF")
	}
	if n := len(j.photos()); n < 1 || n > mattebox.MaxSources {
		return mattebox.Errorf(mattebox.CodeInvalid, "%d photographs are given; use 1 to %d", n, mattebox.MaxSources)
	}
	if j.AlphaOnly && len(j.photos()) > 1 {
		return mattebox.Errorf(mattebox.CodeInvalid, "a matte alone is made of one photograph, not of %d", len(j.photos()))
	}
	if !(j.Scale >= 0) || math.IsInf(j.Scale, 1) { // so that NaN is refused
		return mattebox.Errorf(mattebox.CodeInvalid, "the scale is %g; use a number above 0, or 0 for none", j.Scale)
	}
	return nil
}

// Remove makes the job's picture and writes it to w. On error what was written
// is of no use. Errors are *mattebox.Error: CodeInvalid for a job that
// contradicts itself or a file that is no picture, CodeTooLarge for one over the
// limits.
func (e *Engine) Remove(ctx context.Context, job Job, w io.Writer) (*Report, error) {
	p, release, err := e.begin(ctx, job)
	if err != nil {
		return nil, err
	}
	defer release()
	for _, s := range p.photos {
		if err := p.take(ctx, s, p.decode, p.segment, p.foreground, p.join); err != nil {
			return nil, err
		}
	}
	encode := func(ctx context.Context) error { return p.encode(ctx, w) }
	if err := inTurn(ctx, p.compose, encode); err != nil {
		return nil, err
	}
	return p.finish(), nil
}

// begin checks the job and waits for the memory that it takes, which the returned
// function gives back.
func (e *Engine) begin(ctx context.Context, job Job) (*passage, func(), error) {
	if err := job.validate(); err != nil {
		return nil, nil, err
	}
	p := &passage{engine: e, job: job, clock: stopwatch{now: e.now}}
	for _, photo := range job.photos() {
		p.photos = append(p.photos, &shot{Photo: photo})
	}
	release, err := p.reserve(ctx)
	return p, release, err
}

// inTurn takes one step after the other for as long as somebody waits.
func inTurn(ctx context.Context, steps ...func(context.Context) error) error {
	for _, step := range steps {
		if ctx.Err() != nil {
			return fmt.Errorf("cutting out: %w", context.Cause(ctx))
		}
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}
