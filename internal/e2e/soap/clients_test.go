package soap

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// client is a program of testdata in one version of SOAP.
type client struct {
	name, version string

	// command makes the program ready, for the service at the address of the WSDL, and
	// returns how it is started. It skips the test where the client is not installed.
	command func(t *testing.T, wsdl string) *exec.Cmd

	// vague is set where the client's library makes an empty text and a missing one
	// the same.
	vague bool
	// blind is set where the client can call only what the WSDL names.
	blind bool
}

func clients() []client {
	return []client{
		{name: "php 1.1", version: "1.1", command: php},
		{name: "php 1.2", version: "1.2", command: php},
		{name: "zeep 1.1", version: "1.1", command: zeep, vague: true, blind: true},
		{name: "zeep 1.2", version: "1.2", command: zeep, vague: true, blind: true},
		{name: "node 1.1", version: "1.1", command: node, vague: true, blind: true},
		{name: "node 1.2", version: "1.2", command: node, vague: true, blind: true},
		{name: "mono 1.1", version: "1.1", command: mono},
		{name: "mono 1.2", version: "1.2", command: mono},
	}
}

func TestSOAP(t *testing.T) {
	h := open(t)
	t.Run("clients", func(t *testing.T) { everyOperation(t, h) })
	t.Run("generated", func(t *testing.T) { generated(t, h) })
}

// everyOperation has each client walk the whole road and call every operation; what
// it prints agrees with the REST binding.
func everyOperation(t *testing.T, h *house) {
	for _, c := range clients() {
		t.Run(c.name, func(t *testing.T) {
			cmd := c.command(t, h.wsdl())
			cmd.Env = h.environment(c.version)
			var stderr bytes.Buffer
			cmd.Stderr = &stderr
			out, err := cmd.Output()
			w := newWalk(t, h, c, out)
			if err != nil {
				t.Fatalf("%s: %v after step %q\n%s", cmd, err, w.last, stderr.Bytes())
			}
			w.outcomes(t)
			w.agrees(t)
			w.shapes(t)
		})
	}
}

// needs skips the test unless the programs are there.
func needs(t *testing.T, programs ...string) {
	t.Helper()
	for _, p := range programs {
		if _, err := exec.LookPath(p); err != nil {
			t.Skipf("%s is missing: scripts/setup.sh test installs it", p)
		}
	}
}

// run runs a command that makes something, in the folder.
func run(t *testing.T, folder, program string, args ...string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), program, args...)
	cmd.Dir = folder
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", cmd, err, out)
	}
}

// sample returns the path of a file in testdata that does not depend on the folder.
func sample(t *testing.T, name string) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return path
}

func php(t *testing.T, _ string) *exec.Cmd {
	needs(t, "php")
	if exec.CommandContext(t.Context(), "php", "-r", `exit((int) !extension_loaded("soap"));`).Run() != nil {
		t.Skip("PHP's extension soap is missing: scripts/setup.sh test installs it")
	}
	return exec.CommandContext(t.Context(), "php", sample(t, "php/client.php"))
}

// zeep uses the first Python that has it: Debian's package belongs to Debian's Python,
// which need not be the first on the PATH.
func zeep(t *testing.T, _ string) *exec.Cmd {
	for _, python := range []string{"python3", "/usr/bin/python3"} {
		if exec.CommandContext(t.Context(), python, "-c", "import zeep").Run() == nil {
			return exec.CommandContext(t.Context(), python, sample(t, "zeep/client.py"))
		}
	}
	t.Skip("zeep is missing: scripts/setup.sh test installs it")
	return nil
}

func node(t *testing.T, _ string) *exec.Cmd {
	needs(t, "node")
	if _, err := os.Stat("testdata/node/node_modules/soap"); err != nil {
		t.Skip("node-soap is missing: npm ci --prefix internal/e2e/soap/testdata/node")
	}
	return exec.CommandContext(t.Context(), "node", sample(t, "node/client.js"))
}

// mono compiles the sample together with the proxy that mono makes from the WSDL.
func mono(t *testing.T, wsdl string) *exec.Cmd {
	needs(t, "wsdl", "mcs", "mono")
	folder := t.TempDir()
	run(t, folder, "wsdl", "-nologo", "-namespace:Mattebox", "-out:Proxy.cs", wsdl)
	run(t, folder, "mcs", "-out:client.exe", "-r:System.Web.Services.dll", "Proxy.cs", sample(t, "mono/Client.cs"))
	return exec.CommandContext(t.Context(), "mono", filepath.Join(folder, "client.exe"))
}
