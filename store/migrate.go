package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"path"
	"strings"
	"text/template"

	"github.com/pressly/goose/v3"

	"mattebox"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrate brings the schema of the store's own tables to the newest version. It
// may be called by several processes at once: one does the work, the others wait.
// The queue's tables are the queue's.
func Migrate(ctx context.Context, db *DB) (err error) {
	provider, err := provider(db)
	if err != nil {
		return err
	}
	unlock, err := db.Dialect.Lock(ctx)
	if err != nil {
		return fmt.Errorf("lock the schema: %w", db.Dialect.Fault(err))
	}
	defer func() { err = errors.Join(err, unlock()) }()
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("migrate the database: %w", db.Dialect.Fault(err))
	}
	return nil
}

// CheckSchema returns a CodeUnavailable error that says what to do unless the
// store's tables are as this program knows them: what a process asks that may not
// change them.
func CheckSchema(ctx context.Context, db *DB) error {
	provider, err := provider(db)
	if err != nil {
		return err
	}
	current, target, err := provider.GetVersions(ctx)
	switch {
	case err != nil:
		return fmt.Errorf("read the schema's version: %w", db.Dialect.Fault(err))
	case current < target:
		return mattebox.Errorf(mattebox.CodeUnavailable, "the database has schema %d, and this program needs %d; run: mattebox migrate", current, target)
	case current > target:
		return mattebox.Errorf(mattebox.CodeUnavailable, "the database has schema %d, and this program knows %d; install the newer mattebox that made it", current, target)
	}
	return nil
}

func provider(db *DB) (*goose.Provider, error) {
	steps, err := steps(db.Dialect)
	if err != nil {
		return nil, fmt.Errorf("read the migrations: %w", err)
	}
	p, err := goose.NewProvider(gooseDialect(db.Dialect), db.Writer, nil, goose.WithGoMigrations(steps...), goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return nil, fmt.Errorf("read the migrations: %w", err)
	}
	return p, nil
}

func gooseDialect(d Dialect) goose.Dialect {
	if d.Name() == "sqlite" {
		return goose.DialectSQLite3
	}
	return goose.DialectPostgres
}

// steps returns the files in migrations, in the engine's words. They are templates
// rather than two sets of files, so that the engines' tables cannot drift apart.
func steps(d Dialect) ([]*goose.Migration, error) {
	files, err := migrations.ReadDir("migrations")
	if err != nil {
		return nil, err
	}
	var all []*goose.Migration
	for _, file := range files {
		version, err := goose.NumericComponent(file.Name())
		if err != nil {
			return nil, err
		}
		text, err := template.New(file.Name()).ParseFS(migrations, path.Join("migrations", file.Name()))
		if err != nil {
			return nil, err
		}
		var script strings.Builder
		if err := text.Execute(&script, d.Words()); err != nil {
			return nil, err
		}
		all = append(all, goose.NewGoMigration(version, runner(script.String()), nil))
	}
	return all, nil
}

func runner(script string) *goose.GoFunc {
	return &goose.GoFunc{RunTx: func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, script)
		return err
	}}
}
