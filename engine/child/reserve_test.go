package child

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"mattebox"
	"mattebox/engine/clip"
	"mattebox/engine/pool"
	"mattebox/video"
)

// idle is a Cutter that makes nothing.
type idle struct{}

func (idle) Run(context.Context, clip.Job) (*clip.Report, error) {
	return &clip.Report{Segment: &video.Segment{}}, nil
}

// A segment asks for what it really takes: the clip's frames, the canvas's, what scaling
// takes, and the picture behind.
func TestSegmentsAskForMemory(t *testing.T) {
	l := serve(t, Config{Cutter: idle{}})
	dir := t.TempDir()
	needed := func(width, height int, change func(*mattebox.JobOrder)) int64 {
		t.Helper()
		task := pool.ClipTask{Info: filepath.Join(dir, "info"), Behind: filepath.Join(dir, "behind"), Order: mattebox.JobOrder{Format: mattebox.FormatMP4}}
		about, err := json.Marshal(video.Info{Width: width, Height: height})
		if err == nil {
			err = os.WriteFile(task.Info, about, 0o600)
		}
		if err == nil {
			err = os.WriteFile(task.Behind, blank(t, 4000, 3000), 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
		change(&task.Order)
		a := l.ask(pool.OpCut, task)
		if a.Needs == 0 {
			if a.Fault != nil {
				t.Error(a.Fault.Err())
			}
			return 0
		}
		l.send(pool.Request{ID: l.request, Op: pool.OpGrant})
		if done := l.answer(); done.Cut == nil {
			t.Errorf("after the grant: %v", done.Fault.Err())
		}
		return a.Needs
	}
	if n := needed(320, 180, func(*mattebox.JobOrder) {}); n != 0 {
		t.Errorf("a small clip asks for %d MB", n>>20)
	}
	plain := needed(1920, 1080, func(*mattebox.JobOrder) {})
	if plain < 400<<20 {
		t.Errorf("HD asks for %d MB", plain>>20)
	}
	scaled := needed(1920, 1080, func(o *mattebox.JobOrder) { o.Composition.Width, o.Composition.Height = 4096, 4096 })
	if scaled < plain+1<<30 {
		t.Errorf("on a large canvas it asks for %d MB, without for %d", scaled>>20, plain>>20)
	}
	behind := needed(1920, 1080, func(o *mattebox.JobOrder) { o.Background.Kind = mattebox.BehindImage })
	if behind < plain+4000*3000*6 {
		t.Errorf("before a picture it asks for %d MB, without for %d", behind>>20, plain>>20)
	}
}
