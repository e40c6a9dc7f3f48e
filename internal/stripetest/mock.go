// Package stripetest starts Stripe's own mock server for tests. It checks each
// request against Stripe's published description of its API and answers with
// fixtures; it remembers nothing.
package stripetest

import (
	"bufio"
	"go/build"
	"io"
	"net/url"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"
)

// Mock returns the address of a mock server that runs until the test is over, on a
// free loopback port. Without the program the test is skipped.
func Mock(t *testing.T) *url.URL {
	t.Helper()
	command := exec.CommandContext(t.Context(), program(t), "-http-addr", "127.0.0.1:")
	out, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { command.Process.Kill(); command.Wait() })
	listening := regexp.MustCompile(`Listening for HTTP at address: (\S+)`)
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if match := listening.FindStringSubmatch(lines.Text()); match != nil {
			go io.Copy(io.Discard, out)
			return &url.URL{Scheme: "http", Host: match[1]}
		}
	}
	t.Fatal("stripe-mock does not say where it listens")
	return nil
}

func program(t *testing.T) string {
	t.Helper()
	path, err := exec.LookPath("stripe-mock")
	if err != nil {
		path, err = exec.LookPath(filepath.Join(build.Default.GOPATH, "bin", "stripe-mock"))
	}
	if err != nil {
		t.Skip("stripe-mock is missing (go install github.com/stripe/stripe-mock@v0.203.0): nothing is asked of it")
	}
	return path
}
