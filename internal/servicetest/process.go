package servicetest

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
)

// start starts the command and returns a channel that is closed when it has ended
// and Wait's error is in *err. One thread does both and lives as long as the
// command: Pdeathsig is sent when the starting thread ends, and Go ends idle ones.
func start(cmd *exec.Cmd, err *error) (<-chan struct{}, error) {
	started, ended := make(chan error), make(chan struct{})
	go func() {
		runtime.LockOSThread()
		failed := cmd.Start()
		started <- failed
		if failed == nil {
			*err = cmd.Wait()
		}
		close(ended)
	}()
	return ended, <-started
}

// Field returns a number of /proc/PID/status in the unit that it is given in; 0
// when the process has gone.
func Field(pid int, name string) int64 {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(status)) {
		if rest, ok := strings.CutPrefix(line, name+":"); ok {
			n, _ := strconv.ParseInt(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(rest), "kB")), 10, 64)
			return n
		}
	}
	return 0
}

// Lives reports whether the process is there and no zombie: where nothing reaps
// orphans, ended processes keep their entry in /proc.
func Lives(pid int) bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return false
	}
	_, state, _ := strings.Cut(string(stat), ") ")
	return !strings.HasPrefix(state, "Z") && !strings.HasPrefix(state, "X")
}

// Children returns the processes that the process has started and that live.
func Children(pid int) []int {
	processes, _ := filepath.Glob("/proc/[0-9]*") // the pattern is well-formed
	var children []int
	for _, path := range processes {
		child, err := strconv.Atoi(filepath.Base(path))
		if err == nil && Field(child, "PPid") == int64(pid) {
			children = append(children, child)
		}
	}
	return children
}

// Process is a process and what its program is called.
type Process struct {
	Pid  int
	Name string
}

// Descendants returns the processes that the process, or one of those, has started
// and that live.
func Descendants(pid int) []Process {
	var all []Process
	for _, child := range Children(pid) {
		name, _ := os.ReadFile(fmt.Sprintf("/proc/%d/comm", child)) // empty when it has just gone
		all = append(append(all, Process{child, strings.TrimSpace(string(name))}), Descendants(child)...)
	}
	return all
}

// Holding returns the processes that live and whose command line holds the text.
func Holding(text string) []Process {
	processes, _ := filepath.Glob("/proc/[0-9]*") // the pattern is well-formed
	var all []Process
	for _, path := range processes {
		line, _ := os.ReadFile(filepath.Join(path, "cmdline")) // as above
		pid, err := strconv.Atoi(filepath.Base(path))
		if err == nil && bytes.Contains(line, []byte(text)) && Lives(pid) {
			program, _, _ := bytes.Cut(line, []byte{0})
			all = append(all, Process{pid, filepath.Base(string(program))})
		}
	}
	return all
}

// syncBuffer is a buffer that a process fills while a test reads it.
type syncBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *syncBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

// Bytes returns a copy of what was written so far.
func (b *syncBuffer) Bytes() []byte {
	b.mu.Lock()
	defer b.mu.Unlock()
	return bytes.Clone(b.buf.Bytes())
}

// tail returns the end of a file, for messages.
func tail(path string) []byte {
	const most = 4000
	file, err := os.ReadFile(path)
	if err != nil {
		return nil
	}
	return file[max(0, len(file)-most):]
}
