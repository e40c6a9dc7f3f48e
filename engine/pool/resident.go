package pool

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
)

// resident returns the bytes of memory that a process holds (proc(5), second field
// of /proc/PID/statm), 0 when that cannot be known, as of a process that is gone.
func resident(pid int) int64 {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", pid))
	if err != nil {
		return 0
	}
	fields := bytes.Fields(data)
	if len(fields) < 2 {
		return 0
	}
	pages, err := strconv.ParseInt(string(fields[1]), 10, 64)
	if err != nil {
		return 0
	}
	return pages * int64(os.Getpagesize())
}
