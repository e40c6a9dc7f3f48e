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
//
// The command video: video.go is the road, videoflags.go its flags, videoorder.go what
// they come to, videotell.go what is told.
//
// The service, and the commands that work beside it:
//
//	data.go           where it keeps what it must not lose (DataFlags), and opening that
//	serve.go          mattebox serve: the steps of its start, and its end
//	serveflags.go     its settings as they are typed, servesettings.go as values
//	service.go        its parts; servicework.go the working ones, servicehttp.go the answering
//	servicebegin.go   how they begin and end together
//	account.go, images.go, invoice.go, ledger.go, webhooklog.go, migrate.go, backup.go and their like: one command each
//	moneyflags.go     what things cost, who sells and who takes payments, for serve and for commands
//	engine.go         mattebox engine, the service's child
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"runtime/debug"
	"sync/atomic"
	"syscall"
	_ "time/tzdata" // months of accounts begin in their time zones, whatever the machine knows of them
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
	var quiet atomic.Bool
	context.AfterFunc(ctx, func() {
		// A second signal ends the process at once: a network run that has
		// begun cannot be broken off, and somebody may not want to wait for it.
		stop()
		if !quiet.Load() {
			fmt.Fprintln(os.Stderr, "mattebox: interrupted; finishing the step in hand (interrupt again to end at once)")
		}
	})
	ctx = context.WithValue(ctx, quietKey{}, &quiet)
	os.Exit(run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr, os.Getenv))
}

type quietKey struct{}

// quietInterrupt has an interrupt told by the command itself: stderr is its log.
func quietInterrupt(ctx context.Context) {
	if quiet, ok := ctx.Value(quietKey{}).(*atomic.Bool); ok {
		quiet.Store(true)
	}
}
