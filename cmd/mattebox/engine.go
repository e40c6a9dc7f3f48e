package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"golang.org/x/sys/unix"

	"mattebox"
	"mattebox/engine/child"
	"mattebox/engine/clip"
	"mattebox/imaging"
)

// EngineCmd is "mattebox engine": a child process of the service, which alone
// starts it. It answers what engine/pool asks on stdin.
type EngineCmd struct {
	Threads   int      `help:"Cores to use." default:"1"`
	Model     string   `help:"The large network; see mattebox model list." placeholder:"NAME"`
	MaxBytes  byteSize `help:"Largest source file." placeholder:"SIZE"`
	MaxPixels int64    `help:"Largest source picture." placeholder:"N"`
	Fault     bool     `help:"For tests: let pictures that carry a marker break the process." env:"MATTEBOX_ENGINE_FAULT"`
}

// Run loads the networks and serves until stdin ends. What keeps it from that goes
// to the service, and to stderr as with every command.
func (c *EngineCmd) Run(app *App) error {
	if isTerminalReader(app.Stdin) {
		return mattebox.Errorf(mattebox.CodeInvalid, "mattebox engine is started by mattebox serve; for pictures use mattebox remove")
	}
	answers, err := takeStdout(app)
	if err != nil {
		return err
	}
	config, err := c.open(app)
	if err != nil {
		return errors.Join(err, child.Refuse(answers, err))
	}
	// The engine is not closed: a network run in hand would be waited for, and
	// all that it holds goes with the process.
	return child.Serve(app.Context, config, app.Stdin, answers)
}

func (c *EngineCmd) open(app *App) (child.Config, error) {
	limits := imaging.Limits{Bytes: int64(c.MaxBytes), Pixels: c.MaxPixels}
	store, err := openStore(app)
	if err != nil {
		return child.Config{}, err
	}
	n, err := chooseNetworks(store, c.Model, mattebox.QualityStandard)
	if err != nil {
		return child.Config{}, err
	}
	e, err := n.withPeople(store).open(share{workers: 1, threads: c.Threads, limits: limits})
	config := child.Config{Engine: e, Limits: limits, Faults: c.Fault}
	if err == nil {
		large, small, people := e.Nets()
		config.Cutter, err = clip.New(clip.Config{Large: large, Small: small, People: people, Workers: c.Threads})
	}
	if n.quality == mattebox.QualityFast {
		config.Best = mattebox.QualityFast
	}
	if n.note != "" {
		config.Notes = []string{n.note}
	}
	return config, err
}

// takeStdout makes the process fit to be a child: answers go where stdout was, and
// whatever native code prints there goes to stderr instead. Signals that a terminal
// or a service manager sends to every process of the service are the service's to
// act on: it closes stdin when the work in hand is done. A crash leaves no core
// file with customers' pictures in it.
func takeStdout(app *App) (io.Writer, error) {
	stdout, ok := app.Stdout.(*os.File)
	if !ok {
		return app.Stdout, nil
	}
	signal.Ignore(syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	if err := unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{}); err != nil {
		return nil, fmt.Errorf("forbidding core files: %w", err)
	}
	fd, err := unix.FcntlInt(stdout.Fd(), unix.F_DUPFD_CLOEXEC, 3)
	if err != nil {
		return nil, fmt.Errorf("setting the answers' stream apart: %w", err)
	}
	if err := unix.Dup3(int(os.Stderr.Fd()), int(stdout.Fd()), 0); err != nil {
		return nil, fmt.Errorf("setting the answers' stream apart: %w", err)
	}
	return os.NewFile(uintptr(fd), "answers"), nil
}

// engineEnvironment is all that the service's children get of its environment:
// they deal with strangers' files and shall know no secrets.
func engineEnvironment(home string, env func(string) string) []string {
	// Each arena of the C library keeps what a thread freed; two do.
	list := []string{"MATTEBOX_HOME=" + home, "MALLOC_ARENA_MAX=2"}
	for _, name := range []string{"PATH", "HOME", "LD_LIBRARY_PATH", "TMPDIR", "GOGC", "GOMEMLIMIT", "MATTEBOX_ENGINE_FAULT"} {
		if value := env(name); value != "" {
			list = append(list, name+"="+value)
		}
	}
	return list
}

// engineCommand is the command line of the service's children, which serve with the
// large network that is named, empty for the default. The program is this one even
// when its file has been replaced since: both sides must speak the same protocol.
func engineCommand(model string) []string {
	line := []string{"/proc/self/exe", "engine"}
	if model != "" {
		line = append(line, "--model="+model)
	}
	return line
}
