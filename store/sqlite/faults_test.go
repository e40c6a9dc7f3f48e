package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"mattebox"
	"mattebox/store"
)

// deaf is a queue that nobody listens to.
type deaf struct{}

func (deaf) Enqueue(context.Context, *sql.Tx, ...mattebox.Wake) error { return nil }

// furnished returns a store over the database, and an account in it.
func furnished(t testing.TB, db *store.DB) (*store.Store, mattebox.AccountID) {
	t.Helper()
	if err := store.Migrate(t.Context(), db); err != nil {
		t.Fatal(err)
	}
	s := over(t, db)
	a, _, err := s.CreateAccount(t.Context(), mattebox.Account{Email: "a@example.com"})
	if err != nil {
		t.Fatal(err)
	}
	return s, a.ID
}

func over(t testing.TB, db *store.DB) *store.Store {
	t.Helper()
	keys, err := store.ParseKeys(strings.Repeat("0f", 32))
	if err != nil {
		t.Fatal(err)
	}
	return store.New(db, keys, deaf{}, time.Now)
}

// submit orders one image.
func submit(ctx context.Context, s *store.Store, account mattebox.AccountID) error {
	_, err := s.SubmitImage(ctx, mattebox.Submission{Account: account, SourceURLs: []string{"https://e.com/1.jpg"}})
	return err
}

func execute(t testing.TB, db *sql.DB, statement string) {
	t.Helper()
	if _, err := db.ExecContext(t.Context(), statement); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

func number(t testing.TB, db *sql.DB, query string) (n int) {
	t.Helper()
	if err := db.QueryRowContext(t.Context(), query).Scan(&n); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return n
}

func closed(t testing.TB, db *store.DB) *store.DB {
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

func TestSettings(t *testing.T) {
	db := closed(t, fresh(t))
	for pragma, want := range map[string]int{"synchronous": 2, "foreign_keys": 1, "busy_timeout": 10000, "query_only": 0} {
		if got := number(t, db.Writer, "PRAGMA "+pragma); got != want {
			t.Errorf("the writer has %s %d, want %d", pragma, got, want)
		}
	}
	var journal string
	if err := db.Writer.QueryRowContext(t.Context(), "PRAGMA journal_mode").Scan(&journal); err != nil || journal != "wal" {
		t.Errorf("journal %q, %v", journal, err)
	}
	if _, err := db.Reader.ExecContext(t.Context(), "CREATE TABLE t (n INTEGER)"); err == nil {
		t.Error("a reader may write")
	}
}

func TestUnusableFiles(t *testing.T) {
	text := filepath.Join(t.TempDir(), "text.db")
	if err := os.WriteFile(text, []byte(strings.Repeat("this is no database", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{filepath.Join(t.TempDir(), "missing", "mattebox.db"), t.TempDir(), text} {
		_, err := Open(t.Context(), path)
		if mattebox.CodeOf(err) != mattebox.CodeUnavailable || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v", path, err)
		}
	}
}

// A path may hold what has a meaning in an address.
func TestOddPath(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a b?c#d%20e&f.db")
	db, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	furnished(t, closed(t, db))
	if _, err := os.Stat(path); err != nil {
		t.Error(err)
	}
}

func TestBusy(t *testing.T) {
	db := closed(t, fresh(t))
	s, account := furnished(t, db)
	other, err := Open(t.Context(), db.Dialect.(dialect).path)
	if err != nil {
		t.Fatal(err)
	}
	closed(t, other)
	held, err := other.Writer.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	execute(t, db.Writer, "PRAGMA busy_timeout = 20")
	err = submit(t.Context(), s, account)
	if mattebox.CodeOf(err) != mattebox.CodeUnavailable || !strings.Contains(err.Error(), "busy") {
		t.Errorf("%v, want that the database is busy", err)
	}
	if err := held.Rollback(); err != nil {
		t.Fatal(err)
	}
	if err := submit(t.Context(), s, account); err != nil {
		t.Errorf("after the other has let go: %v", err)
	}
}

func TestFull(t *testing.T) {
	db := closed(t, fresh(t))
	s, account := furnished(t, db)
	execute(t, db.Writer, "PRAGMA max_page_count = 1") // the least it has now
	var err error
	stored := 0
	for ; err == nil && stored < 1000; stored++ {
		err = submit(t.Context(), s, account)
	}
	if mattebox.CodeOf(err) != mattebox.CodeUnavailable || !strings.Contains(err.Error(), "full") {
		t.Fatalf("%v, want that the disk is full", err)
	}
	if got := number(t, db.Reader, "SELECT COUNT(*) FROM images"); got != stored-1 {
		t.Errorf("%d images were stored, %d acknowledged", got, stored-1)
	}
	execute(t, db.Writer, "PRAGMA max_page_count = 100000")
	if err := submit(t.Context(), s, account); err != nil {
		t.Errorf("after there is room: %v", err)
	}
}

// Two processes, a server and a command, write at once.
func TestTwoWriters(t *testing.T) {
	first := closed(t, fresh(t))
	s, account := furnished(t, first)
	second, err := Open(t.Context(), first.Dialect.(dialect).path)
	if err != nil {
		t.Fatal(err)
	}
	stores := []*store.Store{s, over(t, closed(t, second))}
	var group sync.WaitGroup
	for _, s := range stores {
		for range 4 {
			group.Go(func() {
				for range 25 {
					if err := submit(t.Context(), s, account); err != nil {
						t.Error(err)
					}
				}
			})
		}
	}
	group.Wait()
	if got := number(t, second.Reader, "SELECT COUNT(*) FROM images"); got != 200 {
		t.Errorf("%d images, want 200", got)
	}
}

// A cancelled request leaves neither rows nor a transaction behind.
func TestCancelled(t *testing.T) {
	db := closed(t, fresh(t))
	s, account := furnished(t, db)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := submit(ctx, s, account); !errors.Is(err, context.Canceled) {
		t.Errorf("%v, want that it was cancelled", err)
	}
	if err := submit(t.Context(), s, account); err != nil {
		t.Error(err)
	}
}

func TestMigrationLockCanBeLeft(t *testing.T) {
	db := closed(t, fresh(t))
	unlock, err := db.Dialect.Lock(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := store.Migrate(ctx, db); !errors.Is(err, context.Canceled) {
		t.Errorf("%v, want that it was cancelled", err)
	}
	if err := unlock(); err != nil {
		t.Fatal(err)
	}
	if err := store.Migrate(t.Context(), db); err != nil {
		t.Error(err)
	}
}
