package child

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"unsafe"

	"mattebox/engine/pool"
)

// FaultMarker begins the markers that break the process, when the switch for it
// is on (MATTEBOX_ENGINE_FAULT=1; never set it in production), wherever they stand
// in the name or the content of a source: mattebox-fault-segv reads memory that
// is not there, -abort and -kill send the process those signals, -panic panics,
// -exit ends it in peace, -hang never answers, -rubbish answers what is no
// message, -eat takes memory without end. mattebox-fault-late-segv and the like let
// the header be read and break what comes after it.
const FaultMarker = "mattebox-fault-"

// misbehave does what the first marker that it finds says.
func (s *server) misbehave(op pool.Op, paths []string, sources [][]byte) {
	for i, path := range paths {
		carries := func(marker string) bool {
			return strings.Contains(filepath.Base(path), marker) || bytes.Contains(sources[i], []byte(marker))
		}
		for name, break_ := range s.faults() {
			if carries(FaultMarker+name) || op != pool.OpHeader && carries(FaultMarker+"late-"+name) {
				fmt.Fprintln(os.Stderr, "fault asked for:", name)
				break_()
			}
		}
	}
}

func (s *server) faults() map[string]func() {
	return map[string]func(){
		"segv":    func() { fmt.Fprintln(os.Stderr, *(*byte)(unsafe.Add(nil, 1<<20))) },
		"abort":   func() { signalSelf(syscall.SIGABRT) },
		"kill":    func() { signalSelf(syscall.SIGKILL) },
		"panic":   func() { panic("fault asked for") },
		"exit":    func() { os.Exit(7) },
		"hang":    func() { select {} },
		"rubbish": func() { _, _ = s.out.Write([]byte("GIF89a is no message")) },
		"eat":     eat,
	}
}

// signalSelf sends the process a signal and does not return.
func signalSelf(s syscall.Signal) {
	_ = syscall.Kill(os.Getpid(), s)
	select {}
}

// eat takes memory, touching every page, until somebody puts an end to it.
func eat() {
	var meals [][]byte
	for {
		meal := make([]byte, 16<<20)
		for i := 0; i < len(meal); i += 4096 {
			meal[i] = 1
		}
		meals = append(meals, meal)
		_ = meals
	}
}
