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
}
