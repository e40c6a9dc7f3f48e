package work

import (
	"errors"
	"fmt"

	"mattebox"
	"mattebox/engine/pool"
)

// maxCrashes is how many crashes of the engine an image may cause until it is
// refused. One may be bad luck: a process is also killed for what others do.
const maxCrashes = 2

const crashedTwice = "the picture made the engine fail twice; try another file of it, or a smaller one"

// reasonOf returns what an error says to the customer, without its cause.
func reasonOf(err error) string {
	var e *mattebox.Error
	if !errors.As(err, &e) {
		return "the picture cannot be produced"
	}
	if e.Field == "" {
		return e.Message
	}
	return e.Field + ": " + e.Message
}

// customers reports whether the error is the customer's to mend: a file that is no
// picture, one over the limits, a template that contradicts itself.
func customers(err error) bool {
	switch mattebox.CodeOf(err) {
	case mattebox.CodeInvalid, mattebox.CodeTooLarge:
		return true
	}
	return false
}

// ours returns an error of a room of ours, of which no code tells of the
// customer's picture.
func ours(doing string, err error) error {
	if err == nil || errors.Is(err, mattebox.ErrLost) || mattebox.CodeOf(err) == mattebox.CodeUnavailable {
		return err
	}
	return mattebox.Wrap(mattebox.CodeInternal, err, "%s failed", doing)
}

// down reports whether the error is that something we need is missing or down,
// which is nothing about this picture.
func down(err error) bool { return mattebox.CodeOf(err) == mattebox.CodeUnavailable }

func crashed(err error) bool {
	var crash *pool.CrashError
	return errors.As(err, &crash)
}

// sourceName is the member of POST Image that a source came in (contracts A4).
func sourceName(position int) string {
	if position <= 1 {
		return "imageURL"
	}
	return fmt.Sprintf("imageURL%d", position)
}
