package load

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"mattebox/internal/servicetest"
)

// Resident returns the resident bytes of the process; 0 when it has gone.
func Resident(pid int) int64 { return servicetest.Field(pid, "VmRSS") << 10 }

// ResidentBelow returns the resident bytes of the process's children.
func ResidentBelow(pid int) int64 {
	var sum int64
	for _, child := range servicetest.Children(pid) {
		sum += Resident(child)
	}
	return sum
}

// tick is the unit of times in /proc/PID/stat: USER_HZ, which is 100 a second on
// every Linux that Go runs on.
const tick = 10 * time.Millisecond

// Busy returns how long the process has had a core, without its children; 0 when it
// has gone.
func Busy(pid int) time.Duration {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0
	}
	// The name in parentheses may hold spaces. utime and stime are fields 14 and 15;
	// what follows the name begins with field 3 (proc_pid_stat(5)).
	fields := strings.Fields(string(stat[strings.LastIndex(string(stat), ")")+1:]))
	if len(fields) < 13 {
		return 0
	}
	user, _ := strconv.ParseInt(fields[11], 10, 64) // the kernel's numbers
	system, _ := strconv.ParseInt(fields[12], 10, 64)
	return time.Duration(user+system) * tick
}
