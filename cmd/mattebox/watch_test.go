package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
)

// watching is the real program that watches a folder.
type watching struct {
	cmd    *exec.Cmd
	lines  *bufio.Scanner
	stderr bytes.Buffer
}

func startWatching(t *testing.T, dir string, args ...string) *watching {
	t.Helper()
	w := &watching{cmd: program(t, append([]string{"remove", "--watch", "--json", "--quality", "fast", "--settle", "50ms"}, args...)...)}
	w.cmd.Dir, w.cmd.Stderr = dir, &w.stderr
	stdout, err := w.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := w.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	w.lines = bufio.NewScanner(stdout)
	return w
}

// next waits for the next report.
func (w *watching) next(t *testing.T) pictureReport {
	t.Helper()
	var r pictureReport
	if !w.lines.Scan() {
		err := w.cmd.Wait()
		t.Fatalf("it ended: %v\n%s", err, w.stderr.String())
	}
	if err := json.Unmarshal(w.lines.Bytes(), &r); err != nil {
		t.Fatal(err)
	}
	return r
}

// want waits for so many reports, in any order, and compares their files, all
// done.
func (w *watching) want(t *testing.T, files ...string) {
	t.Helper()
	var got []string
	for range files {
		r := w.next(t)
		if r.Error != "" || r.Skipped {
			t.Errorf("report %+v", r)
		}
		got = append(got, r.File)
	}
	slices.Sort(got)
	if !slices.Equal(got, files) {
		t.Errorf("done are %q, want %q", got, files)
	}
}

// stop sends the signal and wants the code that a shell reports for SIGINT.
func (w *watching) stop(t *testing.T, signal os.Signal) {
	t.Helper()
	if err := w.cmd.Process.Signal(signal); err != nil {
		t.Fatal(err)
	}
	for w.lines.Scan() {
		t.Errorf("told after the end: %s", w.lines.Text())
	}
	var ended *exec.ExitError
	if err := w.cmd.Wait(); !errors.As(err, &ended) || ended.ExitCode() != exitInterrupted {
		t.Errorf("ended with %v, want code %d\n%s", err, exitInterrupted, w.stderr.String())
	}
}

func put(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestWatch(t *testing.T) {
	withNetwork(t, "u2netp")
	data := photo(t)
	dir := makeTree(t, map[string][]byte{
		"in/old.png": data, "in/sub/older.png": data, "in/treated.png": data, "in/out/treated.png": []byte("result"),
	})
	w := startWatching(t, dir, "in", "-o", "in/out")
	w.want(t, "in/old.png", "in/sub/older.png")

	put(t, filepath.Join(dir, "in/new.png"), data)
	w.want(t, "in/new.png")
	put(t, filepath.Join(dir, "in/made/deep/below.png"), data)
	w.want(t, "in/made/deep/below.png")

	// A folder that was moved is watched under its new name.
	if err := os.Rename(filepath.Join(dir, "in/made"), filepath.Join(dir, "in/moved")); err != nil {
		t.Fatal(err)
	}
	w.want(t, "in/moved/deep/below.png")
	put(t, filepath.Join(dir, "in/moved/deep/late.png"), data)
	w.want(t, "in/moved/deep/late.png")

	// Neither what is hidden nor what is no picture is told of.
	put(t, filepath.Join(dir, "in/.hidden.png"), data)
	put(t, filepath.Join(dir, "in/notes.txt"), []byte("text"))
	put(t, filepath.Join(dir, "in/bad.jpg"), []byte("no picture"))
	if r := w.next(t); r.File != "in/bad.jpg" || r.Code != "invalid" {
		t.Errorf("report %+v", r)
	}
	w.stop(t, os.Interrupt)
	want := []string{"made/deep/below.png", "moved/deep/below.png", "moved/deep/late.png", "new.png", "old.png", "sub/older.png", "treated.png"}
	if got := filesBelow(t, filepath.Join(dir, "in/out")); !slices.Equal(got, want) {
		t.Errorf("results %q, want %q", got, want)
	}
	wantFile(t, filepath.Join(dir, "in/out/treated.png"), "result")
}

// A picture whose writer pauses is taken when it is complete, not before.
func TestWatchWaitsForTheWriter(t *testing.T) {
	withNetwork(t, "u2netp")
	if probe, err := os.Create(filepath.Join(t.TempDir(), "probe")); err != nil || !isBusy(probe.Name()) {
		t.Skip("this file system has no leases")
	}
	data := photo(t)
	dir := makeTree(t, map[string][]byte{"in": nil})
	slow, err := os.Create(filepath.Join(dir, "in/slow.png"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := slow.Write(data[:len(data)/2]); err != nil {
		t.Fatal(err)
	}
	w := startWatching(t, dir, "in", "-o", "out")
	// Later pictures come and go while it is being written.
	for _, name := range []string{"one", "two"} {
		put(t, filepath.Join(dir, "in", name+".png"), data)
		w.want(t, filepath.Join("in", name+".png"))
	}
	if _, err := slow.Write(data[len(data)/2:]); err != nil {
		t.Fatal(err)
	}
	if err := slow.Close(); err != nil {
		t.Fatal(err)
	}
	w.want(t, "in/slow.png")
	w.stop(t, syscall.SIGTERM)
}

// Results beside their sources must not be taken for pictures, now or when
// watching begins again.
func TestWatchDoesNotFeedItself(t *testing.T) {
	withNetwork(t, "u2netp")
	data := photo(t)
	dir := makeTree(t, map[string][]byte{"a.png": data})
	for _, name := range []string{"b", "c"} {
		w := startWatching(t, dir, ".")
		if name == "b" {
			w.want(t, "a.png")
		}
		put(t, filepath.Join(dir, name+".png"), data)
		w.want(t, name+".png")
		// Nothing comes before what is made last.
		last := filepath.Join(dir, "last.jpg")
		put(t, last, []byte("no picture"))
		if r := w.next(t); r.File != "last.jpg" {
			t.Errorf("report %+v", r)
		}
		w.stop(t, os.Interrupt)
		if err := os.Remove(last); err != nil {
			t.Fatal(err)
		}
	}
}

func TestWatchEndsWithItsFolder(t *testing.T) {
	withNetwork(t, "u2netp")
	dir := makeTree(t, map[string][]byte{"in/a.png": photo(t)})
	w := startWatching(t, dir, "in", "-o", "out")
	w.want(t, "in/a.png")
	if err := os.RemoveAll(filepath.Join(dir, "in")); err != nil {
		t.Fatal(err)
	}
	for w.lines.Scan() {
		t.Errorf("told %s", w.lines.Text())
	}
	var ended *exec.ExitError
	if err := w.cmd.Wait(); !errors.As(err, &ended) || ended.ExitCode() != exitFailed || !bytes.Contains(w.stderr.Bytes(), []byte("in is gone")) {
		t.Errorf("%v: %s", err, w.stderr.String())
	}
}

// A second signal is not needed, and a result that was being made is not seen.
func TestSignalWhileCuttingOut(t *testing.T) {
	withNetwork(t, "u2netp")
	dir := makeTree(t, map[string][]byte{"in": nil})
	for i := range 20 {
		put(t, filepath.Join(dir, "in", string(rune('a'+i))+".png"), photo(t))
	}
	cmd := program(t, "remove", "in", "-o", "out", "--json", "--quality", "fast")
	cmd.Dir = dir
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(stdout)
	if !lines.Scan() {
		t.Fatal("no report")
	}
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	told := 1
	for lines.Scan() {
		told++
	}
	var ended *exec.ExitError
	if err := cmd.Wait(); !errors.As(err, &ended) || ended.ExitCode() != exitInterrupted {
		t.Errorf("ended with %v", err)
	}
	if got := filesBelow(t, filepath.Join(dir, "out")); len(got) != told || told > 15 {
		t.Errorf("%d results, %d told of: %q", len(got), told, got)
	}
}
