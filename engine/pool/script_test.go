package pool

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"mattebox"
)

// The test binary is the pool's child, too: a process that speaks the protocol and
// does with a task what the base name of its first source says. How it starts is
// what startAs says.
const (
	asChild  = "POOL_TEST_CHILD"
	startAs  = "POOL_TEST_START"
	asParent = "POOL_TEST_PARENT"
)

func TestMain(m *testing.M) {
	switch {
	case os.Getenv(asParent) != "":
		parentMain()
	case os.Getenv(asChild) != "":
		if err := childMain(); err != nil {
			fmt.Fprintln(os.Stderr, "child:", err)
			os.Exit(1)
		}
	default:
		os.Exit(m.Run())
	}
}

func childMain() error {
	if err := greet(os.Getenv(startAs)); err != nil {
		return err
	}
	for {
		r, err := readRequest()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if r.Op == OpCancel {
			continue
		}
		var t Task
		if err := ParseFrame(r.Task, &t); err != nil {
			return err
		}
		name, argument, _ := strings.Cut(t.Sources[0], ":")
		act, known := acts()[name]
		if !known {
			act = answerAll
		}
		a, err := act(r, t, argument)
		if err != nil {
			return err
		}
		if err := WriteFrame(os.Stdout, a); err != nil {
			return err
		}
	}
}

func readRequest() (r Request, err error) {
	text, err := ReadFrame(os.Stdin)
	if err == nil {
		err = ParseFrame(text, &r)
	}
	return r, err
}

// greet says hello in the way that start asks for.
func greet(start string) error {
	hello := Hello{Protocol: Protocol, Notes: []string{"a note"}}
	kind, file, _ := strings.Cut(start, ":")
	switch kind {
	case "refuse":
		hello.Fault = NewFault(mattebox.Errorf(mattebox.CodeUnavailable, "no network is installed; run: mattebox model install"))
	case "die":
		fmt.Fprint(os.Stderr, "a first line\nlibvips.so.42: cannot open shared object file\n")
		os.Exit(127)
	case "rubbish":
		fmt.Println("Usage: mattebox <command>")
	case "old":
		hello.Protocol = Protocol + 1
	case "silent", "deaf":
		if kind == "deaf" {
			_ = WriteFrame(os.Stdout, hello)
		}
		pause()
	case "needs":
		if _, err := os.Stat(file); err != nil {
			return err
		}
	case "brief":
		_ = WriteFrame(os.Stdout, hello)
		os.Exit(3)
	case "chatty":
		_ = WriteFrame(os.Stdout, hello)
	}
	return WriteFrame(os.Stdout, hello)
}

// acts are what sources' names may ask for. What a child answers ends up in
// fields that the tests read: Width is its process, Warnings are texts.
func acts() map[string]func(Request, Task, string) (Answer, error) {
	return map[string]func(Request, Task, string) (Answer, error){
		"refuse": func(r Request, _ Task, _ string) (Answer, error) {
			return Answer{ID: r.ID, Fault: NewFault(refusal())}, nil
		},
		"segv": func(Request, Task, string) (Answer, error) {
			return Answer{ID: uint64(*(*byte)(unsafe.Add(nil, 1<<20)))}, nil
		},
		"kill":  func(Request, Task, string) (Answer, error) { return Answer{}, endBy(syscall.SIGKILL) },
		"abort": func(Request, Task, string) (Answer, error) { return Answer{}, endBy(syscall.SIGABRT) },
		"exit":  func(Request, Task, string) (Answer, error) { os.Exit(7); panic("unreached") },
		"hang":  func(Request, Task, string) (Answer, error) { pause(); panic("unreached") },
		"rubbish": func(Request, Task, string) (Answer, error) {
			fmt.Print("Segmentation fault")
			pause()
			panic("unreached")
		},
		"no json": func(Request, Task, string) (Answer, error) {
			os.Stdout.Write([]byte("\x00\x00\x00\x02{]"))
			pause()
			panic("unreached")
		},
		"half": func(Request, Task, string) (Answer, error) {
			os.Stdout.Write([]byte("\x00\x00\x01\x00{\"ID"))
			os.Exit(0)
			panic("unreached")
		},
		"wrong id": func(r Request, t Task, _ string) (Answer, error) {
			a, err := answerAll(r, t, "")
			a.ID++
			return a, err
		},
		"wrong op": func(r Request, _ Task, _ string) (Answer, error) { return Answer{ID: r.ID, Header: &Header{}}, nil },
		"greedy": func(r Request, _ Task, _ string) (Answer, error) {
			return Answer{ID: r.ID, Needs: 1}, WriteFrame(os.Stdout, Answer{ID: r.ID, Needs: 1})
		},
		"eat":       eat,
		"shout":     shout,
		"gate":      waitAtGate,
		"part":      leavePart,
		"environ":   func(r Request, _ Task, _ string) (Answer, error) { return report(r, os.Environ()...), nil },
		"arguments": func(r Request, _ Task, _ string) (Answer, error) { return report(r, os.Args[1:]...), nil },
		"nice":      func(r Request, _ Task, _ string) (Answer, error) { return report(r, fmt.Sprint(niceOf())), nil },
		"patient":   waitForCancel,
		"needs":     needsMemory,
	}
}

// refusal is an error with all its parts.
func refusal() error {
	return mattebox.Wrap(mattebox.CodeTooLarge, errors.New("libjpeg: too wide"), "picture refused")
}

func report(r Request, warnings ...string) Answer {
	return Answer{ID: r.ID, Report: &Report{Width: os.Getpid(), Warnings: warnings}}
}

// answerAll fills every member that the operation has, some from the task.
func answerAll(r Request, t Task, _ string) (Answer, error) {
	switch r.Op {
	case OpMeasure:
		return Answer{ID: r.ID, Measured: &Measured{
			Photos: []Seen{{Width: 5, Height: 6, Box: image.Rect(1, 2, 3, 4), Confidence: .7}},
			Scale:  t.Scale, Confidence: .7, Models: []string{"isnet"}, Warnings: t.Mattes, Steps: Steps{Net: 2 * time.Second},
		}}, nil
	case OpHeader:
		return Answer{ID: r.ID, Header: &Header{Format: "png", Width: 7, Height: 8, Depth: 16, HasAlpha: true}}, nil
	}
	return Answer{ID: r.ID, Report: &Report{
		Width: os.Getpid(), Height: 2, Box: image.Rect(1, 2, 3, 4), Confidence: .5, Scale: t.Scale,
		MediaType: "image/png", ThumbnailType: "image/jpeg", Bytes: 1 << 40, ThumbnailBytes: 5, Models: []string{"isnet", "u2netp"},
		Warnings: []string{t.Template.Comment, string(t.Quality), t.Out, t.Thumbnail, strings.Join(t.Sources, ",")},
		Steps:    Steps{Decode: 1, Net: 2, Refine: 3, Foreground: 4, Compose: 5, Encode: 6, Total: 21},
	}}, nil
}

func endBy(s syscall.Signal) error {
	_ = syscall.Kill(os.Getpid(), s)
	pause()
	return nil
}

func eat(r Request, _ Task, _ string) (Answer, error) {
	var meals [][]byte
	for {
		meal := make([]byte, 4<<20)
		for i := 0; i < len(meal); i += 4096 {
			meal[i] = 1
		}
		meals = append(meals, meal)
		_ = meals
	}
}

// shout says many lines, some of them long, and dies.
func shout(Request, Task, string) (Answer, error) {
	w := bufio.NewWriter(os.Stderr)
	for i := range 5000 {
		fmt.Fprintf(w, "line %d %s\n", i, strings.Repeat("x", i))
	}
	fmt.Fprint(w, "and the last")
	w.Flush()
	os.Exit(1)
	panic("unreached")
}

// waitAtGate waits until the test opens the named pipe.
func waitAtGate(r Request, _ Task, path string) (Answer, error) {
	f, err := os.Open(path)
	if err != nil {
		return Answer{}, err
	}
	return report(r), f.Close()
}

// waitForCancel answers when the request is cancelled.
func waitForCancel(r Request, _ Task, path string) (Answer, error) {
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		return Answer{}, err
	}
	c, err := readRequest()
	if err != nil {
		return Answer{}, err
	}
	if c.Op != OpCancel || c.ID != r.ID {
		return Answer{}, fmt.Errorf("got %v", c)
	}
	return Answer{ID: r.ID, Fault: NewFault(errors.New("context canceled"))}, nil
}

// needsMemory asks for so many bytes, then waits at the gate where one is named, as
// in "needs:100:/path".
func needsMemory(r Request, _ Task, argument string) (Answer, error) {
	var bytes int64
	gate := ""
	if _, err := fmt.Sscanf(argument, "%d:%s", &bytes, &gate); err != nil && gate != "" {
		return Answer{}, err
	}
	if err := WriteFrame(os.Stdout, Answer{ID: r.ID, Needs: bytes}); err != nil {
		return Answer{}, err
	}
	g, err := readRequest()
	if err != nil {
		return Answer{}, err
	}
	if g.Op == OpCancel {
		return Answer{ID: r.ID, Fault: NewFault(errors.New("context canceled"))}, nil
	}
	if g.Op != OpGrant || g.ID != r.ID {
		return Answer{}, fmt.Errorf("got %v", g)
	}
	if gate != "" {
		return waitAtGate(r, Task{}, gate)
	}
	return report(r), nil
}

// leavePart begins a file and hangs.
func leavePart(_ Request, t Task, _ string) (Answer, error) {
	if err := os.WriteFile(t.Out+PartSuffix, []byte("half"), 0o600); err != nil {
		return Answer{}, err
	}
	pause()
	return Answer{}, nil
}

func niceOf() int {
	n, err := syscall.Getpriority(syscall.PRIO_PROCESS, 0)
	if err != nil {
		return -1
	}
	return 20 - n // the kernel's own form, getpriority(2)
}

// parentMain is a service that has a child and is killed: it prints the child's
// number and waits.
func parentMain() {
	p, err := Open(Config{Command: []string{os.Args[0]}, Env: childEnv(startAs + "=deaf"), Children: 1})
	if err != nil {
		panic(err)
	}
	for range time.Tick(10 * time.Millisecond) {
		if s := p.Stats(); s.Ready == 1 {
			text, _ := json.Marshal(s.Processes)
			fmt.Println(string(text))
			pause()
		}
	}
}

// pause never returns; unlike an empty select it is no deadlock to the runtime.
func pause() {
	for {
		_ = syscall.Pause() // any signal ends it
	}
}

// mkfifo makes a named pipe and returns its path and a function that opens it.
func mkfifo(t *testing.T) (path string, open func()) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "gate")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	return path, func() {
		f, err := os.OpenFile(path, os.O_WRONLY, 0)
		if err != nil {
			t.Error(err)
			return
		}
		f.Close()
	}
}
