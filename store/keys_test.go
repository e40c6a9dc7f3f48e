package store

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mattebox"
)

func TestLoadKeysMakesOneKey(t *testing.T) {
	path := filepath.Join(t.TempDir(), "master.key")
	var links [8][]byte
	var group sync.WaitGroup
	for i := range links { // processes that start at once
		group.Go(func() {
			keys, err := LoadKeys(path)
			if err != nil {
				t.Error(err)
			}
			links[i] = keys.Links()
		})
	}
	group.Wait()
	for _, other := range links[1:] {
		if !cmp.Equal(links[0], other) {
			t.Fatal("two processes made different keys")
		}
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 || info.Size() != 65 {
		t.Errorf("file %v, %v", info, err)
	}
	left, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(left) != 1 {
		t.Errorf("the folder holds %v, %v", left, err)
	}
}

func TestLoadKeysRefuses(t *testing.T) {
	dir := t.TempDir()
	short := filepath.Join(dir, "short")
	if err := os.WriteFile(short, []byte("00ff"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := LoadKeys(short); mattebox.CodeOf(err) != mattebox.CodeInvalid || !strings.Contains(err.Error(), short) {
		t.Errorf("short key: %v", err)
	}
	for _, path := range []string{dir, filepath.Join(dir, "missing", "key")} {
		if _, err := LoadKeys(path); err == nil {
			t.Errorf("%s was taken for a key", path)
		}
	}
}

func TestParseKeys(t *testing.T) {
	for _, text := range []string{"", "00", strings.Repeat("g", 64), strings.Repeat("0", 66), strings.Repeat("0", 63)} {
		if _, err := ParseKeys(text); mattebox.CodeOf(err) != mattebox.CodeInvalid {
			t.Errorf("%q: %v", text, err)
		}
	}
	a, err := ParseKeys(" " + strings.Repeat("0F", 32) + "\n")
	if err != nil {
		t.Fatal(err)
	}
	b, err := ParseKeys(strings.Repeat("0e", 32))
	if err != nil {
		t.Fatal(err)
	}
	if cmp.Equal(a.links, b.links) || cmp.Equal(a.links, a.lookup) || cmp.Equal(a.lookup, b.lookup) {
		t.Error("keys that must differ are the same")
	}
	if cmp.Equal(a.hash("api_key", "x"), a.hash("jobs_key", "x")) || cmp.Equal(a.hash("api_key", "x"), b.hash("api_key", "x")) {
		t.Error("hashes that must differ are the same")
	}
}

// What is sealed opens with the same key, for the same account and column, and
// for nothing else.
func TestSeal(t *testing.T) {
	keys, err := ParseKeys(strings.Repeat("0f", 32))
	if err != nil {
		t.Fatal(err)
	}
	other, err := ParseKeys(strings.Repeat("0e", 32))
	if err != nil {
		t.Fatal(err)
	}
	sealed := keys.sealed(7, "api_key", "secret")
	if cmp.Equal(sealed, keys.sealed(7, "api_key", "secret")) {
		t.Error("the same secret is sealed the same way twice")
	}
	if got, err := keys.open(7, "api_key", sealed); err != nil || got != "secret" {
		t.Errorf("opened %q, %v", got, err)
	}
	broken := append([]byte{}, sealed...)
	broken[len(broken)-1] ^= 1
	for name, try := range map[string]func() (string, error){
		"another account": func() (string, error) { return keys.open(8, "api_key", sealed) },
		"another column":  func() (string, error) { return keys.open(7, "jobs_key", sealed) },
		"another key":     func() (string, error) { return other.open(7, "api_key", sealed) },
		"a changed bit":   func() (string, error) { return keys.open(7, "api_key", broken) },
		"a short text":    func() (string, error) { return keys.open(7, "api_key", sealed[:5]) },
		"nothing":         func() (string, error) { return keys.open(7, "api_key", nil) },
	} {
		if got, err := try(); err == nil || got != "" {
			t.Errorf("%s opened it: %q, %v", name, got, err)
		}
	}
}
