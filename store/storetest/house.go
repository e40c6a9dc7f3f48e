package storetest

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"mattebox"
	"mattebox/store"
)

// masterKey is a master key as LoadKeys would have made it.
const masterKey = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"

// lease is long enough that only a test that moves the clock sees one end.
const lease = time.Minute

// house is a store with what a test needs around it.
type house struct {
	*store.Store
	t     testing.TB
	ctx   context.Context
	db    *store.DB
	clock *clock
	queue *wakes
}

func build(t testing.TB, open opener) *house {
	t.Helper()
	h := &house{t: t, ctx: context.Background(), db: open(t), clock: &clock{now: time.Date(2026, 4, 20, 10, 0, 0, 0, time.UTC)}, queue: &wakes{}}
	t.Cleanup(func() {
		if err := h.db.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := store.Migrate(h.ctx, h.db); err != nil {
		t.Fatal(err)
	}
	if _, err := h.db.Writer.ExecContext(h.ctx, `CREATE TABLE wakes (kind TEXT NOT NULL, id BIGINT NOT NULL, at BIGINT NOT NULL)`); err != nil {
		t.Fatal(err)
	}
	keys, err := store.ParseKeys(masterKey)
	if err != nil {
		t.Fatal(err)
	}
	h.Store = store.New(h.db, keys, h.queue, h.clock.Now)
	return h
}

// in is the same house for a subtest.
func (h *house) in(t testing.TB) *house {
	sub := *h
	sub.t = t
	return &sub
}

// clock is a clock that a test sets.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// wakes is a queue that writes jobs into a table, in the transaction that it is
// handed. It fails when a test has set fault.
type wakes struct{ fault error }

func (w *wakes) Enqueue(ctx context.Context, tx *sql.Tx, all ...mattebox.Wake) error {
	for _, wake := range all {
		at := int64(0)
		if !wake.At.IsZero() {
			at = wake.At.UnixMicro()
		}
		if _, err := tx.ExecContext(ctx, `INSERT INTO wakes (kind, id, at) VALUES ($1, $2, $3)`, string(wake.Kind), wake.ID, at); err != nil {
			return err
		}
	}
	return w.fault
}

// woken returns the jobs enqueued since it was last asked, as "kind id" with
// "+wait" from now for later ones, sorted, and forgets them.
func (h *house) woken() []string {
	h.t.Helper()
	rows, err := h.db.Writer.QueryContext(h.ctx, `DELETE FROM wakes RETURNING kind, id, at`)
	h.check(err)
	defer rows.Close()
	var all []string
	for rows.Next() {
		var kind string
		var id, at int64
		h.check(rows.Scan(&kind, &id, &at))
		text := fmt.Sprintf("%s %d", kind, id)
		if at != 0 {
			text += fmt.Sprintf(" +%s", time.UnixMicro(at).Sub(h.clock.Now()))
		}
		all = append(all, text)
	}
	h.check(rows.Err())
	slices.Sort(all)
	return all
}

func (h *house) check(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

// wantCode fails the test unless the error has the code and names the field.
func (h *house) wantCode(err error, code mattebox.Code, field string) {
	h.t.Helper()
	if got := mattebox.CodeOf(err); got != code {
		h.t.Fatalf("code %q of %v, want %q", got, err, code)
	}
	if field != "" && !strings.HasPrefix(err.Error(), field+":") {
		h.t.Fatalf("%q does not name the field %s", err, field)
	}
}

// wantLost fails the test unless the error says that the lease is lost.
func (h *house) wantLost(err error) {
	h.t.Helper()
	if err != mattebox.ErrLost {
		h.t.Fatalf("%v, want ErrLost", err)
	}
}

func (h *house) wantSame(what string, got, want any) {
	h.t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		h.t.Fatalf("%s (-want +got):\n%s", what, diff)
	}
}

// wantStatus fails the test unless the image stands there.
func (h *house) wantStatus(id mattebox.ImageID, want mattebox.Status) *mattebox.Image {
	h.t.Helper()
	image, err := h.ImageByID(h.ctx, id)
	h.check(err)
	if image.Status != want {
		h.t.Fatalf("image %d has status %d (%s), want %d", id, image.Status, image.Reason, want)
	}
	return image
}

// number runs a query that returns one number.
func (h *house) number(query string, args ...any) (n int64) {
	h.t.Helper()
	h.check(h.db.Writer.QueryRowContext(h.ctx, query, args...).Scan(&n))
	return n
}
