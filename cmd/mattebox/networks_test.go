package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mattebox"
	"mattebox/engine"
)

// homeWith is a home in which only some of the installed files are.
func homeWith(t *testing.T, prefixes ...string) *App {
	t.Helper()
	home := t.TempDir()
	models := filepath.Join(home, "models")
	if err := os.Mkdir(models, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, prefix := range prefixes {
		files, err := filepath.Glob(filepath.Join(defaultHome(), "models", prefix+"*"))
		if err != nil || len(files) == 0 {
			t.Skipf("%s is not installed", prefix)
		}
		for _, f := range files {
			if err := os.Symlink(f, filepath.Join(models, filepath.Base(f))); err != nil {
				t.Fatal(err)
			}
		}
	}
	return &App{Home: home}
}

func TestChooseNetworks(t *testing.T) {
	const library = "libonnxruntime"
	tests := map[string]struct {
		installed    []string
		model        string
		quality      mattebox.Quality
		large, small string // empty: none
		got          mattebox.Quality
		note         string
		code         mattebox.Code
	}{
		"all":                {[]string{library, "isnet", "u2netp"}, "", "best", "isnet", "u2netp", "best", "", ""},
		"fast":               {[]string{library, "isnet", "u2netp"}, "", "fast", "", "u2netp", "fast", "", ""},
		"small as the large": {[]string{library, "isnet", "u2netp"}, "u2netp", "best", "", "u2netp", "fast", "", ""},
		"no large":           {[]string{library, "u2netp"}, "", "standard", "", "u2netp", "fast", "isnet is not installed", ""},
		"no small":           {[]string{library, "isnet"}, "", "standard", "isnet", "", "standard", "no witness", ""},
		"no small for fast":  {[]string{library, "isnet"}, "", "fast", "", "", "", "", mattebox.CodeUnavailable},
		"no network":         {[]string{library}, "", "standard", "", "", "", "", mattebox.CodeUnavailable},
		"no runtime":         {[]string{"isnet", "u2netp"}, "", "standard", "", "", "", "", mattebox.CodeUnavailable},
		"not the one named":  {[]string{library, "u2netp"}, "isnet", "standard", "", "", "", "", mattebox.CodeUnavailable},
		"nobody knows it":    {[]string{library, "u2netp"}, "nobody", "standard", "", "", "", "", mattebox.CodeNotFound},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			store, err := openStore(homeWith(t, tt.installed...))
			if err != nil {
				t.Fatal(err)
			}
			n, err := chooseNetworks(store, tt.model, tt.quality)
			if mattebox.CodeOf(err) != tt.code {
				t.Fatalf("error %v, want %q", err, tt.code)
			}
			if err != nil {
				return
			}
			if modelName(n.large) != tt.large || modelName(n.small) != tt.small || n.quality != tt.got || !strings.Contains(n.note, tt.note) || (n.note == "") != (tt.note == "") {
				t.Errorf("large %s, small %s, quality %s, note %q", modelName(n.large), modelName(n.small), n.quality, n.note)
			}
		})
	}
}

func modelName(m *engine.Model) string {
	if m == nil {
		return ""
	}
	return strings.TrimSuffix(filepath.Base(m.Path), ".onnx")
}

// With the small network alone, a run says so and goes on.
func TestRemoveWithTheSmallNetworkAlone(t *testing.T) {
	home := homeWith(t, "libonnxruntime", "u2netp").Home
	t.Chdir(makeTree(t, map[string][]byte{"coffee.png": photo(t)}))
	got := runIn(t, t.Context(), nil, "--home", home, "remove", "coffee.png", "--json", "-o", "x.png")
	got.wantCode(t, exitDone)
	got.wantSaid(t, "isnet is not installed", "mattebox model install")
	if r := reports(t, got.stdout)["coffee.png"]; r.Model != "u2netp" || len(r.Warnings) != 1 || !strings.Contains(r.Warnings[0], "isnet") {
		t.Errorf("report %+v", r)
	}
}
