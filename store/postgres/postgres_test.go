package postgres

import (
	"fmt"
	"net/url"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"mattebox/internal/pgtest"
	"mattebox/store"
	"mattebox/store/storetest"
)

// TestStore gives each test a schema of one database: a database each would cost
// most of the suite's time.
func TestStore(t *testing.T) {
	address := pgtest.URL(t)
	db, err := Open(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	schemas := 0
	storetest.Run(t, func(t testing.TB) *store.DB {
		t.Helper()
		schemas++
		schema := fmt.Sprintf("s%d", schemas)
		if _, err := db.Writer.ExecContext(t.Context(), "CREATE SCHEMA "+schema); err != nil {
			t.Fatal(err)
		}
		return opened(t, within(t, address, schema))
	})
}

// within returns the address with the schema as the one that tables are in.
func within(t testing.TB, address, schema string) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	query := u.Query()
	query.Set("search_path", schema)
	u.RawQuery = query.Encode()
	return u.String()
}

func opened(t testing.TB, address string) *store.DB {
	t.Helper()
	db, err := Open(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	return db
}

func TestPlans(t *testing.T) {
	address := pgtest.URL(t)
	config, err := pgx.ParseConfig(address)
	if err != nil {
		t.Fatal(err)
	}
	storetest.RunPlans(t, opened(t, address), &storetest.Recorder{Connector: stdlib.GetConnector(*config)})
}

func BenchmarkStore(b *testing.B) {
	storetest.Bench(b, func(t testing.TB) *store.DB { return opened(t, pgtest.URL(t)) })
}
