package sqlite

import (
	"os"
	"path/filepath"
	"sync"
	"testing"

	"mattebox"
	"mattebox/store"
)

// TestBackup copies the database while it is written to: the copy is of one
// moment, and the writers go on.
func TestBackup(t *testing.T) {
	db := closed(t, fresh(t))
	s, account := furnished(t, db)
	if err := submit(t.Context(), s, account); err != nil {
		t.Fatal(err)
	}
	var group sync.WaitGroup
	stop := make(chan struct{})
	for range 2 {
		group.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				if err := submit(t.Context(), s, account); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	dir := t.TempDir()
	paths := []string{filepath.Join(dir, "1.db"), filepath.Join(dir, "it's 2.db"), filepath.Join(dir, "3.db")}
	for _, path := range paths {
		if err := store.Backup(t.Context(), db, path); err != nil {
			t.Fatal(err)
		}
	}
	close(stop)
	group.Wait()
	before := 0
	for _, path := range paths {
		images := inspect(t, path)
		if images < max(1, before) {
			t.Errorf("%s has %d images, the one before it %d", path, images, before)
		}
		before = images
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "*.partial")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	if err := store.Backup(t.Context(), db, paths[0]); mattebox.CodeOf(err) != mattebox.CodeConflict {
		t.Errorf("a second backup to the same file: %v", err)
	}
	if err := store.Backup(t.Context(), db, filepath.Join(dir, "missing", "1.db")); err == nil {
		t.Error("a backup into a folder that is not there succeeded")
	}
}

// inspect opens a backup as a service would and returns how many images it has.
func inspect(t *testing.T, path string) int {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("mode %v, %v", info, err)
	}
	db, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	closed(t, db)
	var verdict string
	if err := db.Reader.QueryRowContext(t.Context(), "PRAGMA integrity_check").Scan(&verdict); err != nil || verdict != "ok" {
		t.Errorf("%s: %s %v", path, verdict, err)
	}
	images := number(t, db.Reader, "SELECT COUNT(*) FROM images")
	if sources := number(t, db.Reader, "SELECT COUNT(*) FROM sources"); sources != images {
		t.Errorf("%s has %d images and %d sources", path, images, sources)
	}
	s := over(t, db)
	a, err := s.AccountByEmail(t.Context(), "a@example.com")
	if err != nil {
		t.Fatal(err)
	}
	if err := submit(t.Context(), s, a.ID); err != nil {
		t.Errorf("work on the backup: %v", err)
	}
	return images
}
