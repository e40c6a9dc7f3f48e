package main

import (
	"strings"
	"testing"

	"github.com/alecthomas/kong"
)

// Every command that a user sees teaches by example, and every flag that the
// environment can set says by which variable.
func TestCommandsTeach(t *testing.T) {
	var c cli
	parser, err := newParser(&c, &App{}, func(string) string { return "" }, func(int) {})
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	err = kong.Visit(parser.Model, func(node kong.Visitable, next kong.Next) error {
		command, ok := node.(*kong.Node)
		if ok && command.Type == kong.CommandNode && !command.Hidden {
			seen++
			if command.Help == "" || !strings.Contains(command.Detail, "mattebox "+strings.TrimPrefix(command.FullPath(), "mattebox ")) {
				t.Errorf("%s has no example", command.FullPath())
			}
		}
		return next(nil)
	})
	if err != nil || seen < 20 {
		t.Errorf("%d commands were seen, %v", seen, err)
	}
}
