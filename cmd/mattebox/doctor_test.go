package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mattebox"
)

type diagnosis struct {
	OK     bool      `json:"ok"`
	Checks []finding `json:"checks"`
}

func (d diagnosis) check(name string) finding {
	for _, f := range d.Checks {
		if f.Name == name {
			return f
		}
	}
	return finding{}
}

func TestDoctorSaysWhatIsMissing(t *testing.T) {
	app, stdout, _ := testApp(t)
	models := filepath.Join(app.Home, "models")
	if err := os.MkdirAll(models, 0o755); err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string]string{"isnet.onnx": "half", "own.json": "{"} {
		if err := os.WriteFile(filepath.Join(models, name), []byte(data), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	err := command(t, app, "doctor", "--json")
	if mattebox.CodeOf(err) != mattebox.CodeUnavailable || !strings.Contains(err.Error(), "3 of") {
		t.Errorf("error %v, want three failed checks", err)
	}
	var d diagnosis
	if err := json.Unmarshal(stdout.Bytes(), &d); err != nil {
		t.Fatal(err)
	}
	if d.OK {
		t.Error("it calls an empty home well")
	}
	for name, want := range map[string]verdict{
		"runtime": failed, "u2netp": failed, "isnet": failed, "selfie": warning, "own entry": warning,
		"libvips": good, "home": good, "processor": good, "memory": good,
	} {
		if got := d.check(name); got.Verdict != want {
			t.Errorf("%s: %+v, want %s", name, got, want)
		}
	}
	if f := d.check("isnet"); !strings.Contains(f.Detail, "damaged") || f.Mend != "mattebox model install isnet" {
		t.Errorf("isnet: %+v", f)
	}
	if f := d.check("ormbg"); f.Name != "" {
		t.Errorf("a template that nobody wants is missed: %+v", f)
	}
}

func TestDoctorMissesTools(t *testing.T) {
	app, stdout, _ := testApp(t)
	t.Setenv("PATH", t.TempDir())
	if err := command(t, app, "doctor"); err == nil {
		t.Error("it calls an empty home well")
	}
	for _, want := range []string{"ffprobe", "apt-get install ffmpeg", "install Node.js", "mattebox model install runtime"} {
		if !strings.Contains(stdout.String(), want) {
			t.Errorf("it does not say %q:\n%s", want, stdout)
		}
	}
}

func TestDoctorFindsAHomeItCannotWrite(t *testing.T) {
	f := checkHome("/proc/mattebox")
	if f.Verdict != warning || !strings.Contains(f.Mend, "MATTEBOX_HOME") {
		t.Errorf("%+v", f)
	}
	if f := checkDisk("/proc/mattebox"); f.Verdict != warning {
		t.Errorf("%+v", f)
	}
}

// On a machine that was set up, the doctor reads every file and loads the
// runtime.
func TestDoctorFindsASetUpMachineWell(t *testing.T) {
	app, stdout, _ := testApp(t)
	app.Home = os.Getenv("MATTEBOX_HOME")
	if app.Home == "" {
		app.Home = defaultHome()
	}
	if store, err := openStore(app); err != nil {
		t.Fatal(err)
	} else if _, err := store.Model("isnet"); err != nil {
		t.Skip(err)
	}
	if err := command(t, app, "doctor", "--deep"); err != nil {
		t.Errorf("%v:\n%s", err, stdout)
	}
	if !strings.Contains(stdout.String(), "1.24.3") || !strings.Contains(stdout.String(), "checksum compared") {
		t.Errorf("it did not load the runtime or read the files:\n%s", stdout)
	}
}
