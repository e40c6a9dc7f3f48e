// Command mattebox cuts subjects out of their backgrounds.
//
// main.go turns signals and the process into arguments of run, which is the
// program: it parses the command line, runs one command and returns the exit
// code. The command remove goes through these files, in this order:
//
//	remove.go      its flags, and the road from them to a summary
//	flags.go       the flags in groups; order.go makes an engine.Job of them
//	settings.go    template flags as the fields of a template (overlay.go: over a file's)
//	inputs.go      files, folders and patterns to the pictures they stand for
//	plan.go        which picture goes where (destination.go), before any work
//	networks.go    what the engine runs on
//	batch.go       several pictures at a time; cut.go is one; outfile.go its file
//	report.go      what is told of each, as JSON, as lines or as a bar
//	watch.go       pictures that arrive later (settle.go: once they are complete)
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
)

// collectAt is the share by which the heap may grow between two collections. A
// picture's planes are few and large: collecting early costs next to no time and
// saves more than a hundred megabytes at 24 megapixels.
const collectAt = 40

func main() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(collectAt)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	context.AfterFunc(ctx, func() {
		// A second signal ends the process at once: a network run that has
		// begun cannot be broken off, and somebody may not want to wait for it.
		stop()
		fmt.Fprintln(os.Stderr, "mattebox: interrupted; finishing the step in hand (interrupt again to end at once)")
	})
	os.Exit(run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr, os.Getenv))
}
