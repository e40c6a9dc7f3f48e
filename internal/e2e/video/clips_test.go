package video

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// photo is what clips are made of.
const photo = "../../../testdata/photos/coffee.png"

// cellar is the folder of clips, in which each is made once.
var cellar struct {
	mu     sync.Mutex
	folder string
}

// TestMain lets more tests run beside each other than there are cores, because they
// wait far more than they work, and removes the clips at the end.
func TestMain(m *testing.M) {
	flag.Parse()
	given := false
	flag.Visit(func(f *flag.Flag) { given = given || f.Name == "test.parallel" })
	if !given {
		if err := flag.Set("test.parallel", "30"); err != nil {
			panic(err)
		}
	}
	code := m.Run()
	if cellar.folder != "" {
		_ = os.RemoveAll(cellar.folder) // in the system's folder of such things
	}
	os.Exit(code)
}

// clips returns the folder of clips.
func clips(t testing.TB) string {
	t.Helper()
	cellar.mu.Lock()
	defer cellar.mu.Unlock()
	if cellar.folder == "" {
		var err error
		if cellar.folder, err = os.MkdirTemp("", "mattebox-clips-"); err != nil {
			t.Fatal(err)
		}
	}
	return cellar.folder
}

// clip has ffmpeg make a clip of the name, unless it was made before, and returns its
// path. Names stand for their arguments.
func clip(t testing.TB, name string, args ...string) string {
	t.Helper()
	path := filepath.Join(clips(t), name)
	cellar.mu.Lock()
	defer cellar.mu.Unlock()
	if _, err := os.Stat(path); err == nil {
		return path
	}
	ffmpeg(t, append(append([]string{"-nostdin", "-y"}, args...), path)...)
	return path
}

// ffmpeg runs ffmpeg and returns what it writes to its standard output.
func ffmpeg(t testing.TB, args ...string) []byte {
	t.Helper()
	return tool(t, "ffmpeg", append([]string{"-v", "error"}, args...)...)
}

func tool(t testing.TB, name string, args ...string) []byte {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	var said strings.Builder
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s %q: %v: %s", name, args, err, said.String())
	}
	return out
}

// encoders are those that this ffmpeg has.
var encoders = sync.OnceValue(func() string {
	out, _ := exec.Command("ffmpeg", "-v", "error", "-encoders").Output() // none: everything is skipped
	return string(out)
})

// panned are the arguments of a cup of coffee over which the camera moves to and fro,
// a pixel a frame.
func panned(size string, rate int, seconds float64) []string {
	var w, h int
	if _, err := fmt.Sscanf(size, "%dx%d", &w, &h); err != nil {
		panic(err)
	}
	return []string{
		"-loop", "1", "-framerate", fmt.Sprint(rate), "-t", fmt.Sprint(seconds), "-i", photo,
		"-filter_complex", fmt.Sprintf("[0:v]scale=%d:-2,format=rgb24,crop=%d:%d:'abs(mod(n+10,60)-30)':(ih-oh)/2,setsar=1,format=yuv420p[v]", w+w/4, w, h), "-map", "[v]",
	}
}

// tone are the arguments of a sound beside it.
func tone(seconds float64) []string {
	return []string{"-f", "lavfi", "-i", fmt.Sprintf("sine=f=440:r=48000:d=%g", seconds)}
}

// The sample that most scenarios take: 20 frames of 320x180 in .8 s, with sound.
const (
	sampleWidth, sampleHeight = 320, 180
	sampleFrames, sampleRate  = 20, 25
	sampleSeconds             = .8
)

func sample(t testing.TB) string {
	return clip(t, "sample.mp4", sounding("320x180", sampleRate, sampleSeconds, "-c:v", "libx264", "-preset", "veryfast", "-c:a", "aac")...)
}

// sounding is panned with a tone; encode says how both become a file.
func sounding(size string, rate int, seconds float64, encode ...string) []string {
	args := panned(size, rate, seconds)
	// The sound's input goes in front of what is made of both.
	at := len(args) - 4
	args = append(append(append([]string{}, args[:at]...), tone(seconds)...), args[at:]...)
	return append(append(args, "-map", "1:a"), encode...)
}

// longRate is how many frames a second long clips have.
const longRate = 3

// long is a clip of so many segments, each of 10 s and 30 frames of 160x90, of which
// the last is a second shorter.
func long(t testing.TB, segments int) string {
	return clip(t, fmt.Sprintf("long-%d.mp4", segments), append(panned("160x90", longRate, float64(10*segments-1)),
		"-c:v", "libx264", "-preset", "veryfast", "-g", "30", "-keyint_min", "30", "-sc_threshold", "0", "-bf", "0")...)
}

func longFrames(segments int) int { return longRate * (10*segments - 1) }
