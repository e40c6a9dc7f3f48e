package soap

import (
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// generated compiles what gSOAP and JAX-WS generate from the WSDL, and has it read
// results and refusals, and tell faults from both.
func generated(t *testing.T, h *house) {
	client := h.Client(h.developer)
	rest, err := client.Do(t.Context(), http.MethodGet, "Templates", nil)
	if err != nil {
		t.Fatal(err)
	}
	var want strings.Builder
	for _, row := range rest.Templates {
		fmt.Fprintln(&want, row.TemplateId, row.TemplateName, row.Prices[0].Amount, row.Prices[0].Currency)
	}
	want.WriteString("refused: AuthenticationFailed\nfault: ")
	for _, tt := range []struct {
		name, fault string
		command     func(*testing.T, string) *exec.Cmd
	}{
		{"gsoap", "Sender", gsoap}, // it speaks SOAP 1.2 where the WSDL has both
		{"jaxws", "Client", jaxws},
	} {
		t.Run(tt.name, func(t *testing.T) {
			cmd := tt.command(t, h.wsdl())
			cmd.Env = append(os.Environ(), "SOAP_WSDL="+h.wsdl(), "SOAP_URL="+h.URL+"/soap.asmx",
				"CONTACT_EMAIL="+client.Email, "CONTACT_KEY="+client.Key)
			var stderr strings.Builder
			cmd.Stderr = &stderr
			out, err := cmd.Output()
			if err != nil {
				t.Fatalf("%s: %v\n%s", cmd, err, stderr.String())
			}
			got := strings.ReplaceAll(string(out), "SOAP-ENV:", "") // gSOAP's prefix
			if diff := cmp.Diff(want.String()+tt.fault+"\n", got); diff != "" {
				t.Errorf("the templates (-want +got):\n%s", diff)
			}
		})
	}
}

// gsoap generates and compiles C.
func gsoap(t *testing.T, wsdl string) *exec.Cmd {
	needs(t, "wsdl2h", "soapcpp2", "gcc")
	if _, err := os.Stat("/usr/include/stdsoap2.h"); err != nil {
		t.Skip("gSOAP's library is missing: scripts/setup.sh test installs it")
	}
	folder := t.TempDir()
	run(t, folder, "wsdl2h", "-c", "-o", "service.h", wsdl)
	run(t, folder, "soapcpp2", "-c", "-C", "-L", "-x", "service.h")
	run(t, folder, "gcc", "-I.", "-o", "client", sample(t, "gsoap/client.c"), "soapC.c", "soapClient.c", "-lgsoap")
	return exec.CommandContext(t.Context(), filepath.Join(folder, "client"))
}

// jaxws generates and compiles Java.
func jaxws(t *testing.T, wsdl string) *exec.Cmd {
	needs(t, "wsimport", "javac", "java")
	folder := t.TempDir()
	classes := folder + ":/usr/share/jaxws/lib/*"
	run(t, folder, "wsimport", "-quiet", "-Xnocompile", "-p", "mattebox", wsdl)
	sources, err := filepath.Glob(filepath.Join(folder, "mattebox/*.java"))
	if err != nil {
		t.Fatal(err)
	}
	run(t, folder, "javac", append([]string{"-nowarn", "-d", folder, "-cp", classes, sample(t, "jaxws/Client.java")}, sources...)...)
	return exec.CommandContext(t.Context(), "java", "-cp", classes, "Client")
}
