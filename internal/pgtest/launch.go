package pgtest

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// superuser is the role that tests connect as; the socket asks for no password.
const superuser = "mattebox"

// install is where PostgreSQL's programs are and as whom they run.
type install struct {
	bin        string              // folder
	credential *syscall.Credential // nil: as the test itself
}

// find looks for PostgreSQL's programs.
func find() (install, error) {
	candidates, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb") // the pattern is well-formed
	if path, err := exec.LookPath("initdb"); err == nil {
		candidates = append(candidates, path)
	}
	if len(candidates) == 0 {
		return install{}, errors.New("PostgreSQL is missing: there is no initdb on the PATH or below /usr/lib/postgresql")
	}
	// Debian has one folder per version, so the last is the newest; what is on
	// the PATH was meant to be used.
	bin := filepath.Dir(candidates[len(candidates)-1])
	credential, err := servant()
	return install{bin: bin, credential: credential}, err
}

// servant returns whom PostgreSQL shall run as: it refuses to run as root.
func servant() (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, uidErr := strconv.ParseUint(u.Uid, 10, 32)
		gid, gidErr := strconv.ParseUint(u.Gid, 10, 32)
		if uidErr == nil && gidErr == nil {
			return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
		}
	}
	return nil, errors.New("PostgreSQL does not run as root, and there is neither a user postgres nor nobody")
}

// launch makes a new cluster and starts it.
func launch() (*Server, error) {
	in, err := find()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "pgtest")
	if err != nil {
		return nil, fmt.Errorf("making a folder for PostgreSQL: %w", err)
	}
	s := &Server{install: in, dir: dir}
	if s.watch, err = startWatch(dir); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	if err := s.create(); err != nil {
		return nil, errors.Join(err, s.watch.end())
	}
	return s, nil
}

func (s *Server) create() error {
	if c := s.install.credential; c != nil {
		if err := os.Chown(s.dir, int(c.Uid), int(c.Gid)); err != nil {
			return fmt.Errorf("handing the folder to PostgreSQL's user: %w", err)
		}
	}
	// --no-sync concerns the making of the cluster only.
	err := s.run("initdb", "--pgdata="+s.data(), "--username="+superuser, "--auth=trust",
		"--encoding=UTF8", "--locale=C", "--no-sync", "--no-instructions")
	if err != nil {
		return err
	}
	return s.start()
}

func (s *Server) data() string { return filepath.Join(s.dir, "data") }

func (s *Server) start() error {
	options := []string{
		"-c listen_addresses=''",
		"-c unix_socket_directories='" + s.dir + "'",
		"-c max_connections=200",
		"-c shared_buffers=32MB",
	}
	err := s.run("pg_ctl", "start", "--wait", "--silent", "--pgdata="+s.data(),
		"--log="+filepath.Join(s.dir, "log"), "--options="+strings.Join(options, " "))
	if err != nil {
		log, _ := os.ReadFile(filepath.Join(s.dir, "log")) // only adds to the message
		return fmt.Errorf("%w\n%s", err, log)
	}
	return nil
}

func (s *Server) control(t testing.TB, action, mode string) {
	t.Helper()
	if err := s.run("pg_ctl", action, "--wait", "--silent", mode, "--pgdata="+s.data()); err != nil {
		t.Fatal(err)
	}
}

// run runs one of PostgreSQL's programs to its end. Their output goes to a file:
// a pipe would stay open for as long as the server that pg_ctl leaves behind.
func (s *Server) run(program string, args ...string) error {
	out, err := os.CreateTemp("", "pgtest-output")
	if err != nil {
		return fmt.Errorf("making a file for %s's output: %w", program, err)
	}
	defer out.Close()
	defer os.Remove(out.Name())
	cmd := exec.Command(filepath.Join(s.install.bin, program), args...)
	cmd.Dir = s.dir
	cmd.Env = append(os.Environ(), "LC_ALL=C")
	cmd.Stdout, cmd.Stderr = out, out
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: s.install.credential}
	if err := cmd.Run(); err != nil {
		text, _ := os.ReadFile(out.Name()) // only adds to the message
		return fmt.Errorf("%s: %w\n%s", program, err, text)
	}
	return nil
}
