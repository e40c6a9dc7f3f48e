package clip

import (
	"context"
	"fmt"
	"image"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"mattebox"
	"mattebox/video"
)

// Job is the order for one segment of a clip.
type Job struct {
	In   string        // local file
	Info *video.Info   // what video.Probe said of it
	From time.Duration // the segment holds the frames with From <= time < To
	To   time.Duration // 0: to the clip's end

	Model  Model
	Scene  Scene
	Format video.Format // of the finished clip
	Out    string       // the segment's file; it appears when it is complete

	Progress func(done, of int) // after each frame that is written; nil: nobody asks. Called from one goroutine
	Seen     func(*video.Frame) // gets each finished frame before it is written and may not keep it; nil: nobody
}

func (j Job) validate() error {
	if j.Info == nil || j.Info.Width < 1 || j.Info.Height < 1 {
		return mattebox.Errorf(mattebox.CodeInternal, "the clip %s was not probed", j.In)
	}
	if j.From < 0 || j.To != 0 && j.To <= j.From {
		return mattebox.Errorf(mattebox.CodeInvalid, "the segment from %v to %v holds nothing", j.From, j.To)
	}
	if _, err := ParseModel(string(j.Model)); err != nil {
		return err
	}
	if err := j.Scene.Validate(); err != nil {
		return err
	}
	return j.Format.CheckBackground(j.Scene.Background.Kind == Transparent)
}

// Run makes the segment. The same job gives the same frames; on error nothing is left at
// Out. Errors: CodeInvalid for an order that contradicts itself or a damaged clip, the context's own when that ends.
func (k *Cutter) Run(ctx context.Context, j Job) (*Report, error) {
	if err := j.validate(); err != nil {
		return nil, err
	}
	j.Model, _ = ParseModel(string(j.Model))
	if j.To <= 0 || j.To > j.Info.Duration {
		j.To = j.Info.Duration
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop() // whatever ffmpeg is left
	r, err := video.NewReader(ctx, j.In, j.Info, video.ReadOptions{From: j.From, To: j.readTo()})
	if err != nil {
		return nil, err
	}
	defer r.Close()
	mk := &maker{cutter: k, job: j, work: k.newWork(j.Model), size: j.Scene.Size(j.Info)}
	if err := mk.open(ctx); err != nil {
		return nil, err
	}
	defer mk.close()
	if err := mk.run(ctx, r); err != nil {
		return nil, err
	}
	return mk.finish()
}

// readTo is the time until which frames are read: one frame past the segment's end,
// the next one's first key, so that its last frames are carried from both sides as all
// others are and the joint does not show.
func (j Job) readTo() time.Duration {
	if j.To < j.Info.Duration {
		return j.To + 1
	}
	return j.To
}

// maker is where a segment's frames are finished and written.
type maker struct {
	cutter   *Cutter
	job      Job
	work     *work
	size     image.Point
	backdrop backdrop // nil: none
	place    *compositor
	writer   *video.Writer
	canvases sync.Pool
	mu       sync.Mutex // guards the report's Steps.Finish and Empty
}

func (mk *maker) open(ctx context.Context) error {
	j := mk.job
	mk.place = newCompositor(j, mk.size)
	mk.canvases.New = func() any { return video.NewFrame(mk.size.X, mk.size.Y) }
	var err error
	if mk.backdrop, err = j.Scene.Background.open(ctx, mk.size); err != nil {
		return err
	}
	mk.writer, err = video.NewWriter(ctx, j.Out, video.WriterOptions{
		Format: j.Format, Width: mk.size.X, Height: mk.size.Y,
		Rate: j.Info.Rate, VariableRate: j.Info.VariableRate,
		Opaque: j.Scene.Background.Kind != Transparent,
	})
	if err != nil {
		mk.close()
		return err
	}
	return nil
}

func (mk *maker) close() {
	if mk.writer != nil {
		mk.writer.Abort()
	}
	if mk.backdrop != nil {
		mk.backdrop.close()
	}
}

// piece is a frame that is being finished.
type piece struct {
	shot   *shot
	canvas *video.Frame
	ready  chan struct{}
}

// run makes the mattes, finishes the frames some at a time, and writes them in
// their order.
func (mk *maker) run(ctx context.Context, src Source) error {
	stages, ctx := errgroup.WithContext(ctx)
	line := make(chan *piece, mk.cutter.workers-1)
	stages.Go(func() error {
		defer close(line)
		return mk.work.run(ctx, src, func(s *shot) error { return mk.begin(ctx, line, s) })
	})
	stages.Go(func() error {
		for p := range line {
			<-p.ready
			if err := mk.write(p); err != nil {
				return err
			}
		}
		return nil
	})
	return stages.Wait()
}

// begin starts to finish a frame, unless it was only read for its neighbours.
func (mk *maker) begin(ctx context.Context, line chan<- *piece, s *shot) error {
	if s.frame.At >= mk.job.To {
		s.frame.Release()
		return nil
	}
	p := &piece{shot: s, canvas: mk.canvases.Get().(*video.Frame), ready: make(chan struct{})}
	clear(p.canvas.Pix)
	p.canvas.At = s.frame.At
	if mk.backdrop != nil {
		if err := mk.backdrop.paint(p.canvas, s.frame.At); err != nil {
			return err
		}
	}
	select {
	case line <- p:
		go mk.complete(p)
		return nil
	case <-ctx.Done():
		return fmt.Errorf("cutting out: %w", context.Cause(ctx))
	}
}

// complete finishes one frame.
func (mk *maker) complete(p *piece) {
	defer close(p.ready)
	start := mk.cutter.now()
	m := Matted{Frame: p.shot.frame, Alpha: p.shot.full(mk.work.policy)}
	mk.place.compose(p.canvas, m, !mk.work.cutOut)
	empty := isEmpty(m.Alpha)
	took := mk.cutter.now().Sub(start)
	mk.mu.Lock()
	defer mk.mu.Unlock()
	mk.work.report.Steps.Finish += took
	if empty {
		mk.work.report.Empty++
	}
}

// isEmpty reports whether nothing in a matte is more opaque than not.
func isEmpty(alpha []uint8) bool {
	for _, a := range alpha {
		if a > 127 {
			return false
		}
	}
	return true
}

// write hands a finished frame to the writer.
func (mk *maker) write(p *piece) error {
	start := mk.cutter.now()
	if mk.job.Seen != nil {
		mk.job.Seen(p.canvas)
	}
	if err := mk.writer.Write(p.canvas); err != nil {
		return err
	}
	mk.canvases.Put(p.canvas)
	p.shot.frame.Release()
	r := &mk.work.report
	r.Frames++
	r.Steps.Writing += mk.cutter.now().Sub(start)
	if mk.job.Progress != nil {
		mk.job.Progress(r.Frames, max(r.Frames, mk.job.Info.Expected(video.Span{From: mk.job.From, To: mk.job.To})))
	}
	return nil
}

// finish closes the segment.
func (mk *maker) finish() (*Report, error) {
	r := mk.work.finish()
	if r.Frames == 0 {
		return nil, mattebox.Errorf(mattebox.CodeInvalid, "the clip has no frame between %v and %v", mk.job.From, mk.job.To)
	}
	segment, err := mk.writer.Close(mk.job.To)
	if err != nil {
		return nil, err
	}
	r.Segment, r.Width, r.Height = segment, mk.size.X, mk.size.Y
	return r, nil
}
