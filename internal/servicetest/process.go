package servicetest

import (
	"bytes"
	"os"
	"os/exec"
	"runtime"
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
