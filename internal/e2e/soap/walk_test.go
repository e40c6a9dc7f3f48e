package soap

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mattebox/internal/servicetest"
)

// walk is what a client printed, each answer by its step, as canonical leaves it.
type walk struct {
	h      *house
	client client
	last   string // step
	steps  map[string]any
	made   servicetest.Client // the contact that the client opened
}

func newWalk(t *testing.T, h *house, c client, printed []byte) *walk {
	t.Helper()
	w := &walk{h: h, client: c, steps: map[string]any{}}
	for line := range bytes.Lines(printed) {
		var s struct {
			Step   string
			Answer any
		}
		d := json.NewDecoder(bytes.NewReader(line))
		d.UseNumber()
		if err := d.Decode(&s); err != nil {
			t.Fatalf("the client printed %q: %v", line, err)
		}
		w.last, w.steps[s.Step] = s.Step, canonical("", s.Answer)
	}
	w.made = servicetest.Client{
		URL: h.URL, Format: servicetest.JSON,
		Email: w.text("AddContact", "ContactEmail"), Key: w.text("AddContact", "ContactAPIkey"),
	}
	return w
}

// member returns what the answer has at the path; nil when there is nothing.
func (w *walk) member(step string, path ...string) any {
	value := w.steps[step]
	for _, name := range path {
		object, _ := value.(map[string]any)
		value = object[name]
	}
	return value
}

func (w *walk) text(step string, path ...string) string {
	text, _ := w.member(step, path...).(string)
	return text
}

func (w *walk) list(step string, path ...string) []any {
	list, _ := w.member(step, path...).([]any)
	return list
}

// outcomes fails the test unless every step is there with the ErrorCode that is due, and
// every operation of the WSDL with a fault.
func (w *walk) outcomes(t *testing.T) {
	t.Helper()
	got, want := map[string]string{}, map[string]string{}
	for step := range w.steps {
		got[step] = w.text(step, "ErrorCode")
		if strings.HasPrefix(step, "fault ") {
			_, code, prefixed := strings.Cut(w.text(step, "code"), ":")
			if !prefixed {
				code = w.text(step, "code")
			}
			got[step] = code
		}
	}
	if !w.client.blind {
		want["fault unknown"] = map[string]string{"1.1": "Client", "1.2": "Sender"}[w.client.version]
	}
	for _, s := range steps() {
		operation, _, _ := strings.Cut(s.name, " ")
		want[s.name], want["fault "+operation] = s.code, "MustUnderstand"
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("ErrorCodes by step (-want +got):\n%s", diff)
	}
}

// agrees asks the REST binding for the same objects and for the same refusals.
func (w *walk) agrees(t *testing.T) {
	t.Helper()
	for _, s := range steps() {
		if s.method == "" {
			continue
		}
		as := w.made
		if s.developer {
			as.Email, as.Key = w.h.developer.Email, w.h.developer.APIKey
		}
		path, given := s.path, fields{}
		for name, value := range s.given {
			given[name] = w.fill(value)
		}
		answer, err := as.Do(t.Context(), s.method, w.fill(path), given)
		if err != nil {
			t.Errorf("%s: %v", s.name, err)
			continue
		}
		var rest any
		d := json.NewDecoder(bytes.NewReader(answer.Body))
		d.UseNumber()
		if err := d.Decode(&rest); err != nil {
			t.Errorf("%s: %v in %s", s.name, err, answer.Body)
			continue
		}
		want := canonical("", rest)
		got := restrict(w.steps[s.name], want)
		if w.client.vague {
			want, got = blank(want), blank(got)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: REST and SOAP differ (-REST +SOAP):\n%s", s.name, diff)
		}
	}
}

// fill puts what the client was given in place of "{step/member}".
func (w *walk) fill(text string) string {
	before, rest, found := strings.Cut(text, "{")
	if !found {
		return text
	}
	place, after, _ := strings.Cut(rest, "}")
	step, member, _ := strings.Cut(place, "/")
	return before + w.text(step, member) + w.fill(after)
}

// shapes looks at what makes clients stumble: lists of none and of one, texts that are
// missing, letters beyond ASCII, and results of refused calls.
func (w *walk) shapes(t *testing.T) {
	t.Helper()
	for _, f := range lengths() {
		if got := len(w.list(f.step, f.path...)); got != f.length {
			t.Errorf("%s has %d in %s, want %d: %v", f.step, got, f.path, f.length, w.steps[f.step])
		}
	}
	for _, f := range texts() {
		if got := w.text(f.step, f.path...); got != f.text {
			t.Errorf("%s has %q in %s, want %q", f.step, got, f.path, f.text)
		}
	}
	if template := w.text("AddTemplate", "TemplateId"); template != w.text("GetTemplateSpec", "Template", "Id") {
		t.Errorf("AddTemplate gave %q, GetTemplateSpec has %v", template, w.steps["GetTemplateSpec"])
	}
	if price := w.text("AddTemplate", "Price"); price == "" || price != w.text("GetTemplateSpec", "Template", "Price") {
		t.Errorf("AddTemplate has the price %q, GetTemplateSpec %v", price, w.steps["GetTemplateSpec"])
	}
}
