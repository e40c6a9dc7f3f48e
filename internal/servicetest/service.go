package servicetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

// Config says how the program is started.
type Config struct {
	Program  string   // from Build
	Data     string   // folder of --data; must exist
	Database string   // of --database; empty: SQLite in the data folder
	Flags    []string // more flags of serve
	Env      []string // added to the environment, "NAME=value"
	Log      string   // file that standard error is added to; empty: serve.log in the data folder
}

// Service is the program, serving or between two starts.
type Service struct {
	Config
	HTTP    *http.Client // for questions to the service; nil: http.DefaultClient
	URL     string       // of the API, without a slash at its end; empty without the role api
	Metrics string       // address of /metrics; empty with --metrics-listen off
	First   Account      // that the first start opened; zero after other starts

	cmd    *exec.Cmd
	stdout *syncBuffer
	ended  <-chan struct{}
	err    error // of Wait, once ended
}

// startLimit is how long a start may take: migrations and a crashed database's
// recovery included, on a machine that does other things, too.
const startLimit = 60 * time.Second

// Launch starts the program and waits until it is ready.
func Launch(ctx context.Context, c Config) (*Service, error) {
	if c.Log == "" {
		c.Log = filepath.Join(c.Data, "serve.log")
	}
	s := &Service{Config: c}
	return s, s.Start(ctx)
}

// Start starts a service that Kill or Stop ended, on what it left, and waits until
// it is ready.
func (s *Service) Start(ctx context.Context) error {
	if err := s.Begin(); err != nil {
		return err
	}
	if err := s.WaitReady(ctx, startLimit); err != nil {
		return errors.Join(err, s.Kill())
	}
	return nil
}

// Begin starts the process and returns without waiting for it.
func (s *Service) Begin() error {
	log, err := os.OpenFile(s.Log, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return fmt.Errorf("opening the service's log: %w", err)
	}
	defer log.Close()
	s.stdout = &syncBuffer{}
	s.cmd = exec.Command(s.Program, slices.Concat([]string{"serve", "--listen", s.listen()}, s.where(), s.Flags)...)
	s.cmd.Env = append(os.Environ(), s.Env...)
	s.cmd.Stdout, s.cmd.Stderr = s.stdout, log
	// The service goes when its test does, however that ends.
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if s.ended, err = start(s.cmd, &s.err); err != nil {
		return fmt.Errorf("starting the service: %w", err)
	}
	return nil
}

// listen returns the address to listen on: the first start takes any free port,
// later ones the same again, so that addresses given out before stay good.
func (s *Service) listen() string {
	if s.URL == "" {
		return "127.0.0.1:0"
	}
	_, address, _ := strings.Cut(s.URL, "://")
	return address
}

// where returns the flags that name the data, for serve and every other command.
func (s *Service) where() []string {
	flags := []string{"--data", s.Data}
	if s.Database != "" {
		flags = append(flags, "--database", s.Database)
	}
	return flags
}

// WaitReady waits until /readyz says that work can be done, or the process ends.
func (s *Service) WaitReady(ctx context.Context, limit time.Duration) error {
	return Until(ctx, limit, "the service to be ready", func() (bool, error) {
		if !s.Running() {
			return false, fmt.Errorf("the service ended: %v\n%s", s.err, tail(s.Log))
		}
		if !s.announced() {
			return false, nil
		}
		base := s.URL
		if base == "" {
			base = strings.TrimSuffix(s.Metrics, "/metrics")
		}
		response, err := s.client().Get(base + "/readyz")
		if err != nil {
			return false, nil // not listening yet
		}
		defer response.Body.Close()
		return response.StatusCode == http.StatusOK, nil
	})
}

func (s *Service) client() *http.Client {
	if s.HTTP != nil {
		return s.HTTP
	}
	return http.DefaultClient
}

// announced reads the lines "name: value" that the service prints when it is ready,
// and reports whether they are there: the address comes last, or the metrics'
// where there is none.
func (s *Service) announced() bool {
	said := map[string]string{}
	for line := range strings.Lines(string(s.stdout.Bytes())) {
		if name, value, found := strings.Cut(line, ": "); found && strings.HasSuffix(value, "\n") {
			said[name] = strings.TrimSpace(value)
		}
	}
	s.First = Account{
		Email: said["email"], APIKey: said["apiKey"],
		ApplicationSecret: said["applicationSecret"], JobsKey: said["jobsKey"],
	}
	s.Metrics = said["metrics"]
	if said["address"] != "" {
		s.URL = said["address"]
		return true
	}
	return s.Metrics != "" && slices.Contains(s.Flags, "worker")
}

// Pid returns the process.
func (s *Service) Pid() int { return s.cmd.Process.Pid }

// Running reports whether the process lives.
func (s *Service) Running() bool {
	if s.ended == nil {
		return false
	}
	select {
	case <-s.ended:
		return false
	default:
		return true
	}
}

// Kill ends the process with SIGKILL, as a crash does, and waits for its end.
func (s *Service) Kill() error {
	if !s.Running() {
		return nil
	}
	if err := s.cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("killing the service: %w", err)
	}
	<-s.ended
	return nil
}

// Stop asks the process to end (SIGTERM) and returns its exit code.
func (s *Service) Stop(ctx context.Context) (int, error) {
	if !s.Running() {
		return s.cmd.ProcessState.ExitCode(), nil
	}
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return -1, fmt.Errorf("stopping the service: %w", err)
	}
	select {
	case <-s.ended:
		return s.cmd.ProcessState.ExitCode(), nil
	case <-ctx.Done():
		return -1, fmt.Errorf("stopping the service: %w", ctx.Err())
	}
}

// Command runs another command of the program on the service's data, "account
// list --json" for one, and returns its standard output. words are the command's
// name, without flags; the flags that name the data follow it.
func (s *Service) Command(ctx context.Context, words []string, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, s.Program, slices.Concat(words, s.where(), args)...)
	cmd.Env = append(os.Environ(), s.Env...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return out, fmt.Errorf("mattebox %s: %w: %s", strings.Join(words, " "), err, stderr.Bytes())
	}
	return out, nil
}
