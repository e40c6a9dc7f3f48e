package child

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mattebox"
	"mattebox/engine"
	"mattebox/engine/pool"
)

// stage is an engine whose pictures are what the test says: for what cannot be
// brought about with a real one, such as a full disk at a certain byte.
type stage struct {
	remove func(ctx context.Context, job engine.Job, w io.Writer) (*engine.Report, error)
}

func (s stage) Remove(ctx context.Context, job engine.Job, w io.Writer) (*engine.Report, error) {
	return s.remove(ctx, job, w)
}

func (stage) Measure(_ context.Context, job engine.Job, mattes ...io.Writer) (*engine.Measured, error) {
	if len(mattes) > 0 {
		if _, err := io.WriteString(mattes[0], "a matte"); err != nil {
			return nil, err
		}
	}
	return &engine.Measured{Scale: job.Scale, Photos: make([]engine.Seen, max(1, len(job.Photos)))}, nil
}

// line is a served stream of requests.
type line struct {
	t       *testing.T
	in      *io.PipeWriter
	out     *io.PipeReader
	served  chan error
	request uint64
}

func serve(t *testing.T, c Config) *line {
	t.Helper()
	in, requests := io.Pipe()
	answers, out := io.Pipe()
	l := &line{t: t, in: requests, out: answers, served: make(chan error, 1)}
	go func() { l.served <- Serve(t.Context(), c, in, out) }()
	var hello pool.Hello
	l.receive(&hello)
	if hello.Protocol != pool.Protocol || hello.Fault != nil {
		t.Errorf("greeting %+v", hello)
	}
	return l
}

func (l *line) receive(message any) {
	l.t.Helper()
	text, err := pool.ReadFrame(l.out)
	if err == nil {
		err = pool.ParseFrame(text, message)
	}
	if err != nil {
		l.t.Fatal(err)
	}
}

func (l *line) send(r pool.Request) {
	l.t.Helper()
	if err := pool.WriteFrame(l.in, r); err != nil {
		l.t.Fatal(err)
	}
}

// ask sends a request for the task, which may be JSON text or a pool.Task.
func (l *line) ask(op pool.Op, task any) pool.Answer {
	l.t.Helper()
	l.begin(op, task)
	return l.answer()
}

func (l *line) begin(op pool.Op, task any) {
	l.t.Helper()
	text, ok := task.(string)
	if !ok {
		data, err := json.Marshal(task)
		if err != nil {
			l.t.Fatal(err)
		}
		text = string(data)
	}
	l.request++
	l.send(pool.Request{ID: l.request, Op: op, Task: json.RawMessage(text)})
}

func (l *line) answer() (a pool.Answer) {
	l.t.Helper()
	if l.receive(&a); a.ID != l.request {
		l.t.Errorf("answer to %d, want %d", a.ID, l.request)
	}
	return a
}

// end closes the stream of requests and returns what Serve returns.
func (l *line) end() error {
	l.in.Close()
	return <-l.served
}

// order is a task for one source of the content, in a folder of its own.
func order(t *testing.T, content string) pool.Task {
	t.Helper()
	dir := t.TempDir()
	source := filepath.Join(dir, "source")
	if err := os.WriteFile(source, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return pool.Task{
		Sources: []string{source}, Template: mattebox.DefaultTemplate(), Quality: mattebox.QualityBest,
		Out: filepath.Join(dir, "out.png"), Thumbnail: filepath.Join(dir, "small.jpg"), Scale: .5,
	}
}

// A picture that is cancelled is answered by the error, and the next is served.
func TestCancel(t *testing.T) {
	begun := make(chan bool)
	l := serve(t, Config{Engine: stage{remove: func(ctx context.Context, job engine.Job, _ io.Writer) (*engine.Report, error) {
		if string(job.Source) == "quick" {
			return &engine.Report{}, nil
		}
		begun <- true
		<-ctx.Done()
		return nil, context.Cause(ctx)
	}}})
	l.begin(pool.OpRemove, order(t, "slow"))
	<-begun
	l.send(pool.Request{ID: l.request, Op: pool.OpCancel})
	if a := l.answer(); !strings.Contains(a.Fault.Err().Error(), "canceled") {
		t.Errorf("answer %v", a.Fault.Err())
	}
	l.send(pool.Request{ID: l.request, Op: pool.OpCancel}) // too late, and so without effect
	if a := l.ask(pool.OpRemove, order(t, "quick")); a.Report == nil {
		t.Errorf("the next: %v", a.Fault.Err())
	}
	if err := l.end(); err != nil {
		t.Error(err)
	}
}

// When nobody is left to answer, work is broken off.
func TestEndsWithTheStream(t *testing.T) {
	begun := make(chan bool)
	var why error
	l := serve(t, Config{Engine: stage{remove: func(ctx context.Context, _ engine.Job, _ io.Writer) (*engine.Report, error) {
		begun <- true
		<-ctx.Done()
		why = context.Cause(ctx)
		return nil, why
	}}})
	l.begin(pool.OpRemove, order(t, "slow"))
	<-begun
	if err := l.end(); err != nil || !errors.Is(why, errGone) {
		t.Errorf("error %v, the work ended with %v", err, why)
	}
}

func TestServeRefusesRubbish(t *testing.T) {
	var bad *pool.FrameError
	l := serve(t, Config{Engine: writes("", "")})
	if _, err := l.in.Write([]byte("GET ")); err != nil {
		t.Fatal(err)
	}
	if err := <-l.served; !errors.As(err, &bad) {
		t.Errorf("a text: %v", err)
	}
	begun := make(chan bool)
	l = serve(t, Config{Engine: stage{remove: func(ctx context.Context, _ engine.Job, _ io.Writer) (*engine.Report, error) {
		close(begun)
		<-ctx.Done()
		return nil, ctx.Err()
	}}})
	l.begin(pool.OpRemove, order(t, "slow"))
	<-begun
	l.begin(pool.OpRemove, order(t, "impatient"))
	if err := <-l.served; !errors.As(err, &bad) {
		t.Errorf("a request before the answer: %v", err)
	}
}

func TestRefuse(t *testing.T) {
	r, w := io.Pipe()
	go func() { _ = Refuse(w, mattebox.Errorf(mattebox.CodeUnavailable, "no network is installed")) }()
	var hello pool.Hello
	text, err := pool.ReadFrame(r)
	if err == nil {
		err = pool.ParseFrame(text, &hello)
	}
	if err != nil || mattebox.CodeOf(hello.Fault.Err()) != mattebox.CodeUnavailable {
		t.Errorf("greeting %+v, error %v", hello, err)
	}
}

// Without the switch, and without a marker, nothing breaks.
func TestFaultsAreOff(t *testing.T) {
	l := serve(t, Config{Engine: writes("result", "")})
	if a := l.ask(pool.OpRemove, order(t, FaultMarker+"exit")); a.Report == nil {
		t.Errorf("without the switch: %v", a.Fault.Err())
	}
	l = serve(t, Config{Engine: writes("result", ""), Faults: true})
	if a := l.ask(pool.OpRemove, order(t, FaultMarker+"nothing")); a.Report == nil {
		t.Errorf("without a marker: %v", a.Fault.Err())
	}
}

// FuzzServe feeds the child's side of the protocol: it answers or refuses, and ends
// when the stream does.
func FuzzServe(f *testing.F) {
	for _, seed := range []string{
		"", "\x00\x00\x00\x02{}", `{"ID":1,"Op":"remove","Task":{}}`, `{"ID":1,"Op":"cancel"}`,
		`{"ID":1,"Op":"header","Task":{"Sources":["/dev/null"],"Template":{"templateName":"a","templateOutputFormat":"PNG","deliveryTimeInHour":24,"backgroundType":2}}}`,
		`{"ID":1,"Op":"measure","Task":{"Sources":["/etc/hostname"],"Mattes":["/nowhere/x"]}}`,
	} {
		f.Add([]byte(seed), true)
		f.Add([]byte(seed), false)
	}
	f.Fuzz(func(t *testing.T, data []byte, framed bool) {
		if strings.Contains(string(data), "Out") || strings.Contains(string(data), "Thumbnail") || strings.Contains(string(data), "Mattes") {
			return // the fuzzer shall not write files
		}
		if framed {
			data = append([]byte{0, byte(len(data) >> 16), byte(len(data) >> 8), byte(len(data))}, data...)
		}
		err := Serve(t.Context(), Config{Engine: writes("x", "")}, strings.NewReader(string(data)), io.Discard)
		if err == nil && len(data) > 0 && len(data) < 4 {
			t.Error("half a length is no error")
		}
	})
}
