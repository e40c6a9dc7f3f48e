package postgres

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"mattebox"
	"mattebox/internal/pgtest"
	"mattebox/store"
)

// deaf is a queue that nobody listens to.
type deaf struct{}

func (deaf) Enqueue(context.Context, *sql.Tx, ...mattebox.Wake) error { return nil }

func TestAddresses(t *testing.T) {
	for address, code := range map[string]mattebox.Code{
		"postgres://user:topsecret@127.0.0.1:badport/x":              mattebox.CodeInvalid,
		"nonsense topsecret":                                         mattebox.CodeInvalid,
		"postgres://user:topsecret@127.0.0.1:1/x?connect_timeout=2":  mattebox.CodeUnavailable,
		"postgres://user:topsecret@/x?host=/nowhere&sslmode=disable": mattebox.CodeUnavailable,
	} {
		_, err := Open(t.Context(), address)
		if mattebox.CodeOf(err) != code {
			t.Errorf("%s: %v, want %s", address, err, code)
		}
		if err != nil && strings.Contains(err.Error(), "topsecret") {
			t.Errorf("the error tells the password: %v", err)
		}
	}
}

// TestServerGoesAndComes stops the server under the store: calls say that the
// database is away, and work again when it is back.
func TestServerGoesAndComes(t *testing.T) {
	server := pgtest.Start(t)
	db := opened(t, server.URL(t))
	defer db.Close()
	if err := store.Migrate(t.Context(), db); err != nil {
		t.Fatal(err)
	}
	keys, err := store.ParseKeys(strings.Repeat("0f", 32))
	if err != nil {
		t.Fatal(err)
	}
	s := store.New(db, keys, deaf{}, time.Now)
	a, _, err := s.CreateAccount(t.Context(), mattebox.Account{Email: "a@example.com"})
	if err != nil {
		t.Fatal(err)
	}
	calls := map[string]func() error{
		"submit": func() error {
			_, err := s.SubmitImage(t.Context(), mattebox.Submission{Account: a.ID, SourceURLs: []string{"https://e.com"}})
			return err
		},
		"claim": func() error { _, err := s.ClaimFetch(t.Context(), time.Minute); return err },
		"read":  func() error { _, err := s.Account(t.Context(), a.ID); return err },
		"ping":  func() error { return s.Ping(t.Context()) },
	}
	for _, end := range []func(testing.TB){server.Stop, server.Crash} {
		end(t)
		for name, call := range calls {
			for range 2 { // a connection that was open, and a new one
				if err := call(); mattebox.CodeOf(err) != mattebox.CodeUnavailable {
					t.Errorf("%s without a server: %v", name, err)
				}
			}
		}
		server.Resume(t)
		for name, call := range calls {
			if err := call(); err != nil {
				t.Errorf("%s after the server is back: %v", name, err)
			}
		}
	}
}

func TestFaults(t *testing.T) {
	for state, want := range map[string]mattebox.Code{
		"23505": mattebox.CodeConflict, "53100": mattebox.CodeUnavailable, "53300": mattebox.CodeUnavailable, "57P01": mattebox.CodeUnavailable,
		"57P03": mattebox.CodeUnavailable, "08006": mattebox.CodeUnavailable, "40001": mattebox.CodeUnavailable, "40P01": mattebox.CodeUnavailable,
		"55P03": mattebox.CodeUnavailable, "58030": mattebox.CodeUnavailable, "57014": mattebox.CodeInternal, "23503": mattebox.CodeInternal, "42601": mattebox.CodeInternal, "": mattebox.CodeInternal,
	} {
		err := fmt.Errorf("store: %w", &pgconn.PgError{Code: state})
		got := dialect{}.Fault(err)
		if mattebox.CodeOf(got) != want || !errors.Is(got, err) {
			t.Errorf("%s: %v, want %s", state, got, want)
		}
		if deadlock := errors.Is(got, store.ErrDeadlock); deadlock != (state == "40P01") {
			t.Errorf("%s: a deadlock is %t", state, deadlock)
		}
	}
	if got := mattebox.CodeOf(dialect{}.Fault(driver.ErrBadConn)); got != mattebox.CodeUnavailable {
		t.Errorf("a bad connection is %s", got)
	}
	for _, err := range []error{nil, context.Canceled, context.DeadlineExceeded, sql.ErrNoRows} {
		if got := (dialect{}).Fault(err); got != err {
			t.Errorf("%v became %v", err, got)
		}
	}
}

func TestNoBackup(t *testing.T) {
	err := store.Backup(t.Context(), &store.DB{Dialect: dialect{}}, "x")
	if mattebox.CodeOf(err) != mattebox.CodeInvalid || !strings.Contains(err.Error(), "pg_dump") {
		t.Errorf("%v, want advice", err)
	}
}

func TestSettings(t *testing.T) {
	db := opened(t, pgtest.URL(t))
	defer db.Close()
	for setting, want := range map[string]string{"synchronous_commit": "on", "TimeZone": "UTC", "application_name": "mattebox"} {
		var got string
		if err := db.Writer.QueryRowContext(t.Context(), "SHOW "+setting).Scan(&got); err != nil || got != want {
			t.Errorf("%s is %q (%v), want %q", setting, got, err, want)
		}
	}
}
