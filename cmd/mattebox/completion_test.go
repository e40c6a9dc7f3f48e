package main

import (
	"encoding/json"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// completions asks the program as a shell does.
func completions(t *testing.T, line string) []string {
	t.Helper()
	cmd := program(t)
	cmd.Env = append(cmd.Env, "COMP_LINE="+line)
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	words := strings.Fields(string(out))
	slices.Sort(words)
	return words
}

func TestCompletion(t *testing.T) {
	for line, want := range map[string]string{
		"mattebox rem":                        "remove",
		"mattebox model ":                     "entry install licence list",
		"mattebox remove --sh":                "--shadow --shift",
		"mattebox remove a.jpg --quality ":    "best fast standard",
		"mattebox remove --format p":          "png psd",
		"mattebox remove --model is":          "isnet",
		"mattebox remove --background ":       "000000 ffffff none transparent",
		"mattebox completion ":                "bash fish zsh",
		"mattebox remove --output ":           "", // files: the shell's own business
		"mattebox remove ":                    "",
		"mattebox remove --align b":           "bottom",
		"mattebox model install --package":    "--packages",
		"mattebox doctor --de":                "--deep",
		"mattebox nonsense":                   "",
		"mattebox remove in/ --skip-existing": "--skip-existing",
	} {
		if got := strings.Join(completions(t, line), " "); got != want {
			t.Errorf("%q: %q, want %q", line, got, want)
		}
	}
}

func TestCompletionCodeIsTaken(t *testing.T) {
	for _, shell := range []string{"bash", "zsh", "fish"} {
		t.Run(shell, func(t *testing.T) {
			if _, err := exec.LookPath(shell); err != nil {
				t.Skip(err)
			}
			code, err := program(t, "completion", shell).Output()
			if err != nil {
				t.Fatal(err)
			}
			script := string(code) + map[string]string{
				"bash": "complete -p mattebox",
				"zsh":  "print -r -- $_comps[mattebox]",
				"fish": "complete -c mattebox",
			}[shell]
			if shell == "zsh" {
				script = "autoload -U compinit && compinit -u -D\n" + script
			}
			cmd := exec.CommandContext(t.Context(), shell, "-c", script)
			out, err := cmd.CombinedOutput()
			if err != nil || !strings.Contains(string(out), "complet") {
				t.Errorf("%v: %s", err, out)
			}
		})
	}
}

func TestCompletionCodeQuotesThePath(t *testing.T) {
	for shell, want := range map[string]string{
		"bash": `-C '/o'\''dd path/mattebox' mattebox`,
		"zsh":  `-C '/o'\''dd path/mattebox' mattebox`,
		"fish": `'/o\'dd path/mattebox'`,
	} {
		if got := completionCode(shell, "/o'dd path/mattebox"); !strings.Contains(got, want) {
			t.Errorf("%s: %s", shell, got)
		}
	}
}

func TestVersion(t *testing.T) {
	withNetwork(t, "u2netp")
	text := runIn(t, t.Context(), nil, "version")
	text.wantCode(t, exitDone)
	for _, want := range []string{"mattebox ", "libvips", "onnxruntime  1.", "u2netp"} {
		if !strings.Contains(text.stdout, want) {
			t.Errorf("%q is not in\n%s", want, text.stdout)
		}
	}
	var v versions
	if err := json.Unmarshal([]byte(runIn(t, t.Context(), nil, "version", "--json").stdout), &v); err != nil {
		t.Fatal(err)
	}
	if v.Mattebox == "" || v.Go == "" || v.Libvips == "" || !strings.HasPrefix(v.Runtime, "1.") || len(v.Models) == 0 || len(v.Models[0].SHA256) != 64 {
		t.Errorf("%+v", v)
	}
	empty := runIn(t, t.Context(), nil, "version", "--home", t.TempDir())
	if !strings.Contains(empty.stdout, "not installed") {
		t.Errorf("without a runtime:\n%s", empty.stdout)
	}
}

// Every command says what it does, with an example.
func TestHelpHasExamples(t *testing.T) {
	for _, command := range []string{
		"", "remove", "model", "model list", "model install", "model licence", "model entry", "doctor", "version", "completion",
	} {
		got := runIn(t, t.Context(), nil, append(strings.Fields(command), "--help")...)
		got.wantCode(t, exitDone)
		_, below, _ := strings.Cut(got.stdout, "\n") // the usage line names the command anyway
		if !strings.Contains(below, strings.TrimSpace("mattebox "+command)) || strings.Contains(got.stdout, "MATTEBOX_HOME") != strings.Contains(got.stdout, "--home") {
			t.Errorf("%q:\n%s", command, got.stdout)
		}
	}
}
