package pgtest

import (
	"fmt"
	"io"
	"os/exec"
	"syscall"
)

// watching is what the watching process does. Its standard input is a pipe whose
// other end only the test process holds, so it ends with that process even when
// that is killed.
const watching = `
cat >/dev/null
pid=$(head -n 1 "$1/data/postmaster.pid" 2>/dev/null)
if [ -n "$pid" ]; then
	kill -QUIT "$pid" 2>/dev/null
	for i in $(seq 100); do
		kill -0 "$pid" 2>/dev/null || break
		sleep 0.05
	done
fi
rm -rf "$1"
`

// watch is the process that ends a server and removes its folder.
type watch struct {
	cmd  *exec.Cmd
	hold io.Closer
}

func startWatch(dir string) (*watch, error) {
	cmd := exec.Command("sh", "-c", watching, "sh", dir)
	// A session of its own: the signals of a terminal and of "go test" are for
	// the test process.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	hold, err := cmd.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("watching over PostgreSQL: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("watching over PostgreSQL: %w", err)
	}
	return &watch{cmd: cmd, hold: hold}, nil
}

// end lets the watching process do its work, and waits for it.
func (w *watch) end() error {
	if err := w.hold.Close(); err != nil {
		return fmt.Errorf("ending PostgreSQL: %w", err)
	}
	return w.cmd.Wait()
}
