package servicetest

import (
	"context"
	"fmt"
	"path/filepath"

	"mattebox/store"
	"mattebox/store/postgres"
	"mattebox/store/sqlite"
)

// Execute changes the service's own rows, for what only time would bring about, and
// returns how many.
func (s *Service) Execute(ctx context.Context, statement string, args ...any) (int64, error) {
	db, err := s.OpenRows(ctx)
	if err != nil {
		return 0, err
	}
	defer db.Close()
	result, err := db.Writer.ExecContext(ctx, statement, args...)
	if err != nil {
		return 0, fmt.Errorf("%s: %w", statement, err)
	}
	return result.RowsAffected()
}

// OpenRows opens the service's database. Whoever opens it closes it.
func (s *Service) OpenRows(ctx context.Context) (*store.DB, error) {
	if s.Database != "" {
		return postgres.Open(ctx, s.Database)
	}
	return sqlite.Open(ctx, filepath.Join(s.Data, "mattebox.db"))
}

// Ledger is what "mattebox ledger check" says.
type Ledger struct {
	Postings int
	Faults   []string
}

// CheckLedger has the program check its ledger.
func (s *Service) CheckLedger(ctx context.Context) (*Ledger, error) {
	var l Ledger
	return &l, s.ask(ctx, &l, []string{"ledger", "check"}, "--json")
}

// Read runs a command of the program that prints JSON, and reads it.
func (s *Service) Read(ctx context.Context, into any, words []string, args ...string) error {
	return s.ask(ctx, into, words, args...)
}
