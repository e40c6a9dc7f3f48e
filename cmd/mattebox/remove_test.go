package main

import (
	"bytes"
	"context"
	"encoding/json"
	"image"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"mattebox/imaging"
)

// reports reads what --json printed.
func reports(t *testing.T, stdout string) map[string]pictureReport {
	t.Helper()
	all := map[string]pictureReport{}
	for line := range strings.Lines(stdout) {
		var r pictureReport
		d := json.NewDecoder(strings.NewReader(line))
		d.DisallowUnknownFields()
		if err := d.Decode(&r); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		all[r.File] = r
	}
	return all
}

// decoded reads a result.
func decoded(t *testing.T, data []byte) *imaging.Picture {
	t.Helper()
	p, err := imaging.Decode(t.Context(), data, imaging.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func decodedFile(t *testing.T, path string) *imaging.Picture {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return decoded(t, data)
}

func TestRemoveAPhoto(t *testing.T) {
	withNetwork(t, "u2netp")
	dir := makeTree(t, map[string][]byte{"coffee.png": photo(t)})
	t.Chdir(dir)
	got := runIn(t, t.Context(), nil, "remove", "coffee.png", "--quality", "fast")
	got.wantCode(t, exitDone)
	got.wantSaid(t, "coffee.png -> coffee-cutout.png  600x400", "confidence 0.9")
	p := decodedFile(t, "coffee-cutout.png")
	middle, corner := p.Alpha[200*600+280], p.Alpha[0]
	if p.Width != 600 || p.Height != 400 || middle < 250 || corner > 5 {
		t.Errorf("%dx%d, alpha %d in the cup and %d in the corner", p.Width, p.Height, middle, corner)
	}
	again := runIn(t, t.Context(), nil, "remove", "coffee.png", "--quality", "fast")
	again.wantCode(t, exitFailed)
	again.wantSaid(t, "skipped, coffee-cutout.png is there already")
	silent := runIn(t, t.Context(), nil, "remove", "coffee.png", "--skip-existing")
	silent.wantCode(t, exitDone)
	if silent.stderr != "" {
		t.Errorf("--skip-existing says %q", silent.stderr)
	}
}

func TestRemoveAStream(t *testing.T) {
	withNetwork(t, "u2netp")
	got := runIn(t, t.Context(), bytes.NewReader(photo(t)), "remove", "-", "--quality", "fast", "--format", "webp")
	got.wantCode(t, exitDone)
	got.wantSaid(t, "stdin -> stdout  600x400")
	h, err := imaging.ReadHeader([]byte(got.stdout), imaging.Limits{})
	if err != nil || h.Format != imaging.WebP || h.Width != 600 || !h.HasAlpha {
		t.Errorf("stdout holds %+v, %v", h, err)
	}
	broken := runIn(t, t.Context(), strings.NewReader("no picture"), "remove", "-", "--quality", "fast")
	broken.wantCode(t, exitFailed)
	broken.wantSaid(t, "not a picture")
	if broken.stdout != "" {
		t.Errorf("%d bytes of a picture that failed are on stdout", len(broken.stdout))
	}
}

func TestRemoveAFolder(t *testing.T) {
	withNetwork(t, "u2netp")
	data := photo(t)
	dir := makeTree(t, map[string][]byte{
		"in/a.png": data, "in/sub/b.png": data, "in/sub/bad.jpg": data[:100], "in/cut.png": data[:len(data)/2],
		"in/notes.txt": []byte("text"), "out/sub/b.png": []byte("old"),
	})
	t.Chdir(dir)
	args := []string{"remove", "in", "-o", "out", "--quality", "fast", "--json", "--workers", "2"}
	got := runIn(t, t.Context(), nil, args...)
	got.wantCode(t, exitFailed)
	got.wantSaid(t, "1 done, 1 skipped, 2 failed")
	all := reports(t, got.stdout)
	if len(all) != 4 {
		t.Fatalf("%d reports:\n%s", len(all), got.stdout)
	}
	a := all["in/a.png"]
	box := image.Rect(a.Box[0], a.Box[1], a.Box[2], a.Box[3])
	if a.Output != "out/a.png" || a.Width != 600 || a.SourceHeight != 400 || !image.Pt(280, 200).In(box) ||
		a.Confidence <= .9 || a.Milliseconds.Net <= 0 || a.Milliseconds.Total <= a.Milliseconds.Net || a.Model != "u2netp" || a.Passes != 1 {
		t.Errorf("report %+v", a)
	}
	for name, want := range map[string]string{"in/sub/bad.jpg": "invalid", "in/cut.png": "invalid", "in/sub/b.png": ""} {
		if r := all[name]; r.Code != want || (r.Error == "") != (want == "") || r.Skipped != (name == "in/sub/b.png") {
			t.Errorf("%s: %+v", name, r)
		}
	}
	wantFile(t, "out/sub/b.png", "old")
	if got := filesBelow(t, "out"); !slices.Equal(got, []string{"a.png", "sub/b.png"}) {
		t.Errorf("results %q", got)
	}
	forced := runIn(t, t.Context(), nil, append(args, "--force")...)
	forced.wantCode(t, exitFailed)
	forced.wantSaid(t, "2 done, 2 failed")
	if p := decodedFile(t, "out/sub/b.png"); p.Alpha == nil {
		t.Error("--force did not overwrite")
	}
}

func TestRemoveWithATemplate(t *testing.T) {
	withNetwork(t, "u2netp")
	dir := makeTree(t, map[string][]byte{
		"coffee.png": photo(t),
		"shop.json":  []byte(`{"templateOutputFormat":"JPG","resizeType":2,"resizeWidth":300,"resizeHeight":200,"marginType":1,"marginTop":40}`),
	})
	t.Chdir(dir)
	got := runIn(t, t.Context(), nil, "remove", "coffee.png", "--quality", "fast", "--template", "shop.json", "--margin", "10px", "-o", "x/")
	got.wantCode(t, exitDone)
	got.wantSaid(t, "background is white")
	p := decodedFile(t, "x/coffee.jpg")
	if p.Width != 300 || p.Height != 200 || slices.Max(p.Pix[:30]) < 254 || slices.Min(p.Pix[:30]) < 250 {
		t.Errorf("%dx%d, corner %v", p.Width, p.Height, p.Pix[:6])
	}
	matte := runIn(t, t.Context(), nil, "remove", "coffee.png", "--quality", "fast", "--alpha", "-q")
	matte.wantCode(t, exitDone)
	if matte.stderr != "" {
		t.Errorf("--quiet says %q", matte.stderr)
	}
	h, err := imaging.ReadHeader(mustRead(t, "coffee-alpha.png"), imaging.Limits{})
	if err != nil || h.Bands != 1 || h.Width != 600 {
		t.Errorf("matte %+v, %v", h, err)
	}
}

func mustRead(t *testing.T, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// interruptingReader cancels the run when its picture is read.
type interruptingReader struct {
	io.Reader
	interrupt context.CancelFunc
}

func (r interruptingReader) Read(p []byte) (int, error) {
	r.interrupt()
	return r.Reader.Read(p)
}

func TestRemoveInterrupted(t *testing.T) {
	withNetwork(t, "u2netp")
	data := photo(t)
	t.Chdir(makeTree(t, map[string][]byte{"a.png": data, "b.png": data}))
	ctx, interrupt := context.WithCancel(t.Context())
	stdin := interruptingReader{bytes.NewReader(data), interrupt}
	got := runIn(t, ctx, stdin, "remove", "-", "a.png", "b.png", "-o", "out/", "--quality", "fast", "--workers", "1")
	got.wantCode(t, exitInterrupted)
	got.wantSaid(t, "0 done, 3 not done")
	if _, err := os.Stat("out"); err == nil && len(filesBelow(t, "out")) > 0 {
		t.Errorf("left behind: %q", filesBelow(t, "out"))
	}
}

// A stream that never ends must not hold up an interrupt.
func TestRemoveInterruptedWhileReading(t *testing.T) {
	withNetwork(t, "u2netp")
	ctx, interrupt := context.WithCancel(t.Context())
	endless, writer := io.Pipe()
	defer writer.Close()
	got := runIn(t, ctx, interruptingReader{endless, interrupt}, "remove", "-", "--quality", "fast")
	got.wantCode(t, exitInterrupted)
}

func TestExitCodes(t *testing.T) {
	dir := makeTree(t, map[string][]byte{"a.png": photo(t)})
	t.Chdir(dir)
	tests := map[string]struct {
		args   string
		code   int
		stdout string
		stderr string
	}{
		"help":              {"--help", exitDone, "Exit codes:", ""},
		"help of a command": {"remove --help", exitDone, "mattebox remove --watch in/ -o out/", ""},
		"version":           {"--version", exitDone, "mattebox ", ""},
		"nothing":           {"", exitUsage, "", "expected one of"},
		"no input":          {"remove", exitUsage, "", "<input>"},
		"an unknown flag":   {"remove a.png --qualty fast", exitUsage, "", "did you mean"},
		"an unknown value":  {"remove a.png --quality good", exitUsage, "", "fast"},
		"a contradiction":   {"remove a.png -o a.jpg --background transparent", exitUsage, "", "--output (templateOutputFormat)"},
		"an unknown net":    {"remove a.png --model nobody", exitUsage, "", "nobody"},
		"a net not there":   {"remove a.png --model ormbg", exitMissing, "", "mattebox model install"},
		"nothing installed": {"remove a.png", exitMissing, "", "mattebox model install"},
		"a doctor's no":     {"doctor", exitMissing, "mattebox model install", "checks failed"},
		"no such input":     {"remove gone.png gone/*.jpg", exitFailed, "", "0 done, 2 failed"},
		"watching a file":   {"remove --watch a.png", exitUsage, "", "--watch takes folders"},
		"watching in place": {"remove --watch . -o .", exitUsage, "", "--output is the folder that is watched"},
		"watching, beside":  {"remove --watch . -o {dir}/{name}.x.{ext}", exitUsage, "", "--output puts results among"},
		"watching, counted": {"remove --watch . -o out/{n}.{ext}", exitUsage, "", "--output has {n}"},
		"watching, stdout":  {"remove --watch . -o -", exitUsage, "", "--output is stdout"},
		"JSON and picture":  {"remove a.png -o - --json", exitUsage, "", "--json is printed on stdout"},
		"stdin, no place":   {"remove - a.png", exitUsage, "", "--output is needed"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var stdout, stderr bytes.Buffer
			env := map[string]string{"HOME": filepath.Join(dir, "nobody")}
			code := run(t.Context(), strings.Fields(tt.args), strings.NewReader(""), &stdout, &stderr, func(n string) string { return env[n] })
			got := result{code, stdout.String(), stderr.String()}
			got.wantCode(t, tt.code)
			got.wantSaid(t, tt.stderr)
			if !strings.Contains(got.stdout, tt.stdout) {
				t.Errorf("stdout does not hold %q:\n%s", tt.stdout, got.stdout)
			}
		})
	}
	if got := filesBelow(t, dir); !slices.Equal(got, []string{"a.png"}) {
		t.Errorf("files appeared: %q", got)
	}
}

func TestReadRefusesWhatIsTooLong(t *testing.T) {
	path := filepath.Join(t.TempDir(), "huge.jpg")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := f.Truncate(imaging.DefaultLimits().Bytes + 1); err != nil { // a hole: it takes no room
		t.Fatal(err)
	}
	c := &cutter{stdin: f}
	for _, from := range []string{path, standardStream} {
		if _, err := c.read(t.Context(), from); err == nil || !strings.Contains(err.Error(), "100000001 bytes") {
			t.Errorf("%s: %v", from, err)
		}
	}
	if _, err := c.read(t.Context(), path+"gone"); err == nil || !strings.Contains(err.Error(), fs.ErrNotExist.Error()) && !strings.Contains(err.Error(), "no such file") {
		t.Errorf("a file that is not there: %v", err)
	}
}

func TestEnvironmentIsTheOneHandedIn(t *testing.T) {
	t.Setenv("MATTEBOX_HOME", "/elsewhere")
	for _, tt := range []struct {
		env  map[string]string
		args string
		want string
	}{
		{map[string]string{"HOME": "/home/me"}, "", "/home/me/.local/share/mattebox"},
		{map[string]string{"HOME": "/home/me", "XDG_DATA_HOME": "/data"}, "", "/data/mattebox"},
		{map[string]string{"MATTEBOX_HOME": "/mine"}, "", "/mine"},
		{map[string]string{"MATTEBOX_HOME": "/mine"}, "--home /flag", "/flag"},
	} {
		var stdout, stderr bytes.Buffer
		args := append(strings.Fields(tt.args), "model", "list", "--json")
		if code := run(t.Context(), args, nil, &stdout, &stderr, func(n string) string { return tt.env[n] }); code != exitDone {
			t.Fatal(stderr.String())
		}
		if !strings.Contains(stdout.String(), `"path": "`+tt.want+`/models/`) {
			t.Errorf("%v %s: models are not in %s:\n%s", tt.env, tt.args, tt.want, stdout.String())
		}
	}
}
