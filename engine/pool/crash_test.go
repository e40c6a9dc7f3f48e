package pool

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"
	"time"

	"mattebox"
)

// Whatever a picture does to its child, it fails alone, and the next is made.
func TestCrashes(t *testing.T) {
	limits := Limits{Picture: 2 * time.Second, Peak: 256 << 20, Grace: 50 * time.Millisecond}
	long := limits
	long.Picture = time.Minute
	for source, tt := range map[string]struct {
		limits Limits
		cause  Cause
		signal string
		exit   int
	}{
		"segv":     {long, CauseCrashed, "SIGSEGV", 2},
		"abort":    {long, CauseCrashed, "SIGABRT", 2},
		"kill":     {long, CauseCrashed, "SIGKILL", -1},
		"exit":     {long, CauseCrashed, "", 7},
		"half":     {long, CauseCrashed, "", 0},
		"hang":     {limits, CauseHung, "", -1},
		"eat":      {long, CauseMemory, "", -1},
		"rubbish":  {long, CauseGarbled, "", -1},
		"no json":  {long, CauseGarbled, "", -1},
		"wrong id": {long, CauseGarbled, "", -1},
		"wrong op": {long, CauseGarbled, "", -1},
		"greedy":   {long, CauseGarbled, "", -1},
	} {
		t.Run(source, func(t *testing.T) {
			t.Parallel()
			p := open(t, 1, "", tt.limits)
			before := made(t, p)
			_, err := p.Remove(t.Context(), task(source))
			var crash *CrashError
			if !errors.As(err, &crash) {
				t.Fatalf("error %v", err)
			}
			if crash.Cause != tt.cause || crash.Hung != (tt.cause == CauseHung) || crash.Signal != tt.signal || crash.Exit != tt.exit || crash.PID != before {
				t.Errorf("%+v", crash)
			}
			if after := made(t, p); after == before {
				t.Error("the child lives on")
			}
			if s := p.Stats(); s.Crashes != 1 || s.Pictures != 2 || s.Restarts[tt.cause] != 1 || len(s.Restarts) != 1 {
				t.Errorf("stats %+v", s)
			}
		})
	}
}

// A crash is no business of the other child's picture.
func TestCrashSparesOthers(t *testing.T) {
	p := open(t, 2, "", Limits{})
	gate, openGate := mkfifo(t)
	done := make(chan error)
	go func() {
		_, err := p.Remove(t.Context(), task("gate:"+gate))
		done <- err
	}()
	eventually(t, "busy", func() bool { return p.Stats().Busy == 1 })
	var crash *CrashError
	for range 2 {
		if _, err := p.Remove(t.Context(), task("kill")); !errors.As(err, &crash) {
			t.Errorf("error %v", err)
		}
	}
	openGate()
	if err := <-done; err != nil {
		t.Error("the other picture:", err)
	}
}

// A child that hears of a cancellation lives on.
func TestCancelHeard(t *testing.T) {
	p := open(t, 1, "", Limits{Grace: time.Minute})
	before := made(t, p)
	sign := filepath.Join(t.TempDir(), "sign")
	ctx, cancel := context.WithCancelCause(t.Context())
	gone := errors.New("the customer is gone")
	go func() {
		eventually(t, "sign", func() bool { _, err := os.Stat(sign); return err == nil })
		cancel(gone)
	}()
	if _, err := p.Remove(ctx, task("patient:"+sign)); !errors.Is(err, gone) {
		t.Errorf("error %v", err)
	}
	if after := made(t, p); after != before {
		t.Error("the child was replaced")
	}
}

// One that does not hear is killed after the grace, and what it left is removed.
func TestCancelNotHeard(t *testing.T) {
	p := open(t, 1, "", Limits{Grace: 20 * time.Millisecond})
	before := made(t, p)
	order := task("part")
	order.Out = filepath.Join(t.TempDir(), "out.png")
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		eventually(t, "part", func() bool { _, err := os.Stat(order.Out + PartSuffix); return err == nil })
		cancel()
	}()
	if _, err := p.Remove(ctx, order); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	if _, err := os.Stat(order.Out + PartSuffix); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the unfinished file is left: %v", err)
	}
	if after := made(t, p); after == before {
		t.Error("the child lives on")
	}
	if s := p.Stats(); s.Crashes != 0 || s.Restarts[CauseCancelled] != 1 {
		t.Errorf("stats %+v", s)
	}
}

// A child that is killed with nothing in hand costs no picture, noticed or not.
func TestIdleDeath(t *testing.T) {
	p := open(t, 1, "", Limits{})
	for i := range 30 {
		if err := syscall.Kill(made(t, p), syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		if i%2 == 0 {
			eventually(t, "noticed", func() bool { return p.Stats().Restarts[CauseDied] == uint64(i+1) })
		}
	}
	made(t, p)
	if s := p.Stats(); s.Crashes != 0 || s.Pictures != 31 || s.Restarts[CauseDied] != 30 {
		t.Errorf("stats %+v", s)
	}
}

// The children go with the service, even one that does not read its stdin.
func TestNoOrphans(t *testing.T) {
	parent := exec.Command(os.Args[0])
	parent.Env = append(os.Environ(), asParent+"=1")
	out, err := parent.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := parent.Start(); err != nil {
		t.Fatal(err)
	}
	var children []Process
	if err := json.NewDecoder(out).Decode(&children); err != nil || len(children) != 1 || children[0].Resident <= 0 {
		t.Fatalf("children %v, error %v", children, err)
	}
	child := children[0].PID
	if err := syscall.Kill(child, 0); err != nil {
		t.Fatalf("the child does not live: %v", err)
	}
	if err := parent.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = parent.Wait() // killed, as intended
	eventually(t, "the child is gone", func() bool { return !alive(child) })
}

// alive reports whether the process runs; one that nobody reaps does not.
func alive(pid int) bool {
	return resident(pid) > 0
}

// The death signal goes by the thread that started the child. That thread must
// last, whatever becomes of the goroutine that opened the pool.
func TestChildOutlivesItsOpenersThread(t *testing.T) {
	opened := make(chan *Pool)
	go func() {
		runtime.LockOSThread() // and so the thread ends with the goroutine
		opened <- open(t, 1, "", Limits{})
	}()
	p := <-opened
	before := made(t, p)
	for range 20 {
		ended := make(chan bool)
		go func() {
			runtime.LockOSThread()
			close(ended)
		}()
		<-ended
	}
	if after := made(t, p); after != before {
		t.Error("the child was replaced")
	}
}

func TestStartFails(t *testing.T) {
	for start, says := range map[string]string{
		"refuse":  "no network is installed; run: mattebox model install",
		"die":     "libvips.so.42: cannot open shared object file",
		"rubbish": "the engine does not start",
		"old":     "restart the service",
		"silent":  "not ready within",
	} {
		t.Run(start, func(t *testing.T) {
			t.Parallel()
			limits := Limits{Backoff: time.Millisecond}
			if start == "silent" {
				limits.Start = 10 * time.Millisecond
			}
			p := open(t, 2, start, limits)
			_, err := p.Remove(t.Context(), task("fine"))
			unavailable(t, err, says)
			unavailable(t, p.Ready(t.Context()), says)
			unavailable(t, p.Health(), says)
			eventually(t, "tried again", func() bool { return p.Stats().Restarts[CauseStart] > 4 })
			if s := p.Stats(); s.Ready != 0 || s.Waiting != 0 {
				t.Errorf("stats %+v", s)
			}
		})
	}
}

func TestStartFailsForWantOfTheProgram(t *testing.T) {
	p, err := Open(Config{Command: []string{filepath.Join(t.TempDir(), "gone")}, Children: 1})
	if err != nil {
		t.Fatal(err)
	}
	unavailable(t, p.Ready(t.Context()), "no such file")
	if err := p.Close(t.Context()); err != nil {
		t.Error(err)
	}
}

// Once what was missing is there, the pool works without a restart.
func TestStartRecovers(t *testing.T) {
	file := filepath.Join(t.TempDir(), "isnet.onnx")
	p := open(t, 2, "needs:"+file, Limits{Backoff: time.Millisecond})
	unavailable(t, p.Ready(t.Context()), "isnet.onnx: no such file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	eventually(t, "well again", func() bool { return p.Health() == nil && p.Stats().Ready == 2 })
	if err := p.Ready(t.Context()); err != nil {
		t.Error(err)
	}
	made(t, p)
}

// One that ends as soon as it is ready is not started over and over without pause.
func TestShortLivesArePaused(t *testing.T) {
	p := open(t, 1, "brief", Limits{Backoff: time.Hour})
	eventually(t, "it has died", func() bool { return p.Stats().Restarts[CauseDied] == 1 })
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := p.Remove(ctx, task("fine")); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v", err)
	}
	if s := p.Stats(); s.Restarts[CauseDied] != 1 || len(s.Processes) != 0 {
		t.Errorf("stats %+v", s)
	}
}

// One that speaks unasked is not trusted with a picture.
func TestUnaskedAnswers(t *testing.T) {
	p := open(t, 1, "chatty", Limits{Backoff: time.Millisecond})
	eventually(t, "it is replaced", func() bool { return p.Stats().Restarts[CauseDied] > 1 })
}

func unavailable(t *testing.T, err error, says string) {
	t.Helper()
	if mattebox.CodeOf(err) != mattebox.CodeUnavailable || !contains(err, says) {
		t.Errorf("error %v, want %q", err, says)
	}
}
