package main

import (
	"bytes"
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// asProgram makes the test binary be the program, so that tests can start it,
// send it signals and give it an environment of its own.
const asProgram = "MATTEBOX_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	// The service's children are started with an environment of their own.
	isEngine := len(os.Args) > 1 && os.Args[1] == "engine"
	if os.Getenv(asProgram) != "" || isEngine {
		os.Unsetenv(asProgram)
		main()
	}
	os.Exit(m.Run())
}

// program is a command that runs the real program.
func program(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self, args...)
	cmd.Env = append(os.Environ(), asProgram+"=1", "GORACE=atexit_sleep_ms=0")
	return cmd
}

// defaultHome is the home that the user of these tests has set up.
func defaultHome() string {
	if home := os.Getenv("MATTEBOX_HOME"); home != "" {
		return home
	}
	return homeFolder(os.Getenv)
}

// withNetwork skips the test unless the network is installed.
func withNetwork(t *testing.T, name string) {
	t.Helper()
	store, err := openStore(&App{Home: defaultHome()})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := store.Runtime(); err != nil {
		t.Skip(err)
	}
	if _, err := store.Model(name); err != nil {
		t.Skip(err)
	}
}

// result is what a run came to.
type result struct {
	code           int
	stdout, stderr string
}

// runIn runs the program in this process, with the installed networks.
func runIn(t *testing.T, ctx context.Context, stdin io.Reader, args ...string) result {
	t.Helper()
	var stdout, stderr bytes.Buffer
	env := func(name string) string {
		if name == "MATTEBOX_HOME" {
			return defaultHome()
		}
		return ""
	}
	code := run(ctx, args, stdin, &stdout, &stderr, env)
	return result{code, stdout.String(), stderr.String()}
}

// wantCode fails the test unless the run ended with the code.
func (r result) wantCode(t *testing.T, code int) {
	t.Helper()
	if r.code != code {
		t.Errorf("exit code %d, want %d\nstdout: %.2000s\nstderr: %s", r.code, code, r.stdout, r.stderr)
	}
}

// wantSaid fails the test unless stderr holds every text.
func (r result) wantSaid(t *testing.T, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if !strings.Contains(r.stderr, text) {
			t.Errorf("stderr does not say %q:\n%s", text, r.stderr)
		}
	}
}

// photo is a photograph of the repository.
func photo(t *testing.T) []byte {
	t.Helper()
	data, err := os.ReadFile("../../testdata/photos/coffee.png")
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// makeTree writes files below a new folder and returns it. A nil content makes a
// folder.
func makeTree(t *testing.T, files map[string][]byte) string {
	t.Helper()
	dir := t.TempDir()
	for name, data := range files {
		path := filepath.Join(dir, name)
		if data == nil {
			if err := os.MkdirAll(path, 0o755); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// filesBelow returns the paths of all files below the folder, relative to it.
func filesBelow(t *testing.T, dir string) []string {
	t.Helper()
	paths := []string{}
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		relative, err := filepath.Rel(dir, path)
		paths = append(paths, relative)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return paths
}
