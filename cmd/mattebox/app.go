package main

import (
	"context"
	"io"
)

// App is what every command is given: where to read and write, where its files
// are, and the context that ends with the first interrupt.
type App struct {
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	Home           string // $MATTEBOX_HOME, or mattebox in the user's data folder; models lie in its models folder
	Context        context.Context
	Spelled        func(flag string) string // how the user gave the flag ("--data"): itself, or its variable; nil: itself
	Env            func(name string) string // an environment variable, empty when it is not set
}

// named returns the flag as the user gave it.
func (a *App) named(flag string) string {
	if a.Spelled == nil {
		return flag
	}
	return a.Spelled(flag)
}
