package store_test

import (
	"context"
	"database/sql"
	"path/filepath"
	"testing"
	"time"

	"mattebox"
	"mattebox/internal/pgtest"
	"mattebox/store"
	"mattebox/store/postgres"
	"mattebox/store/sqlite"
)

// TestUpgradeToMoney brings a database with accounts and images from before the
// ledger to it: what was on the balances is booked, what was ordered costs nothing.
func TestUpgradeToMoney(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) {
		db, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "mattebox.db"))
		testUpgrade(t, db, err)
	})
	t.Run("postgres", func(t *testing.T) {
		db, err := postgres.Open(t.Context(), pgtest.URL(t))
		testUpgrade(t, db, err)
	})
}

// before is what a service of schema 1 left behind: two accounts, one of them with
// money, and two orders.
const before = `
INSERT INTO accounts (email, email_normal, balance_cents, currency, trial_images, review, created)
	VALUES ('a@e.com', 'a@e.com', 1234, 'DKK', 3, 'none', 1), ('b@e.com', 'b@e.com', 0, 'USD', 0, 'none', 1);
INSERT INTO templates (account, template, price_cents, currency, is_default, created, modified) VALUES (1000001, '{}', 95, 'DKK', TRUE, 1, 1);
INSERT INTO images (ticket, account, template_id, template, delivery_hours, status, price_cents, currency, created, updated, due, settled)
	VALUES ('t1', 1000001, 2000001, '{}', 24, 70, 95, 'DKK', 1, 1, 1, 1), ('t2', 1000001, 2000001, '{}', 24, 12, 95, 'DKK', 1, 1, 1, 1)`

type silent struct{}

func (silent) Enqueue(context.Context, *sql.Tx, ...mattebox.Wake) error { return nil }

func testUpgrade(t *testing.T, db *store.DB, err error) {
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	check(err)
	t.Cleanup(func() { db.Close() })
	ctx := t.Context()
	provider, err := store.Provider(db)
	check(err)
	_, err = provider.UpTo(ctx, 1)
	check(err)
	_, err = db.Writer.ExecContext(ctx, before)
	check(err)
	check(store.Migrate(ctx, db))
	keys, err := store.ParseKeys("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f")
	check(err)
	s := store.New(db, keys, silent{}, time.Now)
	report, err := s.CheckLedger(ctx)
	check(err)
	if report.Postings != 1 || report.Entries != 2 || len(report.Faults) > 0 {
		t.Errorf("%+v, want one posting for the one balance, and no faults", report)
	}
	postings, err := s.Postings(ctx, mattebox.LedgerFilter{Account: 1000001})
	check(err)
	if len(postings) != 1 || postings[0].Kind != mattebox.PostAdjust || postings[0].Entries[1].Amount.String() != "12.34 DKK" {
		t.Errorf("postings %+v", postings)
	}
}
