package child

import (
	"context"
	"io"

	"mattebox"
	"mattebox/engine"
	"mattebox/engine/pool"
)

// work does what the request asks for.
func (s *server) work(ctx context.Context, r pool.Request) pool.Answer {
	switch r.Op {
	case pool.OpProbe, pool.OpCut, pool.OpJoin:
		return s.workClip(ctx, r)
	}
	var t pool.Task
	if err := pool.ParseFrame(r.Task, &t); err != nil {
		return fault(err)
	}
	sources, err := s.read(t.Sources)
	if err != nil {
		return fault(err)
	}
	if s.config.Faults {
		s.misbehave(r.Op, t.Sources, sources)
	}
	if r.Op != pool.OpHeader {
		if err := s.reserve(ctx, r, needs(t, sources, s.config.Limits)); err != nil {
			return fault(err)
		}
	}
	var a pool.Answer
	switch r.Op {
	case pool.OpRemove:
		a.Report, err = s.remove(ctx, t, sources)
	case pool.OpMeasure:
		a.Measured, err = s.measure(ctx, t, sources)
	case pool.OpHeader:
		a.Header, err = s.header(sources[0])
	default:
		err = mattebox.Errorf(mattebox.CodeInternal, "the engine knows no operation %.40q", r.Op)
	}
	if err != nil {
		return fault(err)
	}
	return a
}

func fault(err error) pool.Answer { return pool.Answer{Fault: pool.NewFault(err)} }

// job is the engine's order for a task. One photograph is handed over as such, so
// that its result is what "mattebox remove" makes.
func (s *server) job(t pool.Task, sources [][]byte) engine.Job {
	j := engine.Job{Template: t.Template, Quality: t.Quality, Scale: t.Scale}
	if s.config.Best == mattebox.QualityFast {
		j.Quality = mattebox.QualityFast
	}
	if len(sources) == 1 {
		j.Source = sources[0]
		return j
	}
	for i, source := range sources {
		photo := engine.Photo{File: source}
		if i < len(t.Names) {
			photo.Name = t.Names[i]
		}
		j.Photos = append(j.Photos, photo)
	}
	return j
}

// giveMattes puts the mattes that Measure wrote into the job.
func giveMattes(j *engine.Job, mattes [][]byte) {
	if j.Source != nil && len(mattes) > 0 {
		j.Matte = mattes[0]
	}
	for i := range j.Photos[:min(len(j.Photos), len(mattes))] {
		j.Photos[i].Matte = mattes[i]
	}
}

func (s *server) remove(ctx context.Context, t pool.Task, sources [][]byte) (*pool.Report, error) {
	mattes, err := readMattes(t.Mattes)
	if err != nil {
		return nil, err
	}
	j := s.job(t, sources)
	giveMattes(&j, mattes)
	out, err := newOutFile(t.Out)
	if err != nil {
		return nil, err
	}
	defer out.discard()
	thumbnail, err := newOutFile(t.Thumbnail)
	if err != nil {
		return nil, err
	}
	defer thumbnail.discard()
	if t.Thumbnail != "" {
		j.Thumbnail = thumbnail
	}
	r, err := s.config.Engine.Remove(ctx, j, out)
	if err = firstError(out.err, thumbnail.err, err); err != nil {
		return nil, err
	}
	if err := firstError(thumbnail.publish(), out.publish()); err != nil {
		return nil, err
	}
	return s.report(r, out.bytes, thumbnail.bytes), nil
}

func (s *server) report(r *engine.Report, bytes, thumbnail int64) *pool.Report {
	return &pool.Report{
		Width: r.Width, Height: r.Height, Box: r.Box, Confidence: confidence(r.Cut, r.Confidence), Scale: r.Scale,
		MediaType: r.MediaType, ThumbnailType: r.ThumbnailType, Bytes: bytes, ThumbnailBytes: thumbnail,
		Models: r.Models, Warnings: append(r.Warnings, s.config.Notes...), Steps: pool.Steps(r.Steps),
	}
}

// confidence is full in a picture of which nothing was cut out: nobody need look.
func confidence(cut bool, c float64) float64 {
	if !cut {
		return 1
	}
	return c
}

func (s *server) measure(ctx context.Context, t pool.Task, sources [][]byte) (*pool.Measured, error) {
	var files []*outFile
	var writers []io.Writer
	for _, path := range t.Mattes {
		f, err := newOutFile(path)
		if err != nil {
			return nil, err
		}
		defer f.discard()
		files, writers = append(files, f), append(writers, f)
	}
	m, err := s.config.Engine.Measure(ctx, s.job(t, sources), writers...)
	for _, f := range files {
		err = firstError(f.err, err)
	}
	if err != nil {
		return nil, err
	}
	for _, f := range files {
		if f.bytes == 0 {
			continue // the template needs no matte of this one
		}
		if err := f.publish(); err != nil {
			return nil, err
		}
	}
	out := &pool.Measured{
		Scale: m.Scale, Confidence: confidence(m.Cut, m.Confidence), Models: m.Models,
		Warnings: append(m.Warnings, s.config.Notes...), Steps: pool.Steps(m.Steps),
	}
	for _, p := range m.Photos {
		out.Photos = append(out.Photos, pool.Seen(p))
	}
	return out, nil
}

func (s *server) header(source []byte) (*pool.Header, error) {
	h, err := engine.ReadHeader(source, s.config.Limits)
	if err != nil {
		return nil, err
	}
	return &pool.Header{Format: string(h.Format), Width: h.Width, Height: h.Height, Depth: h.Depth, HasAlpha: h.HasAlpha}, nil
}

// firstError returns the first that is one. A full disk comes before what the
// engine makes of it.
func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
