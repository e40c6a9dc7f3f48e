package e2e

import (
	"context"
	"path/filepath"
	"testing"

	"mattebox/store"
	"mattebox/store/postgres"
	"mattebox/store/sqlite"
)

// execute changes the service's own rows, for what only time would bring about.
func (h *house) execute(t *testing.T, statement string, args ...any) {
	t.Helper()
	db, err := h.openRows(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	result, err := db.Writer.ExecContext(t.Context(), statement, args...)
	if err != nil {
		t.Fatal(err)
	}
	if n, err := result.RowsAffected(); err != nil || n != 1 {
		t.Fatalf("%s changed %d rows (%v), want 1", statement, n, err)
	}
}

func (h *house) openRows(ctx context.Context) (*store.DB, error) {
	if h.Database != "" {
		return postgres.Open(ctx, h.Database)
	}
	return sqlite.Open(ctx, filepath.Join(h.Data, "mattebox.db"))
}
