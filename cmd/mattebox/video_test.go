package main

import (
	"encoding/json"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mattebox/video"
)

// testClip writes a short clip with sound into a new folder, goes there and returns
// its name.
func testClip(t *testing.T) string {
	t.Helper()
	if _, err := exec.LookPath("ffmpeg"); err != nil {
		t.Skip("ffmpeg is not installed")
	}
	t.Chdir(makeTree(t, map[string][]byte{"photo.png": photo(t)}))
	// The photograph, slowly nearing.
	args := []string{"-v", "error", "-nostdin", "-loop", "1", "-t", "0.4", "-i", "photo.png", "-f", "lavfi", "-i", "sine=duration=0.4",
		"-vf", "scale=192:-2,zoompan=z='1+on/50':d=1:s=160x106:fps=25", "-frames:v", "10",
		"-c:v", "libx264", "-pix_fmt", "yuv420p", "-c:a", "aac", "clip.mp4"}
	if out, err := exec.Command("ffmpeg", args...).CombinedOutput(); err != nil {
		t.Fatalf("ffmpeg: %v\n%s", err, out)
	}
	return "clip.mp4"
}

// probed reads a result back.
func probed(t *testing.T, path string) *video.Info {
	t.Helper()
	info, err := video.Probe(t.Context(), path, video.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	return info
}

func TestVideo(t *testing.T) {
	withNetwork(t, "u2netp")
	clip := testClip(t)
	got := runIn(t, t.Context(), nil, "video", clip, "--model", "human", "--json", "--contact-sheet", "sheet.png")
	got.wantCode(t, exitDone)
	var r videoReport
	d := json.NewDecoder(strings.NewReader(got.stdout))
	d.DisallowUnknownFields()
	if err := d.Decode(&r); err != nil {
		t.Fatalf("%v: %s", err, got.stdout)
	}
	if r.Output != "clip-cutout.webm" || r.Frames != 10 || r.Rate != "25/1" || !r.Sound || r.Width != 160 || r.Model != "human" {
		t.Errorf("%+v", r)
	}
	if info := probed(t, r.Output); !info.HasAlpha || !info.HasSound || info.Frames != 10 || info.Codec != "vp9" {
		t.Errorf("the result is %+v", info)
	}
	f, err := os.Open("sheet.png")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if sheet, err := png.Decode(f); err != nil || sheet.Bounds().Dx() != 4*164+4 {
		t.Errorf("the contact sheet: %v", err)
	}
	if left, _ := filepath.Glob(".mattebox*"); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	again := runIn(t, t.Context(), nil, "video", clip, "--model", "human")
	again.wantCode(t, exitUsage)
	again.wantSaid(t, "clip-cutout.webm", "--force")
}

func TestVideoBeforeABackground(t *testing.T) {
	withNetwork(t, "u2netp")
	clip := testClip(t)
	for _, background := range []string{"#00ff00", "green", "blur", "photo.png", clip} {
		got := runIn(t, t.Context(), nil, "video", clip, "-o", "out.mp4", "--model", "human", "--force",
			"--background", background, "--canvas", "64x96", "--anchor", "bottom-center", "--scale", "1.5", "--offset=-3,2", "--preview-duration", "120ms")
		got.wantCode(t, exitDone)
		got.wantSaid(t, "64x96  3 frames")
		if info := probed(t, "out.mp4"); info.Width != 64 || info.Height != 96 || info.Frames != 3 || !info.HasSound {
			t.Errorf("%s: the result is %+v", background, info)
		}
	}
}

func TestVideoRefuses(t *testing.T) {
	clip := testClip(t)
	for said, args := range map[string][]string{
		"--background is transparent":  {clip, "-o", "x.mp4"},
		"--output is x.avi":            {clip, "-o", "x.avi"},
		"--output ends in .zip":        {clip, "-o", "x.zip"},
		"--format is mov":              {clip, "-o", "x.webm", "--format", "mov"},
		"--format is \"flv\"":          {clip, "--format", "flv"},
		"is the clip itself":           {clip, "-o", clip, "--background", "white", "--force"},
		"which is no colour":           {clip, "--background", "nowhere.jpg"},
		"--canvas is":                  {clip, "--canvas", "wide"},
		"--canvas has":                 {clip, "--canvas", "99999x10"},
		"--anchor is":                  {clip, "--anchor", "yonder"},
		"--scale is":                   {clip, "--scale", "0"},
		"--offset is":                  {clip, "--offset", "1"},
		"--preview-duration is":        {clip, "--preview-duration=-3s"},
		"--contact-sheet is x.jpg":     {clip, "--contact-sheet", "x.jpg"},
		"photo.png: the file is a pic": {"photo.png", "-o", "x.webm"},
		"gone.mp4: the clip cannot be": {"gone.mp4"},
	} {
		got := runIn(t, t.Context(), nil, append([]string{"video"}, args...)...)
		got.wantCode(t, exitUsage)
		got.wantSaid(t, said)
	}
	if left := filesBelow(t, "."); len(left) != 2 {
		t.Errorf("files are %v", left)
	}
}

// TestVideoInterrupted: an interrupt leaves neither files nor programs behind.
func TestVideoInterrupted(t *testing.T) {
	withNetwork(t, "u2netp")
	testClip(t)
	long := exec.Command("ffmpeg", "-v", "error", "-nostdin", "-f", "lavfi", "-i", "testsrc2=size=320x240:rate=25:duration=60",
		"-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "long.mp4")
	if out, err := long.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	cmd := program(t, "video", "long.mp4", "--model", "human")
	cmd.Env = append(cmd.Env, "MATTEBOX_HOME="+defaultHome())
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	look, late := time.NewTicker(20*time.Millisecond), time.After(time.Minute)
	defer look.Stop()
	for begun := []string{}; len(begun) == 0; begun, _ = filepath.Glob(".mattebox-video-*/segment-*") {
		select {
		case <-look.C:
		case <-late:
			t.Fatal("no segment was begun")
		}
	}
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	if code := cmd.ProcessState.ExitCode(); code != exitInterrupted {
		t.Errorf("exit code %d, want %d", code, exitInterrupted)
	}
	if left, _ := filepath.Glob(".mattebox*"); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	// ffmpeg led groups of its own; the test's own programs have ended.
	if programs := ffmpegsHere(t); len(programs) > 0 {
		t.Errorf("still running: %v", programs)
	}
}

// ffmpegsHere returns the command lines of those that work in the test's folder.
func ffmpegsHere(t *testing.T) []string {
	t.Helper()
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	all, _ := filepath.Glob("/proc/[0-9]*")
	for _, p := range all {
		text, _ := os.ReadFile(p + "/cmdline") // it may have ended
		if strings.HasPrefix(string(text), "ffmpeg") || strings.Contains(string(text), "/ffmpeg\x00") {
			if strings.Contains(string(text), here) {
				found = append(found, strings.ReplaceAll(string(text), "\x00", " "))
			}
		}
	}
	return found
}
