package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"mattebox"
	"mattebox/blobs"
	"mattebox/queue"
	"mattebox/store"
	"mattebox/store/postgres"
	"mattebox/store/sqlite"
)

// DataFlags say where the service keeps what it must not lose. Every command of
// the service has them.
type DataFlags struct {
	Data      string `help:"Folder of the service: its database, pictures and keys. Default: the folder service in Mattebox's own." env:"MATTEBOX_DATA" placeholder:"DIR" group:"data"`
	Database  string `help:"PostgreSQL database (postgres://user@host/name), for many hosts. Default: an SQLite file in --data." env:"MATTEBOX_DATABASE" placeholder:"URL" group:"data"`
	Blobs     string `help:"Where pictures are kept: a folder, or s3://bucket?region=... Default: the folder blobs in --data." env:"MATTEBOX_BLOBS" placeholder:"URL" group:"data"`
	KeyFile   string `help:"File of the master key that seals secrets, the same on all hosts. Default: master.key in --data, made when it is missing." env:"MATTEBOX_KEY_FILE" placeholder:"FILE" group:"data"`
	MasterKey string `hidden:"" env:"MATTEBOX_MASTER_KEY" group:"data"` // by the environment only: arguments can be seen by everybody on the machine
}

// The names in the data folder.
const (
	databaseName = "mattebox.db"
	blobsName    = "blobs"
	keyName      = "master.key"
	lockName     = "serve.lock"
	scratchName  = "scratch"
)

// dataMode keeps customers' pictures and our keys from other users of the machine.
const dataMode = 0o700

// folder returns the data folder.
func (f *DataFlags) folder(app *App) string {
	if f.Data != "" {
		return f.Data
	}
	return filepath.Join(app.Home, "service")
}

// single reports whether this is the mode of one machine, with SQLite.
func (f *DataFlags) single() bool { return f.Database == "" }

func (f *DataFlags) blobsLocation(app *App) string {
	if f.Blobs != "" {
		return f.Blobs
	}
	return filepath.Join(f.folder(app), blobsName)
}

// check finds faults that the text alone tells.
func (f *DataFlags) check(faults *faults) {
	if f.Database != "" && !strings.HasPrefix(f.Database, "postgres://") && !strings.HasPrefix(f.Database, "postgresql://") {
		// Not the value: it may hold a password.
		faults.add("--database", "is not the address of a PostgreSQL database, such as postgres://user@host/name; leave it out for SQLite")
	}
	if before, _, found := strings.Cut(f.Blobs, "://"); found && before != "s3" && before != "file" {
		faults.add("--blobs", "is %.40q; use a folder or s3://bucket?region=...", f.Blobs)
	}
	if f.MasterKey != "" && f.KeyFile != "" {
		faults.add("--key-file", "does not go with $MATTEBOX_MASTER_KEY")
	}
}

// records is the service's memory, open.
type records struct {
	*store.Store
	db    *store.DB
	keys  store.Keys
	queue *queue.Queue
}

// open opens the records for a command that does its work and ends. On one
// machine it brings the database to this program's schema, unless a server is
// running, which has done so.
func (f *DataFlags) open(ctx context.Context, app *App) (*records, error) {
	faults := app.newFaults()
	f.check(faults)
	if err := faults.err(); err != nil {
		return nil, err
	}
	db, keys, err := f.openDatabase(ctx, app)
	if err != nil {
		return nil, err
	}
	if err := f.ensureSchema(ctx, app, db); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	q, err := queue.New(queue.Config{DB: db.Writer, SQLite: f.single(), Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	r := &records{store.New(db, keys, q, time.Now), db, keys, q}
	r.Tell = f.teller(app, keys.Links())
	return r, nil
}

func (r *records) close() error { return r.db.Close() }

// openDatabase makes the folder where it is missing, and opens the database and
// the keys.
func (f *DataFlags) openDatabase(ctx context.Context, app *App) (*store.DB, store.Keys, error) {
	dir := f.folder(app)
	if err := os.MkdirAll(dir, dataMode); err != nil {
		return nil, store.Keys{}, mattebox.Wrap(mattebox.CodeUnavailable, err, "cannot make the data folder")
	}
	keys, err := f.loadKeys(app)
	if err != nil {
		return nil, store.Keys{}, err
	}
	var db *store.DB
	if f.single() {
		db, err = sqlite.Open(ctx, filepath.Join(dir, databaseName))
	} else {
		db, err = postgres.Open(ctx, f.Database)
	}
	return db, keys, err
}

func (f *DataFlags) loadKeys(app *App) (store.Keys, error) {
	if f.MasterKey != "" {
		keys, err := store.ParseKeys(f.MasterKey)
		if err != nil {
			return store.Keys{}, mattebox.Wrap(mattebox.CodeInvalid, err, "MATTEBOX_MASTER_KEY")
		}
		return keys, nil
	}
	path := f.KeyFile
	if path == "" {
		path = filepath.Join(f.folder(app), keyName)
	}
	return store.LoadKeys(path)
}

// ensureSchema migrates an SQLite database that no server uses, and leaves others
// as they are. The folder is locked only when there is something to do: a server
// that starts at the same moment shall not find it taken.
func (f *DataFlags) ensureSchema(ctx context.Context, app *App, db *store.DB) error {
	err := checkSchema(ctx, db)
	if err == nil || !f.single() {
		return err
	}
	lock, locked := lockFolder(f.folder(app))
	if isLocked(locked) {
		return err
	}
	if locked != nil {
		return locked
	}
	defer lock.release()
	return migrate(ctx, db)
}

// migrate brings the schema of both rooms that keep rows to this program's.
func migrate(ctx context.Context, db *store.DB) error {
	if err := store.Migrate(ctx, db); err != nil {
		return fmt.Errorf("migrating the database: %w", err)
	}
	if err := queue.Migrate(ctx, db.Writer, sqliteDialect(db)); err != nil {
		return fmt.Errorf("migrating the queue's tables: %w", err)
	}
	return nil
}

// checkSchema refuses a database that migrate has to deal with first.
func checkSchema(ctx context.Context, db *store.DB) error {
	if err := store.CheckSchema(ctx, db); err != nil {
		return err
	}
	return queue.CheckSchema(ctx, db.Writer, sqliteDialect(db))
}

func sqliteDialect(db *store.DB) bool { return db.Dialect.Name() == "sqlite" }

// openBlobs opens the place of the pictures.
func (f *DataFlags) openBlobs(ctx context.Context, app *App) (*blobs.Store, error) {
	return blobs.Open(ctx, f.blobsLocation(app))
}
