package webhook

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"mattebox"
	"mattebox/internal/webhooktest"
)

var update = flag.Bool("update", false, "write the blocks of docs/api/webhooks.md anew")

const page = "../docs/api/webhooks.md"

// TestPage holds the page's blocks against what they show: a file, a sample of an
// event, or a whole request. The comment above a block names it.
func TestPage(t *testing.T) {
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	block := regexp.MustCompile("(?s)<!-- (\\w+) ([^>]+) -->\n```(\\w+)\n(.*?)```\n")
	seen := map[string]bool{}
	right := block.ReplaceAllStringFunc(string(text), func(found string) string {
		m := block.FindStringSubmatch(found)
		seen[m[1]+" "+m[2]] = true
		return fmt.Sprintf("<!-- %s %s -->\n```%s\n%s```\n", m[1], m[2], m[3], shown(t, m[1], m[2]))
	})
	if *update {
		if err := os.WriteFile(page, []byte(right), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if diff := cmp.Diff(strings.Split(right, "\n"), strings.Split(string(text), "\n")); diff != "" {
		t.Errorf("the page is not up to date; go test ./webhook -run TestPage -update writes it anew: %s", diff)
	}
	for _, needed := range blocks() {
		if !seen[needed] {
			t.Errorf("the page has no block <!-- %s -->", needed)
		}
	}
}

// blocks returns what the page has to show.
func blocks() []string {
	need := []string{
		"from webhook/schema/developer-event.json", "from webhook/schema/job-event.json",
		"request rtb image.finished", "request hwr image.finished", "request video job.completed",
		"sample video job.started", "sample video job.completed", "sample video job.failed",
	}
	for _, event := range mattebox.EventTypes() {
		need = append(need, "sample hwr "+string(event))
	}
	files := map[string]string{"php": "verify.php", "node": "verify.mjs", "python": "verify.py", "ruby": "verify.rb", "csharp": "Verify.cs", "go": "verify.go"}
	for _, language := range webhooktest.Languages() {
		need = append(need, "from webhook/testdata/receivers/verify/"+language+"/"+files[language])
	}
	return need
}

// shown returns what a block has to hold.
func shown(t *testing.T, kind, of string) string {
	t.Helper()
	if kind == "from" {
		text, err := os.ReadFile("../" + of)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	dialect, event, _ := strings.Cut(of, " ")
	s := sample(t, dialect, mattebox.EventType(event), "https://hook.example.com/mattebox", "44979dfe-5aa7-44ea-b3dd-7fae33bc37e9")
	switch kind {
	case "sample":
		var b bytes.Buffer
		if err := json.Indent(&b, s.Delivery.Body, "", "  "); err != nil {
			t.Fatal(err)
		}
		return b.String() + "\n"
	case "request":
		return requestText(t, s)
	}
	t.Fatalf("the page has a block %s %s", kind, of)
	return ""
}

func requestText(t *testing.T, s mattebox.Sending) string {
	t.Helper()
	u, err := url.Parse(s.Delivery.URL)
	if err != nil {
		t.Fatal(err)
	}
	headers, err := Headers(s, time.Date(2026, 4, 20, 10, 0, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "POST %s HTTP/1.1\nHost: %s\nUser-Agent: Mattebox\nContent-Length: %d\n", u.RequestURI(), u.Host, len(s.Delivery.Body))
	for _, name := range slices.Sorted(maps.Keys(headers)) {
		fmt.Fprintf(&b, "%s: %s\n", name, headers[name])
	}
	fmt.Fprintf(&b, "\n%s\n", s.Delivery.Body)
	return b.String()
}

// What the page says of schedules and events is so.
func TestPageTells(t *testing.T) {
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"4: at once, then after 5 minutes, 1 hour, 5 hours", "10: at once, then every 15 minutes", "8: at once, then after 10 s, 36 s, 129 s, 465 s, 28 min, 100 min, 6 h"} {
		if !bytes.Contains(text, []byte(want)) {
			t.Errorf("the page does not say %q", want)
		}
	}
	for i, want := range []string{"10s", "36s", "2m9s", "7m45s", "28m0s", "1h40m0s", "6h0m0s"} {
		wait := Video().Retries[i]
		if wait > 20*time.Minute {
			wait = wait.Round(time.Minute)
		}
		if wait.String() != want {
			t.Errorf("wait %d is %s, and the page says %s", i+1, wait, want)
		}
	}
	for _, event := range mattebox.EventTypes() {
		if !bytes.Contains(text, []byte("| "+string(event)+" | ")) {
			t.Errorf("the table of events lacks %s", event)
		}
	}
}
