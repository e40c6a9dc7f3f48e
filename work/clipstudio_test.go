package work_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"mattebox"
	"mattebox/engine/pool"
	"mattebox/work"
)

// films stands in for the pool of children with clips: a clip's text says how many
// seconds it has, a segment is its name. fault decides what goes wrong.
type films struct {
	mu    sync.Mutex
	fault func(ctx context.Context, op pool.Op) error
	tasks []pool.ClipTask // of all that was asked
}

func (f *films) failing(fault func(ctx context.Context, op pool.Op) error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.fault = fault
}

// holding has operations go on until their context ends, and tells when one has begun.
func (f *films) holding() <-chan struct{} {
	begun := make(chan struct{}, 1)
	f.failing(func(ctx context.Context, _ pool.Op) error {
		begun <- struct{}{}
		<-ctx.Done()
		return context.Cause(ctx)
	})
	return begun
}

func (f *films) begin(ctx context.Context, op pool.Op, t pool.ClipTask) error {
	f.mu.Lock()
	f.tasks = append(f.tasks, t)
	fault := f.fault
	f.mu.Unlock()
	if fault != nil {
		if err := fault(ctx, op); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// clipText is a clip as the site serves it.
func clipText(seconds int) string {
	return fmt.Sprintf("\x00\x00\x00\x20ftypisom seconds=%d%s", seconds, strings.Repeat(".", 1200))
}

func (f *films) Probe(ctx context.Context, t pool.ClipTask) (*pool.Probed, error) {
	if err := f.begin(ctx, pool.OpProbe, t); err != nil {
		return nil, err
	}
	text, err := os.ReadFile(t.Source)
	if err != nil {
		return nil, err
	}
	var seconds int
	if _, err := fmt.Sscanf(string(text[8:]), "isom seconds=%d", &seconds); err != nil {
		return nil, mattebox.Errorf(mattebox.CodeInvalid, "the clip is damaged")
	}
	p := &pool.Probed{Clip: mattebox.Clip{Container: "mp4", Codec: "h264", Width: 64, Height: 36, Duration: time.Duration(seconds) * time.Second, Frames: 25 * seconds}}
	for at := 0; at < seconds; at += 10 {
		end := min(at+10, seconds)
		p.Spans = append(p.Spans, mattebox.ClipSpan{From: time.Duration(at) * time.Second, To: time.Duration(end) * time.Second, Frames: 25 * (end - at)})
	}
	if t.Order.Background.Kind == mattebox.BehindVideo {
		if err := os.WriteFile(t.BehindInfo, []byte("info"), 0o600); err != nil {
			return nil, err
		}
	}
	return p, os.WriteFile(t.Info, []byte("info"), 0o600)
}

func (f *films) Cut(ctx context.Context, t pool.ClipTask, heard func(pool.Progress)) (*pool.Cut, error) {
	if err := f.begin(ctx, pool.OpCut, t); err != nil {
		return nil, err
	}
	for _, path := range []string{t.Source, t.Info} {
		if _, err := os.Stat(path); err != nil {
			return nil, err
		}
	}
	heard(pool.Progress{Done: 25, Of: 250})
	name := fmt.Sprintf("[%s-%s]", t.From, t.To)
	return &pool.Cut{Frames: 250, About: json.RawMessage(`"` + name + `"`), Warnings: []string{"dark"}}, os.WriteFile(t.Out, []byte(name), 0o600)
}

func (f *films) Join(ctx context.Context, t pool.ClipTask, heard func(pool.Progress)) (*pool.Joined, error) {
	if err := f.begin(ctx, pool.OpJoin, t); err != nil {
		return nil, err
	}
	var whole strings.Builder
	for _, piece := range t.Segments {
		text, err := os.ReadFile(piece.Path)
		if err != nil {
			return nil, err
		}
		if string(piece.About) != `"`+string(text)+`"` {
			return nil, errors.New("a segment's description is another's")
		}
		whole.Write(text)
	}
	if t.Behind != "" {
		text, err := os.ReadFile(t.Behind)
		if err != nil {
			return nil, err
		}
		whole.Write(text[:4])
	}
	heard(pool.Progress{Done: 500, Of: 1000})
	return &pool.Joined{Width: 64, Height: 36, Frames: 1, Duration: 25 * time.Second, MediaType: "video/webm", Bytes: int64(whole.Len())},
		os.WriteFile(t.Out, []byte(whole.String()), 0o600)
}

// studio is a house with a video key and a site with clips.
type studio struct {
	*house
	films *films
	clips *work.Clips
	web   *httptest.Server
	key   mattebox.VideoKeyID
}

func newStudio(t *testing.T, h *house) *studio {
	t.Helper()
	s := &studio{house: h, films: &films{}}
	s.clips = &work.Clips{Store: h.store, Engine: s.films, Blobs: h.blobs, Guard: h.guard, Temp: h.temp, Now: h.clock.now, Logger: h.log}
	s.web = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var n int
		if _, err := fmt.Sscanf(r.URL.Path, "/clip-%d", &n); err == nil {
			io.WriteString(w, clipText(n))
			return
		}
		if _, err := fmt.Sscanf(r.URL.Path, "/status-%d", &n); err == nil {
			w.WriteHeader(n)
			return
		}
		if r.URL.Path == "/picture" {
			w.Write(pngOf(8, 8))
			return
		}
		io.WriteString(w, "<!doctype html><p>no clip")
	}))
	t.Cleanup(s.web.Close)
	keys, err := h.store.VideoKeys(t.Context(), h.account)
	must(t, err)
	s.key = keys[0].ID
	return s
}

// start starts a job for the site's file.
func (s *studio) start(path string, change ...func(*mattebox.JobOrder)) *mattebox.Job {
	s.t.Helper()
	o := mattebox.JobOrder{VideoURL: s.web.URL + path, Model: mattebox.ModelOriginal, Format: mattebox.FormatWebM}
	for _, c := range change {
		c(&o)
	}
	j, err := s.store.CreateJob(s.t.Context(), mattebox.NewJob{Account: s.account, Key: s.key, Order: o, Start: true})
	must(s.t, err)
	return j
}

// job reads the job, which has to be in the state.
func (s *studio) job(uid string, want mattebox.JobState) *mattebox.Job {
	s.t.Helper()
	j, err := s.store.JobByUID(s.t.Context(), s.key, uid)
	must(s.t, err)
	if j.State != want {
		s.t.Fatalf("job is %s (%s), want %s", j.State, j.Fault.Message, want)
	}
	return j
}

// all does whatever steps there are, so many of each kind.
func (s *studio) all(fetches, segments, joins int) {
	s.t.Helper()
	for range fetches {
		must(s.t, s.clips.Fetch(s.t.Context(), 0))
	}
	for range segments {
		must(s.t, s.clips.Segment(s.t.Context(), 0))
	}
	for range joins {
		must(s.t, s.clips.Join(s.t.Context(), 0))
	}
}
