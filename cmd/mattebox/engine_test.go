package main

import (
	"bytes"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"mattebox"
	"mattebox/engine/pool"
)

// The command is the service's own: nobody is offered it.
func TestEngineIsHidden(t *testing.T) {
	if got := runIn(t, t.Context(), nil, "--help"); strings.Contains(got.stdout, "engine ") {
		t.Errorf("the help lists it:\n%s", got.stdout)
	}
	if got := completions(t, "mattebox eng"); len(got) > 0 {
		t.Errorf("it is completed: %v", got)
	}
}

// Children deal with strangers' files, and so are told no secrets.
func TestEngineEnvironment(t *testing.T) {
	given := map[string]string{
		"PATH": "/bin", "HOME": "/root", "GOGC": "", "MATTEBOX_ENGINE_FAULT": "1",
		"MATTEBOX_MASTER_KEY": "secret", "AWS_SECRET_ACCESS_KEY": "secret", "MATTEBOX_DATABASE": "postgres://u:secret@h/d",
	}
	got := engineEnvironment("/data", func(name string) string { return given[name] })
	slices.Sort(got)
	want := "HOME=/root MALLOC_ARENA_MAX=2 MATTEBOX_ENGINE_FAULT=1 MATTEBOX_HOME=/data PATH=/bin"
	if strings.Join(got, " ") != want {
		t.Errorf("environment %v", got)
	}
}

func TestEngineCommand(t *testing.T) {
	for model, want := range map[string]string{"": "engine", "ormbg": "engine --model=ormbg"} {
		if got := strings.Join(engineCommand(model)[1:], " "); got != want {
			t.Errorf("%q: %s", model, got)
		}
	}
}

// What keeps the engine from starting is told to the service, and on stderr with
// the exit code of every command. Nothing else is on stdout.
func TestEngineRefuses(t *testing.T) {
	for name, tt := range map[string]struct {
		args []string
		code mattebox.Code
		exit int
	}{
		"nothing installed": {[]string{"--home", t.TempDir(), "engine"}, mattebox.CodeUnavailable, exitMissing},
		"unknown network":   {[]string{"engine", "--model=nobody"}, mattebox.CodeNotFound, exitUsage},
	} {
		t.Run(name, func(t *testing.T) {
			if name == "unknown network" {
				withNetwork(t, defaultSmall)
			}
			cmd := program(t, tt.args...)
			var stdout, stderr bytes.Buffer
			cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(""), &stdout, &stderr
			err := cmd.Run()
			if exit, ok := err.(*exec.ExitError); !ok || exit.ExitCode() != tt.exit {
				t.Errorf("ended with %v, stderr %s", err, &stderr)
			}
			var hello pool.Hello
			text, err := pool.ReadFrame(&stdout)
			if err == nil {
				err = pool.ParseFrame(text, &hello)
			}
			if err != nil || hello.Fault == nil || hello.Fault.Code != tt.code || stdout.Len() > 0 {
				t.Errorf("greeting %+v, error %v", hello, err)
			}
			if !strings.Contains(stderr.String(), hello.Fault.Message) {
				t.Errorf("stderr %q", stderr.String())
			}
		})
	}
}
