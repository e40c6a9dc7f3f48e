package main

import (
	"strings"

	"github.com/alecthomas/kong"
)

// environment gives flags their values from the environment that run was handed.
// Kong by itself would ask the process's, of which there is only one.
type environment struct {
	env   func(string) string
	names map[*kong.Flag][]string
	used  map[string]string // flag, "--data", to the variable that gave its value
}

// spelled returns a flag as the user gave it: its variable, where that did.
func (e environment) spelled(flag string) string {
	if name := e.used[flag]; name != "" {
		return name
	}
	return flag
}

// takeOver notes the variables of all flags below the node, names them in the
// flags' help, and takes them out of kong's hands.
func (e environment) takeOver(node *kong.Node) {
	for _, flag := range node.Flags {
		if len(flag.Tag.Envs) == 0 {
			continue
		}
		e.names[flag] = flag.Tag.Envs
		if flag.Help != "" {
			flag.Help = strings.TrimSuffix(flag.Help, ".") + " ($" + strings.Join(flag.Tag.Envs, ", $") + ")."
		}
		flag.Envs, flag.Tag.Envs = nil, nil
	}
	for _, child := range node.Children {
		e.takeOver(child)
	}
}

// Validate accepts every command line, as kong.Resolver asks.
func (environment) Validate(*kong.Application) error { return nil }

// Resolve returns the flag's value from the environment, nil when there is none.
func (e environment) Resolve(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
	for _, name := range e.names[flag] {
		if v := e.env(name); v != "" {
			e.used["--"+flag.Name] = name
			return v, nil
		}
	}
	return nil, nil
}
