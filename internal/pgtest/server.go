package pgtest

import (
	"context"
	"fmt"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// shared is the test process's one server. It is lazy, so that packages and
// -run patterns without PostgreSQL pay nothing.
var shared = sync.OnceValues(launch)

// Server is a running PostgreSQL.
type Server struct {
	install install
	dir     string
	watch   *watch
	made    atomic.Int64 // databases
}

// URL returns the address of a fresh, empty database on the test process's
// server, in the form that pgx and PostgreSQL's programs read. The database is
// dropped when the test ends, under whoever still uses it.
func URL(t testing.TB) string {
	t.Helper()
	return use(t, shared).URL(t)
}

// Start returns a server of the test's own. It is removed when the test ends.
func Start(t testing.TB) *Server {
	t.Helper()
	s := use(t, launch)
	t.Cleanup(func() {
		if err := s.watch.end(); err != nil {
			t.Errorf("ending PostgreSQL: %v", err)
		}
	})
	return s
}

func use(t testing.TB, get func() (*Server, error)) *Server {
	t.Helper()
	if _, err := find(); err != nil {
		t.Skipf("%v; scripts/setup.sh test installs it", err)
	}
	s, err := get()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// URL is the package's URL on this server, which has to be running.
func (s *Server) URL(t testing.TB) string {
	t.Helper()
	name := fmt.Sprintf("test%d", s.made.Add(1))
	if err := s.execute("CREATE DATABASE " + name); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		// A stopped server takes its databases along.
		_ = s.execute("DROP DATABASE IF EXISTS " + name + " WITH (FORCE)")
	})
	return s.address(name)
}

// Stop ends the server as an operator does: connections are cut, everything is
// written. The databases keep their addresses and answer again after Resume.
func (s *Server) Stop(t testing.TB) {
	t.Helper()
	s.control(t, "stop", "--mode=fast")
}

// Crash ends the server as a power cut does to its processes: nothing more is
// written, Resume replays the log.
func (s *Server) Crash(t testing.TB) {
	t.Helper()
	s.control(t, "stop", "--mode=immediate")
}

// Resume starts a server that Stop or Crash ended, with what it had.
func (s *Server) Resume(t testing.TB) {
	t.Helper()
	if err := s.start(); err != nil {
		t.Fatal(err)
	}
}

// address returns the URL of a database: host is the folder of the socket.
func (s *Server) address(database string) string {
	query := url.Values{"host": {s.dir}, "user": {superuser}}
	return "postgres:///" + database + "?" + query.Encode()
}

// execute runs one statement in the database that every server has.
func (s *Server) execute(statement string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	conn, err := pgx.Connect(ctx, s.address("postgres"))
	if err != nil {
		return fmt.Errorf("connecting to PostgreSQL: %w", err)
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, statement); err != nil {
		return fmt.Errorf("%s: %w", statement, err)
	}
	return nil
}
