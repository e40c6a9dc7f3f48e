package pool

import (
	"bufio"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// What makes the children give way to the service itself: answering requests goes
// before making pictures, and the kernel, short of memory, shall take a child.
const (
	niceness = 5   // setpriority(2)
	oomScore = 500 // proc(5), oom_score_adj
)

// reapTime is how long a killed process may take to end before it is left behind:
// one that waits for a disk cannot be killed.
const reapTime = 5 * time.Second

// frame is a message from the child, or the end of its stream.
type frame struct {
	text json.RawMessage
	err  error
}

// process is a running child.
type process struct {
	cmd    *exec.Cmd
	pid    int
	stdin  *os.File
	frames chan frame
	words  *words
	logger *slog.Logger
	gone   chan struct{} // closed when the process has been reaped
	leave  func()        // ends the reading of messages, which nobody wants any more; may be called again
	left   chan struct{} // closed by leave

	returned chan Cause // what a borrower says of the child: why it must go, or nothing
	requests uint64     // sent, which is the last one's ID
	answers  int
	pictures int
}

// start runs the command and returns at once; the child has said nothing yet.
func start(command, env []string, logger *slog.Logger) (*process, error) {
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Env = append([]string{}, env...) // nil would inherit the service's own
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	ours, err := connect(cmd)
	if err != nil {
		return nil, err
	}
	p := &process{
		cmd: cmd, stdin: ours.stdin, frames: make(chan frame),
		gone: make(chan struct{}), left: make(chan struct{}), returned: make(chan Cause, 1),
	}
	p.leave = sync.OnceFunc(func() { close(p.left) })
	started := make(chan error)
	go p.run(started)
	err = <-started
	ours.closeTheirs(cmd)
	if err != nil {
		ours.close()
		return nil, err
	}
	p.pid = cmd.Process.Pid
	p.logger = logger.With("pid", p.pid)
	p.words = &words{logger: p.logger, ended: make(chan struct{})}
	// Best effort: some containers do not let a process change it.
	_ = os.WriteFile(fmt.Sprintf("/proc/%d/oom_score_adj", p.pid), strconv.AppendInt(nil, oomScore, 10), 0)
	go func() {
		p.words.listen(ours.stderr)
		ours.stderr.Close()
	}()
	go func() {
		p.receive(ours.stdout)
		ours.stdout.Close()
	}()
	return p, nil
}

// run starts the process and reaps it. The kernel sends the death signal when the
// thread ends that started the process (prctl(2), PR_SET_PDEATHSIG), so that thread
// is kept for as long as the process lives. The process inherits the thread's
// priority; a goroutine that ends while locked takes its thread along.
func (p *process) run(started chan<- error) {
	runtime.LockOSThread()
	_ = unix.Setpriority(unix.PRIO_PROCESS, 0, niceness) // raising it is always allowed
	err := p.cmd.Start()
	started <- err
	if err != nil {
		return
	}
	_ = p.cmd.Wait() // the state is in p.cmd
	close(p.gone)
}

// receive hands the child's messages on until the stream ends, or nobody wants
// them. What a process said before it ended counts, so its end is no reason.
func (p *process) receive(stdout *os.File) {
	r := bufio.NewReader(stdout)
	for {
		text, err := ReadFrame(r)
		select {
		case p.frames <- frame{text, err}:
		case <-p.left:
			return
		}
		if err != nil {
			return
		}
	}
}

// send writes a request; one that the child does not take within the time fails.
func (p *process) send(r Request, within time.Duration) error {
	if err := p.stdin.SetWriteDeadline(time.Now().Add(within)); err != nil {
		return err
	}
	return WriteFrame(p.stdin, r)
}

// unread reports whether any of what was sent still lies in the pipe: a child that
// ended then did not begin with the request. (TIOCINQ is FIONREAD, ioctl_pipe(2).)
func (p *process) unread() bool {
	conn, err := p.stdin.SyscallConn()
	if err != nil {
		return false
	}
	n := 0
	controlled := conn.Control(func(fd uintptr) { n, err = unix.IoctlGetInt(int(fd), unix.TIOCINQ) })
	return controlled == nil && err == nil && n > 0
}

// stop ends the child: by closing its stdin, and by force when that is not heard
// within the time.
func (p *process) stop(within time.Duration) {
	p.leave()
	p.stdin.Close()
	select {
	case <-p.gone:
	case <-time.After(within):
		p.kill()
	}
}

// kill ends the child's process group and waits until it is gone and all that it
// said has been read.
func (p *process) kill() {
	select {
	case <-p.gone: // the number may be another's by now
	default:
		_ = unix.Kill(-p.pid, unix.SIGKILL) // fails only when there is nobody left
	}
	p.leave()
	p.stdin.Close()
	patience := time.NewTimer(reapTime)
	defer patience.Stop()
	for _, done := range []chan struct{}{p.gone, p.words.ended} {
		select {
		case <-done:
		case <-patience.C:
			p.logger.Error("engine child does not end")
			return
		}
	}
}

// crash describes the end of a child that was killed or died.
func (p *process) crash(cause Cause) *CrashError {
	e := &CrashError{Cause: cause, Hung: cause == CauseHung, PID: p.pid, Exit: -1, Stderr: p.words.last()}
	if cause != CauseCrashed {
		return e // how it ended is chance: by our hand, or by itself before that
	}
	select {
	case <-p.gone:
		e.Exit = p.cmd.ProcessState.ExitCode()
		e.Signal = signalOf(p.cmd.ProcessState, e.Stderr)
	default:
	}
	return e
}
