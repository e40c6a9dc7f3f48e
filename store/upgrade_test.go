package store_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
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
func TestUpgradeToMoney(t *testing.T) { onBoth(t, testUpgrade) }

// TestUpgradeToEvents brings a database with an account, its secrets and a delivery
// from before developers' webhooks to them: everything is as it was, the account can
// be told of what happens, and its secrets can be replaced with an overlap.
func TestUpgradeToEvents(t *testing.T) { onBoth(t, testUpgradeToEvents) }

func onBoth(t *testing.T, test func(*testing.T, *store.DB, error)) {
	t.Run("sqlite", func(t *testing.T) {
		db, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "mattebox.db"))
		test(t, db, err)
	})
	t.Run("postgres", func(t *testing.T) {
		db, err := postgres.Open(t.Context(), pgtest.URL(t))
		test(t, db, err)
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

// checker returns what ends the test over an error.
func checker(t *testing.T) func(error) {
	return func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
}

// schema brings an empty database to the version, and returns keys for it.
func schema(t *testing.T, db *store.DB, version int64) store.Keys {
	t.Helper()
	check := checker(t)
	t.Cleanup(func() { db.Close() })
	provider, err := store.Provider(db)
	check(err)
	_, err = provider.UpTo(t.Context(), version)
	check(err)
	keys, err := store.ParseKeys("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f")
	check(err)
	return keys
}

func testUpgrade(t *testing.T, db *store.DB, err error) {
	check := checker(t)
	check(err)
	ctx := t.Context()
	keys := schema(t, db, 1)
	_, err = db.Writer.ExecContext(ctx, before)
	check(err)
	check(store.Migrate(ctx, db))
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

// leaveSchema2 leaves behind what a service of schema 2 did: an account, an image
// that is finished, and the delivery that is to tell of it.
func leaveSchema2(ctx context.Context, db *store.DB, keys store.Keys) error {
	const id = 1000001
	template, err := json.Marshal(mattebox.DefaultTemplate())
	if err != nil {
		return err
	}
	for _, step := range []struct {
		statement string
		args      []any
	}{
		{`INSERT INTO accounts (email, email_normal, currency, review, created) VALUES ('a@e.com', 'a@e.com', 'USD', 'none', 1)`, nil},
		{`INSERT INTO secrets (account, api_key_hash, jobs_key_hash, api_key, application_secret, jobs_key, changed) VALUES ($1, $2, $3, $4, $5, $6, 1)`, []any{
			id, []byte{1}, []byte{2}, keys.Sealed(id, "api_key", "the key"), keys.Sealed(id, "application_secret", "the old secret"), keys.Sealed(id, "jobs_key", "the jobs key"),
		}},
		{`INSERT INTO templates (account, template, price_cents, currency, is_default, created, modified) VALUES ($1, $2, 95, 'USD', TRUE, 1, 1)`, []any{id, string(template)}},
		{`INSERT INTO images (ticket, account, template_id, template, callback_url, delivery_hours, status, price_cents, currency, created, updated, due, settled)
			VALUES ('t1', $1, 2000001, $2, 'https://e.com/cb', 24, 70, 0, 'USD', 1, 1, 1, 1)`, []any{id, string(template)}},
		{`INSERT INTO deliveries (uid, account, image, dialect, event, url, host, content_type, body, retries, tries, state, next_at, created)
			VALUES ('u1', $1, 2000001, 'rtb', 'image.finished', 'https://e.com/cb', 'e.com', 'text/plain', $2, '300000000', 2, 'pending', 1, 1)`, []any{id, []byte("body")}},
	} {
		if _, err := db.Writer.ExecContext(ctx, step.statement, step.args...); err != nil {
			return err
		}
	}
	return nil
}

func testUpgradeToEvents(t *testing.T, db *store.DB, err error) {
	check := checker(t)
	check(err)
	ctx := t.Context()
	keys := schema(t, db, 2)
	check(leaveSchema2(ctx, db, keys))
	check(store.Migrate(ctx, db))

	s := store.New(db, keys, silent{}, time.Now)
	secrets, err := s.Secrets(ctx, 1000001)
	check(err)
	if want := (mattebox.Secrets{APIKey: "the key", ApplicationSecret: "the old secret", JobsKey: "the jobs key"}); secrets != want {
		t.Errorf("secrets %+v, want %+v", secrets, want)
	}
	if _, _, err := s.Endpoint(ctx, 1000001); mattebox.CodeOf(err) != mattebox.CodeNotFound {
		t.Errorf("%v, want no endpoint", err)
	}
	check(toldAfterUpgrade(t, s))
}

// toldAfterUpgrade gives the account of schema 2 an endpoint and a new secret, and has
// its image rejected: the old delivery ends, and the new one tells of it.
func toldAfterUpgrade(t *testing.T, s *store.Store) error {
	ctx := t.Context()
	_, secret, err := s.SetEndpoint(ctx, 1000001, "https://e.com/hook", nil)
	if err != nil {
		return err
	}
	fresh, err := s.RotateSecret(ctx, 1000001, mattebox.SecretApplication, time.Hour)
	if err != nil {
		return err
	}
	s.Tell = func(e mattebox.Event, to mattebox.Endpoint) (mattebox.NewDelivery, error) {
		return mattebox.NewDelivery{Dialect: "hwr", Event: string(e.Type), URL: to.URL, Retries: []time.Duration{time.Hour}}, nil
	}
	if err := s.RejectImage(ctx, 1000001, mattebox.ImageRef{Ticket: "t1"}, "blurred"); err != nil {
		return err
	}
	all, err := s.Deliveries(ctx, mattebox.DeliveryFilter{Account: 1000001})
	if err != nil {
		return err
	}
	if len(all) != 2 || all[1].UID != "u1" || all[1].Image != 2000001 || all[1].State != mattebox.DeliveryFailed || all[0].Event != "image.rejected" || all[0].Subject != "t1" {
		return fmt.Errorf("deliveries %+v, want the old one, which the rejection ended, and one that tells of it", all)
	}
	if err := s.Resend(ctx, all[1].ID); err != nil {
		return err
	}
	for n, want := range [][]string{{secret}, {fresh, "the old secret"}} {
		sending, err := s.ClaimDelivery(ctx, all[n].ID, time.Minute)
		if err != nil || sending == nil || !slices.Equal(sending.Secrets, want) {
			t.Errorf("%s is sent as %+v (%v), want it signed with %v", all[n].Event, sending, err, want)
		}
	}
	return nil
}
