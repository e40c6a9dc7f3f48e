package queue

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"hash/crc32"

	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"
)

// Migrate brings River's tables to the newest version. Several processes may call
// it at once: on PostgreSQL one does the work and the others wait, SQLite has one
// writer anyway.
func Migrate(ctx context.Context, db *sql.DB, sqlite bool) (err error) {
	if sqlite {
		return migrate(ctx, riversqlite.New(db))
	}
	conn, err := db.Conn(ctx)
	if err != nil {
		return fmt.Errorf("migrating the job queue: %w", err)
	}
	defer conn.Close()
	lock := int64(crc32.ChecksumIEEE([]byte("mattebox queue migration")))
	if _, err := conn.ExecContext(ctx, "SELECT pg_advisory_lock($1)", lock); err != nil {
		return fmt.Errorf("locking the job queue's schema: %w", err)
	}
	defer func() {
		_, unlock := conn.ExecContext(context.WithoutCancel(ctx), "SELECT pg_advisory_unlock($1)", lock)
		err = errors.Join(err, unlock)
	}()
	return migrate(ctx, riverdatabasesql.New(db))
}

func migrate(ctx context.Context, driver riverdriver.Driver[*sql.Tx]) error {
	migrator, err := rivermigrate.New(driver, nil)
	if err != nil {
		return fmt.Errorf("reading the job queue's migrations: %w", err)
	}
	if _, err := migrator.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return fmt.Errorf("migrating the job queue: %w", err)
	}
	return nil
}

// TakeOver clears up after a process that was killed: its jobs begin again and its
// leadership, which would hold up scheduled jobs until its time is over, ends. It
// is for SQLite, and only before Start in a process that holds the lock of the data
// folder: no other may be running jobs.
func TakeOver(ctx context.Context, db *sql.DB) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("taking over the job queue: %w", err)
	}
	defer tx.Rollback()
	for _, statement := range []string{
		"DELETE FROM river_leader",
		// A job that has its like waiting already is not needed twice.
		"UPDATE OR IGNORE river_job SET state = 'available', attempt = 0 WHERE state = 'running'",
		"DELETE FROM river_job WHERE state = 'running'",
		"DELETE FROM river_job WHERE kind = 'deliver'", // of an earlier version
	} {
		if _, err := tx.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("taking over the job queue: %w", err)
		}
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("taking over the job queue: %w", err)
	}
	return nil
}
