package contender_test

import (
	"path/filepath"
	"strings"
	"testing"

	"mattebox/bench/contender"

	"github.com/google/go-cmp/cmp"
)

func TestCommands(t *testing.T) {
	root := "/repo"
	peers := "/repo/bench/peers/"
	tests := map[string][]string{
		"mattebox-best": {"/repo/bin/mattebox", "remove", "in", "--quality", "best", "--json", "--shadow", "drop", "-o", "out"},
		"baseline":      {peers + ".venv/bin/python", peers + "baseline.py", "in", "out"},
		"rembg":         {peers + ".venv/bin/python", peers + "rembg_folder.py", "plain", "in", "out"},
		"rembg-matting": {peers + ".venv/bin/python", peers + "rembg_folder.py", "matting", "in", "out"},
		"imgly":         {"node", peers + "imgly_folder.mjs", "png", "in", "out"},
	}
	all := contender.All(root, "--shadow", "drop")
	for name, want := range tests {
		t.Run(name, func(t *testing.T) {
			picked, err := contender.Pick(all, name)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, picked[0].Command("in", "out")); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestWithAddsOptionsForMatteboxOnly(t *testing.T) {
	all := contender.All("/repo")
	picked, err := contender.Pick(all, "mattebox-fast", "rembg")
	if err != nil {
		t.Fatal(err)
	}
	got := strings.Join(picked[0].With("--workers", "1").Command("in", "out"), " ")
	if want := "/repo/bin/mattebox remove in --quality fast --json --workers 1 -o out"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	again := strings.Join(picked[0].Command("in", "out"), " ")
	if strings.Contains(again, "--workers") {
		t.Errorf("With changed the contender it was called on: %q", again)
	}
	if diff := cmp.Diff(picked[1].Command("in", "out"), picked[1].With("--workers", "1").Command("in", "out")); diff != "" {
		t.Errorf("a peer got options it does not know:\n%s", diff)
	}
}

func TestPick(t *testing.T) {
	all := contender.All("/repo")
	picked, err := contender.Pick(all, "imgly", "mattebox-*")
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"imgly", "mattebox-fast", "mattebox-standard", "mattebox-best"}
	if diff := cmp.Diff(want, contender.Names(picked)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if _, err := contender.Pick(all, "nobody"); err == nil || !strings.Contains(err.Error(), "mattebox-best") {
		t.Errorf("an unknown name: %v; want an error that lists the known ones", err)
	}
}

func TestMissingNamesTheFileAndTheRemedy(t *testing.T) {
	root := t.TempDir()
	for _, c := range contender.All(root) {
		if why := c.Missing(); !strings.Contains(why, root) || !strings.Contains(why, "is missing: ") {
			t.Errorf("%s: %q names no file below the repository", c.Name, why)
		}
	}
	if why := contender.Program("mine", "true").Missing(); why != "" {
		t.Errorf("a program that needs nothing misses something: %s", why)
	}
}

func TestRootIsTheFolderOfGoMod(t *testing.T) {
	root, err := contender.Root()
	if err != nil {
		t.Fatal(err)
	}
	if here := filepath.Join(root, "bench", "contender"); !strings.HasSuffix(here, "/bench/contender") || !sameFolder(t, here) {
		t.Errorf("the root is %s", root)
	}
	t.Chdir("/")
	if root, err := contender.Root(); err == nil {
		t.Errorf("outside the repository the root is %s, want an error", root)
	}
}

func sameFolder(t *testing.T, folder string) bool {
	t.Helper()
	here, err := filepath.Abs(".")
	if err != nil {
		t.Fatal(err)
	}
	return here == folder
}
