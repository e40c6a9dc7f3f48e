package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// spent is what a run of commands took.
type spent struct {
	wall time.Duration
	cpu  time.Duration // of the processes and all below them that they waited for
	peak int64         // most resident bytes of the tree of processes, added up
}

// sampleEvery is how often the memory of a tree of processes is looked at: what the
// networks hold stays for seconds.
const sampleEvery = 25 * time.Millisecond

// runSteps runs the commands one after the other, as a script would.
func runSteps(ctx context.Context, steps [][]string) (spent, error) {
	var all spent
	for _, argv := range steps {
		one, err := runTree(ctx, argv, nil, sampleEvery, func(_, whole int64) { all.peak = max(all.peak, whole) })
		if err != nil {
			return all, err
		}
		all.wall += one.wall
		all.cpu += one.cpu
	}
	return all, nil
}

// runTree runs a command and hands the resident bytes of its process, and of that and
// all below it, to seen at the interval. env is added to the environment. The sum
// counts pages that processes share once for each of them.
func runTree(ctx context.Context, argv, env []string, every time.Duration, seen func(own, whole int64)) (spent, error) {
	command := exec.CommandContext(ctx, argv[0], argv[1:]...)
	command.Env = append(os.Environ(), env...)
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	command.Cancel = func() error { return syscall.Kill(-command.Process.Pid, syscall.SIGTERM) }
	command.WaitDelay = 10 * time.Second
	var said bytes.Buffer
	command.Stderr = &said
	start := time.Now()
	if err := command.Start(); err != nil {
		return spent{}, err
	}
	ended := make(chan error, 1)
	go func() { ended <- command.Wait() }()
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			seen(resident(command.Process.Pid))
		case err := <-ended:
			wall := time.Since(start)
			if ctx.Err() != nil {
				return spent{}, ctx.Err()
			}
			if err != nil {
				return spent{}, fmt.Errorf("%s: %w\n%s", filepath.Base(argv[0]), err, last(said.String(), 2000))
			}
			return spent{wall: wall, cpu: command.ProcessState.UserTime() + command.ProcessState.SystemTime()}, nil
		}
	}
}

// resident returns the resident bytes of a process, and of it and all below it.
func resident(pid int) (own, whole int64) {
	if text, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", pid)); err == nil {
		own = pages(string(text)) * int64(os.Getpagesize())
	}
	whole = own
	lists, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	if err != nil {
		return own, whole
	}
	for _, list := range lists {
		text, err := os.ReadFile(list)
		if err != nil {
			continue // the thread has ended
		}
		for _, child := range numbers(string(text)) {
			_, below := resident(child)
			whole += below
		}
	}
	return own, whole
}

// pages reads the resident pages of a statm file (proc(5)).
func pages(statm string) int64 {
	fields := strings.Fields(statm)
	if len(fields) < 2 {
		return 0
	}
	n, err := strconv.ParseInt(fields[1], 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// numbers reads numbers with spaces between them and leaves out what is none.
func numbers(text string) []int {
	var all []int
	for _, field := range strings.Fields(text) {
		if n, err := strconv.Atoi(field); err == nil {
			all = append(all, n)
		}
	}
	return all
}

func last(text string, most int) string {
	return text[max(0, len(text)-most):]
}
