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
	Video      VideoCmd      `cmd:"" help:"Cut the subjects of a clip out of its background."`
	Serve      ServeCmd      `cmd:"" help:"Run the service: its API, its workers, or both."`
	Account    AccountCmd    `cmd:"" help:"Open and change the service's accounts."`
	Ledger     LedgerCmd     `cmd:"" help:"Prove the service's ledger, and see its postings."`
	Invoice    InvoiceCmd    `cmd:"" help:"Make, see and settle invoices."`
	Usage      UsageCmd      `cmd:"" help:"Export what accounts ordered and what it cost."`
	Images     ImagesCmd     `cmd:"" help:"See the service's images, and judge those that wait for an operator."`
	Webhook    WebhookCmd    `cmd:"" help:"See, repeat and try webhooks, and verify received ones."`
	Migrate    MigrateCmd    `cmd:"" help:"Bring the service's database to this program's schema."`
	Backup     BackupCmd     `cmd:"" help:"Copy the service's data folder while it runs."`
	Model      ModelCmd      `cmd:"" help:"List, install and explain the networks."`
	Doctor     DoctorCmd     `cmd:"" help:"Say what is missing on this machine and how to mend it."`
	About      VersionCmd    `cmd:"" name:"version" help:"Print the versions of Mattebox and of what it runs on."`
	Completion CompletionCmd `cmd:"" help:"Print the code that makes a shell complete mattebox's commands and flags."`
	Engine     EngineCmd     `cmd:"" hidden:"" help:"Make pictures for the service that started this process."`
}

// run is the program. It returns the exit code; env looks up an environment
// variable, empty when it is not set.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer, env func(string) string) int {
	app := &App{Stdin: stdin, Stdout: stdout, Stderr: stderr, Context: ctx, Env: env}
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
	variables := environment{env: env, names: map[*kong.Flag][]string{}, used: map[string]string{}}
	app.Spelled = variables.spelled
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
