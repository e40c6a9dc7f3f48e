package contender

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"syscall"
	"time"
)

// Picture is a contender's report on one picture.
type Picture struct {
	File         string             `json:"file"`
	Output       string             `json:"output"`
	Width        int                `json:"width,omitempty"`
	Height       int                `json:"height,omitempty"`
	Box          []int              `json:"box,omitempty"`        // x0, y0, x1, y1 of the subject
	Confidence   *float64           `json:"confidence,omitempty"` // 0..1; nil when the contender has none
	Milliseconds map[string]float64 `json:"milliseconds,omitempty"`
	Model        string             `json:"model,omitempty"`
	Warnings     []string           `json:"warnings,omitempty"`
	Error        string             `json:"error,omitempty"`
}

// Result is one run of a contender over a folder.
type Result struct {
	Pictures []Picture     `json:"pictures"`
	Wall     time.Duration `json:"wall"`
	Peak     int64         `json:"peak"` // bytes resident at most, the process or any child it waited for
	Memory   []int64       `json:"memory,omitempty"`
}

// maxErrorText is how much of a program's standard error an error quotes.
const maxErrorText = 2000

// Run runs the contender over the source folder into the target folder, which it
// empties first. When sample is not zero, Memory holds the resident bytes of the
// process at that interval (Linux only).
//
// It fails when the program cannot run or says nothing; a program that exits with
// an error after it has reported on its pictures has done so because of one of
// them, and their reports say which.
//
// Peak comes from wait4. The kernel lets it begin at what the parent held when it
// started the child, so a parent that measures memory must itself be small.
func (c Contender) Run(ctx context.Context, source, target string, sample time.Duration) (Result, error) {
	if err := os.RemoveAll(target); err != nil {
		return Result{}, fmt.Errorf("emptying the target: %w", err)
	}
	if err := os.MkdirAll(target, 0o755); err != nil {
		return Result{}, fmt.Errorf("making the target: %w", err)
	}
	argv := c.Command(source, target)
	command := exec.CommandContext(ctx, argv[0], argv[1:]...)
	var faults tail
	command.Stderr = &faults
	output, err := command.StdoutPipe()
	if err != nil {
		return Result{}, fmt.Errorf("%s: %w", c.Name, err)
	}
	start := time.Now()
	if err := command.Start(); err != nil {
		return Result{}, fmt.Errorf("%s: %w", c.Name, err)
	}
	stop := watch(command.Process.Pid, sample)
	pictures, readErr := readReports(output)
	waitErr := command.Wait()
	result := Result{Pictures: pictures, Wall: time.Since(start), Memory: stop()}
	if usage, ok := command.ProcessState.SysUsage().(*syscall.Rusage); ok {
		result.Peak = usage.Maxrss * 1024
	}
	if ctx.Err() != nil {
		return Result{}, fmt.Errorf("%s: %w", c.Name, ctx.Err())
	}
	if len(pictures) == 0 || readErr != nil {
		return Result{}, fmt.Errorf("%s told nothing: %w\n%s", c.Name, errors.Join(readErr, waitErr), faults.text)
	}
	return result, nil
}

// readReports reads the lines that are JSON objects and skips all others.
func readReports(r io.Reader) ([]Picture, error) {
	var pictures []Picture
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		line := bytes.TrimSpace(lines.Bytes())
		if len(line) == 0 || line[0] != '{' {
			continue
		}
		var p Picture
		if err := json.Unmarshal(line, &p); err != nil {
			return pictures, fmt.Errorf("reading the report %.200q: %w", line, err)
		}
		if p.File != "" {
			pictures = append(pictures, p)
		}
	}
	if err := lines.Err(); err != nil {
		return pictures, fmt.Errorf("reading the reports: %w", err)
	}
	return pictures, nil
}

// tail keeps the end of what is written to it.
type tail struct{ text []byte }

func (t *tail) Write(p []byte) (int, error) {
	t.text = append(t.text, p...)
	if over := len(t.text) - maxErrorText; over > 0 {
		t.text = append(t.text[:0], t.text[over:]...)
	}
	return len(p), nil
}
