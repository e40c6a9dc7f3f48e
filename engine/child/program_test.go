package child_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"mattebox"
	"mattebox/engine/pool"
)

// These tests run the real program, as "go build" makes it, with the networks that
// are installed on this machine.

var folder string // of the program, for the time of the tests

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "mattebox-child-")
	if err != nil {
		panic(err)
	}
	folder = dir
	code := m.Run()
	os.RemoveAll(dir)
	os.Exit(code)
}

// program builds the program, once.
var program = sync.OnceValues(func() (string, error) {
	path := filepath.Join(folder, "mattebox")
	out, err := exec.Command("go", "build", "-o", path, "mattebox/cmd/mattebox").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("building the program: %w: %s", err, out)
	}
	return path, nil
})

// home returns a home with the installed files whose names begin with one of the
// prefixes, or skips the test.
func home(t testing.TB, prefixes ...string) string {
	t.Helper()
	if testing.Short() {
		t.Skip("builds the program")
	}
	installed := os.Getenv("MATTEBOX_HOME")
	if installed == "" {
		data := os.Getenv("XDG_DATA_HOME")
		if data == "" {
			data = filepath.Join(os.Getenv("HOME"), ".local", "share")
		}
		installed = filepath.Join(data, "mattebox")
	}
	dir := t.TempDir()
	models := filepath.Join(dir, "models")
	if err := os.Mkdir(models, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, prefix := range prefixes {
		files, err := filepath.Glob(filepath.Join(installed, "models", prefix+"*"))
		if err != nil || len(files) == 0 {
			t.Skipf("%s is not installed; run: mattebox model install", prefix)
		}
		for _, f := range files {
			if err := os.Symlink(f, filepath.Join(models, filepath.Base(f))); err != nil {
				t.Fatal(err)
			}
		}
	}
	return dir
}

// smallHome has the small network alone, which loads in a blink.
func smallHome(t testing.TB) string { return home(t, "libonnxruntime", "u2netp") }

// open opens a pool of real children.
func open(t testing.TB, home string, c pool.Config, env ...string) *pool.Pool {
	t.Helper()
	path, err := program()
	if err != nil {
		t.Fatal(err)
	}
	c.Command = []string{path, "engine"}
	c.Env = append([]string{"MATTEBOX_HOME=" + home, "MALLOC_ARENA_MAX=2", "PATH=" + os.Getenv("PATH")}, env...)
	p, err := pool.Open(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
		defer cancel()
		if err := p.Close(ctx); err != nil {
			t.Error(err)
		}
	})
	return p
}

// photo is a photograph of the repository.
func photo(t testing.TB) []byte {
	t.Helper()
	data, err := os.ReadFile("../../testdata/photos/coffee.png")
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// picture is a task for a file of the content.
func picture(t testing.TB, name string, content []byte) pool.Task {
	t.Helper()
	dir := t.TempDir()
	source := filepath.Join(dir, name)
	if err := os.WriteFile(source, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return pool.Task{
		Sources: []string{source}, Template: mattebox.DefaultTemplate(), Quality: mattebox.QualityFast,
		Out: filepath.Join(dir, "out.png"),
	}
}

// made makes a picture that is like any other.
func made(t testing.TB, p *pool.Pool) *pool.Report {
	t.Helper()
	r, err := p.Remove(t.Context(), picture(t, "coffee.png", photo(t)))
	if err != nil {
		t.Fatalf("a picture like any other: %v", err)
	}
	return r
}

// A picture of the service is the one that the command line makes, to the byte.
func TestSameAsTheCommandLine(t *testing.T) {
	home := home(t, "libonnxruntime", "u2netp", "isnet")
	p := open(t, home, pool.Config{Children: 1, Threads: 2})
	task := picture(t, "coffee.png", photo(t))
	task.Quality = mattebox.QualityStandard
	r, err := p.Remove(t.Context(), task)
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(task.Out)
	if err != nil {
		t.Fatal(err)
	}
	if r.Width != 600 || r.Height != 400 || r.Confidence < .8 || r.Box.Empty() || r.Bytes != int64(len(got)) || len(r.Models) != 2 || len(r.Warnings) != 0 || r.Steps.Net <= 0 {
		t.Errorf("report %+v", r)
	}
	path, _ := program() // as built for the pool
	cmd := exec.Command(path, "--home", home, "remove", "-", "--quiet")
	cmd.Stdin = bytes.NewReader(photo(t))
	want, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("the pictures differ: %d and %d bytes", len(got), len(want))
	}
}

// With the small network alone, the service works, and says so with each picture.
func TestSmallNetworkAlone(t *testing.T) {
	p := open(t, smallHome(t), pool.Config{Children: 1})
	task := picture(t, "coffee.png", photo(t))
	task.Quality = mattebox.QualityBest
	r, err := p.Remove(t.Context(), task)
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Models) != 1 || r.Models[0] != "u2netp" || len(r.Warnings) != 1 {
		t.Errorf("report %+v", r)
	}
}

func TestNothingInstalled(t *testing.T) {
	p := open(t, home(t), pool.Config{Children: 1})
	err := p.Ready(t.Context())
	if mattebox.CodeOf(err) != mattebox.CodeUnavailable || !bytes.Contains([]byte(err.Error()), []byte("mattebox model install")) {
		t.Errorf("error %v", err)
	}
}

// Every way to break a child costs one picture.
func TestFaultsCostOnePicture(t *testing.T) {
	limits := pool.Limits{Picture: 8 * time.Second, Resident: 512 << 20}
	p := open(t, smallHome(t), pool.Config{Children: 2, Limits: limits}, "MATTEBOX_ENGINE_FAULT=1")
	for marker, want := range map[string]pool.CrashError{
		"segv":    {Cause: pool.CauseCrashed, Signal: "SIGSEGV", Exit: 2},
		"abort":   {Cause: pool.CauseCrashed, Signal: "SIGABRT", Exit: 2},
		"panic":   {Cause: pool.CauseCrashed, Exit: 2},
		"kill":    {Cause: pool.CauseCrashed, Signal: "SIGKILL", Exit: -1},
		"exit":    {Cause: pool.CauseCrashed, Exit: 7},
		"hang":    {Cause: pool.CauseHung, Hung: true, Exit: -1},
		"rubbish": {Cause: pool.CauseGarbled, Exit: -1},
		"eat":     {Cause: pool.CauseMemory, Exit: -1},
	} {
		// Once by the name of the file, else by what is behind the picture in it.
		task := picture(t, "coffee.png", append(photo(t), "mattebox-fault-"+marker...))
		if marker == "segv" {
			task = picture(t, "mattebox-fault-segv.png", photo(t))
		}
		_, err := p.Remove(t.Context(), task)
		var crash *pool.CrashError
		if !errors.As(err, &crash) {
			t.Errorf("%s: %v", marker, err)
			continue
		}
		if !bytes.Contains([]byte(crash.Stderr), []byte("fault asked for: "+marker)) {
			t.Errorf("%s: last words %q", marker, crash.Stderr)
		}
		if want.PID, want.Stderr = crash.PID, crash.Stderr; *crash != want {
			t.Errorf("%s: %+v", marker, crash)
		}
		made(t, p)
	}
	if s := p.Stats(); s.Crashes != 8 || s.Pictures != 8 {
		t.Errorf("stats %+v", s)
	}
}

// A late fault lets the header be read, so that a picture gets through its download.
func TestLateFaults(t *testing.T) {
	p := open(t, smallHome(t), pool.Config{Children: 1}, "MATTEBOX_ENGINE_FAULT=1")
	task := picture(t, "coffee.png", append(photo(t), "mattebox-fault-late-kill"...))
	if h, err := p.Header(t.Context(), task.Sources[0]); err != nil || h.Width != 600 || h.Format != "png" {
		t.Errorf("header %+v, error %v", h, err)
	}
	var crash *pool.CrashError
	if _, err := p.Remove(t.Context(), task); !errors.As(err, &crash) || crash.Signal != "SIGKILL" {
		t.Errorf("error %v", err)
	}
}

// A service manager signals every process; only the service acts on it. The end of
// stdin is the child's sign to go.
func TestSignalsAreTheServices(t *testing.T) {
	home := smallHome(t)
	path, err := program()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(path, "--home", home, "engine")
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := pool.ReadFrame(stdout); err != nil {
		t.Fatal(err)
	}
	for _, s := range signals() {
		if err := cmd.Process.Signal(s); err != nil {
			t.Fatal(err)
		}
	}
	if err := pool.WriteFrame(stdin, pool.Request{ID: 1, Op: pool.OpHeader}); err != nil {
		t.Fatal(err)
	}
	if _, err := pool.ReadFrame(stdout); err != nil {
		t.Errorf("after the signals: %v", err)
	}
	stdin.Close()
	if err := cmd.Wait(); err != nil || stderr.Len() > 0 {
		t.Errorf("the end: %v, stderr %q", err, stderr.String())
	}
}
