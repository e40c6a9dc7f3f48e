package work

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/semaphore"

	"mattebox"
	"mattebox/blobs"
	"mattebox/engine/pool"
)

// ClipStore is what Clips needs of the store.
type ClipStore interface {
	ClaimStep(ctx context.Context, kind mattebox.Kind, lease time.Duration) (*mattebox.JobStep, error)
	RenewStep(ctx context.Context, step *mattebox.JobStep, lease time.Duration, done int) error
	HoldsStep(ctx context.Context, step *mattebox.JobStep) error
	StepEnds
}

// StepEnds is how a step ends.
type StepEnds interface {
	FinishJobFetch(ctx context.Context, step *mattebox.JobStep, f mattebox.Fetched) error
	FinishSegment(ctx context.Context, step *mattebox.JobStep, segment mattebox.Segment) error
	FinishJob(ctx context.Context, step *mattebox.JobStep, output mattebox.Output, warnings []string) error
	FailJob(ctx context.Context, step *mattebox.JobStep, fault mattebox.JobFault) error
	HandBackStep(ctx context.Context, step *mattebox.JobStep, why mattebox.StepEnd) error
	PutOffStep(ctx context.Context, step *mattebox.JobStep, again time.Time) error
}

// ClipEngine works on clips in child processes.
type ClipEngine interface {
	Probe(ctx context.Context, t pool.ClipTask) (*pool.Probed, error)
	Cut(ctx context.Context, t pool.ClipTask, heard func(pool.Progress)) (*pool.Cut, error)
	Join(ctx context.Context, t pool.ClipTask, heard func(pool.Progress)) (*pool.Joined, error)
}

// ClipBlobs is where Clips finds clips and puts what is made of them.
type ClipBlobs interface {
	Local(key string) (path string, ok bool)
	Get(ctx context.Context, key string) (*blobs.Blob, error)
	PutFile(ctx context.Context, key, path, mediaType string) error
	Delete(ctx context.Context, keys ...string) error
	DeletePrefix(ctx context.Context, prefix string) error
}

// Clips does the steps of video jobs: it brings a clip, makes its segments, each by
// itself and wherever there is a worker, and puts them together.
type Clips struct {
	Store  ClipStore
	Engine ClipEngine
	Blobs  ClipBlobs
	Guard  Downloader
	Temp   string         // folder for unfinished files, on the blobs' file system if these are in a folder
	Now    mattebox.Clock // of the store
	Bytes  int64          // that a clip from an address may have; default 500 MB
	Length time.Duration  // of a segment, as far as a clip's key frames allow; default 10 s
	Lease  time.Duration  // default 30 s

	// Places are the engines that clips may have at a time; nil: all.
	Places *semaphore.Weighted
	// Room returns how many bytes may be stored; nil: as many as there are.
	Room func() (int64, error)

	Logger *slog.Logger
	Seen   *Metrics // may be nil

	pause pause
}

const (
	defaultClipBytes  = 500e6
	defaultClipLength = 10 * time.Second
)

// Fetch, Segment and Join do the step of the kind whose turn it is. The error is of
// ours, not of a clip.
func (c *Clips) Fetch(ctx context.Context, _ int64) error {
	return c.run(ctx, mattebox.KindVideoFetch, c.fetch)
}

// Segment is described at Fetch.
func (c *Clips) Segment(ctx context.Context, _ int64) error {
	return c.run(ctx, mattebox.KindVideoSegment, c.segment)
}

// Join is described at Fetch.
func (c *Clips) Join(ctx context.Context, _ int64) error {
	return c.run(ctx, mattebox.KindVideoJoin, c.join)
}

// Drain makes them claim nothing more.
func (c *Clips) Drain() { c.pause.quit() }

// take is a claimed step in a worker's hands.
type take struct {
	*Clips
	step *mattebox.JobStep
	dir  scratch
	ctx  context.Context // ends with the worker's, or with cause ErrLost when the lease is gone
	done atomic.Int64    // frames, or thousandths

	stored    []string // keys of this attempt's bytes
	committed bool     // the step's end was stored, or may have been
}

func (c *Clips) run(ctx context.Context, kind mattebox.Kind, do func(*take) error) error {
	if kind != mattebox.KindVideoFetch { // whose download needs no engine
		leave, err := c.place(ctx)
		if err != nil {
			return nil // the service stops
		}
		defer leave()
	}
	lease := orDefault(c.Lease)
	step, err := claim(ctx, &c.pause, c.Logger, func(ctx context.Context) (*mattebox.JobStep, error) {
		return c.Store.ClaimStep(ctx, kind, lease)
	})
	if err != nil || step == nil {
		return err
	}
	defer c.Seen.time(string(kind), time.Now())
	t := &take{Clips: c, step: step}
	release := t.grasp(ctx, lease)
	err = t.work(do)
	release()
	return t.end(ctx, err)
}

// place waits for one of the Places.
func (c *Clips) place(ctx context.Context) (leave func(), err error) {
	if c.Places == nil {
		return func() {}, nil
	}
	if err := c.Places.Acquire(ctx, 1); err != nil {
		return nil, err
	}
	return func() { c.Places.Release(1) }, nil
}

func (t *take) work(do func(*take) error) (err error) {
	if t.dir, err = newScratch(t.Temp, "video"); err != nil {
		return err
	}
	defer t.dir.remove()
	return do(t)
}

const (
	// lookEvery is how often a worker asks whether it still has its step: a cancelled
	// job's ffmpeg ends that much later at the most, and what the engine takes for it.
	lookEvery = 250 * time.Millisecond
	// renewEvery is how often it tells how far it is.
	renewEvery = 2 * time.Second
)

// grasp looks after the lease until release is called.
func (t *take) grasp(ctx context.Context, lease time.Duration) (release func()) {
	var cancel context.CancelCauseFunc
	t.ctx, cancel = context.WithCancelCause(ctx)
	var looking sync.WaitGroup
	looking.Go(func() {
		tick := time.NewTicker(lookEvery)
		defer tick.Stop()
		renewed := time.Now()
		for {
			select {
			case <-t.ctx.Done():
				return
			case <-tick.C:
			}
			err := t.look(lease, &renewed)
			switch {
			case errors.Is(err, mattebox.ErrLost):
				cancel(mattebox.ErrLost)
			case err != nil && t.ctx.Err() == nil:
				t.Logger.Warn("lease not renewed", "job", t.step.Job.UID, "error", err)
			}
		}
	})
	return func() {
		cancel(context.Canceled)
		looking.Wait()
	}
}

func (t *take) look(lease time.Duration, renewed *time.Time) error {
	if now := time.Now(); now.Sub(*renewed) >= min(renewEvery, lease/renewals) {
		*renewed = now
		return t.Store.RenewStep(t.ctx, t.step, lease, int(t.done.Load()))
	}
	return t.Store.HoldsStep(t.ctx, t.step)
}

// lost reports whether the step is another worker's, or the job is cancelled.
func (t *take) lost() bool { return errors.Is(context.Cause(t.ctx), mattebox.ErrLost) }

// remains names the job's bytes.
func (t *take) remains() mattebox.JobRemains {
	j := t.step.Job
	return mattebox.JobRemains{Account: j.Account, Job: j.ID, UID: j.UID, Run: j.Run}
}

// The names of what a fetch stores.
const (
	keySource     = "source"
	keyInfo       = "info"
	keyBehind     = "background"
	keyBehindInfo = "background-info"
)

// sourceKey is where the clip's bytes are.
func (t *take) sourceKey() string {
	if t.step.Upload != nil {
		return t.step.Upload.BlobKey
	}
	return t.step.Folder + keySource
}

// behindKey is where the background's bytes are; empty when it is no file.
func (t *take) behindKey() string {
	switch {
	case !t.step.Job.Background.Filed():
		return ""
	case t.step.Behind != nil:
		return t.step.Behind.BlobKey
	}
	return t.step.Folder + keyBehind
}

// task is what the engine is told, with all files within its reach.
func (t *take) task() (task pool.ClipTask, err error) {
	task.Order = t.step.Job.JobOrder
	files := []struct {
		path *string
		key  string
	}{{&task.Source, t.sourceKey()}, {&task.Info, t.step.Folder + keyInfo}, {&task.Behind, t.behindKey()}, {&task.BehindInfo, ""}}
	if t.step.Job.Background.Kind == mattebox.BehindVideo {
		files[3].key = t.step.Folder + keyBehindInfo
	}
	for n, f := range files {
		if f.key == "" {
			continue
		}
		if *f.path, err = t.bring(f.key, fmt.Sprintf("in-%d", n)); err != nil {
			return task, err
		}
	}
	return task, nil
}

// bring returns the path of a file with the key's bytes.
func (t *take) bring(key, name string) (string, error) {
	if path, local := t.Blobs.Local(key); local {
		return path, nil
	}
	from, err := t.Blobs.Get(t.ctx, key)
	if err != nil {
		return "", ours("bringing a clip", err)
	}
	defer from.Close()
	path := t.dir.file("%s", name)
	to, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return "", fmt.Errorf("making a file for a clip: %w", err)
	}
	_, err = io.Copy(to, from)
	if err = errors.Join(err, to.Close()); err != nil {
		return "", fmt.Errorf("bringing a clip: %w", err)
	}
	return path, nil
}

// keep stores a file's bytes under a key of this attempt's.
func (t *take) keep(key, path, mediaType string) error {
	t.stored = append(t.stored, key)
	return ours("storing a clip", t.Blobs.PutFile(t.ctx, key, path, mediaType))
}
