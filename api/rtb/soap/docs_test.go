package soap

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

// document returns the text of the documentation below each of its headings, and the
// headings in their order.
func document(t *testing.T) (map[string]string, []string) {
	t.Helper()
	data, err := os.ReadFile("../../../docs/api/soap.md")
	if err != nil {
		t.Fatal(err)
	}
	found, order := map[string]string{}, []string{}
	for _, text := range strings.Split(string(data), "\n## ")[1:] {
		heading, body, _ := strings.Cut(text, "\n")
		found[heading] = body
		order = append(order, heading)
	}
	return found, order
}

// Every operation has a section that names its fields and the elements of its result.
func TestDocumentationIsWhole(t *testing.T) {
	documented, _ := document(t)
	operations, _ := table(t)
	for _, o := range operations {
		text := documented[o.Name]
		for _, p := range o.params {
			if !strings.Contains(text, p.name) {
				t.Errorf("the section %q lacks %s", o.Name, p.name)
			}
		}
		for _, m := range o.result.Members {
			if !strings.Contains(text, "<"+m.Name) {
				t.Errorf("the section %q lacks the element %s", o.Name, m.Name)
			}
		}
	}
}

// The samples work as they are printed, one after the other.
func TestDocumentedSamples(t *testing.T) {
	if _, err := exec.LookPath("curl"); err != nil {
		t.Skip("curl is missing (apt-get install curl): nobody tries the samples")
	}
	h := newHouse(t)
	ticket := h.image(nil)
	documented, order := document(t)
	function := documented["Requests"]
	function = function[strings.Index(function, "    soap() {"):]
	function = function[:strings.Index(function, "\n    }\n")+len("\n    }\n")]
	for _, name := range order {
		switch name {
		case "RejectProcessedImage":
			h.produce()
		case "GetInvoiceList":
			h.billed()
		}
		for line := range strings.Lines(documented[name]) {
			command := strings.TrimSpace(line)
			if !strings.HasPrefix(command, "curl ") && !strings.HasPrefix(command, "soap ") || !strings.HasPrefix(line, "    ") || strings.HasPrefix(line, "     ") {
				continue
			}
			cmd := exec.CommandContext(t.Context(), "sh", "-eu", "-c", strings.Replace(function, `$2</$1>`, `${2-}</$1>`, 1)+command)
			cmd.Env = append(os.Environ(), "BASE="+h.server.URL, "EMAIL="+h.customer.Email, "KEY="+h.secrets.APIKey, "PARTNER="+h.partner.APIKey, "TICKET="+ticket)
			out, err := cmd.CombinedOutput()
			if err != nil || !strings.Contains(string(out), "<ErrorCode>NoError</ErrorCode>") {
				t.Errorf("%s: %v: %s", command, err, out)
			}
		}
	}
}
