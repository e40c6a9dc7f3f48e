package video

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// example is a block of commands of docs/api/video.md.
type example struct{ heading, commands string }

func examples(t *testing.T) []example {
	t.Helper()
	page, err := os.ReadFile("../../docs/api/video.md")
	if err != nil {
		t.Fatal(err)
	}
	var all []example
	heading, inside, commands := "", false, ""
	for line := range strings.Lines(string(page)) {
		switch {
		case strings.HasPrefix(line, "## "):
			heading = strings.TrimSpace(line[3:])
		case strings.HasPrefix(line, "```sh"):
			inside, commands = true, ""
		case strings.HasPrefix(line, "```") && inside:
			inside = false
			all = append(all, example{heading, commands})
		case inside:
			commands += line
		}
	}
	return all
}

// Every command of the page does what it says: curl ends with an error at any answer
// but a success.
func TestExamplesOfThePage(t *testing.T) {
	for _, program := range []string{"bash", "curl", "jq"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("%s is not installed", program)
		}
	}
	all := examples(t)
	if len(all) < 15 {
		t.Fatalf("only %d examples were seen", len(all))
	}
	for _, e := range all {
		t.Run(e.heading, func(t *testing.T) {
			h := newHouse(t)
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, "clip.mp4"), mp4("length=9s"), 0o600); err != nil {
				t.Fatal(err)
			}
			script := exec.CommandContext(t.Context(), "bash", "-euo", "pipefail", "-c", `curl() { command curl -fS --noproxy '*' "$@"; echo >&2; }`+"\n"+e.commands)
			script.Dir = dir
			script.Env = append(os.Environ(), "BASE="+h.url, "KEY="+h.key, "ADMIN="+adminToken, "VIDEO="+h.clip("9s"), "JOB="+h.exampleJob(e), "FINGERPRINT="+h.fingerprint())
			out, err := script.CombinedOutput()
			if err != nil {
				t.Errorf("%v: %s\n%s", err, e.commands, out)
			}
			if strings.Contains(e.commands, "-o cutout.webm") {
				if got, err := os.ReadFile(filepath.Join(dir, "cutout.webm")); string(got) != "result" {
					t.Errorf("the result is %q, %v", got, err)
				}
			}
		})
	}
}

// exampleJob makes the job that the example is about.
func (h *house) exampleJob(e example) string {
	h.Helper()
	if strings.Contains(e.commands, "/start") {
		return h.job("9s", object{"auto_start": false})
	}
	id := h.job("9s", nil)
	if strings.Contains(e.commands, "cutout.webm") || strings.Contains(e.commands, "/api/download") {
		h.complete(9*time.Second, "result")
	}
	return id
}

func (h *house) fingerprint() string {
	h.Helper()
	keys, err := h.store.VideoKeys(h.Context(), h.account.ID)
	if err != nil {
		h.Fatal(err)
	}
	return keys[len(keys)-1].Fingerprint
}

// The page has a chapter for every address of the document.
func TestPageTellsEveryOperation(t *testing.T) {
	h := newHouse(t)
	text, err := os.ReadFile("../../docs/api/video.md")
	if err != nil {
		t.Fatal(err)
	}
	for path, methods := range h.spec().Paths {
		for method := range methods {
			if !strings.Contains(string(text), path) {
				t.Errorf("%s %s is not told", method, path)
			}
		}
	}
	for _, c := range codes() {
		if !strings.Contains(string(text), "`"+c.(string)+"`") {
			t.Errorf("the code %s is not told", c)
		}
	}
}
