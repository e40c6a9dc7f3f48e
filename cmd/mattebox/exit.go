package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"mattebox"
)

// The exit codes. They are promised in the help and in docs/cli.md.
const (
	exitDone        = 0   // everything was done
	exitFailed      = 1   // something failed or was left out
	exitUsage       = 2   // the command line asks for what cannot be
	exitMissing     = 3   // nothing could be done because something is not installed
	exitInterrupted = 130 // as a shell reports a process that SIGINT ended
)

// told is the error of a command that has told the user everything already.
type told int

// Error names the exit code, for logs.
func (t told) Error() string { return fmt.Sprintf("exit code %d", int(t)) }

// exitCode prints the error that a command ended with, unless that is done, and
// returns the code that it stands for.
func exitCode(ctx context.Context, stderr io.Writer, err error) int {
	var t told
	switch {
	case err == nil:
		return exitDone
	case errors.As(err, &t):
		return int(t)
	case ctx.Err() != nil:
		fmt.Fprintln(stderr, "mattebox: interrupted")
		return exitInterrupted
	}
	fmt.Fprintln(stderr, "mattebox:", sentence(err))
	switch mattebox.CodeOf(err) {
	case mattebox.CodeInvalid, mattebox.CodeNotFound:
		return exitUsage
	case mattebox.CodeUnavailable:
		return exitMissing
	}
	return exitFailed
}

// sentence words an error for people: the field at fault is the subject of what
// is said of it.
func sentence(err error) string {
	var e *mattebox.Error
	if !errors.As(err, &e) || e.Field == "" || err.Error() != e.Error() {
		return err.Error()
	}
	return strings.Replace(err.Error(), e.Field+": ", e.Field+" ", 1)
}
