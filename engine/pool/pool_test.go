package pool

import (
	"bytes"
	"context"
	"errors"
	"image"
	"log/slog"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"mattebox"
)

// open opens a pool of scripted children that start as told.
func open(t testing.TB, children int, start string, limits Limits) *Pool {
	t.Helper()
	return openWith(t, Config{Children: children, Limits: limits, Env: childEnv(startAs + "=" + start)})
}

// childEnv is what makes the test binary a child, and keeps one that is built with
// the race detector from resting for a second at its end.
func childEnv(more ...string) []string {
	return append([]string{asChild + "=1", "GORACE=atexit_sleep_ms=0"}, more...)
}

func openWith(t testing.TB, c Config) *Pool {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if c.Command = []string{self}; c.Env == nil {
		c.Env = childEnv()
	}
	p, err := Open(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		if err := p.Close(ctx); err != nil {
			t.Errorf("closing: %v", err)
		}
		if left := p.Stats().Processes; len(left) > 0 {
			t.Errorf("children are left: %v", left)
		}
	})
	return p
}

func task(source string) Task {
	return Task{Sources: []string{source}, Template: mattebox.DefaultTemplate(), Quality: mattebox.QualityStandard, Out: "out.png"}
}

// made makes a picture and returns the number of the process that did.
func made(t testing.TB, p *Pool) int {
	t.Helper()
	r, err := p.Remove(t.Context(), task("fine"))
	if err != nil {
		t.Fatalf("a picture like any other: %v", err)
	}
	return r.Width
}

// eventually waits until the condition holds.
func eventually(t testing.TB, what string, holds func() bool) {
	t.Helper()
	deadline := time.After(20 * time.Second)
	for tick := time.Tick(2 * time.Millisecond); !holds(); {
		select {
		case <-tick:
		case <-deadline:
			t.Fatal("never: ", what)
		}
	}
}

func TestOperations(t *testing.T) {
	p := open(t, 2, "", Limits{})
	order := task("a.jpg")
	order.Sources = append(order.Sources, "b.jpg")
	order.Mattes = []string{"m1", "m2"}
	order.Scale, order.Thumbnail, order.Template.Comment = .25, "small.jpg", "ask for Ærø"
	r, err := p.Remove(t.Context(), order)
	if err != nil {
		t.Fatal(err)
	}
	want := &Report{
		Width: r.Width, Height: 2, Box: image.Rect(1, 2, 3, 4), Confidence: .5, Scale: .25,
		MediaType: "image/png", ThumbnailType: "image/jpeg", Bytes: 1 << 40, ThumbnailBytes: 5, Models: []string{"isnet", "u2netp"},
		Warnings: []string{"ask for Ærø", "standard", "out.png", "small.jpg", "a.jpg,b.jpg"},
		Steps:    Steps{Decode: 1, Net: 2, Refine: 3, Foreground: 4, Compose: 5, Encode: 6, Total: 21},
	}
	if diff := cmp.Diff(want, r); diff != "" {
		t.Error("Remove:", diff)
	}
	m, err := p.Measure(t.Context(), order)
	if err != nil {
		t.Fatal(err)
	}
	seen := &Measured{
		Photos: []Seen{{Width: 5, Height: 6, Box: image.Rect(1, 2, 3, 4), Confidence: .7}},
		Scale:  .25, Confidence: .7, Models: []string{"isnet"}, Warnings: []string{"m1", "m2"}, Steps: Steps{Net: 2 * time.Second},
	}
	if diff := cmp.Diff(seen, m); diff != "" {
		t.Error("Measure:", diff)
	}
	h, err := p.Header(t.Context(), "a.jpg")
	if diff := cmp.Diff(&Header{Format: "png", Width: 7, Height: 8, Depth: 16, HasAlpha: true}, h); err != nil || diff != "" {
		t.Error("Header:", err, diff)
	}
	if s := p.Stats(); s.Children != 2 || s.Pictures != 2 || s.Refused+s.Crashes != 0 || s.Busy+s.Waiting != 0 || len(s.Restarts) != 0 || s.Seconds <= 0 {
		t.Errorf("stats %+v", s)
	}
}

// The engine's own errors come out as they went in, and spare the child.
func TestErrorsCross(t *testing.T) {
	p := open(t, 1, "", Limits{})
	before := made(t, p)
	_, err := p.Remove(t.Context(), task("refuse"))
	var coded *mattebox.Error
	if want := refusal(); !errors.As(err, &coded) || err.Error() != want.Error() || mattebox.CodeOf(err) != mattebox.CodeTooLarge {
		t.Errorf("error %v, want %v", err, want)
	}
	if after := made(t, p); after != before {
		t.Errorf("the child was replaced after an error")
	}
	if s := p.Stats(); s.Refused != 1 || s.Pictures != 2 || s.Crashes != 0 {
		t.Errorf("stats %+v", s)
	}
}

func TestFaultKeepsErrors(t *testing.T) {
	coded := mattebox.Invalid("templateName", "is empty")
	wrapped := mattebox.Wrap(mattebox.CodeTooLarge, errors.New("cause"), "too much")
	for name, tt := range map[string]struct{ in, want error }{
		"nil":     {nil, nil},
		"coded":   {coded, coded},
		"wrapped": {wrapped, wrapped},
		"around":  {errors.Join(errors.New("first"), coded), &mattebox.Error{Code: mattebox.CodeInvalid, Field: "templateName", Message: "is empty", Err: errors.New("first\ntemplateName: is empty")}},
		"plain":   {errors.New("vips: out of order"), &mattebox.Error{Code: mattebox.CodeInternal, Message: "the engine failed", Err: errors.New("vips: out of order")}},
		"endless": {errors.New(strings.Repeat("x", 1<<20)), &mattebox.Error{Code: mattebox.CodeInternal, Message: "the engine failed", Err: errors.New(strings.Repeat("x", maxCause))}},
	} {
		t.Run(name, func(t *testing.T) {
			text := cmp.Comparer(func(a, b error) bool { return a == b || a != nil && b != nil && a.Error() == b.Error() })
			got := NewFault(tt.in).Err()
			if diff := cmp.Diff(tt.want, got, text); diff != "" || mattebox.CodeOf(got) != mattebox.CodeOf(tt.want) {
				t.Error(diff)
			}
		})
	}
}

func TestOpenWantsACommand(t *testing.T) {
	if _, err := Open(Config{}); err == nil {
		t.Error("no error")
	}
}

// The child is told its share of the machine and nothing of the service's secrets.
func TestChildKnowsOnlyWhatItIsTold(t *testing.T) {
	t.Setenv("MATTEBOX_MASTER_KEY", "secret")
	p := openWith(t, Config{Children: 1, Threads: 3, Env: childEnv("HOME=/nowhere")})
	for source, want := range map[string][]string{
		"environ": childEnv("HOME=/nowhere"), "arguments": {"--threads=3"}, "nice": {"5"},
	} {
		r, err := p.Remove(t.Context(), task(source))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, r.Warnings); diff != "" {
			t.Error(source, diff)
		}
	}
}

func TestReplacedByLimit(t *testing.T) {
	for cause, limits := range map[Cause]Limits{
		CausePictures: {Pictures: 1}, CauseResident: {Resident: 1, Peak: 1 << 40},
	} {
		p := open(t, 1, "", limits)
		first, second := made(t, p), made(t, p)
		if first == second {
			t.Errorf("%s: one process made both", cause)
		}
		eventually(t, "both counted", func() bool { return p.Stats().Restarts[cause] == 2 })
		if s := p.Stats(); s.Pictures != 2 || s.Crashes != 0 {
			t.Errorf("%s: stats %+v", cause, s)
		}
	}
}

// Headers are not counted as pictures: reading one costs next to nothing.
func TestHeadersDoNotWearAChildOut(t *testing.T) {
	p := open(t, 1, "", Limits{Pictures: 2})
	first := made(t, p)
	for range 5 {
		if _, err := p.Header(t.Context(), "x"); err != nil {
			t.Fatal(err)
		}
	}
	if second := made(t, p); second != first {
		t.Error("the child was replaced")
	}
}

// With one child, requests are served in the order in which they came.
func TestWaitingInOrder(t *testing.T) {
	p := open(t, 1, "", Limits{})
	gate, openGate := mkfifo(t)
	var order []int
	var mu sync.Mutex
	var all sync.WaitGroup
	ask := func(n int, source string) {
		all.Go(func() {
			_, err := p.Remove(t.Context(), task(source))
			mu.Lock()
			defer mu.Unlock()
			order = append(order, n)
			if err != nil {
				t.Error(err)
			}
		})
	}
	ask(0, "gate:"+gate)
	eventually(t, "busy", func() bool { return p.Stats().Busy == 1 })
	for n := 1; n <= 5; n++ {
		ask(n, "fine")
		eventually(t, "waiting", func() bool { return p.Stats().Waiting == n })
	}
	openGate()
	all.Wait()
	if diff := cmp.Diff([]int{0, 1, 2, 3, 4, 5}, order); diff != "" {
		t.Error(diff)
	}
}

func TestWaitingEndsWithTheContext(t *testing.T) {
	p := open(t, 1, "", Limits{})
	gate, openGate := mkfifo(t)
	done := make(chan error)
	go func() {
		_, err := p.Remove(t.Context(), task("gate:"+gate))
		done <- err
	}()
	eventually(t, "busy", func() bool { return p.Stats().Busy == 1 })
	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	if _, err := p.Remove(ctx, task("fine")); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v", err)
	}
	openGate()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

// safeBuffer takes a log.
type safeBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *safeBuffer) Write(data []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(data)
}

func (s *safeBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

func TestStderrIsLogged(t *testing.T) {
	var log safeBuffer
	p := openWith(t, Config{Children: 1, Logger: slog.New(slog.NewTextHandler(&log, nil))})
	_, err := p.Remove(t.Context(), task("shout"))
	var crash *CrashError
	if !errors.As(err, &crash) || crash.Exit != 1 || crash.PID == 0 || len(crash.Stderr) > keptHead+keptTail+2*maxLine {
		t.Fatalf("error %#v", err)
	}
	if !strings.HasPrefix(crash.Stderr, "line 0 \nline 1 x\n") || !strings.HasSuffix(crash.Stderr, "and the last") {
		t.Errorf("last words %q", crash.Stderr)
	}
	text := log.String()
	if n := strings.Count(text, "engine child said"); n != maxLines-1 || strings.Count(text, "the rest is not logged") != 1 {
		t.Errorf("%d lines are in the log", n)
	}
	for _, want := range []string{`line="line 7 xxxxxxx"`, "a note", "pid="} {
		if !strings.Contains(text, want) {
			t.Errorf("the log lacks %q", want)
		}
	}
}
