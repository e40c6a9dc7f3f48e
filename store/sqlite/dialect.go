package sqlite

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"mattebox"
	"mattebox/store"
)

type dialect struct{ path string }

func (dialect) Name() string { return "sqlite" }

func (dialect) Words() store.Words {
	return store.Words{
		ID:    "INTEGER PRIMARY KEY AUTOINCREMENT",
		Bytes: "BLOB",
		Start: func(table string, first int64) string {
			return fmt.Sprintf("INSERT INTO sqlite_sequence (name, seq) VALUES ('%s', %d)", table, first-1)
		},
		Refuse: refuse,
		Before: func(text, mark string) string {
			return fmt.Sprintf("substr(%[1]s, 1, instr(%[1]s || '%[2]s', '%[2]s') - 1)", text, mark)
		},
	}
}

func refuse(table, columns string) string {
	if columns != "" {
		columns = " OF " + columns
	}
	const trigger = "CREATE TRIGGER %s_%s BEFORE %s ON %s BEGIN SELECT RAISE(ABORT, '%s are never changed or removed'); END"
	return fmt.Sprintf(trigger, table, "kept", "DELETE", table, table) + ";\n" +
		fmt.Sprintf(trigger, table, "unchanged", "UPDATE"+columns, table, table)
}

// ForUpdate is empty: the transaction is the only one that writes.
func (dialect) ForUpdate(bool) string { return "" }

// ForShare is empty, likewise.
func (dialect) ForShare() string { return "" }

func (dialect) Fault(err error) error {
	var fault *sqlite.Error
	if !errors.As(err, &fault) {
		return err
	}
	switch fault.Code() {
	case sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY:
		return mattebox.Wrap(mattebox.CodeConflict, err, "it is there already")
	}
	switch fault.Code() & 0xff { // the rest says more of the same
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		return mattebox.Wrap(mattebox.CodeUnavailable, err, "the database is busy; try again")
	case sqlite3.SQLITE_FULL:
		return mattebox.Wrap(mattebox.CodeUnavailable, err, "the database's disk is full")
	case sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB:
		return mattebox.Wrap(mattebox.CodeUnavailable, err, "the database file cannot be used")
	}
	return err
}

// Lock holds a lock on a file beside the database: goose reads the version and
// writes in several transactions, so SQLite's own lock would not do. The kernel
// drops it with the process.
func (d dialect) Lock(ctx context.Context) (func() error, error) {
	file, err := os.OpenFile(d.path+".migrate", os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	locked := make(chan error, 1)
	go func() { locked <- syscall.Flock(int(file.Fd()), syscall.LOCK_EX) }()
	select {
	case err := <-locked:
		if err != nil {
			return nil, errors.Join(err, file.Close())
		}
		return file.Close, nil
	case <-ctx.Done():
		go func() { <-locked; file.Close() }() // the wait cannot be broken off, only left behind
		return nil, ctx.Err()
	}
}

// Backup copies the database with VACUUM INTO: one read transaction, so the copy
// is of one moment and nobody waits for it. The copy has its name only once it is
// whole and on disk.
func (d dialect) Backup(ctx context.Context, path string) error {
	if _, err := os.Lstat(path); !errors.Is(err, os.ErrNotExist) {
		return mattebox.Errorf(mattebox.CodeConflict, "%s is there already; a backup does not overwrite", path)
	}
	partial := path + ".partial"
	if err := os.Remove(partial); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("remove an unfinished backup: %w", err)
	}
	defer os.Remove(partial)
	pool, err := open(ctx, d) // of its own, so that the writer stays free
	if err != nil {
		return err
	}
	defer pool.Close()
	if _, err := pool.ExecContext(ctx, "VACUUM INTO $1", partial); err != nil {
		return fmt.Errorf("back up: %w", d.Fault(err))
	}
	if err := errors.Join(os.Chmod(partial, 0o600), syncFile(partial)); err != nil {
		return fmt.Errorf("back up: %w", err)
	}
	if err := os.Rename(partial, path); err != nil {
		return fmt.Errorf("back up: %w", err)
	}
	return syncFile(filepath.Dir(path))
}

// syncFile flushes a file or a folder to disk.
func syncFile(path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(file.Sync(), file.Close())
}
