package queue_test

import (
	"context"
	"database/sql"
	"path/filepath"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
	_ "modernc.org/sqlite"             // the driver "sqlite"

	"mattebox"
	"mattebox/internal/pgtest"
	"mattebox/queue"
)

// database is a database with the queue's tables.
type database struct {
	*sql.DB
	sqlite bool
}

// each runs the test on both databases.
func each(t *testing.T, test func(t *testing.T, db database)) {
	t.Run("sqlite", func(t *testing.T) { test(t, onSQLite(t)) })
	t.Run("postgres", func(t *testing.T) { test(t, onPostgres(t)) })
}

func onSQLite(t testing.TB) database {
	t.Helper()
	// The settings of store/sqlite's writer.
	db := connect(t, "sqlite", "file:"+filepath.Join(t.TempDir(), "queue.sqlite")+
		"?_journal_mode=WAL&_synchronous=FULL&_txlock=immediate&_busy_timeout=10000")
	db.SetMaxOpenConns(1)
	return migrated(t, database{db, true})
}

func onPostgres(t testing.TB) database {
	t.Helper()
	return migrated(t, database{connect(t, "pgx", pgtest.URL(t)), false})
}

func connect(t testing.TB, driver, address string) *sql.DB {
	t.Helper()
	db, err := sql.Open(driver, address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func migrated(t testing.TB, db database) database {
	t.Helper()
	for range 2 { // the second time there is nothing to do
		if err := queue.Migrate(t.Context(), db.DB, db.sqlite); err != nil {
			t.Fatal(err)
		}
	}
	return db
}

// newQueue makes a queue that is stopped at the test's end.
func newQueue(t testing.TB, db database, c queue.Config) *queue.Queue {
	t.Helper()
	c.DB, c.SQLite = db.DB, db.sqlite
	q, err := queue.New(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := q.Stop(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return q
}

func start(t testing.TB, q *queue.Queue) {
	t.Helper()
	if err := q.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// enqueue enqueues in a transaction of its own.
func enqueue(t testing.TB, db database, q *queue.Queue, wakes ...mattebox.Wake) {
	t.Helper()
	tx, err := db.Begin()
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	if err := q.Enqueue(t.Context(), tx, wakes...); err != nil {
		t.Fatal(err)
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
}

func wake(kind mattebox.Kind, id int64) mattebox.Wake { return mattebox.Wake{Kind: kind, ID: id} }

// seen is a worker that sends the ids of its jobs.
func seen(ids chan<- int64) queue.Worker {
	return queue.Worker{Max: 4, Run: func(_ context.Context, id int64) error { ids <- id; return nil }}
}

func workers(kind mattebox.Kind, w queue.Worker) map[mattebox.Kind]queue.Worker {
	return map[mattebox.Kind]queue.Worker{kind: w}
}

const patience = 20 * time.Second

func receive[T any](t *testing.T, c <-chan T, what string) T {
	t.Helper()
	select {
	case v := <-c:
		return v
	case <-time.After(patience):
		t.Fatalf("%s did not come", what)
		panic("unreachable")
	}
}

// await polls until the count of the query is want.
func await(t *testing.T, db database, want int, query string) {
	t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(patience)
	for {
		var n int
		if err := db.QueryRow(query).Scan(&n); err != nil {
			t.Fatal(err)
		}
		if n == want {
			return
		}
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("%s gives %d, want %d", query, n, want)
		}
	}
}

func execute(t *testing.T, db database, statement string) {
	t.Helper()
	if _, err := db.Exec(statement); err != nil {
		t.Fatal(err)
	}
}
