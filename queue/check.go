package queue

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"

	"mattebox"
)

// CheckSchema returns a CodeUnavailable error that says what to do unless River's
// tables are as this program needs them.
func CheckSchema(ctx context.Context, db *sql.DB, sqlite bool) error {
	var driver riverdriver.Driver[*sql.Tx] = riverdatabasesql.New(db)
	if sqlite {
		driver = riversqlite.New(db)
	}
	migrator, err := rivermigrate.New(driver, nil)
	if err != nil {
		return fmt.Errorf("reading the job queue's migrations: %w", err)
	}
	applied, err := migrator.ExistingVersions(ctx)
	if err != nil {
		return fmt.Errorf("reading the job queue's version: %w", err)
	}
	if needed := len(migrator.AllVersions()); len(applied) < needed {
		return mattebox.Errorf(mattebox.CodeUnavailable, "the job queue's tables have version %d, and this program needs %d; run: mattebox migrate", len(applied), needed)
	}
	return nil
}
