package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/alecthomas/kong"

	"mattebox"
	"mattebox/weights"
)

// testApp is an App with an empty home, and what it wrote.
func testApp(t *testing.T) (app *App, stdout, stderr *bytes.Buffer) {
	t.Helper()
	stdout, stderr = &bytes.Buffer{}, &bytes.Buffer{}
	return &App{Stdout: stdout, Stderr: stderr, Home: t.TempDir(), Context: context.Background()}, stdout, stderr
}

// command parses the arguments as the program does and runs what they name.
func command(t *testing.T, app *App, args ...string) error {
	t.Helper()
	var c struct {
		Model  ModelCmd  `cmd:""`
		Doctor DoctorCmd `cmd:""`
	}
	parser, err := kong.New(&c, kong.Exit(func(int) {}), kong.Writers(app.Stdout, app.Stderr))
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := parser.Parse(args)
	if err != nil {
		return err
	}
	return parsed.Run(app)
}

func TestModelListTellsStates(t *testing.T) {
	app, stdout, _ := testApp(t)
	models := filepath.Join(app.Home, "models")
	if err := os.MkdirAll(models, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(models, "isnet.onnx"), []byte("half"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := command(t, app, "model", "list", "--json"); err != nil {
		t.Fatal(err)
	}
	var rows []listedModel
	if err := json.Unmarshal(stdout.Bytes(), &rows); err != nil {
		t.Fatal(err)
	}
	states := map[string]weights.State{}
	for _, r := range rows {
		states[r.Name] = r.State
	}
	if states["isnet"] != weights.Damaged || states["u2netp"] != weights.Missing || states["ormbg"] != weights.Missing {
		t.Errorf("states %v", states)
	}
}

func TestModelListIsTheDefault(t *testing.T) {
	app, stdout, _ := testApp(t)
	if err := command(t, app, "model"); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"NAME", "isnet", "unclear", "Apache-2.0", "176.1 MB"} {
		if !strings.Contains(stdout.String(), want) {
			t.Errorf("the table lacks %q:\n%s", want, stdout)
		}
	}
}

func TestModelInstallRefuses(t *testing.T) {
	tests := map[string]struct {
		args []string
		code mattebox.Code
		says string
	}{
		"an unknown name":     {[]string{"nothing"}, mattebox.CodeNotFound, "u2netp"},
		"a template":          {[]string{"ormbg"}, mattebox.CodeInvalid, "--from PATH|URL"},
		"a file not there":    {[]string{"./ormbg.onnx"}, mattebox.CodeInvalid, "no such file"},
		"a name and no file":  {[]string{"ormbg", "--from", "gone.onnx"}, mattebox.CodeInvalid, "gone.onnx"},
		"two names, one file": {[]string{"ormbg", "u2net", "--from", "x.onnx"}, mattebox.CodeInvalid, "one network"},
		"plain http":          {[]string{"ormbg", "--from", "http://a.example/ormbg.onnx"}, mattebox.CodeInvalid, "https"},
		"an unknown file":     {[]string{"/tmp/whatever.onnx"}, mattebox.CodeInvalid, "mattebox model entry"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			app, _, _ := testApp(t)
			err := command(t, app, append([]string{"model", "install"}, tt.args...)...)
			if mattebox.CodeOf(err) != tt.code || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("error %v, want the code %s and %q", err, tt.code, tt.says)
			}
		})
	}
}

func TestModelLicence(t *testing.T) {
	app, stdout, _ := testApp(t)
	if err := command(t, app, "model", "licence", "isnet"); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"NOT clearly free", "non-commercial", "AGPL-3.0"} {
		if !strings.Contains(stdout.String(), want) {
			t.Errorf("it does not say %q:\n%s", want, stdout)
		}
	}
	stdout.Reset()
	if err := command(t, app, "model", "licence", "--text", "runtime"); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(stdout.String(), "Permission is hereby granted") {
		t.Errorf("the text is not there:\n%s", stdout)
	}
}

func TestModelEntryCanBeReadBack(t *testing.T) {
	app, stdout, _ := testApp(t)
	if err := command(t, app, "model", "entry", "ormbg"); err != nil {
		t.Fatal(err)
	}
	e, err := weights.ParseEntry(stdout.Bytes())
	if err != nil || e.Name != "ormbg" {
		t.Errorf("%s, %v", e.Name, err)
	}
}

// Where nobody watches, each step is one line, however often it is told.
func TestInstallPrinterWithoutATerminal(t *testing.T) {
	var b bytes.Buffer
	p := installPrinter{w: &b}
	for i := range int64(1000) {
		p.event(weights.Event{Entry: "isnet", Step: weights.StepExtract, Done: i, Total: 1000})
	}
	p.event(weights.Event{Entry: "isnet", Step: weights.StepCheck})
	p.end()
	if want := "isnet          extracting\nisnet          checking\n"; b.String() != want {
		t.Errorf("printed %q, want %q", b.String(), want)
	}
}

func TestWrapText(t *testing.T) {
	got := wrapText("one two three  four five", 9, "> ")
	if want := "one two\n> three\n> four five"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	for line := range strings.Lines(wrapText(strings.Repeat("word ", 50), 20, "")) {
		if len(strings.TrimSpace(line)) > 20 {
			t.Errorf("line %q is longer than 20", line)
		}
	}
}

func TestLooksLikeFile(t *testing.T) {
	for what, want := range map[string]bool{
		"isnet": false, "birefnet-lite": false, "x.onnx": true, "./isnet": true, "https://a.example/x": true,
	} {
		if looksLikeFile(what) != want {
			t.Errorf("%s: %t", what, !want)
		}
	}
}
