package main

import (
	"bytes"
	"errors"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// twoClips are one of each set, of one name and another.
func twoClips() []*testClip {
	soft, hard := made(), made()
	soft.name, hard.name, hard.set = "soft", "hard", "DAVIS"
	return []*testClip{soft, hard}
}

func TestTravellersAreCommandsFromTheClipToTheResult(t *testing.T) {
	list, err := travellers("/repository")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, traveller := range list {
		names = append(names, traveller.name)
		if traveller.missing == "" {
			t.Errorf("%s can run in a repository that is not there", traveller.name)
		}
		steps := traveller.steps(trip{"in.mp4", "/scratch", "out.webm"})
		if !slices.Contains(steps[0], "in.mp4") || !slices.Contains(steps[len(steps)-1], "out.webm") {
			t.Errorf("%s does not lead from the clip to the result: %q", traveller.name, steps)
		}
		if len(steps) == 3 && (!slices.Contains(steps[1], "/scratch/frames") || !slices.Contains(steps[1], "/scratch/cut")) {
			t.Errorf("%s does not cut the folder of frames: %q", traveller.name, steps[1])
		}
	}
	for _, name := range []string{peerYardstick, naiveYardstick} {
		if !slices.Contains(names, name) {
			t.Errorf("%q, which ratios are to, is not among %q", name, names)
		}
	}
}

func TestEnterTellsWhoCannotRun(t *testing.T) {
	var log bytes.Buffer
	if _, err := enter(t.TempDir(), "", &log); err == nil {
		t.Error("contenders that are not installed entered")
	}
	if !strings.Contains(log.String(), "build it with make") || !strings.Contains(log.String(), "setup.sh") {
		t.Errorf("the log does not say what to do: %s", log.String())
	}
}

func TestNamed(t *testing.T) {
	for parts, want := range map[string]bool{"": true, "light": true, "pro,light": true, "rembg": false, "pro,human": false} {
		if got := named("mattebox video, light", parts); got != want {
			t.Errorf("parts %q: %v", parts, got)
		}
	}
}

func TestSumAddsTimesAndMeansScores(t *testing.T) {
	legs := []leg{
		{Contender: "a", Clip: "soft", Frames: 10, Wall: 5, CPU: 8, Peak: 100, Score: score{MAD: 10, DTSSD: 2}},
		{Contender: "a", Clip: "hard", Frames: 30, Wall: 15, CPU: 12, Peak: 300, Score: score{MAD: 30, DTSSD: 4}},
		{Contender: "b", Clip: "soft", Frames: 99, Wall: 99, CPU: 99, Peak: 999},
	}
	got := sum(legs, "a", "", twoClips())
	if got.rate() != 2 || got.cpuEach() != .5 || got.peak != 300 || got.score.MAD != 20 || got.score.DTSSD != 3 {
		t.Errorf("over all clips: %+v", got)
	}
	if got := sum(legs, "a", "DAVIS", twoClips()); got.rate() != 2 || got.cpuEach() != .4 || got.score.MAD != 30 {
		t.Errorf("over one set: %+v", got)
	}
	if got := sum(legs, "nobody", "", twoClips()); got.rate() != 0 || got.cpuEach() != 0 {
		t.Errorf("of nobody: %+v", got)
	}
}

func TestPrintLegs(t *testing.T) {
	legs := []leg{
		{Contender: "quick", Clip: "soft", Frames: 20, Wall: 2, CPU: 4, Peak: 5e8, Score: score{MAD: 10, DTSSD: 3}},
		{Contender: naiveYardstick, Clip: "soft", Frames: 20, Wall: 8, CPU: 12, Peak: 1e9, Score: score{MAD: 8, DTSSD: 6}},
		{Contender: peerYardstick, Clip: "soft", Frames: 20, Wall: 10, CPU: 20, Peak: 2e9, Score: score{MAD: 20, DTSSD: 6}},
		{Contender: "broken", Clip: "soft", Fault: "out of luck"},
	}
	var out bytes.Buffer
	printLegs(&out, twoClips()[:1], legs, true)
	for _, line := range []string{
		"quick                     |    10.00 |    5.00 |    4.00 |       0.200 |    5.00 |    3.00 |     500 |",
		"quick                     |      10.0 | 0.0 | 0.00 |  3.00 |        0.50 |          0.50 |        1.25 |          0.50 |",
		"broken failed on soft: out of luck",
	} {
		if !strings.Contains(out.String(), line) {
			t.Errorf("the tables lack %q:\n%s", line, out.String())
		}
	}
	if strings.Contains(out.String(), "DAVIS") || strings.Contains(out.String(), "| broken") {
		t.Errorf("columns of no clip, or rows of who failed:\n%s", out.String())
	}
}

func TestPrintLegsWithoutYardsticks(t *testing.T) {
	var out bytes.Buffer
	printLegs(&out, twoClips()[:1], []leg{{Contender: "alone", Clip: "soft", Frames: 2, Wall: 1, CPU: 1}}, false)
	if text := out.String(); strings.Contains(text, "NaN") || strings.Contains(text, "Inf") || !strings.Contains(text, "alone") {
		t.Errorf("printed:\n%s", text)
	}
}

func TestFinishersTreatedEveryClip(t *testing.T) {
	legs := []leg{{Contender: "b", Clip: "soft"}, {Contender: "a", Clip: "soft"}, {Contender: "b", Clip: "hard", Fault: "no"}, {Contender: "a", Clip: "hard"}}
	if got := finishers(legs, 2); !slices.Equal(got, []string{"a"}) {
		t.Errorf("got %q", got)
	}
}

func TestPlanes(t *testing.T) {
	got, err := planes(strings.NewReader("abcdef"), 3)
	if err != nil || len(got) != 2 || string(got[1]) != "def" {
		t.Errorf("got %q, %v", got, err)
	}
	if _, err := planes(strings.NewReader("abcd"), 3); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("a frame that is cut off: %v", err)
	}
}

func TestComparePeersRefuses(t *testing.T) {
	for _, args := range [][]string{{"-peers", "-frames", "1"}, {"-peers", "-rounds", "0"}} {
		if err := run(t.Context(), args, io.Discard, io.Discard); err == nil {
			t.Errorf("%q was accepted", args)
		}
	}
	if err := run(t.Context(), []string{"-peers", "-data", filepath.Join(t.TempDir(), "none")}, io.Discard, io.Discard); err == nil {
		t.Error("clips that are not there were read")
	}
}
