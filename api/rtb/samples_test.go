package rtb

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// sample returns one of the vendor's samples, verbatim.
func sample(t testing.TB, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata/seed", name))
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSuffix(string(data), "\n")
}

// requestSamples are the files with requests in the order of the documentation.
func requestSamples() []string {
	return []string{
		"post-template.json", "post-image.json", "delete-ticket.json", "delete-nonticket.json",
		"reject-ticket.json", "reject-nonticket.json", "post-contact.json",
	}
}

// The copies must be what the documentation prints.
func TestSamplesAreTheDocumentations(t *testing.T) {
	found, err := filepath.Glob("../../../shared/seeds/000_*.txt")
	if err != nil || len(found) == 0 {
		t.Skip("the vendor's documentation is not on this machine; its samples in testdata stand for it")
	}
	data, err := os.ReadFile(found[0])
	if err != nil {
		t.Fatal(err)
	}
	document := string(data)
	requests := regexp.MustCompile(`(?m)^\{\n"[\s\S]*?\n\}$`).FindAllString(document, -1)
	if len(requests) != len(requestSamples()) {
		t.Fatalf("the documentation has %d request samples, want %d", len(requests), len(requestSamples()))
	}
	for i, name := range requestSamples() {
		if sample(t, name) != requests[i] {
			t.Errorf("%s is not what the documentation prints:\n%s", name, requests[i])
		}
	}
	responses := regexp.MustCompile(`(?m)^<(\w+Response) ?>`).FindAllStringSubmatchIndex(document, -1)
	for _, at := range responses {
		name := document[at[2]:at[3]]
		if text := sample(t, name+".xml"); !strings.HasPrefix(document[at[0]:], text) {
			t.Errorf("%s.xml is not what the documentation prints", name)
		}
	}
	if len(responses) != 13 {
		t.Errorf("the documentation has %d response samples, want 13", len(responses))
	}
}
