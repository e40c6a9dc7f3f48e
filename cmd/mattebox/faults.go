package main

import (
	"errors"
	"fmt"
	"strings"

	"mattebox"
)

// faults collects what is wrong with a command's settings, so that the operator
// hears of everything at once.
type faults struct {
	named func(flag string) string
	all   []string
}

// newFaults returns an empty collection.
func (a *App) newFaults() *faults { return &faults{named: a.named} }

// add notes a fault of the setting, by the name under which it was given.
func (f *faults) add(flag, format string, args ...any) {
	f.all = append(f.all, f.named(flag)+" "+fmt.Sprintf(format, args...))
}

// err returns nil when there are no faults, else one CodeInvalid error with a
// line for each.
func (f *faults) err() error {
	switch len(f.all) {
	case 0:
		return nil
	case 1:
		return mattebox.Errorf(mattebox.CodeInvalid, "%s", f.all[0])
	}
	return mattebox.Errorf(mattebox.CodeInvalid, "%d settings cannot be used:\n  %s", len(f.all), strings.Join(f.all, "\n  "))
}

// withFlags has an error on a field speak of the flag that the field came from.
func withFlags(app *App, err error, flags map[string]string) error {
	var e *mattebox.Error
	if !errors.As(err, &e) || flags[e.Field] == "" {
		return err
	}
	return mattebox.Wrap(e.Code, e.Err, "%s %s", app.named(flags[e.Field]), e.Message)
}
