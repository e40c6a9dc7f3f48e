package work

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"mattebox"
)

// SweepStore is what a Sweeper needs of the store.
type SweepStore interface {
	Sweep(ctx context.Context) (mattebox.SweepReport, error)
	Retire(ctx context.Context, closeBefore, cleanBefore time.Time, limit int) ([]mattebox.Remains, error)
	MarkCleaned(ctx context.Context, ids ...mattebox.ImageID) error
	Backlog(ctx context.Context) (mattebox.Backlog, error)
	Receivers(ctx context.Context, f mattebox.ReceiverFilter) ([]mattebox.Receiver, error)
}

// SweepBlobs is where a Sweeper removes bytes.
type SweepBlobs interface {
	Delete(ctx context.Context, keys ...string) error
	DeletePrefix(ctx context.Context, prefix string) error
	Folders(ctx context.Context, prefix string) ([]string, error)
}

// Sweeper puts right what crashes left behind, and ends what is old: images are
// closed (100) some time after they were done, and when their bytes are removed they
// are marked as cleaned (999). Every process with workers has
// one; they do not get into each other's way.
type Sweeper struct {
	Store SweepStore
	Blobs SweepBlobs
	Now   mattebox.Clock
	Every time.Duration // default 30 s

	// Close and Clean are how long after its end an image is closed, and how long
	// after its end or its deletion its bytes go. Without Close nothing is closed,
	// without Clean nothing is removed.
	Close, Clean time.Duration

	// Videos is what is kept of video jobs, nil for none; KeepVideos is how long after
	// its end a job's output stays, and KeepUploads how long an upload does. 0 keeps
	// them for ever.
	Videos                  VideoSweepStore
	KeepVideos, KeepUploads time.Duration

	Logger *slog.Logger
	Seen   *Metrics // may be nil

	cancel  context.CancelFunc
	done    sync.WaitGroup
	resting map[resting]bool // that were told of
}

const (
	defaultEvery = 30 * time.Second
	// A round handles so many images, and there are so many rounds in a sweep: a
	// million old images are ended over hours, beside the day's work.
	retired     = 100
	mostRetired = 20
	// How much the store sweeps at once, and how often that is repeated.
	fullSweep  = 200
	mostSweeps = 50
)

// Start sweeps now and every so often until Stop.
func (s *Sweeper) Start(ctx context.Context) {
	ctx, s.cancel = context.WithCancel(context.WithoutCancel(ctx))
	every := s.Every
	if every <= 0 {
		every = defaultEvery
	}
	s.done.Go(func() {
		tick := time.NewTicker(every)
		defer tick.Stop()
		for {
			if err := s.runOnce(ctx); err != nil && ctx.Err() == nil {
				s.Logger.Error("sweep failed", "error", err)
			}
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
		}
	})
}

// Stop ends the sweeps, if there are any; one that is under way is broken off and
// waited for.
func (s *Sweeper) Stop() {
	if s.cancel == nil {
		return
	}
	s.cancel()
	s.done.Wait()
}

// runOnce sweeps once. One part's failure does not keep the others from being done.
func (s *Sweeper) runOnce(ctx context.Context) error {
	backlog, err := s.Store.Backlog(ctx)
	if err == nil {
		s.Seen.backlog(backlog)
	}
	return errors.Join(err, s.sweep(ctx), s.retire(ctx), s.retireVideos(ctx), s.receivers(ctx))
}

func (s *Sweeper) sweep(ctx context.Context) error {
	for range mostSweeps {
		report, err := s.Store.Sweep(ctx)
		if err != nil {
			return err
		}
		s.Seen.sweep(report)
		if report != (mattebox.SweepReport{}) {
			s.Logger.Info("swept", "images", report.Images, "steps", report.Steps, "deliveries", report.Deliveries, "woken", report.Woken)
		}
		if max(report.Images, report.Deliveries, report.Steps) < fullSweep {
			return nil
		}
	}
	return nil
}

func (s *Sweeper) retire(ctx context.Context) error {
	closeBefore, cleanBefore := s.before(s.Close), s.before(s.Clean)
	for range mostRetired {
		remains, err := s.Store.Retire(ctx, closeBefore, cleanBefore, retired)
		if err != nil {
			return err
		}
		if err := s.clean(ctx, remains); err != nil {
			return err
		}
		if len(remains) < retired {
			return nil
		}
	}
	return nil
}

// before returns the time that lies so long ago; for 0 one before all images.
func (s *Sweeper) before(ago time.Duration) time.Time {
	if ago <= 0 {
		return time.Unix(0, 0)
	}
	return s.Now().Add(-ago)
}

// clean removes the bytes first, so that a crash in between leaves an image that is
// cleaned again and not one whose bytes nobody knows of. With the keys goes what
// broken attempts left in the image's folder.
func (s *Sweeper) clean(ctx context.Context, remains []mattebox.Remains) error {
	var ids []mattebox.ImageID
	var failed error
	for _, r := range remains {
		err := errors.Join(s.Blobs.Delete(ctx, r.Keys...), s.Blobs.DeletePrefix(ctx, imagePrefix(r.Account, r.Image)))
		if err != nil {
			failed = err
			continue
		}
		ids = append(ids, r.Image)
	}
	if len(ids) == 0 {
		return failed
	}
	return errors.Join(failed, s.Store.MarkCleaned(ctx, ids...))
}
