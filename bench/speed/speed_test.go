package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/jpeg"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"mattebox/bench/contender"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// mode is the variable that makes the test binary act as a contender.
const mode = "MATTEBOX_TEST_CONTENDER"

func TestMain(m *testing.M) {
	if how := os.Getenv(mode); how != "" {
		act(how, os.Args[len(os.Args)-2])
		return
	}
	os.Exit(m.Run())
}

// act reports 100 ms for the first picture and 20 ms for each other one, a quarter
// of it outside the net; in the mode "faulty" the last one fails.
func act(how, source string) {
	files, _ := os.ReadDir(source)
	for i, file := range files {
		p := contender.Picture{File: filepath.Join(source, file.Name()), Milliseconds: map[string]float64{"total": 20, "net": 15}}
		if i == 0 {
			p.Milliseconds["total"] = 100
		}
		if how == "faulty" && i == len(files)-1 {
			p = contender.Picture{File: p.File, Error: "too dark"}
		}
		report, _ := json.Marshal(p)
		fmt.Println(string(report))
	}
}

// trial is a bench over one photograph of a megapixel.
func trial(t *testing.T, names ...string) bench {
	t.Helper()
	if _, err := exec.LookPath("vips"); err != nil {
		if _, err := exec.LookPath("convert"); err != nil {
			t.Skip("neither vips nor convert is installed")
		}
	}
	data := t.TempDir()
	photo := image.NewGray(image.Rect(0, 0, 1250, 1000))
	for i := range photo.Pix {
		photo.Pix[i] = uint8(i % 1250 / 5)
	}
	var file bytes.Buffer
	if err := jpeg.Encode(&file, photo, nil); err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string][]byte{"a.jpg": file.Bytes(), "README.md": []byte("not a photograph")} {
		if err := os.WriteFile(filepath.Join(data, name), content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	b := bench{
		settings: settings{data: data, sections: "cold,warm1", rounds: 2, folder: 3, net: "/does/not/exist"},
		root:     "/does/not/exist", results: t.TempDir(), log: &strings.Builder{},
	}
	for _, name := range names {
		b.contenders = append(b.contenders, contender.Program(name, os.Args[0]))
	}
	return b
}

func TestTurns(t *testing.T) {
	b := trial(t, "mattebox-standard", "rembg-matting")
	t.Setenv(mode, "good")
	found, err := b.measure(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	warm, _ := found.get("mattebox-standard", "warm1")
	want := figure{
		Contender: "mattebox-standard", Section: "warm1",
		Seconds: []float64{.02, .02, .02, .02, .02, .02}, // two rounds of four, the first of each left out
		Outside: []float64{.25, .25, .25, .25, .25, .25},
	}
	if diff := cmp.Diff(want, warm, cmpopts.EquateApprox(0, 1e-9), cmpopts.IgnoreFields(figure{}, "Peak")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if cold, _ := found.get("mattebox-standard", "cold"); len(cold.Seconds) != 2 || cold.Peak == 0 {
		t.Errorf("cold: %+v, want two starts and their memory", cold)
	}
	if slow, _ := found.get("rembg-matting", "warm1"); len(slow.Seconds) != 1 {
		t.Errorf("the slow contender was timed %d times, want once", len(slow.Seconds))
	}
}

func TestFaultsAreFigures(t *testing.T) {
	b := trial(t, "mattebox-standard")
	t.Setenv(mode, "faulty")
	found, err := b.measure(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	printAll(&out, found, false)
	if !strings.Contains(out.String(), "mattebox-standard failed in warm1: photo-003.jpg: too dark") {
		t.Errorf("the fault is not told:\n%s", out.String())
	}
}

func TestFolderWithoutTheNet(t *testing.T) {
	b := trial(t, "mattebox-standard")
	b.sections = "folder"
	t.Setenv(mode, "good")
	found, err := b.measure(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(found) != 1 || found[0].Rate <= 0 {
		t.Errorf("got %+v, want one rate", found)
	}
}

func TestTargets(t *testing.T) {
	found := findings{
		{Contender: "mattebox-standard", Section: "warm1", Seconds: []float64{2, 2.2, 9}, Outside: []float64{.05}, Peak: 9e8},
		{Contender: "imgly", Section: "warm1", Seconds: []float64{6.6}, Peak: 18e8},
		{Contender: "rembg", Section: "warm1", Seconds: []float64{2.2}},
		{Contender: "mattebox-standard", Section: "folder", Rate: .95},
		{Contender: netAlone, Section: "folder", Rate: 1},
	}
	got := map[string]float64{}
	for _, goal := range targets(found) {
		if !math.IsNaN(goal.Got) {
			got[goal.What] = goal.Got
		}
	}
	want := map[string]float64{
		"warm 1 MP: times faster than imgly": 3, "warm 1 MP: memory to imgly's": .5,
		"warm 1 MP: times faster than rembg": 1, "time outside the net at 1 MP": .05,
		"folder: rate to the net alone": .95,
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateApprox(0, 1e-9)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	var out strings.Builder
	printAll(&out, found, true)
	for _, line := range []string{"| 1.000 | >= 1.2 |   SHORT |", "0.95 |", "| the net alone     |      1.000 |"} {
		if !strings.Contains(out.String(), line) {
			t.Errorf("the report lacks %q:\n%s", line, out.String())
		}
	}
}

func TestGrowth(t *testing.T) {
	flat, leaky := make([]int64, 200), make([]int64, 200)
	for i := range flat {
		flat[i] = 1000
		leaky[i] = 1000 + 10*int64(i)
	}
	flat[0] = 1 // start-up counts for nothing
	if v := growth(flat); v != 0 {
		t.Errorf("flat memory grows by %v", v)
	}
	// The medians of the samples before the tenth and before the end: 1150 and 2950.
	if v, want := growth(leaky), 2950./1150-1; math.Abs(v-want) > 1e-9 {
		t.Errorf("leaking memory grows by %v, want %v", v, want)
	}
}

func TestMedian(t *testing.T) {
	for want, values := range map[float64][]float64{2: {3, 1, 2}, 2.5: {4, 1, 2, 3}, 7: {7}} {
		if got := median(values); got != want {
			t.Errorf("median of %v is %v, want %v", values, got, want)
		}
	}
	if !math.IsNaN(median(nil)) {
		t.Error("nothing has a median")
	}
}

func TestBadCommandLines(t *testing.T) {
	for _, args := range [][]string{{"-rounds", "0"}, {"stray"}, {"-folder", "1"}} {
		if _, err := parse(args, &strings.Builder{}); err == nil {
			t.Errorf("%v was accepted", args)
		}
	}
	b := bench{settings: settings{sections: "hot"}}
	if _, err := b.plan(); err == nil || !strings.Contains(err.Error(), "warm12") {
		t.Errorf("an unknown section: %v; want an error that lists them", err)
	}
}
