package contender

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

// watch samples the process's resident memory at the interval until the returned
// function is called, which hands over the samples. Interval 0 samples nothing.
func watch(pid int, interval time.Duration) func() []int64 {
	if interval <= 0 {
		return func() []int64 { return nil }
	}
	quit := make(chan struct{})
	samples := make(chan []int64)
	go func() {
		var taken []int64
		ticker := time.NewTicker(interval)
		defer ticker.Stop()
		for {
			select {
			case <-quit:
				samples <- taken
				return
			case <-ticker.C:
				if bytes, ok := resident(pid); ok {
					taken = append(taken, bytes)
				}
			}
		}
	}()
	return func() []int64 {
		close(quit)
		return <-samples
	}
}

// resident returns VmRSS of the process in bytes.
func resident(pid int) (int64, bool) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, false
	}
	lines := bufio.NewScanner(bytes.NewReader(status))
	for lines.Scan() {
		rest, ok := strings.CutPrefix(lines.Text(), "VmRSS:")
		if !ok {
			continue
		}
		kilobytes, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(rest), " kB"), 10, 64)
		return kilobytes * 1024, err == nil
	}
	return 0, false
}
