package storetest

import (
	"fmt"
	"testing"

	"mattebox"
)

// benchDeliveries measures what the store has to do for a webhook: to claim it and
// to record that it was delivered, 64 at a time to 100 hosts, one claim and one
// record after the other.
func benchDeliveries(b *testing.B, open opener) {
	for name, followed := range map[string]bool{"Deliveries/events": false, "Deliveries/images": true} {
		b.Run(name, func(b *testing.B) {
			h := build(b, open)
			a := h.account("a")
			h.submit(a.ID)
			n := 0
			for b.Loop() {
				b.StopTimer()
				if due := h.number(`SELECT COUNT(*) FROM deliveries WHERE ready_at IS NOT NULL`); due < 64 {
					h.dueMany(a.ID, 6400, followed)
				}
				b.StartTimer()
				n += h.sendMany(64)
			}
			b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "deliveries/s")
		})
	}
}

// sendMany claims so many deliveries and records that they were delivered.
func (h *house) sendMany(n int) int {
	h.t.Helper()
	claimed, err := h.ClaimDeliveries(h.ctx, mattebox.DeliveryClaim{Limit: n, PerHost: 4, Lease: lease})
	h.check(err)
	outcomes := make([]mattebox.Outcome, len(claimed))
	for i := range claimed {
		outcomes[i] = h.outcome(&claimed[i], mattebox.DeliveryDelivered, 0)
	}
	errs, err := h.RecordAttempts(h.ctx, outcomes)
	h.check(err)
	for _, err := range errs {
		h.check(err)
	}
	return len(claimed)
}

// dueMany makes so many deliveries more that are due, each of an image of its own
// if the image's status is to follow it.
func (h *house) dueMany(account mattebox.AccountID, n int, followed bool) {
	h.t.Helper()
	image, made := "NULL", h.number(`SELECT COUNT(*) FROM deliveries`)
	if followed {
		const columns = `account, template_id, template, delivery_hours, price_cents, currency, created, updated, due`
		h.check(second(h.db.Writer.ExecContext(h.ctx, `WITH RECURSIVE counted (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM counted WHERE n + 1 < $1)
			INSERT INTO images (ticket, status, `+columns+`) SELECT 'b' || (n + CAST($2 AS BIGINT)), 70, `+columns+` FROM counted, images WHERE images.id = 2000001`, n, made)))
		image = fmt.Sprintf(`%d - n`, h.number(`SELECT MAX(id) FROM images`))
	}
	h.check(second(h.db.Writer.ExecContext(h.ctx, `WITH RECURSIVE counted (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM counted WHERE n + 1 < $1)
		INSERT INTO deliveries (uid, account, image, dialect, event, url, receiver, host, content_type, body, retries, tries, state, next_at, ready_at, created)
		SELECT 'b' || (n + CAST($4 AS BIGINT)), CAST($2 AS BIGINT), `+image+`, 'rtb', 'image.finished',
			'https://e' || (n % 100) || '.com/hook', 'https://e' || (n % 100) || '.com/hook', 'e' || (n % 100) || '.com', 'application/json', `+h.someBytes()+`, '1', 4,
			'pending', CAST($3 AS BIGINT), CAST($3 AS BIGINT), CAST($3 AS BIGINT) FROM counted`, n, int64(account), h.clock.Now().UnixMicro(), made)))
}

// someBytes is an expression for 400 bytes.
func (h *house) someBytes() string {
	if h.db.Dialect.Name() == "postgres" {
		return `decode(repeat('61', 400), 'hex')`
	}
	return `CAST(printf('%.400c', 'a') AS BLOB)`
}
