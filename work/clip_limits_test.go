package work_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"golang.org/x/sync/semaphore"

	"mattebox"
	"mattebox/engine/pool"
	"mattebox/work"
)

// fresh is the studio's worker in a process that has just started.
func (s *studio) fresh() *work.Clips {
	return &work.Clips{Store: s.store, Engine: s.films, Blobs: s.blobs, Guard: s.guard, Temp: s.temp, Now: s.clock.now, Logger: s.log}
}

// A job that itself fills the disk does not keep it full for ever.
func TestClipThatNeverHasRoom(t *testing.T) {
	h := onSQLite(t, nil)
	s := newStudio(t, h)
	j := s.start("/clip-5")
	s.all(1, 0, 0)
	s.films.failing(func(context.Context, pool.Op) error {
		return mattebox.Errorf(mattebox.CodeUnavailable, "the disk is full")
	})
	for range 120 {
		s.job(j.UID, mattebox.JobProcessing)
		if err := s.fresh().Segment(t.Context(), 0); err == nil {
			t.Fatal("nothing is told of it")
		}
	}
	if got := s.job(j.UID, mattebox.JobFailed); got.Fault.Code != mattebox.FaultInternal || !strings.Contains(got.Fault.Message, "start it again") {
		t.Errorf("fault %+v", got.Fault)
	}
}

func TestClipThatDoesNotFit(t *testing.T) {
	for room, want := range map[int64]mattebox.JobState{39: mattebox.JobFailed, 41: mattebox.JobProcessing} {
		h := onSQLite(t, nil)
		s := newStudio(t, h)
		j := s.start("/clip-25") // 8 bytes for 250 of 625 frames, and the result takes as much
		s.all(1, 0, 0)
		s.clips.Room = func() (int64, error) { return room, nil }
		s.all(0, 1, 0)
		if got := s.job(j.UID, want); want == mattebox.JobFailed && (got.Fault.Code != mattebox.FaultVideo || !strings.Contains(got.Fault.Message, "there is room for 0.0")) {
			t.Errorf("fault %+v", got.Fault)
		}
	}
}

// Shutdowns are no faults of a step: the next fault is its first.
func TestInterruptedClipIsNotToBlame(t *testing.T) {
	h := onSQLite(t, nil)
	s := newStudio(t, h)
	j := s.start("/clip-5")
	s.all(1, 0, 0)
	for range 6 {
		ctx, cancel := context.WithCancel(t.Context())
		s.films.failing(func(context.Context, pool.Op) error {
			cancel()
			return ctx.Err()
		})
		must(t, s.fresh().Segment(ctx, 0))
	}
	s.films.failing(func(context.Context, pool.Op) error { return errors.New("bad luck") })
	if err := s.fresh().Segment(t.Context(), 0); err == nil {
		t.Error("nothing is told of it")
	}
	s.films.failing(nil)
	s.all(0, 1, 1)
	s.job(j.UID, mattebox.JobCompleted)
}

// While an engine works on a clip its place is taken, whatever it does.
func TestClipTakesAPlace(t *testing.T) {
	h := onSQLite(t, nil)
	s := newStudio(t, h)
	s.clips.Places = semaphore.NewWeighted(1)
	var asked []pool.Op
	s.films.failing(func(_ context.Context, op pool.Op) error {
		asked = append(asked, op)
		if s.clips.Places.TryAcquire(1) {
			t.Errorf("%s has no place", op)
			s.clips.Places.Release(1)
		}
		return nil
	})
	j := s.start("/clip-5")
	s.all(1, 1, 1)
	s.job(j.UID, mattebox.JobCompleted)
	if len(asked) != 3 || !s.clips.Places.TryAcquire(1) {
		t.Errorf("asked for %v, or a place is still taken", asked)
	}
	s.start("/clip-5")
	stopped, stop := context.WithCancel(t.Context())
	stop()
	must(t, s.clips.Segment(stopped, 0)) // waits for no place when the service stops
}

// What a worker stored whose process died before the job had heard of it goes with the job's
// scraps; a result stays.
func TestStrayOutputsAreRemoved(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		s := newStudio(t, h)
		sweeper := h.sweeper()
		sweeper.Videos, sweeper.KeepVideos = h.store, 0
		done, cancelled := s.start("/clip-5"), s.start("/clip-5")
		s.all(2, 2, 0)
		for _, j := range []*mattebox.Job{done, cancelled} {
			stray := mattebox.JobRemains{Account: j.Account, UID: j.UID}.Outputs() + "1-77/" + j.UID + ".webm"
			_, err := h.blobs.Put(t.Context(), stray, strings.NewReader("lost"), "video/webm")
			must(t, err)
		}
		_, err := s.store.CancelJob(t.Context(), s.key, cancelled.UID)
		must(t, err)
		s.all(0, 0, 1)
		h.clock.advance(2 * time.Minute)
		must(t, work.SweepOnce(sweeper, t.Context()))
		h.tidy(s.job(done.UID, mattebox.JobCompleted).Output.Key)
	})
}
