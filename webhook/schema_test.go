package webhook

import (
	"bytes"
	"encoding/json"
	"maps"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"mattebox"
)

// judged is a body that testdata/validate.py judges.
type judged struct {
	Schema string `json:"schema"`
	Strict bool   `json:"strict"`
	Body   string `json:"body"`
	what   string
	valid  bool
}

// TestSchemas has a validator of JSON Schema judge a body of each event, and what
// becomes of it when a member is missing, unknown or of another type.
func TestSchemas(t *testing.T) {
	var all []judged
	for _, body := range bodiesOfAllEvents(t, DialectHWR) {
		all = append(all, judgements(t, "schema/developer-event.json", body)...)
	}
	for _, body := range bodiesOfAllEvents(t, DialectVideo) {
		all = append(all, judgements(t, "schema/job-event.json", body)...)
	}
	note := &mattebox.Invoice{Number: 1320, Credited: 1315, Net: mattebox.Money{Cents: -5, Currency: mattebox.EUR}}
	body := NewHWR(mattebox.Event{Type: mattebox.EventInvoiceCreated, Account: 1000001, Invoice: note}, mattebox.Endpoint{}, "").Body
	all = append(all, judged{"schema/developer-event.json", true, string(body), "a credit note", true})

	input, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(pythonWithSchemas(t), "testdata/validate.py")
	cmd.Stdin = bytes.NewReader(input)
	out, err := cmd.Output()
	var verdicts []*string
	if err != nil || json.Unmarshal(out, &verdicts) != nil || len(verdicts) != len(all) {
		t.Fatalf("%v: %s", err, out)
	}
	for i, c := range all {
		if valid := verdicts[i] == nil; valid != c.valid {
			t.Errorf("%s, %s: valid %v: %s", c.Body, c.what, valid, text(verdicts[i]))
		}
	}
}

func text(fault *string) string {
	if fault == nil {
		return ""
	}
	return *fault
}

// bodiesOfAllEvents returns a sample of each event that the dialect has.
func bodiesOfAllEvents(t *testing.T, dialect string) [][]byte {
	t.Helper()
	var bodies [][]byte
	for _, event := range mattebox.EventTypes() {
		if dialect == DialectVideo && !strings.HasPrefix(string(event), "job.") {
			continue
		}
		bodies = append(bodies, sample(t, dialect, event, "https://h/").Delivery.Body)
	}
	return bodies
}

// judgements returns the body and what becomes of it by one change each.
func judgements(t *testing.T, schema string, body []byte) []judged {
	t.Helper()
	changed := func(change func(data map[string]any)) string {
		var m message[map[string]any]
		if err := json.Unmarshal(body, &m); err != nil {
			t.Fatal(err)
		}
		change(m.Data)
		return string(encode(m.Event, m.Data))
	}
	more := changed(func(data map[string]any) { data["surprise"] = 1 })
	all := []judged{
		{schema, true, string(body), "as it is", true},
		{schema, false, more, "with a new member", true},
		{schema, true, more, "with a new member, strictly", false},
		{schema, false, strings.Replace(string(body), `"event":"`, `"event":"x`, 1), "of an unknown event", false},
		{schema, false, `{"event":"image.queued"}`, "without data", false},
	}
	var m message[map[string]any]
	if err := json.Unmarshal(body, &m); err != nil {
		t.Fatal(err)
	}
	for _, name := range slices.Sorted(maps.Keys(m.Data)) {
		all = append(all,
			judged{schema, false, changed(func(data map[string]any) { delete(data, name) }), "without " + name, false},
			judged{schema, false, changed(func(data map[string]any) { data[name] = []int{} }), "with a list for " + name, false})
	}
	return all
}

// pythonWithSchemas returns a Python that has the module jsonschema.
func pythonWithSchemas(t *testing.T) string {
	t.Helper()
	for _, python := range []string{"python3", "/usr/bin/python3"} {
		if exec.Command(python, "-c", "import jsonschema").Run() == nil {
			return python
		}
	}
	t.Skip("python3-jsonschema is not installed; make test installs it")
	return ""
}

// Every time in a body is RFC 3339, in UTC.
func TestTimes(t *testing.T) {
	for _, body := range bodiesOfAllEvents(t, DialectHWR) {
		var m message[map[string]any]
		if err := json.Unmarshal(body, &m); err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"occurred", "created", "due"} {
			value, there := m.Data[name]
			at, err := time.Parse(time.RFC3339, stringOf(value))
			if there && (err != nil || at.Location() != time.UTC) || name == "occurred" && !there {
				t.Errorf("%s of %s is %v: %v", name, m.Event, value, err)
			}
		}
	}
}

func stringOf(v any) string {
	text, _ := v.(string)
	return text
}
