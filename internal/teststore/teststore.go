// Package teststore opens real stores for the tests of what stands on one: databases
// that are made for the test and gone after it, with jobs that nobody does.
package teststore

import (
	"context"
	"database/sql"
	"path/filepath"
	"strings"
	"testing"

	"mattebox"
	"mattebox/internal/pgtest"
	"mattebox/store"
	"mattebox/store/postgres"
	"mattebox/store/sqlite"
)

// deaf takes jobs and forgets them: the tests do the work themselves.
type deaf struct{}

func (deaf) Enqueue(context.Context, *sql.Tx, ...mattebox.Wake) error { return nil }

// Keys are the master key of all stores of this package.
func Keys(t testing.TB) store.Keys {
	t.Helper()
	keys, err := store.ParseKeys(strings.Repeat("5a", 32))
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

// Open returns a store on a new SQLite file.
func Open(t testing.TB, now mattebox.Clock) *store.Store {
	t.Helper()
	return On(t, SQLite(t), now)
}

// SQLite returns a new file's database.
func SQLite(t testing.TB) *store.DB {
	t.Helper()
	db, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "mattebox.db"))
	if err != nil {
		t.Fatal(err)
	}
	return db
}

// OnBoth runs the test with a new database of each engine.
func OnBoth(t *testing.T, test func(*testing.T, *store.DB)) {
	t.Run("sqlite", func(t *testing.T) { test(t, SQLite(t)) })
	t.Run("postgres", func(t *testing.T) {
		db, err := postgres.Open(t.Context(), pgtest.URL(t))
		if err != nil {
			t.Fatal(err)
		}
		test(t, db)
	})
}

// On returns a store on a new database, which is closed at the test's end.
func On(t testing.TB, db *store.DB, now mattebox.Clock) *store.Store {
	t.Helper()
	t.Cleanup(func() { db.Close() })
	if err := store.Migrate(t.Context(), db); err != nil {
		t.Fatal(err)
	}
	return store.New(db, Keys(t), deaf{}, now)
}
