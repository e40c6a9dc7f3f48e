package pool

import (
	"fmt"
	"os"
	"regexp"
	"syscall"

	"golang.org/x/sys/unix"
)

// Cause says why a child was replaced.
type Cause string

// The causes.
const (
	CauseCrashed   Cause = "crashed"   // it died with a picture in hand
	CauseHung      Cause = "hung"      // a picture took longer than Limits allow
	CauseMemory    Cause = "memory"    // a picture took more memory than Limits.Peak
	CauseGarbled   Cause = "garbled"   // it wrote what is no answer
	CauseCancelled Cause = "cancelled" // the picture in hand was no longer wanted
	CauseDied      Cause = "died"      // it ended with nothing in hand
	CauseStart     Cause = "start"     // it did not get ready
	CauseResident  Cause = "resident"  // it held more than Limits.Resident after a picture
	CausePictures  Cause = "pictures"  // it made as many as Limits.Pictures
)

// CrashError is returned for a picture with which a child crashed, hung, took too
// much memory or answered rubbish. The picture is likely, not surely, at fault: a
// process may be killed for what others do. It has no code.
type CrashError struct {
	Cause  Cause  // CauseCrashed, CauseHung, CauseMemory or CauseGarbled
	Hung   bool   // Cause is CauseHung
	Signal string // that ended a child that crashed, such as SIGSEGV; empty for none
	Exit   int    // exit code of a child that crashed; -1 when a signal ended it, and for other causes
	PID    int
	Stderr string // the child's last words, at most a few kilobytes, for logs
}

// Error says how the child ended, without its last words.
func (e *CrashError) Error() string {
	switch e.Cause {
	case CauseHung:
		return "the engine took too long over the picture and was stopped"
	case CauseMemory:
		return "the engine took too much memory for the picture and was stopped"
	case CauseGarbled:
		return "the engine answered rubbish and was stopped"
	}
	if e.Signal != "" {
		return fmt.Sprintf("the engine was ended by %s", e.Signal)
	}
	return fmt.Sprintf("the engine ended with exit code %d", e.Exit)
}

// signalOf names the signal that ended the process, empty for none. The runtime of
// a Go program catches what native code is ended by, says so in its last words and
// exits with code 2.
func signalOf(state *os.ProcessState, words string) string {
	if status, ok := state.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return unix.SignalName(status.Signal())
	}
	said := regexp.MustCompile(`(?m)^(?:\[signal )?(SIG[A-Z]+)\b`).FindStringSubmatch(words)
	if said == nil {
		return ""
	}
	return said[1]
}
