package main

import (
	"archive/tar"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"mattebox"
)

// restored unpacks a backup, if need be, and returns a house on a copy of it.
func restored(t *testing.T, path string) *house {
	t.Helper()
	h := newHouse(t)
	if !strings.HasSuffix(path, ".tar") {
		if err := os.CopyFS(h.data, os.DirFS(path)); err != nil {
			t.Fatal(err)
		}
		return h
	}
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for r := tar.NewReader(file); ; {
		header, err := r.Next()
		if errors.Is(err, io.EOF) {
			return h
		}
		if err != nil {
			t.Fatal(err)
		}
		to := filepath.Join(h.data, header.Name)
		if header.Typeflag == tar.TypeDir {
			if err := os.MkdirAll(to, dataMode); err != nil {
				t.Fatal(err)
			}
			continue
		}
		data, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(to, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// wantWhole fails the test when a row points at bytes that are not there.
func (h *house) wantWhole(images int) {
	h.t.Helper()
	all, err := h.records().Images(h.t.Context(), mattebox.ImageFilter{Sort: mattebox.SortByID, Page: mattebox.Page{Number: 1, Size: 1000}})
	if err != nil {
		h.t.Fatal(err)
	}
	if len(all) < images {
		h.t.Errorf("%d images, want %d", len(all), images)
	}
	for _, i := range all {
		for _, s := range i.Sources {
			if s.Key != "" && len(h.bytesOf(s.Key)) == 0 {
				h.t.Errorf("source %s is empty", s.Key)
			}
		}
		if i.Result != nil && len(h.bytesOf(i.Result.Key)) == 0 {
			h.t.Errorf("result %s is empty", i.Result.Key)
		}
	}
}

func TestBackupAndRestore(t *testing.T) {
	h := noted(t)
	keys := h.account("c@d.example")
	h.atQuality("a@b.example", callback, photo(t))
	for _, name := range []string{"copy", "copy.tar"} {
		to := filepath.Join(t.TempDir(), name)
		h.run("backup", "--to", to).wantCode(t, exitDone)
		if info, err := os.Stat(to); err != nil || info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s can be read by others: %v %v", name, info.Mode(), err)
		}
		r := restored(t, to)
		r.wantWhole(1)
		// The keys open only with the master key.
		if _, err := r.records().Authenticate(t.Context(), mattebox.Credentials{Email: keys.Email, Key: keys.APIKey}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		again := h.run("backup", "--to", to)
		again.wantCode(t, exitUsage)
		again.wantSaid(t, "does not overwrite")
	}
	if _, err := os.Stat(filepath.Join(h.data, backupName)); err == nil {
		t.Error("what was gathered is left behind")
	}
}

// Images come in while backups are made; what a copy's database names it has.
func TestBackupWhileWorking(t *testing.T) {
	h := noted(t)
	const before, meanwhile = 10, 40
	for range before {
		h.atQuality("a@b.example", "", photo(t))
	}
	parent, results, enough := t.TempDir(), make(chan result), make(chan struct{})
	go func() {
		defer close(results)
		for n := 0; ; n++ {
			select {
			case <-enough:
				return
			case results <- runIn(t, t.Context(), nil, "backup", "--data", h.data, "--to", filepath.Join(parent, strconv.Itoa(n))):
			}
		}
	}()
	made := 0
	for range meanwhile {
		h.atQuality("a@b.example", "", photo(t))
		select {
		case r := <-results:
			r.wantCode(t, exitDone)
			(&house{t, filepath.Join(parent, strconv.Itoa(made))}).wantWhole(before)
			made++
		default:
		}
	}
	close(enough)
	for range results {
	}
	if made == 0 {
		t.Error("no backup was made meanwhile")
	}
}

func TestBackupRefuses(t *testing.T) {
	h := newHouse(t)
	tests := map[string]struct {
		args []string
		says string
	}{
		"an empty folder": {nil, "no database"},
		"PostgreSQL":      {[]string{"--database", "postgres://a/b"}, "pg_dump"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			r := h.run(append([]string{"backup", "--to", filepath.Join(t.TempDir(), "x")}, tt.args...)...)
			r.wantCode(t, exitUsage)
			r.wantSaid(t, tt.says)
		})
	}
}
