package main

import (
	"context"
	"fmt"
	"io"
	"path/filepath"

	"github.com/alecthomas/kong"
)

// cli is the command line.
type cli struct {
	Home    string   `help:"Folder of Mattebox's own files." env:"MATTEBOX_HOME" placeholder:"DIR"`
	Version showFlag `name:"version" help:"Print the version and exit."`

	Remove     RemoveCmd     `cmd:"" help:"Cut the subjects of pictures out of their backgrounds."`
	Model      ModelCmd      `cmd:"" help:"List, install and explain the networks."`
	Doctor     DoctorCmd     `cmd:"" help:"Say what is missing on this machine and how to mend it."`
	About      VersionCmd    `cmd:"" name:"version" help:"Print the versions of Mattebox and of what it runs on."`
	Completion CompletionCmd `cmd:"" help:"Print the code that makes a shell complete mattebox's commands and flags."`
}

// run is the program. It returns the exit code; env looks up an environment
// variable, empty when it is not set.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer, env func(string) string) int {
	app := &App{Stdin: stdin, Stdout: stdout, Stderr: stderr, Context: ctx}
	var c cli
	var ended *int // set by --help and --version
	parser, err := newParser(&c, app, env, func(code int) { ended = &code })
	if err != nil {
		fmt.Fprintln(stderr, "mattebox:", err)
		return exitFailed
	}
	if completing(env) {
		complete(parser)
		return exitDone
	}
	parsed, err := parser.Parse(args)
	if ended != nil {
		return *ended
	}
	if err != nil {
		fmt.Fprintf(stderr, "mattebox: %v\nRun \"mattebox --help\" for the commands, \"mattebox COMMAND --help\" for one of them.\n", err)
		return exitUsage
	}
	if app.Home = c.Home; app.Home == "" {
		app.Home = homeFolder(env)
	}
	return exitCode(ctx, stderr, parsed.Run(app))
}

func newParser(c *cli, app *App, env func(string) string, exit func(int)) (*kong.Kong, error) {
	variables := environment{env: env, names: map[*kong.Flag][]string{}}
	parser, err := kong.New(c,
		kong.Name("mattebox"),
		kong.Description(appHelp),
		kong.Writers(app.Stdout, app.Stderr),
		kong.Exit(exit),
		kong.ConfigureHelp(kong.HelpOptions{WrapUpperBound: 110, NoExpandSubcommands: false, NoAppDescFormat: true}),
		kong.ExplicitGroups(flagGroups()),
		kong.Vars{"version": versionLine()},
		kong.Resolvers(variables),
	)
	if err != nil {
		return nil, fmt.Errorf("setting up the command line: %w", err)
	}
	variables.takeOver(parser.Model.Node)
	return parser, nil
}

// homeFolder follows the XDG base directory specification.
func homeFolder(env func(string) string) string {
	data := env("XDG_DATA_HOME")
	if data == "" {
		data = filepath.Join(env("HOME"), ".local", "share")
	}
	return filepath.Join(data, "mattebox")
}
