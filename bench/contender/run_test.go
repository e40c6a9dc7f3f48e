package contender_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mattebox/bench/contender"

	"github.com/google/go-cmp/cmp"
)

// mode is the variable that makes the test binary act as a contender.
const mode = "MATTEBOX_TEST_CONTENDER"

func TestMain(m *testing.M) {
	if how := os.Getenv(mode); how != "" {
		os.Exit(act(how, os.Args[len(os.Args)-2], os.Args[len(os.Args)-1]))
	}
	os.Exit(m.Run())
}

// act copies every file of the source folder and reports on it; the mode says what
// goes wrong.
func act(how, source, target string) int {
	if how == "silent" {
		fmt.Fprintln(os.Stderr, "out of luck")
		return 3
	}
	fmt.Println("Loading the model ...")
	files, _ := os.ReadDir(source)
	for i, file := range files {
		from, to := filepath.Join(source, file.Name()), filepath.Join(target, file.Name())
		if how == "faulty" && i == 0 {
			fmt.Printf(`{"file":%q,"error":"cannot read it"}`+"\n", from)
			continue
		}
		content, _ := os.ReadFile(from)
		if os.WriteFile(to, content, 0o644) != nil {
			return 1
		}
		report, _ := json.Marshal(map[string]any{
			"file": from, "output": to, "confidence": .75, "milliseconds": map[string]float64{"total": 2, "net": 1},
		})
		fmt.Println(string(report))
	}
	switch how {
	case "faulty":
		return 1
	case "garbled":
		fmt.Println(`{"file": 7}`)
	case "busy": // long enough for a look at its memory
		sum := bytes.Repeat([]byte{1}, 1<<24)
		for start := time.Now(); time.Since(start) < 300*time.Millisecond; {
			hash := sha256.Sum256(sum)
			copy(sum, hash[:])
		}
	case "endless":
		interrupted := make(chan os.Signal, 1)
		signal.Notify(interrupted, os.Interrupt)
		<-interrupted
	}
	return 0
}

// run lets the test binary act on a folder of two files.
func run(t *testing.T, ctx context.Context, how string, sample time.Duration) (contender.Result, string, error) {
	t.Helper()
	source, target := t.TempDir(), filepath.Join(t.TempDir(), "out")
	for _, name := range []string{"a.jpg", "b.jpg"} {
		if err := os.WriteFile(filepath.Join(source, name), []byte(name), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.MkdirAll(target, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(target, "old.png"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	t.Setenv(mode, how)
	result, err := contender.Program("test", os.Args[0]).Run(ctx, source, target, sample)
	return result, target, err
}

func TestRunGathersReports(t *testing.T) {
	result, target, err := run(t, t.Context(), "good", 0)
	if err != nil {
		t.Fatal(err)
	}
	if len(result.Pictures) != 2 {
		t.Fatalf("%d reports, want 2", len(result.Pictures))
	}
	got, sure := result.Pictures[1], .75
	want := contender.Picture{
		File: got.File, Output: filepath.Join(target, "b.jpg"), Confidence: &sure,
		Milliseconds: map[string]float64{"total": 2, "net": 1},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if _, err := os.Stat(filepath.Join(target, "old.png")); err == nil {
		t.Error("what lay in the target before is still there")
	}
	if result.Wall <= 0 || result.Peak < 1<<20 {
		t.Errorf("wall %v and peak %d bytes are no measurements", result.Wall, result.Peak)
	}
}

func TestRunToleratesPicturesThatFail(t *testing.T) {
	result, _, err := run(t, t.Context(), "faulty", 0)
	if err != nil {
		t.Fatal(err)
	}
	if result.Pictures[0].Error != "cannot read it" || result.Pictures[1].Output == "" {
		t.Errorf("got %+v", result.Pictures)
	}
}

func TestRunFails(t *testing.T) {
	for how, says := range map[string]string{"silent": "out of luck", "garbled": "reading the report"} {
		t.Run(how, func(t *testing.T) {
			_, _, err := run(t, t.Context(), how, 0)
			if err == nil || !strings.Contains(err.Error(), says) {
				t.Errorf("got %v, want an error with %q", err, says)
			}
		})
	}
	if _, err := contender.Program("nobody", "/does/not/exist").Run(t.Context(), t.TempDir(), t.TempDir(), 0); err == nil {
		t.Error("a program that is not there ran")
	}
}

func TestRunStopsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	if _, _, err := run(t, ctx, "endless", 0); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v, want the context's error", err)
	}
}

func TestRunSamplesMemory(t *testing.T) {
	result, _, err := run(t, t.Context(), "busy", 5*time.Millisecond)
	if err != nil {
		t.Fatal(err)
	}
	if len(result.Memory) == 0 {
		t.Fatal("no samples of a process that ran for 300 ms")
	}
	if last := result.Memory[len(result.Memory)-1]; last < 1<<24 {
		t.Errorf("the last sample is %d bytes, the process held more than %d", last, 1<<24)
	}
}
