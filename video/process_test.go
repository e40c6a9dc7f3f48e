package video

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"mattebox"
)

// endless starts an ffmpeg that works until it is ended.
func endless(t *testing.T, ctx context.Context) *process {
	t.Helper()
	if _, err := exec.LookPath("ffmpeg"); err != nil {
		t.Skip("ffmpeg is not installed")
	}
	p, err := start(ctx, "ffmpeg", []string{"-v", "error", "-nostdin", "-f", "lavfi", "-i", "testsrc2=size=64x48", "-f", "null", "-"}, pipes{})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestCancelEndsTheProgram(t *testing.T) {
	ctx, cancel := context.WithCancelCause(context.Background())
	p := endless(t, ctx)
	why := errors.New("the job was cancelled")
	began := time.Now()
	cancel(why)
	err := fault(ctx, p.wait(), p.words)
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("ending took %s", took)
	}
	if !errors.Is(err, why) {
		t.Errorf("got %v", err)
	}
	if group := groupOf(p.cmd.Process.Pid); group != 0 {
		t.Errorf("process group %d is still there", group)
	}
}

// groupOf returns the process's group, 0 when the process is gone.
func groupOf(pid int) int {
	text, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return 0
	}
	fields := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
	group, _ := strconv.Atoi(fields[2])
	return group
}

func TestProgramLeadsItsGroup(t *testing.T) {
	p := endless(t, context.Background())
	defer p.stop()
	if pid := p.cmd.Process.Pid; groupOf(pid) != pid {
		t.Errorf("process %d is in group %d", pid, groupOf(pid))
	}
}

// TestNoOrphan kills a program that uses this package, as kill -9 would, and looks
// for its ffmpeg.
func TestNoOrphan(t *testing.T) {
	if os.Getenv("MATTEBOX_TEST_PARENT") != "" {
		p := endless(t, context.Background())
		os.Stdout.WriteString("pid " + strconv.Itoa(p.cmd.Process.Pid) + "\n")
		p.wait()
		return
	}
	parent := exec.Command(os.Args[0], "-test.run=^TestNoOrphan$")
	parent.Env = append(os.Environ(), "MATTEBOX_TEST_PARENT=1")
	out, err := parent.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := parent.Start(); err != nil {
		t.Fatal(err)
	}
	pid := 0
	_ = eachLine(out, func(line string) error {
		if text, ok := strings.CutPrefix(line, "pid "); ok {
			pid, _ = strconv.Atoi(text)
			return parent.Process.Kill()
		}
		return nil
	})
	_ = parent.Wait() // killed
	if pid == 0 {
		t.Skip("no ffmpeg was started")
	}
	look, late := time.NewTicker(10*time.Millisecond), time.After(2*time.Second)
	defer look.Stop()
	for running(pid) {
		select {
		case <-look.C:
		case <-late:
			t.Fatalf("ffmpeg %d outlives its parent", pid)
		}
	}
}

// running reports whether the process is there and no zombie that waits for its new
// parent.
func running(pid int) bool {
	text, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	return err == nil && !strings.Contains(string(text), ") Z ")
}

func TestCancelledReaderAndWriter(t *testing.T) {
	path := sample(t)
	info := mustProbe(t, path)
	ctx, cancel := context.WithCancel(context.Background())
	r, err := NewReader(ctx, path, info, ReadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	out := filepath.Join(t.TempDir(), "segment")
	w, err := NewWriter(ctx, out, WriterOptions{Format: WebM, Width: info.Width, Height: info.Height, Rate: info.Rate})
	if err != nil {
		t.Fatal(err)
	}
	f, err := r.Next()
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Write(f); err != nil {
		t.Fatal(err)
	}
	cancel()
	for err = nil; err == nil; {
		_, err = r.Next()
	}
	if !errors.Is(err, context.Canceled) {
		t.Errorf("the reader says %v", err)
	}
	if _, err := w.Close(time.Second); !errors.Is(err, context.Canceled) {
		t.Errorf("the writer says %v", err)
	}
	if left, _ := filepath.Glob(out + "*"); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestFaults(t *testing.T) {
	ctx := context.Background()
	for said, want := range map[string]mattebox.Code{
		"av_interleaved_write_frame(): No space left on device": mattebox.CodeUnavailable,
		"x.mp4: Invalid data found when processing input":       mattebox.CodeInvalid,
		"moov atom not found":                                   mattebox.CodeInvalid,
		"Unknown encoder 'libx264'":                             mattebox.CodeUnavailable,
		"something else":                                        mattebox.CodeInternal,
	} {
		words := &tail{}
		words.Write([]byte(said))
		err := fault(ctx, errors.New("exit status 1"), words)
		if mattebox.CodeOf(err) != want || !strings.Contains(err.Error(), said) {
			t.Errorf("%q becomes %v", said, err)
		}
	}
	if fault(ctx, nil, &tail{}) != nil {
		t.Error("no error is a fault")
	}
}

func TestTailKeepsTheEnd(t *testing.T) {
	words := &tail{}
	words.Write([]byte(strings.Repeat("x", 3*tailSize)))
	words.Write([]byte("the end"))
	if text := words.String(); len(text) > tailSize || !strings.HasSuffix(text, "xthe end") {
		t.Errorf("%d bytes kept, ending in %q", len(text), text[len(text)-10:])
	}
}

func TestMissingProgram(t *testing.T) {
	if _, err := start(t.Context(), "ffmpeg-that-is-not-there", nil, pipes{}); mattebox.CodeOf(err) != mattebox.CodeUnavailable {
		t.Errorf("got %v", err)
	}
}
