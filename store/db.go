package store

import (
	"context"
	"database/sql"
	"errors"
)

// DB is an open database of either engine. On SQLite the writer has one
// connection, because there is one writer at a time anyway and waiting for it in
// Go is fair and cheap; on PostgreSQL both are the same pool.
type DB struct {
	Writer  *sql.DB
	Reader  *sql.DB
	Dialect Dialect
}

// A Dialect is what differs between the engines.
type Dialect interface {
	// Name is "sqlite" or "postgres".
	Name() string
	// Words are the engine's spellings in the schema.
	Words() Words
	// ForUpdate ends a SELECT whose rows the transaction is about to change; with
	// skip it leaves out those that another transaction holds.
	ForUpdate(skip bool) string
	// ForShare ends a SELECT whose rows the transaction is about to refer to: nobody
	// changes them until its end.
	ForShare() string
	// Fault gives an error of the driver the code and message of mattebox.Error
	// when the engine is full, busy or gone, or a key is taken; other errors and nil
	// are returned as they are.
	Fault(err error) error
	// Lock waits until no other process changes the schema, and keeps them waiting
	// until unlock is called.
	Lock(ctx context.Context) (unlock func() error, err error)
	// Backup writes a consistent copy to the path while the database is in use.
	Backup(ctx context.Context, path string) error
}

// Words are an engine's spellings in the schema.
type Words struct {
	ID    string // type and constraint of a key that counts up
	Bytes string // type of bytes
	// Start has the ids of a table begin there.
	Start func(table string, first int64) string
	// Refuse makes the engine refuse to delete rows of a table, and to change the
	// columns; all of them when none is named.
	Refuse func(table, columns string) string
	// Before is an expression for what a text has before the first mark.
	Before func(text, mark string) string
}

// Close closes both pools.
func (db *DB) Close() error {
	if db.Reader == db.Writer {
		return db.Writer.Close()
	}
	return errors.Join(db.Reader.Close(), db.Writer.Close())
}

// Backup writes a consistent copy of the database to a new file at path while the
// service runs. It is a CodeInvalid error on PostgreSQL, which has pg_dump for it.
// The copy holds secrets sealed with the master key, which has to be kept with it,
// and no pictures.
func Backup(ctx context.Context, db *DB, path string) error {
	return db.Dialect.Backup(ctx, path)
}
