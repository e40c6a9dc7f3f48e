package clip

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"golang.org/x/sync/errgroup"

	"mattebox"
	"mattebox/matte"
	"mattebox/video"
)

// Config is what a Cutter works with.
type Config struct {
	Large, Small matte.Inferer    // one may be nil: then every model uses the other
	People       matte.Inferer    // the net for people; nil: Human uses Small, and says so
	Workers      int              // frames finished at a time; default 2
	Now          func() time.Time // default time.Now
}

// Cutter cuts subjects out of clips. Its methods may be called from several
// goroutines; the networks are its caller's.
type Cutter struct {
	large, small matte.Inferer
	people       matte.Inferer // nil: none
	workers      int
	now          func() time.Time
}

// New returns a Cutter, or a CodeUnavailable error when there is no network.
func New(c Config) (*Cutter, error) {
	if c.Large == nil && c.Small == nil {
		return nil, mattebox.Errorf(mattebox.CodeUnavailable, "no network is installed; run: mattebox model install")
	}
	k := &Cutter{large: c.Large, small: c.Small, people: c.People, workers: c.Workers, now: c.Now}
	if k.workers < 1 {
		k.workers = 2
	}
	if k.now == nil {
		k.now = time.Now
	}
	if k.large == nil {
		k.large = k.small
	}
	if k.small == nil {
		k.small = k.large
	}
	return k, nil
}

// Source gives the frames of a clip in the order of their times: a *video.Reader,
// or a folder of pictures. Next returns io.EOF after the last.
type Source interface {
	Next() (*video.Frame, error)
}

// Mattes reads the frames of src and hands each with its matte to emit, in order,
// from one goroutine. Frames are of one size. Up to some two dozen wait between the stages.
func (k *Cutter) Mattes(ctx context.Context, model Model, src Source, emit func(Matted) error) (*Report, error) {
	w := k.newWork(model)
	err := w.run(ctx, src, func(s *shot) error {
		w.report.Frames++
		return emit(Matted{Frame: s.frame, Alpha: s.full(w.policy)})
	})
	if err != nil {
		return nil, err
	}
	return w.finish(), nil
}

// work is one segment on its way: reading and planning, the net, the frames
// between, each a stage of its own that waits for the next.
type work struct {
	policy  policy
	planner *planner
	eye     *eye
	watch   *watch // nil: keys are looked at as a whole
	filler  *filler
	cutOut  bool // the clip is a cut-out already
	report  Report
}

func (k *Cutter) newWork(m Model) *work {
	p := m.policy()
	if p.people && k.people == nil {
		p = withoutPeople()
	}
	w := &work{policy: p, planner: &planner{every: p.every}}
	w.eye = &eye{net: k.large, side: p.side, now: k.now}
	switch {
	case p.people:
		w.eye.net, w.eye.twice, w.watch = k.people, true, &watch{eye: w.eye}
	case p.small:
		w.eye.net = k.small
	}
	w.filler = &filler{look: w.eye.look, doubt: p.doubt, steady: p.steady, now: k.now}
	w.report.Model, w.report.Net = m, w.eye.net.Spec().Name
	return w
}

// run takes the frames through the stages; shots come out in order, their alpha set.
func (w *work) run(ctx context.Context, src Source, emit func(*shot) error) error {
	first, err := src.Next()
	if errors.Is(err, io.EOF) {
		return mattebox.Errorf(mattebox.CodeInvalid, "the clip has no frames")
	}
	if err != nil {
		return err
	}
	if w.cutOut = isCutOut(first); w.cutOut {
		return w.keep(ctx, first, src, emit)
	}
	stages, ctx := errgroup.WithContext(ctx)
	planned, looked := make(chan *group), make(chan *group)
	w.planner.emit = func(g *group) error { return send(ctx, planned, g) }
	w.filler.emit = emit
	stages.Go(func() error {
		defer close(planned)
		return w.plan(first, src)
	})
	stages.Go(func() error {
		defer close(looked)
		return w.look(ctx, planned, looked)
	})
	stages.Go(func() error {
		for g := range looked {
			if err := w.filler.group(ctx, g); err != nil {
				return err
			}
		}
		return nil
	})
	return stages.Wait()
}

func send(ctx context.Context, to chan<- *group, g *group) error {
	select {
	case to <- g:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("cutting out: %w", context.Cause(ctx))
	}
}

// plan reads the frames and groups them.
func (w *work) plan(f *video.Frame, src Source) error {
	width, height := f.Width, f.Height
	pw, ph := motionSize(width, height, w.policy.motion)
	for {
		if f.Width != width || f.Height != height {
			return mattebox.Errorf(mattebox.CodeInvalid, "the clip's frames change size, from %d x %d to %d x %d", width, height, f.Width, f.Height)
		}
		s := &shot{frame: f, pyramid: newPyramid(f.Pix, width, height, pw, ph)}
		if err := w.planner.push(s); err != nil {
			return err
		}
		next, err := src.Next()
		if errors.Is(err, io.EOF) {
			return w.planner.end()
		}
		if err != nil {
			return err
		}
		f = next
	}
}

// look shows the groups' keys to the net.
func (w *work) look(ctx context.Context, in <-chan *group, out chan<- *group) error {
	for g := range in {
		if g.from.raw == nil {
			if err := w.see(ctx, g.from, true); err != nil {
				return err
			}
		}
		switch {
		case g.to == nil:
		case g.to.copied:
			g.to.raw = g.from.raw
		default:
			if err := w.see(ctx, g.to, false); err != nil {
				return err
			}
		}
		if err := send(ctx, out, g); err != nil {
			return err
		}
	}
	return nil
}

// see shows a key to the net; fresh begins a scene.
func (w *work) see(ctx context.Context, key *shot, fresh bool) error {
	if w.watch != nil {
		return w.watch.look(ctx, key, fresh)
	}
	return w.eye.look(ctx, key)
}

// keep passes the frames of a cut-out on with the alpha that they have.
func (w *work) keep(ctx context.Context, f *video.Frame, src Source, emit func(*shot) error) error {
	for {
		if ctx.Err() != nil {
			return fmt.Errorf("cutting out: %w", context.Cause(ctx))
		}
		if err := emit(&shot{frame: f}); err != nil {
			return err
		}
		next, err := src.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		f = next
	}
}

// clearShare is the part of a frame that must be more than half see-through for
// the clip to be a cut-out already.
const clearShare = 0.01

func isCutOut(f *video.Frame) bool {
	var clear int
	for i := 3; i < len(f.Pix); i += 4 {
		if f.Pix[i] < 128 {
			clear++
		}
	}
	return float64(clear) > clearShare*float64(f.Width*f.Height)
}
