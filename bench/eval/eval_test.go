package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mattebox/bench/contender"
	"mattebox/internal/metrics"
	"mattebox/internal/synth"

	"github.com/google/go-cmp/cmp"
)

// Variables that make the test binary act as a contender: how, and where the truth
// lies that it cheats from.
const (
	mode  = "MATTEBOX_TEST_CONTENDER"
	truth = "MATTEBOX_TEST_TRUTH"
)

func TestMain(m *testing.M) {
	if how := os.Getenv(mode); how != "" {
		if err := act(how, os.Args[len(os.Args)-2], os.Args[len(os.Args)-1]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// act hands out the true cut-outs. The mode "half" leaves the background in every
// second one and is not sure of those; "lazy" does the first only.
func act(how, source, target string) error {
	files, err := os.ReadDir(source)
	if err != nil {
		return err
	}
	for i, file := range files {
		if how == "lazy" && i > 0 {
			break
		}
		name := strings.TrimPrefix(keyOf(file.Name()), "composites-")
		cutout, err := cheat(name, how == "half" && i%2 == 1)
		if err != nil {
			return err
		}
		output := filepath.Join(target, name+".png")
		if err := savePNG(output, cutout); err != nil {
			return err
		}
		confidence := .9 - .5*float64(i%2)
		report, err := json.Marshal(contender.Picture{
			File: filepath.Join(source, file.Name()), Output: output, Confidence: &confidence,
		})
		if err != nil {
			return err
		}
		fmt.Println(string(report))
	}
	return nil
}

func cheat(name string, opaque bool) (image.Image, error) {
	folder := os.Getenv(truth)
	colours, err := readRaster(filepath.Join(folder, "foreground", name+".png"))
	if err != nil {
		return nil, err
	}
	alpha, _, _, err := readMatte(filepath.Join(folder, "alpha", name+".png"))
	if err != nil {
		return nil, err
	}
	cutout := image.NewNRGBA(image.Rect(0, 0, colours.width, colours.height))
	for i, a := range alpha {
		if opaque {
			a = 255
		}
		cutout.SetNRGBA(i%colours.width, i/colours.width, color.NRGBA{colours.rgb[3*i], colours.rgb[3*i+1], colours.rgb[3*i+2], a})
	}
	return cutout, nil
}

// testData lays out four synthetic photographs as the set composites.
func testData(t *testing.T) string {
	t.Helper()
	data := t.TempDir()
	folder := filepath.Join(data, "composites")
	for _, sub := range []string{"image", "alpha", "foreground"} {
		if err := os.MkdirAll(filepath.Join(folder, sub), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for i, kind := range []synth.Kind{synth.Product, synth.Hair, synth.Ring, synth.Soft} {
		p := synth.Photo(int64(i), kind, 90, 70)
		name := fmt.Sprintf("%d-%s.png", i, kind)
		colours := p.Cutout()
		for k := 3; k < len(colours.Pix); k += 4 {
			colours.Pix[k] = 255
		}
		for sub, picture := range map[string]image.Image{"image": p.Image(), "alpha": p.Matte(), "foreground": colours} {
			if err := savePNG(filepath.Join(folder, sub, name), picture); err != nil {
				t.Fatal(err)
			}
		}
	}
	t.Setenv(truth, folder)
	return data
}

// trial evaluates the test binary in a mode under a contender's name.
func trial(t *testing.T, s settings, results, data, how, name string) (string, string) {
	t.Helper()
	cases, err := findCases(data, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv(mode, how)
	var out, log strings.Builder
	err = evaluate(t.Context(), s, results, cases, []contender.Contender{contender.Program(name, os.Args[0])}, &out, &log)
	if err != nil {
		t.Fatalf("%v\n%s", err, log.String())
	}
	return out.String(), log.String()
}

func TestTruthScoresPerfectly(t *testing.T) {
	results := t.TempDir()
	trial(t, settings{reuse: "none"}, results, testData(t), "truth", "cheat")
	for _, r := range readRecords(t, results) {
		if r.SAD != 0 || r.Grad != 0 || r.IoU != 1 || r.Colour == nil || *r.Colour != 0 || r.Fault != "" {
			t.Errorf("the truth itself scores %+v", r)
		}
	}
}

func readRecords(t *testing.T, results string) []record {
	t.Helper()
	bytes, err := os.ReadFile(filepath.Join(results, "eval.json"))
	if err != nil {
		t.Fatal(err)
	}
	var records []record
	if err := json.Unmarshal(bytes, &records); err != nil {
		t.Fatal(err)
	}
	if len(records) != 4 {
		t.Fatalf("%d records, want 4", len(records))
	}
	return records
}

func TestFailuresAreFoundAndRanked(t *testing.T) {
	results := t.TempDir()
	sheet := filepath.Join(results, "sheet.png")
	s := settings{reuse: "none", sheet: sheet, sheetRows: 3, sheetSide: 60}
	out, _ := trial(t, s, results, testData(t), "half", "mattebox-standard")
	for _, want := range []string{"composites (4)", "mattebox-standard  1.000     2 of 4", "composites-1-hair", "AUC of the confidence  1.000"} {
		if !strings.Contains(out, want) {
			t.Errorf("the report lacks %q:\n%s", want, out)
		}
	}
	file, err := os.Open(sheet)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	drawn, err := png.Decode(file)
	if err != nil {
		t.Fatal(err)
	}
	// Three columns of 60 and four gaps; three rows of 46 (90 x 70 fitted) and text.
	want := image.Pt(3*60+4*thumbGap, 3*(46+2*lineHeight)+4*thumbGap)
	if got := drawn.Bounds().Size(); got != want {
		t.Errorf("the sheet is %v, want %v", got, want)
	}
	// The worst comes first and is opaque: its cut-out hides the checkerboard.
	r, g, b, _ := drawn.At(2*66+thumbGap+checkSide+2, thumbGap+2).RGBA()
	if r>>8 == 190 && g>>8 == 190 && b>>8 == 190 {
		t.Error("the checkerboard shows through a cut-out without holes")
	}
}

func TestMissingCutoutsCountAsEmpty(t *testing.T) {
	results := t.TempDir()
	out, _ := trial(t, settings{reuse: "none"}, results, testData(t), "lazy", "lazy")
	if n := strings.Count(out, "lazy gave nothing for"); n != 3 {
		t.Errorf("%d pictures are reported as missing, want 3:\n%s", n, out)
	}
	for _, r := range readRecords(t, results)[1:] {
		if r.IoU != 0 || r.Fault == "" {
			t.Errorf("a missing cut-out scores %+v", r)
		}
	}
}

func TestReuse(t *testing.T) {
	results, data := t.TempDir(), testData(t)
	trial(t, settings{reuse: "all"}, results, data, "lazy", "cheat")
	_, log := trial(t, settings{reuse: "all"}, results, data, "truth", "cheat")
	if !strings.Contains(log, "3 pictures in") {
		t.Errorf("what was missing was not cut out alone:\n%s", log)
	}
	_, log = trial(t, settings{reuse: "all"}, results, data, "truth", "cheat")
	if !strings.Contains(log, "cut-outs of an earlier run") {
		t.Errorf("a whole earlier run was not reused:\n%s", log)
	}
	later := time.Now().Add(time.Hour)
	redrawn := filepath.Join(data, "composites", "image", "2-ring.png")
	if err := os.Chtimes(redrawn, later, later); err != nil {
		t.Fatal(err)
	}
	_, log = trial(t, settings{reuse: "all"}, results, data, "truth", "cheat")
	if !strings.Contains(log, "1 pictures in") {
		t.Errorf("the cut-out of an older photo was reused:\n%s", log)
	}
	_, log = trial(t, settings{reuse: "none"}, results, data, "truth", "cheat")
	if !strings.Contains(log, "4 pictures in") {
		t.Errorf("not everything was cut out anew:\n%s", log)
	}
}

func TestClearPixelsHaveThePhotosColour(t *testing.T) {
	data := testData(t)
	cases, err := findCases(data, 0)
	if err != nil {
		t.Fatal(err)
	}
	alpha, width, height, err := readMatte(cases[1].Alpha)
	if err != nil {
		t.Fatal(err)
	}
	photo, err := readRaster(cases[1].Photo)
	if err != nil {
		t.Fatal(err)
	}
	cutout := func(rgb []uint8, a uint8) float64 {
		full := make([]uint8, len(alpha))
		for i := range full {
			full[i] = a
		}
		v, err := colourError(cases[1], raster{width, height, rgb, full}, metrics.Bytes(alpha, width, height))
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	black := make([]uint8, len(photo.rgb))
	own, hidden, shown := cutout(photo.rgb, 255), cutout(black, 0), cutout(black, 255)
	if own != hidden || own <= 0 || shown == own {
		t.Errorf("the photo's own colours score %v, black under alpha 0 %v, black under alpha 255 %v", own, hidden, shown)
	}
}

func TestFindCases(t *testing.T) {
	cases, err := findCases(testData(t), 0)
	if err != nil {
		t.Fatal(err)
	}
	var keys []string
	for _, c := range cases {
		keys = append(keys, c.key())
	}
	want := []string{"composites-0-product", "composites-1-hair", "composites-2-ring", "composites-3-soft"}
	if diff := cmp.Diff(want, keys); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if _, err := findCases(t.TempDir(), 0); err == nil {
		t.Error("an empty folder has cases")
	}
	if _, err := findCases("/does/not/exist", 0); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a missing folder: %v", err)
	}
	if _, err := pickSets(cases, "stills"); err == nil || !strings.Contains(err.Error(), "humans") {
		t.Errorf("a set without samples: %v; want an error that lists the sets", err)
	}
}

func TestSharedTestDataIsWhole(t *testing.T) {
	root, err := contender.Root()
	if err != nil {
		t.Fatal(err)
	}
	data := filepath.Join(root, "..", "shared", "testdata")
	if !exists(data) {
		t.Skipf("%s is not here", data)
	}
	cases, err := findCases(data, 2)
	if err != nil {
		t.Fatal(err)
	}
	got, colours := map[string]int{}, 0
	for _, c := range cases {
		got[c.Set]++
		if c.Foreground != "" {
			colours++
		}
	}
	want := map[string]int{"composites": 16, "humans": 3, "lemur": 1, "stills": 10, "frames": 10}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if colours != 17 {
		t.Errorf("%d samples have true colours, want 17", colours)
	}
}

func TestBadCommandLines(t *testing.T) {
	for _, args := range [][]string{{"-reuse", "some"}, {"stray"}, {"-frames", "x"}} {
		if _, err := parse(args, &strings.Builder{}); err == nil {
			t.Errorf("%v was accepted", args)
		}
	}
}
