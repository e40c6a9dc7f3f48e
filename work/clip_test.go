package work_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"mattebox"
	"mattebox/blobs"
	"mattebox/engine/pool"
	"mattebox/work"
)

func TestClipRoad(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		s := newStudio(t, h)
		j := s.start("/clip-25", func(o *mattebox.JobOrder) {
			o.Background = mattebox.JobBackground{Kind: mattebox.BehindImage, URL: s.web.URL + "/picture"}
		})
		s.all(1, 2, 1) // a join too early finds nothing
		if got := s.job(j.UID, mattebox.JobProcessing); got.Stage != mattebox.StageCut || got.Progress < 60 {
			t.Errorf("after two of three segments: %s, %d", got.Stage, got.Progress)
		}
		s.all(0, 1, 1)
		done := s.job(j.UID, mattebox.JobCompleted)
		if got, want := s.content(done.Output.Key), "[0s-10s][10s-20s][20s-25s]\x89PNG"; got != want {
			t.Errorf("made %q, want %q", got, want)
		}
		if done.Output.Name != j.UID+".webm" || done.Output.Bytes != 30 || !slices.Equal(done.Warnings, []string{"dark"}) {
			t.Errorf("output %+v, warnings %q", done.Output, done.Warnings)
		}

		sweeper := h.sweeper()
		sweeper.Videos, sweeper.KeepVideos = h.store, time.Hour
		must(t, work.SweepOnce(sweeper, t.Context()))
		if n := len(files(t, h.folder)); n != 7 { // clip, info, background, three segments, output
			t.Errorf("%d files: %q", n, files(t, h.folder))
		}
		h.clock.advance(2 * time.Minute)
		must(t, work.SweepOnce(sweeper, t.Context()))
		h.tidy(done.Output.Key)
		h.clock.advance(time.Hour)
		must(t, work.SweepOnce(sweeper, t.Context()))
		h.tidy()
		if path := s.job(j.UID, mattebox.JobCompleted).OutputPath(); path != "" {
			t.Errorf("the output is gone, its path is %s", path)
		}
	})
}

// An upload is used where it lies, in a bucket as well, and goes when it is old.
func TestClipOfAnUpload(t *testing.T) {
	for _, where := range []string{"folder", "bucket"} {
		t.Run(where, func(t *testing.T) {
			h := onSQLite(t, nil)
			if where == "bucket" {
				h.blobs = bucket(t)
			}
			s := newStudio(t, h)
			key := fmt.Sprintf("%d/uploads/vid_1/source", h.account)
			_, err := h.blobs.Put(t.Context(), key, strings.NewReader(clipText(12)), "video/mp4")
			must(t, err)
			u, err := h.store.AddUpload(t.Context(), mattebox.Upload{UID: "vid_1", Account: h.account, Key: s.key, Name: "x.mp4", MediaType: "video/mp4", Bytes: 1, BlobKey: key})
			must(t, err)
			j := s.start("", func(o *mattebox.JobOrder) {
				o.VideoURL, o.Upload = "", u.UID
				o.Format = mattebox.FormatMP4
				o.Background = mattebox.JobBackground{Kind: mattebox.BehindVideo, Upload: u.UID}
			})
			s.all(1, 2, 1)
			done := s.job(j.UID, mattebox.JobCompleted)
			if got, want := s.content(done.Output.Key), "[0s-10s][10s-12s]\x00\x00\x00\x20"; got != want {
				t.Errorf("made %q, want %q", got, want)
			}
			sweeper := h.sweeper()
			sweeper.Videos, sweeper.KeepUploads = h.store, time.Hour
			must(t, work.SweepOnce(sweeper, t.Context()))
			s.content(key)
			h.clock.advance(2 * time.Hour)
			must(t, work.SweepOnce(sweeper, t.Context()))
			if _, err := h.blobs.Get(t.Context(), key); mattebox.CodeOf(err) != mattebox.CodeNotFound {
				t.Errorf("the upload is still there: %v", err)
			}
			s.content(done.Output.Key)
		})
	}
}

func TestClipThatFails(t *testing.T) {
	h := onSQLite(t, nil)
	s := newStudio(t, h)
	broken := func(op pool.Op, err error) func(context.Context, pool.Op) error {
		return func(_ context.Context, got pool.Op) error {
			if got == op {
				return err
			}
			return nil
		}
	}
	for _, c := range []struct {
		name, path string
		fault      func(context.Context, pool.Op) error
		rounds     int
		ours       bool // Run tells of it
		code, say  string
	}{
		{"no clip", "/page", nil, 1, false, mattebox.FaultVideo, "video_url: the file is an HTML or XML page"},
		{"not there", "/status-404", nil, 1, false, mattebox.FaultDownload, "video_url: the server answered 404"},
		{"never there", "/status-503", nil, 3, false, mattebox.FaultDownload, "503"},
		{"refused", "/clip-5", broken(pool.OpProbe, mattebox.Errorf(mattebox.CodeTooLarge, "the clip is 3h long")), 1, false, mattebox.FaultVideo, "3h long"},
		{"crashes", "/clip-5", broken(pool.OpCut, crash()), 2, false, mattebox.FaultInternal, "made the engine fail twice"},
		{"our fault", "/clip-5", broken(pool.OpJoin, errors.New("bad luck")), 5, true, mattebox.FaultInternal, "not your fault"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := *s
			s.t = t
			s.films.failing(c.fault)
			defer s.films.failing(nil)
			j := s.start(c.path)
			for n := range c.rounds {
				s.job(j.UID, mattebox.JobProcessing)
				err := errors.Join(s.clips.Fetch(t.Context(), 0), s.clips.Segment(t.Context(), 0), s.clips.Join(t.Context(), 0))
				if (err != nil) != c.ours {
					t.Errorf("round %d: %v", n, err)
				}
				h.clock.advance(time.Minute)
			}
			got := s.job(j.UID, mattebox.JobFailed)
			if got.Fault.Code != c.code || !strings.Contains(got.Fault.Message, c.say) {
				t.Errorf("fault %+v, want %s and %q", got.Fault, c.code, c.say)
			}
		})
	}
	sweeper := h.sweeper()
	sweeper.Videos = h.store
	h.clock.advance(time.Hour)
	must(t, work.SweepOnce(sweeper, t.Context()))
	h.tidy()
}

// Without engines the step is handed back, and nothing is claimed for a while.
func TestClipWithoutEngine(t *testing.T) {
	h := onSQLite(t, nil)
	s := newStudio(t, h)
	j := s.start("/clip-5")
	s.films.failing(func(context.Context, pool.Op) error { return mattebox.Errorf(mattebox.CodeUnavailable, "no engine") })
	if err := s.clips.Fetch(t.Context(), 0); err == nil {
		t.Error("nothing is told of it")
	}
	s.job(j.UID, mattebox.JobProcessing)
	s.films.failing(nil)
	s.all(1, 1, 1)
	s.job(j.UID, mattebox.JobCompleted)
}

// A cancelled job's engine is stopped within two seconds, and nothing of its work
// stays.
func TestClipThatIsCancelled(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		s := newStudio(t, h)
		j := s.start("/clip-5")
		s.all(1, 0, 0)
		begun, ended := s.films.holding(), make(chan error, 1)
		go func() { ended <- s.clips.Segment(t.Context(), 0) }()
		receive(t, begun, "the segment's beginning")
		_, err := s.store.CancelJob(t.Context(), s.key, j.UID)
		must(t, err)
		at := time.Now()
		if err := receive(t, ended, "the segment's end"); err != nil {
			t.Error(err)
		}
		if took := time.Since(at); took > 2*time.Second {
			t.Errorf("it went on for %v", took)
		}
		s.job(j.UID, mattebox.JobCancelled)
		sweeper := h.sweeper()
		sweeper.Videos = h.store
		h.clock.advance(2 * time.Minute)
		must(t, work.SweepOnce(sweeper, t.Context()))
		h.tidy()
	})
}

// What a worker brings after its lease has passed to another is dropped.
func TestClipThatLostItsLease(t *testing.T) {
	h := onSQLite(t, nil)
	s := newStudio(t, h)
	j := s.start("/clip-5")
	s.all(1, 0, 0)
	begun, hold, ended := make(chan struct{}, 1), make(chan struct{}), make(chan error, 1)
	s.films.failing(func(_ context.Context, op pool.Op) error {
		begun <- struct{}{}
		<-hold
		return nil
	})
	slow := &work.Clips{Store: h.store, Engine: s.films, Blobs: uncancelled{h.blobs}, Guard: h.guard, Temp: h.temp, Now: h.clock.now, Logger: h.log}
	go func() { ended <- slow.Segment(t.Context(), 0) }()
	receive(t, begun, "the segment's beginning")
	s.films.failing(nil)
	h.clock.advance(time.Minute)
	s.all(0, 1, 1)
	done := s.job(j.UID, mattebox.JobCompleted)
	close(hold)
	if err := receive(t, ended, "the late worker's end"); err != nil {
		t.Error(err)
	}
	if got := s.content(done.Output.Key); got != "[0s-5s]" {
		t.Errorf("made %q", got)
	}
	for _, key := range files(t, h.folder) {
		if strings.Contains(key, "segment-1-1") {
			t.Errorf("the late worker's %s is left", key)
		}
	}
}

// uncancelled stores whether it is wanted or not.
type uncancelled struct{ *blobs.Store }

func (u uncancelled) PutFile(ctx context.Context, key, path, mediaType string) error {
	return u.Store.PutFile(context.WithoutCancel(ctx), key, path, mediaType)
}

// At the service's end a segment is handed back as it was.
func TestClipThatIsStopped(t *testing.T) {
	h := onSQLite(t, nil)
	s := newStudio(t, h)
	j := s.start("/clip-5")
	s.all(1, 0, 0)
	begun, ended := s.films.holding(), make(chan error, 1)
	ctx, cancel := context.WithCancel(t.Context())
	go func() { ended <- s.clips.Segment(ctx, 0) }()
	receive(t, begun, "the segment's beginning")
	cancel()
	if err := receive(t, ended, "the segment's end"); err != nil {
		t.Error(err)
	}
	s.films.failing(nil)
	s.all(0, 1, 1)
	s.job(j.UID, mattebox.JobCompleted)
}
