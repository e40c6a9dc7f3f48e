package weights

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mattebox"
)

func TestManifestIsWhole(t *testing.T) {
	entries, err := Manifest()
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, e := range entries {
		if seen[e.Name] {
			t.Errorf("%s is there twice", e.Name)
		}
		seen[e.Name] = true
		if e.Title == "" || e.Licence.ID == "" || e.Licence.Holder == "" {
			t.Errorf("%s lacks a title, a licence or its holder", e.Name)
		}
		if e.Licence.Text != "" && len(e.LicenceText()) < 500 {
			t.Errorf("%s: the licence text %s is not carried", e.Name, e.Licence.Text)
		}
		if _, fetched := e.Fetched(); e.Package != "" && !fetched {
			t.Errorf("%s has no file for this machine", e.Name)
		}
		if _, known := e.Installed(); e.Default && !known {
			t.Errorf("%s is a default, but nobody knows what it must be", e.Name)
		}
		if e.Spec != nil && e.Spec.Name != e.Name {
			t.Errorf("%s: the spec is called %s", e.Name, e.Spec.Name)
		}
	}
	for _, name := range []string{RuntimeName, "isnet", "u2netp", "selfie", "u2net", "ormbg", "birefnet-lite", "modnet"} {
		if !seen[name] {
			t.Errorf("there is no %s", name)
		}
	}
}

// The runtime must be there for both processors that the package carries.
func TestManifestRuntimePlatforms(t *testing.T) {
	e := embeddedEntry(t, RuntimeName)
	var platforms []string
	for _, f := range e.Files {
		platforms = append(platforms, f.Platform)
	}
	if diff := cmp.Diff([]string{"linux/amd64", "linux/arm64"}, platforms); diff != "" {
		t.Errorf("platforms (-want +got):\n%s", diff)
	}
}

// IS-Net's recipe is (x-128)/256 (imaging measurements of its package).
func TestManifestISNetNormalisation(t *testing.T) {
	s := embeddedEntry(t, "isnet").Spec
	for _, x := range []float32{0, 1, 128, 200, 255} {
		for c := range 3 {
			got := (x/s.Divisor - s.Mean[c]) / s.Std[c]
			if want := (x - 128) / 256; math.Abs(float64(got-want)) > 1e-7 {
				t.Errorf("sample %g, channel %d: %g, want %g", x, c, got, want)
			}
		}
	}
}

func embeddedEntry(t testing.TB, name string) Entry {
	t.Helper()
	entries, err := Manifest()
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.Name == name {
			return e
		}
	}
	t.Fatalf("there is no entry %s", name)
	return Entry{}
}

func TestParseEntryTakesWhatWePrint(t *testing.T) {
	entries, err := Manifest()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range entries {
		data, err := json.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		got, err := ParseEntry(data)
		if err != nil {
			t.Errorf("%s: %v", want.Name, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", want.Name, diff)
		}
	}
}

const ownEntry = `{"name":"own","kind":"isnet","title":"Own","licence":{"id":"MIT","clean":true},
"spec":{"name":"own","size":64,"multiple":4,"resize":"stretch","divisor":255,"mean":[0,0,0],"std":[1,1,1],"input":"","output":"","activation":"none"}}`

func TestParseEntryNamesTheFault(t *testing.T) {
	if _, err := ParseEntry([]byte(ownEntry)); err != nil {
		t.Fatalf("the entry that the table alters is refused: %v", err)
	}
	tests := []struct{ old, new, field string }{
		{`"name":"own","kind"`, `"name":"../own","kind"`, "name"},
		{`"name":"own","kind"`, `"name":"","kind"`, "name"},
		{`"name":"own","kind"`, `"name":"Own","kind"`, "name"},
		{`"name":"own","kind"`, `"name":".own","kind"`, "name"},
		{`"kind":"isnet"`, `"kind":"yolo"`, "kind"},
		{`"title":"Own"`, `"prepare":"everything"`, "prepare"},
		{`"title":"Own"`, `"titel":"Own"`, "entry"},
		{`"title":"Own"`, `"files":[{"size":0,"sha256":""}]`, "files.size"},
		{`"title":"Own"`, `"files":[{"size":5000000000,"sha256":""}]`, "files.size"},
		{`"title":"Own"`, `"files":[{"size":1,"sha256":"12"}]`, "files.sha256"},
		{`"title":"Own"`, `"files":[{"index":"a","size":1,"sha256":""}]`, "files.index"},
		{`"title":"Own"`, `"prepared":{"size":1,"sha256":"` + strings.Repeat("G", 64) + `"}`, "prepared.sha256"},
		{`"size":64`, `"size":16`, "spec.size"},
		{`"size":64`, `"size":66`, "spec.multiple"},
		{`"std":[1,1,1]`, `"std":[1,0,1]`, "spec.std"},
		{`"divisor":255`, `"divisor":-1`, "spec.std"},
		{`"resize":"stretch"`, `"resize":"crop"`, "spec.resize"},
		{`"activation":"none"`, `"activation":"relu"`, "spec.activation"},
		{`{"name":"own"`, `["name":"own"`, "entry"},
	}
	for _, tt := range tests {
		text := strings.Replace(ownEntry, tt.old, tt.new, 1)
		_, err := ParseEntry([]byte(text))
		var fault *mattebox.Error
		if !asError(err, &fault) || fault.Code != mattebox.CodeInvalid || fault.Field != tt.field {
			t.Errorf("%s: error %v, want one of the field %s", tt.new, err, tt.field)
		}
	}
	if _, err := ParseEntry([]byte(`{"name":"own","kind":"isnet"}`)); err == nil {
		t.Error("an entry without a spec is taken")
	}
}

func FuzzParseEntry(f *testing.F) {
	f.Add([]byte(ownEntry))
	f.Add([]byte(`{"name":"runtime","kind":"runtime"}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		e, err := ParseEntry(data)
		if err == nil && !validName(e.Name) {
			t.Fatalf("the name %q is taken", e.Name)
		}
	})
}
