package video

import (
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"mattebox"
)

// reapTime is how long a killed program may take to end before its pipes are cut.
const reapTime = time.Second

// process is a running ffmpeg or ffprobe.
type process struct {
	cmd    *exec.Cmd
	words  *tail
	done   chan struct{} // closed when it has been reaped
	cancel context.CancelFunc
	err    error // of Wait, once done is closed
}

// pipes are the ends that a program reads and writes. Nil ones are closed to it;
// files are its descriptors from 3 on. The process takes them over.
type pipes struct {
	stdin, stdout *os.File
	files         []*os.File
}

// start runs the program until it ends, the context does, or stop is called. The
// program leads a process group of its own. The kernel kills it when the thread ends
// that started it (prctl(2), PR_SET_PDEATHSIG), so that thread is kept for as long as
// it lives.
func start(ctx context.Context, name string, args []string, p pipes) (*process, error) {
	defer p.close()
	path, err := exec.LookPath(name)
	if err != nil {
		return nil, mattebox.Wrap(mattebox.CodeUnavailable, err, "%s is not installed; install ffmpeg (Debian: apt-get install ffmpeg)", name)
	}
	ctx, cancel := context.WithCancel(ctx)
	r := &process{words: &tail{}, done: make(chan struct{}), cancel: cancel}
	r.cmd = exec.CommandContext(ctx, path, args...)
	r.cmd.Env = append(r.cmd.Environ(), "AV_LOG_FORCE_NOCOLOR=1", "LC_ALL=C")
	r.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	r.cmd.Cancel = func() error { return unix.Kill(-r.cmd.Process.Pid, unix.SIGKILL) }
	r.cmd.WaitDelay = reapTime
	r.cmd.Stderr = r.words
	r.cmd.ExtraFiles = p.files
	// A nil *os.File in an interface is not a nil interface.
	if p.stdin != nil {
		r.cmd.Stdin = p.stdin
	}
	if p.stdout != nil {
		r.cmd.Stdout = p.stdout
	}
	started := make(chan error)
	go r.run(started)
	if err := <-started; err != nil {
		cancel()
		return nil, mattebox.Wrap(mattebox.CodeUnavailable, err, "%s cannot be started", name)
	}
	return r, nil
}

// run starts the program and reaps it. A goroutine that ends while locked takes its
// thread along.
func (r *process) run(started chan<- error) {
	runtime.LockOSThread()
	err := r.cmd.Start()
	started <- err
	if err != nil {
		return
	}
	r.err = r.cmd.Wait()
	close(r.done)
}

// wait returns once the program has ended, with what it ended with.
func (r *process) wait() error {
	<-r.done
	r.cancel()
	return r.err
}

// stop kills the program if it still runs.
func (r *process) stop() {
	r.cancel()
	<-r.done
}

func (p pipes) close() {
	for _, f := range append([]*os.File{p.stdin, p.stdout}, p.files...) {
		if f != nil {
			f.Close()
		}
	}
}

// pipeSize is what frames are passed through: a larger pipe than the kernel's 64 KiB
// spares changes between the processes.
const pipeSize = 1 << 20

// widePipe returns a pipe of that size where the kernel allows it.
func widePipe() (r, w *os.File, err error) {
	r, w, err = os.Pipe()
	if err == nil {
		// A user may have too many pipes for a large one; the small one works, too.
		_, _ = unix.FcntlInt(w.Fd(), unix.F_SETPIPE_SZ, pipeSize)
	}
	return r, w, err
}

// lookEvery is how often it is looked whether a program gets on.
const lookEvery = 200 * time.Millisecond

// run runs ffmpeg until it ends. Each line it prints on stdout goes to line, and moves
// is called every now and then while it reads on: that a hanging one does not do, though
// it may live and print. Both are called from this goroutine.
func run(ctx context.Context, args []string, line func(string), moves func()) error {
	p, ours, err := startReading(ctx, "ffmpeg", args)
	if err != nil {
		return err
	}
	defer ours.Close()
	lines, read := make(chan string), make(chan error, 1)
	go func() {
		defer close(lines)
		read <- eachLine(ours, func(text string) error { lines <- text; return nil })
	}()
	look := time.NewTicker(lookEvery)
	defer look.Stop()
	before := int64(0)
	for texts, done := lines, p.done; texts != nil || done != nil; {
		select {
		case text, more := <-texts:
			if !more {
				texts = nil
			} else {
				line(text)
			}
		case <-done:
			done = nil
		case <-look.C:
			if n := p.consumed(); n > before {
				before = n
				moves()
			}
		}
	}
	return fault(ctx, errors.Join(p.wait(), <-read), p.words)
}

// consumed returns how many bytes the program has read so far (proc(5), rchar of
// /proc/pid/io); 0 when it is gone, or the kernel does not say.
func (r *process) consumed() int64 {
	text, err := os.ReadFile("/proc/" + strconv.Itoa(r.cmd.Process.Pid) + "/io")
	if err != nil {
		return 0
	}
	count, _, _ := strings.Cut(strings.TrimPrefix(string(text), "rchar: "), "\n")
	n, _ := strconv.ParseInt(count, 10, 64)
	return n
}

// startReading starts a program whose stdout we read.
func startReading(ctx context.Context, name string, args []string) (*process, *os.File, error) {
	ours, theirs, err := os.Pipe()
	if err != nil {
		return nil, nil, err
	}
	p, err := start(ctx, name, args, pipes{stdout: theirs})
	if err != nil {
		ours.Close()
		return nil, nil, err
	}
	return p, ours, nil
}

// capture runs a program and returns what it printed, as far as most bytes.
func capture(ctx context.Context, name string, args []string, most int64) ([]byte, error) {
	p, ours, err := startReading(ctx, name, args)
	if err != nil {
		return nil, err
	}
	defer ours.Close()
	out, err := io.ReadAll(io.LimitReader(ours, most+1))
	if err == nil && int64(len(out)) > most {
		p.stop()
		return nil, mattebox.Errorf(mattebox.CodeInvalid, "the clip's description has no end; it is damaged")
	}
	return out, fault(ctx, errors.Join(p.wait(), err), p.words)
}
