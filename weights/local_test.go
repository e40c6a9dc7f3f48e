package weights

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"

	"mattebox"
	"mattebox/weights/onnxpb"
)

func openTemp(t *testing.T) *Store {
	t.Helper()
	s, err := Open(filepath.Join(t.TempDir(), "models"))
	must(t, err)
	return s
}

// writeFile writes data under the name in a new folder and returns its path.
func writeFile(t *testing.T, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	must(t, os.WriteFile(path, data, 0o644))
	return path
}

func TestInstallLocalFillsATemplate(t *testing.T) {
	s := openTemp(t)
	from := writeFile(t, "ormbg.onnx", marshal(t, tinyModel()))
	status, err := s.InstallLocal(context.Background(), Local{From: from})
	must(t, err)
	if status.State != Ready || status.Entry.Prepare != PrepareISNet || status.Entry.Prepared == nil {
		t.Fatalf("installed as %+v", status)
	}
	for name, store := range map[string]*Store{"the same store": s, "a new one": reopen(t, s)} {
		model, err := store.Model("ormbg")
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if model.Spec.Input != "input" || model.Spec.Output != "output" || model.Spec.Size != 64 || model.Spec.Divisor != 255 {
			t.Errorf("%s: the spec was not completed from the graph: %+v", name, model.Spec)
		}
	}
}

func reopen(t *testing.T, s *Store) *Store {
	t.Helper()
	again, err := Open(s.Dir())
	must(t, err)
	return again
}

// A graph that the template's preparation does not fit is taken as it is.
func TestInstallLocalKeepsAForeignGraph(t *testing.T) {
	s := openTemp(t)
	m := tinyModel()
	byOutput(m, "r1").OpType = proto.String("HardSwish")
	data := marshal(t, m)
	var steps []Step
	s.Progress = func(e Event) { steps = append(steps, e.Step) }
	status, err := s.InstallLocal(context.Background(), Local{Name: "ormbg", From: writeFile(t, "x.onnx", data)})
	must(t, err)
	got, err := os.ReadFile(status.Path)
	must(t, err)
	if diff := cmp.Diff(sumOf(data), sumOf(got)); diff != "" {
		t.Errorf("the file was changed (-want +got):\n%s", diff)
	}
	if e := status.Entry; e.Prepare != PrepareNone || e.Spec.Multiple != 0 {
		t.Errorf("entry %+v, spec %+v: want no preparation and a fixed size", e, e.Spec)
	}
	if steps[len(steps)-2] != StepAsIs {
		t.Errorf("steps %v do not tell of it", steps)
	}
}

func TestInstallLocalTakesAnEntryBeside(t *testing.T) {
	s := openTemp(t)
	dir := t.TempDir()
	must(t, os.WriteFile(filepath.Join(dir, "v2.onnx"), marshal(t, tinyModel()), 0o644))
	must(t, os.WriteFile(filepath.Join(dir, "v2.json"), []byte(ownEntry), 0o644))
	status, err := s.InstallLocal(context.Background(), Local{From: filepath.Join(dir, "v2.onnx")})
	must(t, err)
	if status.Entry.Name != "own" || status.State != Ready {
		t.Errorf("installed as %+v", status)
	}
	if _, err := reopen(t, s).Model("own"); err != nil {
		t.Error(err)
	}
}

func TestInstallLocalTakesKnownFilesOnly(t *testing.T) {
	s := newShelf(t)
	for name, data := range map[string][]byte{"as fetched": s.fetched, "as prepared": mustPrepare(t, s.fetched)} {
		t.Run(name, func(t *testing.T) {
			must(t, os.RemoveAll(s.Dir()))
			status, err := s.InstallLocal(context.Background(), Local{Name: "tiny", From: writeFile(t, "t.onnx", data)})
			if err != nil || status.State != Ready {
				t.Errorf("%s, %v", status.State, err)
			}
		})
	}
	_, err := s.InstallLocal(context.Background(), Local{Name: "tiny", From: writeFile(t, "t.onnx", []byte("another"))})
	if mattebox.CodeOf(err) != mattebox.CodeInvalid {
		t.Errorf("another file: %v", err)
	}
}

func mustPrepare(t *testing.T, data []byte) []byte {
	t.Helper()
	out, err := Prepare(data, PrepareISNet, tinySpec)
	must(t, err)
	return out
}

func TestInstallLocalRefuses(t *testing.T) {
	model := marshal(t, tinyModel())
	wide := tinyModel()
	wide.Graph.Input[0].Type.GetTensorType().Shape.Dim[3].Value = &onnxpb.TensorShapeProto_Dimension_DimValue{DimValue: 32}
	two := tinyModel()
	two.Graph.Input = append(two.Graph.Input, floatInfo("ratio", 1))
	tests := map[string]struct {
		file  string
		data  []byte
		entry string
		local Local
		says  string
	}{
		"an unknown name":       {file: "foo.onnx", data: model, says: "not in the manifest"},
		"no ONNX":               {file: "ormbg.onnx", data: []byte("<html>"), says: "not an ONNX file"},
		"a wide input":          {file: "ormbg.onnx", data: marshal(t, wide), says: "only square ones"},
		"two inputs":            {file: "ormbg.onnx", data: marshal(t, two), says: "several inputs"},
		"another checksum":      {file: "ormbg.onnx", data: model, local: Local{SHA256: strings.Repeat("0", 64)}, says: "sha256"},
		"a malformed checksum":  {file: "ormbg.onnx", data: model, local: Local{SHA256: "0"}, says: "hexadecimal"},
		"an entry of our name":  {file: "a.onnx", data: model, entry: strings.Replace(ownEntry, `"own"`, `"isnet"`, 1), says: "choose another"},
		"an entry of two names": {file: "a.onnx", data: model, entry: ownEntry, local: Local{Name: "foo"}, says: `"foo" was asked for`},
		"a broken entry":        {file: "a.onnx", data: model, entry: "{", says: "not a manifest entry"},
		"an entry whose output is missing": {file: "a.onnx", data: model,
			entry: strings.Replace(ownEntry, `"output":""`, `"output":"alpha"`, 1), says: `no output "alpha"`},
		"an entry of another file": {file: "a.onnx", data: model,
			entry: strings.Replace(ownEntry, `"title"`, `"files":[{"size":3,"sha256":"`+strings.Repeat("0", 64)+`"}],"title"`, 1), says: "bytes, not 3"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s := openTemp(t)
			tt.local.From = writeFile(t, tt.file, tt.data)
			if tt.entry != "" {
				must(t, os.WriteFile(strings.TrimSuffix(tt.local.From, ".onnx")+".json", []byte(tt.entry), 0o644))
			}
			_, err := s.InstallLocal(context.Background(), tt.local)
			if mattebox.CodeOf(err) != mattebox.CodeInvalid || !strings.Contains(err.Error(), tt.says) {
				t.Fatalf("error %v, want one that says %q", err, tt.says)
			}
			if files, _ := filepath.Glob(filepath.Join(s.Dir(), "[^.]*")); len(files) > 0 {
				t.Errorf("it left %v", files)
			}
		})
	}
	_, err := openTemp(t).InstallLocal(context.Background(), Local{From: filepath.Join(t.TempDir(), "ormbg.onnx")})
	if mattebox.CodeOf(err) != mattebox.CodeInvalid {
		t.Errorf("a file that is not there: %v", err)
	}
}

func TestInstallLocalFromAnAddress(t *testing.T) {
	model := marshal(t, tinyModel())
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/files/ormbg.onnx" {
			http.NotFound(w, r)
			return
		}
		w.Write(model)
	}))
	defer server.Close()
	s := openTemp(t)
	ctx := context.Background()
	address := server.URL + "/files/ormbg.onnx?download=true"

	_, err := s.InstallLocal(ctx, Local{From: address})
	if mattebox.CodeOf(err) != mattebox.CodeInvalid || !strings.Contains(err.Error(), "plain http") {
		t.Errorf("plain http without a checksum: %v", err)
	}
	_, err = s.InstallLocal(ctx, Local{From: server.URL + "/gone/ormbg.onnx", SHA256: sumOf(model).SHA256})
	if mattebox.CodeOf(err) != mattebox.CodeUnavailable || !strings.Contains(err.Error(), "404") {
		t.Errorf("an address that is not there: %v", err)
	}
	var done int64
	s.Progress = func(e Event) { done = max(done, e.Done) }
	status, err := s.InstallLocal(ctx, Local{From: address, SHA256: sumOf(model).SHA256})
	if err != nil || status.State != Ready {
		t.Fatalf("%s, %v", status.State, err)
	}
	if done != int64(len(model)) {
		t.Errorf("progress ended at %d of %d bytes", done, len(model))
	}
}

func TestDownloadDoesNotLeaveHTTPS(t *testing.T) {
	secure := httptest.NewRequest(http.MethodGet, "https://a.example/x", nil)
	plain := httptest.NewRequest(http.MethodGet, "http://a.example/x", nil)
	if err := keepSecure(plain, []*http.Request{secure}); err == nil {
		t.Error("a redirect from https to http is followed")
	}
	if err := keepSecure(secure, []*http.Request{secure}); err != nil {
		t.Error(err)
	}
}

func TestOpenReportsBrokenEntries(t *testing.T) {
	dir := t.TempDir()
	must(t, os.WriteFile(filepath.Join(dir, "own.json"), []byte(ownEntry), 0o644))
	must(t, os.WriteFile(filepath.Join(dir, "other.json"), []byte(ownEntry), 0o644))
	must(t, os.WriteFile(filepath.Join(dir, "half.json"), []byte(ownEntry[:20]), 0o644))
	s, err := Open(dir)
	must(t, err)
	if len(s.Broken()) != 2 {
		t.Errorf("broken: %v", s.Broken())
	}
	if _, err := s.Entry("own"); err != nil {
		t.Error(err)
	}
}
