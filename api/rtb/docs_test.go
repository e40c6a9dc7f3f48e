package rtb

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"mattebox"
)

// sections returns the text of the documentation below each of its headings.
func sections(t *testing.T) map[string]string {
	t.Helper()
	data, err := os.ReadFile("../../docs/api/rtb.md")
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]string{}
	for _, text := range strings.Split(string(data), "\n## ")[1:] {
		heading, body, _ := strings.Cut(text, "\n")
		found[heading] = body
	}
	return found
}

// Every operation has a section that names its address, its answer in both
// encodings, and each of its fields.
func TestDocumentationIsWhole(t *testing.T) {
	documented := sections(t)
	for _, o := range NewService(Config{}).Operations() {
		text := documented[o.Name]
		for _, needed := range []string{o.Method + " /REST.svc" + o.Path, "<" + o.Element, "$BASE/REST.svc/JSON" + strings.Split(o.Path, "/{")[0]} {
			if !strings.Contains(text, needed) {
				t.Errorf("the section %q lacks %s", o.Name, needed)
			}
		}
		for _, f := range o.Fields {
			if !strings.Contains(text, f.Name) {
				t.Errorf("the section %q lacks the field %s", o.Name, f.Name)
			}
		}
	}
	for _, s := range mattebox.Statuses() {
		if row := fmt.Sprintf("| %d | %s |", s, s.Name()); !strings.Contains(documented["Image statuses"], row) {
			t.Errorf("the statuses lack %s", row)
		}
	}
	for _, code := range []ErrorCode{
		NoError, MissingRequiredInformation, InvalidTemplate, InvalidParameter, AuthenticationFailed, PermissionDenied, InvalidDeveloperKey, InsufficientFunds,
		ImageNotFound, InvalidImageStatus, ContactAlreadyExists, InvalidRequest, UnknownOperation, MethodNotAllowed, RequestTooLarge,
		TooManyRequests, InternalError, ServiceUnavailable,
	} {
		if row := fmt.Sprintf("| %s | %d |", code, code.Status()); !strings.Contains(documented["Error codes"], row) {
			t.Errorf("the error codes lack %s", row)
		}
	}
}

// What a status allows is what the documentation says it does.
func TestDocumentationOfStatuses(t *testing.T) {
	text := sections(t)["Image statuses"]
	for _, s := range mattebox.Statuses() {
		_, row, _ := strings.Cut(text, fmt.Sprintf("\n| %d |", s))
		row, _, _ = strings.Cut(row, "\n")
		image := mattebox.Image{Status: s, Result: &mattebox.Result{}}
		for word, allowed := range map[string]bool{"delete": s.Deletable(), "reject": s.Rejectable(), "download": image.Downloadable()} {
			columns := strings.Split(row, "|")
			if may := columns[2]; strings.Contains(may, word) != allowed {
				t.Errorf("status %d: the documentation says %q, but %s is %v", s, may, word, allowed)
			}
		}
	}
}
