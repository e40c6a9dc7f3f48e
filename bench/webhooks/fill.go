package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
	_ "modernc.org/sqlite"             // the driver "sqlite"

	"mattebox/internal/servicetest"
)

const (
	// rowsAtATime is how many deliveries a transaction fills in.
	rowsAtATime = 50_000
	// past is over how long the deliveries spread.
	past = 60 * 24 * time.Hour
)

// filler writes rows straight into the database of a service that does not run.
type filler struct {
	db      *sql.DB
	uid     string   // expression for a new GUID
	after   []string // statements when all rows are there
	pattern int64    // delivery that the rows are copied from
	total   int
}

// fill adds n deliveries that happened in the past, each with one attempt: copies of
// the newest one that there is. Of a hundred one has failed for good and one waits for
// its next try, which is hours away.
func fill(ctx context.Context, s *servicetest.Service, n int) (err error) {
	f, err := newFiller(s, n)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.db.Close()) }()
	if err := f.db.QueryRowContext(ctx, `SELECT MAX(id) FROM deliveries`).Scan(&f.pattern); err != nil {
		return err
	}
	for first := 0; first < n; first += rowsAtATime {
		if err := f.piece(ctx, first, min(rowsAtATime, n-first)); err != nil {
			return err
		}
	}
	for _, statement := range f.after {
		if _, err := f.db.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("%s: %w", statement, err)
		}
	}
	return nil
}

// newFiller opens the service's database. On SQLite nothing waits for the disk until
// the end; PostgreSQL is told to look at the rows, as it does by itself after a while.
func newFiller(s *servicetest.Service, n int) (*filler, error) {
	if s.Database != "" {
		db, err := sql.Open("pgx", s.Database)
		return &filler{
			db: db, total: n, uid: `CAST(gen_random_uuid() AS TEXT)`,
			after: []string{
				`SELECT setval(pg_get_serial_sequence('deliveries', 'id'), MAX(id)) FROM deliveries`,
				`VACUUM ANALYZE deliveries`, `VACUUM ANALYZE attempts`,
			},
		}, err
	}
	settings := url.Values{"_pragma": {"synchronous(OFF)", "cache_size(-262144)", "busy_timeout(10000)"}}
	db, err := sql.Open("sqlite", "file:"+filepath.Join(s.Data, "mattebox.db")+"?"+settings.Encode())
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	hex := func(bytes int) string { return fmt.Sprintf("lower(hex(randomblob(%d)))", bytes) }
	return &filler{
		db: db, total: n, uid: strings.Join([]string{hex(4), hex(2), hex(2), hex(2), hex(6)}, ` || '-' || `),
		after: []string{`PRAGMA synchronous = FULL`, `PRAGMA wal_checkpoint(TRUNCATE)`},
	}, nil
}

// piece fills in n deliveries from the first-th on and their attempts.
func (f *filler) piece(ctx context.Context, first, n int) error {
	now := time.Now().UnixMicro()
	// i counts all deliveries of the past from the oldest, 0, on; 0, 1 and 2 of each
	// hundred tell how they stand.
	i := fmt.Sprintf(`(n + %d)`, first)
	created := fmt.Sprintf(`(%d - (%d - %s) * %d)`, now, f.total, i, past.Microseconds()/int64(f.total))
	id := fmt.Sprintf(`(%d + 1 + %s)`, f.pattern, i)
	next := fmt.Sprintf(`(%d + %s)`, now+(6*time.Hour).Microseconds(), i)
	byState := func(failed, pending, delivered string) string {
		return fmt.Sprintf(`CASE %s %% 100 WHEN 0 THEN %s WHEN 1 THEN %s ELSE %s END`, i, failed, pending, delivered)
	}
	tx, err := f.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() // after a commit it does nothing
	err = f.copy(ctx, tx, "deliveries", "id", n, map[string]string{
		"id": id, "uid": f.uid, "created": created, "claimed": created,
		"state":    byState(`'failed'`, `'pending'`, `'delivered'`),
		"ended":    byState(created, `0`, created),
		"next_at":  byState(created, next, created),
		"ready_at": byState(`NULL`, next, `NULL`),
	})
	if err != nil {
		return err
	}
	if err := f.copy(ctx, tx, "attempts", "delivery", n, map[string]string{"delivery": id, "started": created, "ended": created}); err != nil {
		return err
	}
	return tx.Commit()
}

// copy inserts n copies of the pattern's row, numbered by n from 0 on, with other
// values in some columns. What other columns a table has does not matter.
func (f *filler) copy(ctx context.Context, tx *sql.Tx, table, key string, n int, other map[string]string) error {
	rows, err := tx.QueryContext(ctx, `SELECT * FROM `+table+` LIMIT 0`)
	if err != nil {
		return err
	}
	columns, err := rows.Columns()
	if err := errors.Join(err, rows.Close()); err != nil {
		return err
	}
	values := slices.Clone(columns)
	for column, expression := range other {
		at := slices.Index(columns, column)
		if at < 0 {
			return fmt.Errorf("%s have no column %s any more: this program has to follow", table, column)
		}
		values[at] = expression
	}
	statement := fmt.Sprintf(`WITH RECURSIVE series (n) AS (SELECT CAST(0 AS BIGINT) UNION ALL SELECT n + 1 FROM series WHERE n < %d)
		INSERT INTO %s (%s) SELECT %s FROM series CROSS JOIN %s WHERE %s = %d`,
		n-1, table, strings.Join(columns, ", "), strings.Join(values, ", "), table, key, f.pattern)
	_, err = tx.ExecContext(ctx, statement)
	return err
}
