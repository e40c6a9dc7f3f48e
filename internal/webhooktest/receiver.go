// Package webhooktest starts real webhook receivers for tests, from
// webhook/testdata/receivers: the seed's samples under PHP, mono and Node, and the
// verifying code of docs/api/webhooks.md in every language that it has. A delivery
// goes in over HTTP, or over https through a Front; what a sample said of it comes
// out of its journal.
package webhooktest

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"
)

// SampleSecret is the secret that the samples print.
const SampleSecret = "my_application_secret_code"

// startTime is how long a receiver may take to listen.
const startTime = 20 * time.Second

// Receiver is a running receiver. It answers 200 to what its sample verifies and
// 403 to everything else.
type Receiver struct {
	URL     string // "http://127.0.0.1:port/"
	journal string
}

// Verdict is what the sample said of one request.
type Verdict struct {
	Verified bool   `json:"verified"`
	Body     string `json:"body"`
}

// Verdicts returns what the sample has said so far, the oldest first.
func (r *Receiver) Verdicts(t testing.TB) []Verdict {
	t.Helper()
	text, err := os.ReadFile(r.journal)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		t.Fatal(err)
	}
	var all []Verdict
	for line := range strings.Lines(string(text)) {
		var v Verdict
		if err := json.Unmarshal([]byte(line), &v); err != nil {
			t.Fatalf("journal line %q: %v", line, err)
		}
		all = append(all, v)
	}
	return all
}

func need(t testing.TB, program string) string {
	t.Helper()
	path, err := exec.LookPath(program)
	if err != nil {
		t.Skipf("%s is not installed; make test installs it", program)
	}
	return path
}

// interpreted returns the command that runs a program's sources in a folder of the
// receivers.
func interpreted(t testing.TB, program, where string, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(need(t, program), args...)
	cmd.Dir = folder(t, where)
	return cmd
}

// compiled runs the compiler in a folder of the receivers and returns the path of
// what it made, which its arguments call PROGRAM.
func compiled(t testing.TB, compiler, where, name string, args ...string) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), name)
	for i := range args {
		args[i] = strings.Replace(args[i], "PROGRAM", program, 1)
	}
	cmd := exec.Command(compiler, args...)
	cmd.Dir = folder(t, where)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("compiling %s: %v: %s", where, err, out)
	}
	return program
}

// folder returns a folder of the receivers.
func folder(t testing.TB, name string) string {
	t.Helper()
	_, here, _, ok := runtime.Caller(0)
	if !ok {
		t.Fatal("the source's place is not known")
	}
	return filepath.Join(filepath.Dir(here), "../../webhook/testdata/receivers", name)
}

// start runs the command until the test ends and returns once it says where it
// listens.
func start(t testing.TB, cmd *exec.Cmd, secret string) *Receiver {
	t.Helper()
	r := &Receiver{journal: filepath.Join(t.TempDir(), "journal")}
	cmd.Env = append(os.Environ(), "RTB_SECRET="+secret, "RTB_JOURNAL="+r.journal,
		"WEBHOOK_SECRET="+secret, "WEBHOOK_JOURNAL="+r.journal, "PYTHONDONTWRITEBYTECODE=1")
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stdout, cmd.Stderr = writer, writer
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	writer.Close()
	listening := make(chan string, 1)
	go watch(reader, listening)
	t.Cleanup(func() {
		_ = cmd.Process.Kill() // it may be gone already
		_ = cmd.Wait()
		reader.Close()
	})
	select {
	case r.URL = <-listening:
	case <-time.After(startTime):
	}
	if r.URL == "" {
		t.Fatalf("%s does not listen", cmd.Path)
	}
	return r
}

// watch reads what a receiver says, so that it never blocks, and passes on the
// first address in it; an empty one when it ends without.
func watch(out io.Reader, listening chan<- string) {
	address := regexp.MustCompile(`\((http://127\.0\.0\.1:\d+)\)`)
	said := false
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if m := address.FindStringSubmatch(lines.Text()); m != nil && !said {
			said = true
			listening <- m[1] + "/"
		}
	}
	if !said {
		listening <- ""
	}
}
