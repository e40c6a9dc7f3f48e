package deptest

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// goPackage is what the test needs of "go list -json".
type goPackage struct {
	ImportPath string
	Imports    []string // of the package itself, not of its tests
	CgoFiles   []string
	CFiles     []string
}

// listPackages asks the go command for every package of the module. -e keeps it
// going past a package that does not compile; the compiler tells of that.
func listPackages(t *testing.T) []goPackage {
	t.Helper()
	cmd := exec.Command("go", "list", "-e", "-json=ImportPath,Imports,CgoFiles,CFiles", "./...")
	cmd.Dir = "../.."
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v: %s", err, stderr.String())
	}
	var packages []goPackage
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p goPackage
		err := dec.Decode(&p)
		if errors.Is(err, io.EOF) {
			return packages
		}
		if err != nil {
			t.Fatal(err)
		}
		packages = append(packages, p)
	}
}

func TestImportTable(t *testing.T) {
	packages := listPackages(t)
	if len(packages) < 5 {
		t.Fatalf("only %d packages were found; the test would prove nothing", len(packages))
	}
	for _, p := range packages {
		for _, fault := range faults(p) {
			t.Error(fault)
		}
	}
}

// faults returns what the package imports or holds against the table.
func faults(p goPackage) []string {
	path, ours := relative(p.ImportPath)
	if !ours {
		return nil
	}
	r, known := ruleFor(path)
	if !known {
		return []string{fmt.Sprintf("%s is not in the import table; add it there and to docs/design.md, with a reason", path)}
	}
	var found []string
	for _, imported := range p.Imports {
		if fault := edgeFault(path, imported, r); fault != "" {
			found = append(found, fault)
		}
	}
	if len(p.CgoFiles)+len(p.CFiles) > 0 && !slices.Contains(cgo(), path) {
		found = append(found, fmt.Sprintf("%s holds C; only %v may", path, cgo()))
	}
	return found
}

func edgeFault(path, imported string, r rule) string {
	target, ours := relative(imported)
	switch {
	case ours && target != path && !allowed(r, target):
		return fmt.Sprintf("%s imports %s, but may import %v of ours: %s", path, target, r.may, r.reason)
	case ours && matches(testOnly, target) && !matches(testOnly, path) && !matches("bench/...", path):
		return fmt.Sprintf("%s imports %s, which is for tests and measurements only", path, target)
	case path == "." && !standard(imported):
		return fmt.Sprintf("the root imports %s; it may import the standard library only", imported)
	}
	for prefix, may := range native() {
		if strings.HasPrefix(imported, prefix) && !slices.Contains(may, path) {
			return fmt.Sprintf("%s imports %s; only %v may", path, imported, may)
		}
	}
	return ""
}

func allowed(r rule, target string) bool {
	return slices.ContainsFunc(r.may, func(pattern string) bool { return matches(pattern, target) })
}

// The table must catch what it is there for.
func TestTableCatchesForbiddenEdges(t *testing.T) {
	tests := []struct {
		pkg  goPackage
		says string // empty: allowed
	}{
		{goPackage{ImportPath: module, Imports: []string{"errors"}}, ""},
		{goPackage{ImportPath: module, Imports: []string{"mattebox/matte"}}, "may import []"},
		{goPackage{ImportPath: module, Imports: []string{"github.com/google/go-cmp/cmp"}}, "standard library only"},
		{goPackage{ImportPath: "mattebox/matte", Imports: []string{"mattebox"}}, "may import []"},
		{goPackage{ImportPath: "mattebox/matte/onnx", Imports: []string{"mattebox/matte", "github.com/yalue/onnxruntime_go"}}, ""},
		{goPackage{ImportPath: "mattebox/engine", Imports: []string{"github.com/yalue/onnxruntime_go"}}, "only [matte/onnx] may"},
		{goPackage{ImportPath: "mattebox/engine", Imports: []string{"mattebox/weights"}}, "engine imports weights"},
		{goPackage{ImportPath: "mattebox/engine", Imports: []string{"mattebox/internal/metrics"}}, "engine imports internal/metrics"},
		{goPackage{ImportPath: "mattebox/compose", CgoFiles: []string{"c.go"}}, "holds C"},
		{goPackage{ImportPath: "mattebox/imaging", CgoFiles: []string{"c.go"}, CFiles: []string{"c.c"}}, ""},
		{goPackage{ImportPath: "mattebox/cmd/mattebox", Imports: []string{"mattebox/engine", "mattebox/weights"}}, ""},
		{goPackage{ImportPath: "mattebox/cmd/mattebox", Imports: []string{"mattebox/internal/metrics"}}, "tests and measurements only"},
		{goPackage{ImportPath: "mattebox/bench/eval", Imports: []string{"mattebox/internal/metrics", "mattebox/engine"}}, ""},
		{goPackage{ImportPath: "mattebox/bench/eval", Imports: []string{"mattebox/cmd/mattebox"}}, "bench/eval imports cmd/mattebox"},
		{goPackage{ImportPath: "mattebox/util"}, "not in the import table"},
	}
	for _, tt := range tests {
		got := strings.Join(faults(tt.pkg), "; ")
		if (got == "") != (tt.says == "") || !strings.Contains(got, tt.says) {
			t.Errorf("%+v: %q, want %q", tt.pkg, got, tt.says)
		}
	}
}
