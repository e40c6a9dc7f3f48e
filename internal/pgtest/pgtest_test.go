package pgtest

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

func connect(t *testing.T, url string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close(context.Background()) })
	return conn
}

func execute(t *testing.T, conn *pgx.Conn, statement string) {
	t.Helper()
	if _, err := conn.Exec(t.Context(), statement); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

func count(t *testing.T, conn *pgx.Conn) (n int) {
	t.Helper()
	if err := conn.QueryRow(t.Context(), "SELECT count(*) FROM things").Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestDatabasesAreSeparateAndDurable(t *testing.T) {
	one, two := connect(t, URL(t)), connect(t, URL(t))
	execute(t, one, "CREATE TABLE things (id INT)")
	execute(t, two, "CREATE TABLE things (id INT)")
	execute(t, one, "INSERT INTO things VALUES (1)")
	if got := count(t, two); got != 0 {
		t.Errorf("the other database has %d rows, want none", got)
	}
	var fsync string
	if err := one.QueryRow(t.Context(), "SHOW fsync").Scan(&fsync); err != nil || fsync != "on" {
		t.Errorf("fsync is %q, %v, want on", fsync, err)
	}
}

func TestDatabaseGoesWithItsTest(t *testing.T) {
	var gone string
	t.Run("using it", func(t *testing.T) {
		gone = URL(t)
		conn, err := pgx.Connect(t.Context(), gone)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close(context.Background())
	})
	if conn, err := pgx.Connect(t.Context(), gone); err == nil {
		conn.Close(context.Background())
		t.Error("the database outlived its test")
	}
}

func TestServerKeepsWhatItHadOverStopAndCrash(t *testing.T) {
	s := Start(t)
	url := s.URL(t)
	first := connect(t, url)
	execute(t, first, "CREATE TABLE things (id INT)")
	execute(t, first, "INSERT INTO things VALUES (1)")
	for name, end := range map[string]func(testing.TB){"stop": s.Stop, "crash": s.Crash} {
		end(t)
		if _, err := pgx.Connect(t.Context(), url); err == nil {
			t.Errorf("after %s the server still answers", name)
		}
		s.Resume(t)
		if got := count(t, connect(t, url)); got != 1 {
			t.Errorf("after %s there are %d rows, want 1", name, got)
		}
	}
}

// A test process that is killed leaves no server and no folder. The process is
// this very test binary, run again.
func TestKilledTestProcessLeavesNothing(t *testing.T) {
	if os.Getenv("PGTEST_VICTIM") != "" {
		s := Start(t)
		os.Stdout.WriteString("folder " + s.dir + "\n")
		select {}
	}
	use(t, shared) // skips without PostgreSQL
	cmd := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$")
	cmd.Env = append(os.Environ(), "PGTEST_VICTIM=1")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	buffer := make([]byte, 4096)
	n, err := out.Read(buffer)
	dir, found := strings.CutPrefix(strings.TrimSpace(string(buffer[:n])), "folder ")
	if err != nil || !found {
		t.Fatalf("the victim said %q, %v", buffer[:n], err)
	}
	pid, err := os.ReadFile(dir + "/data/postmaster.pid")
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // it was killed
	process := "/proc/" + strings.SplitN(string(pid), "\n", 2)[0]
	waitGone(t, dir)
	waitGone(t, process)
}

func waitGone(t *testing.T, path string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
			return
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("%s is still there", path)
		}
	}
}
