package sqlite

import (
	"context"
	"database/sql/driver"
	"path/filepath"
	"testing"

	"mattebox/store"
	"mattebox/store/storetest"
)

func fresh(t testing.TB) *store.DB {
	t.Helper()
	db, err := Open(t.Context(), filepath.Join(t.TempDir(), "mattebox.db"))
	if err != nil {
		t.Fatal(err)
	}
	return db
}

func TestStore(t *testing.T) { storetest.Run(t, fresh) }

// connector opens connections with the writer's settings.
type connector struct {
	driver driver.Driver
	source string
}

func (c connector) Connect(context.Context) (driver.Conn, error) { return c.driver.Open(c.source) }

func (c connector) Driver() driver.Driver { return c.driver }

func TestPlans(t *testing.T) {
	db := fresh(t)
	source := db.Dialect.(dialect).source("_txlock", "immediate")
	storetest.RunPlans(t, db, &storetest.Recorder{Connector: connector{db.Writer.Driver(), source}})
}

func BenchmarkStore(b *testing.B) { storetest.Bench(b, fresh) }
