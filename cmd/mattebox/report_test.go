package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"image"
	"io/fs"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"mattebox"
	"mattebox/engine"
)

// outcomes are one of each kind.
func outcomes() (done, doubtful, skipped, failed outcome) {
	named := func(name string) item { return item{source: source{path: name}, output: name + ".png"} }
	done = outcome{item: named("done"), took: 1234 * time.Millisecond, report: &engine.Report{
		Width: 4, Height: 3, SourceWidth: 40, SourceHeight: 30, Box: image.Rect(1, 2, 3, 4), Confidence: 0.98765,
		Models: []string{"isnet", "u2netp"}, Passes: 2,
		Steps: engine.Steps{Decode: 1500 * time.Microsecond, Net: time.Second, Total: time.Second + 1500*time.Microsecond},
	}}
	doubtful = outcome{item: named("doubtful"), report: &engine.Report{Confidence: 0.5, Warnings: []string{"a", "b"}}}
	skipped = outcome{item: named("skipped"), skipped: true}
	failed = outcome{item: named("failed"), err: mattebox.Invalid("marginTop", "leaves nothing")}
	return done, doubtful, skipped, failed
}

func TestLineReporter(t *testing.T) {
	done, doubtful, skipped, failed := outcomes()
	tests := map[string]struct {
		skipsOK, quiet bool
		want           string
	}{
		"all": {false, false, `done -> done.png  4x3  1234 ms  confidence 0.99
doubtful -> doubtful.png  0x0  0 ms  confidence 0.50  [a; b]
skipped: skipped, skipped.png is there already
failed: marginTop leaves nothing
`},
		"quiet": {false, true, "skipped: skipped, skipped.png is there already\nfailed: marginTop leaves nothing\n"},
		"skips": {true, true, "failed: marginTop leaves nothing\n"},
	}
	for name, tt := range tests {
		var b bytes.Buffer
		r := newReporter(nil, &b, RunFlags{Quiet: tt.quiet}, tt.skipsOK, 4)
		for _, o := range []outcome{done, doubtful, skipped, failed} {
			r.tell(o)
		}
		r.close()
		if diff := cmp.Diff(tt.want, b.String()); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// The keys are promised in docs/cli.md.
func TestJSONReporter(t *testing.T) {
	done, _, skipped, failed := outcomes()
	var b bytes.Buffer
	r := newReporter(&b, nil, RunFlags{JSON: true}, false, 3)
	for _, o := range []outcome{done, skipped, failed} {
		r.tell(o)
	}
	lines := strings.SplitAfter(strings.TrimSpace(b.String()), "\n")
	if len(lines) != 3 {
		t.Fatalf("%d lines:\n%s", len(lines), b.String())
	}
	want := `{"file":"done","output":"done.png","width":4,"height":3,"source_width":40,"source_height":30,` +
		`"box":[1,2,3,4],"confidence":0.9877,"milliseconds":{"decode":1.5,"net":1000,"refine":0,"foreground":0,` +
		`"compose":0,"encode":0,"total":1001.5},"model":"isnet+u2netp","passes":2,"warnings":[]}` + "\n"
	if diff := cmp.Diff(want, lines[0]); diff != "" {
		t.Error(diff)
	}
	for i, want := range []map[string]any{
		1: {"skipped": true, "error": nil},
		2: {"skipped": nil, "error": "marginTop: leaves nothing", "code": "invalid"},
	} {
		var got map[string]any
		if err := json.Unmarshal([]byte(lines[i]), &got); err != nil {
			t.Fatal(err)
		}
		for key, value := range want {
			if got[key] != value {
				t.Errorf("line %d: %s is %v, want %v", i, key, got[key], value)
			}
		}
	}
}

func TestBarShowsCountAndTrouble(t *testing.T) {
	done, doubtful, skipped, failed := outcomes()
	var b bytes.Buffer
	r := newBarReporter(lineReporter{w: &b}, 5, false)
	for _, o := range []outcome{done, doubtful, skipped, failed} {
		r.tell(o)
	}
	r.close()
	for _, want := range []string{"0/5", "pictures/", "failed: marginTop leaves nothing\n", "skipped: skipped", "doubtful ->"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("the bar lacks %q: %q", want, b.String())
		}
	}
	if strings.Contains(b.String(), "done ->") {
		t.Error("the bar names a picture that needs no look")
	}
	b.Reset()
	verbose := newBarReporter(lineReporter{w: &b}, 5, true)
	verbose.tell(done)
	if !strings.Contains(b.String(), "done ->") {
		t.Error("--verbose does not name every picture")
	}
}

func TestSummary(t *testing.T) {
	done, doubtful, skipped, failed := outcomes()
	var all tally
	for _, o := range []outcome{done, done, doubtful, skipped, failed} {
		all.add(o)
	}
	all.broken = 1
	tests := []struct {
		tally tally
		left  int
		want  string
	}{
		{all, 2, "3 done (1 to look at: confidence under 0.8), 1 skipped, 1 failed, 3 not done in 2.0 s (1.50 pictures/s)"},
		{tally{done: 5}, 0, "5 done in 2.0 s (2.50 pictures/s)"},
		{tally{failed: 1}, 0, "0 done, 1 failed in 2.0 s"},
	}
	for _, tt := range tests {
		if got := tt.tally.summary(tt.left, 2*time.Second); got != tt.want {
			t.Errorf("%q, want %q", got, tt.want)
		}
	}
}

func TestSentence(t *testing.T) {
	cause := errors.New("cause")
	for want, err := range map[string]error{
		"plain":                    errors.New("plain"),
		"--size is odd":            mattebox.Invalid("--size", "is odd"),
		"no field":                 mattebox.Errorf(mattebox.CodeInvalid, "no field"),
		"cannot be read: cause":    mattebox.Wrap(mattebox.CodeInvalid, cause, "cannot be read"),
		"--template x: cause":      &mattebox.Error{Field: "--template", Message: "x", Err: cause},
		"file does not exist":      fs.ErrNotExist,
		"cannot write a: no space": writeError("a", &fs.PathError{Op: "open", Path: ".a.part", Err: errors.New("no space")}),
	} {
		if got := sentence(err); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
