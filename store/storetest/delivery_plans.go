package storetest

import (
	"fmt"
	"strings"
	"time"

	"mattebox"
)

// crowdDeliveries makes a delivery for each image that is done, to 50 hosts, most of
// them delivered: of the others as many are due, tried again later, put aside for a
// receiver that rests, being sent, and failed.
func (h *house) crowdDeliveries() {
	h.t.Helper()
	now := func(statement string) string {
		return strings.ReplaceAll(statement, "$1", fmt.Sprint(h.clock.Now().UnixMicro()))
	}
	h.check(second(h.db.Writer.ExecContext(h.ctx, now(`INSERT INTO deliveries (uid, account, image, dialect, event, url, receiver, host, content_type, body, retries, tries,
			state, next_at, created, ended, ready_at, held, lease_until, claimed)
		SELECT 'u' || id, account, id, 'rtb', 'e', 'https://e.com', 'https://e' || (id % 7) || '.com', 'e' || (id % 50) || '.com', 't', `+h.noBytes()+`, '1', 4,
			CASE WHEN id % 20 IN (5, 6, 7) THEN 'pending' WHEN id % 20 = 8 THEN 'sending' WHEN id % 20 = 9 THEN 'failed' ELSE 'delivered' END,
			CASE WHEN id % 20 = 6 THEN $1 + id ELSE $1 - id END, created, CASE WHEN id % 20 IN (5, 6, 7, 8) THEN 0 ELSE created END,
			CASE WHEN id % 20 = 5 THEN $1 - id WHEN id % 20 = 6 THEN $1 + id END, id % 20 = 7, CASE WHEN id % 20 = 8 THEN $1 + id ELSE 0 END, created
		FROM images WHERE status = 80`))))
	h.check(second(h.db.Writer.ExecContext(h.ctx, now(`INSERT INTO receivers (account, url, state, failures, since, why, wake_at)
		SELECT DISTINCT account, receiver, 'open', 1, $1, '', CASE WHEN account % 10 = 1 THEN $1 END FROM deliveries`))))
	h.check(second(h.db.Writer.ExecContext(h.ctx, `INSERT INTO attempts (delivery, number, resend, started, ended, address, status, class, error, response)
		SELECT id, 1, FALSE, created, created, 'a', 200, 'delivered', '', `+h.noBytes()+` FROM deliveries WHERE state = 'delivered'`)))
}

// deliveryQuestions are the calls about deliveries whose statements are explained.
func (h *house) deliveryQuestions() []question {
	a := mattebox.AccountID(1000009)
	page := mattebox.Page{Number: 2, Size: 10}
	now := h.clock.Now()
	list := func(f mattebox.DeliveryFilter) func() error {
		f.Page = page
		return func() error { return second(h.Deliveries(h.ctx, f)) }
	}
	return []question{
		{"claim deliveries", func() error {
			return second(h.ClaimDeliveries(h.ctx, mattebox.DeliveryClaim{Limit: 16, PerHost: 2, Lease: lease}))
		}, []string{"deliveries_ready", "deliveries_host", "deliveries_held", "receivers_wake"}},
		{"claim a delivery", func() error { return second(h.ClaimDelivery(h.ctx, 5, lease)) }, nil},
		{"record attempts", h.recordSome, []string{"deliveries_image"}},
		{"next delivery", func() error { return second(h.NextDelivery(h.ctx)) }, []string{"receivers_wake"}},
		{"deliveries of an image", func() error { return second(h.Deliveries(h.ctx, mattebox.DeliveryFilter{Image: 2000505})) }, []string{"deliveries_image"}},
		{"deliveries of an account", list(mattebox.DeliveryFilter{Account: a}), []string{"deliveries_account"}},
		{"deliveries of all", list(mattebox.DeliveryFilter{}), []string{"deliveries_created"}},
		{"deliveries of some days", list(mattebox.DeliveryFilter{From: now, To: now.Add(time.Hour)}), []string{"deliveries_created"}},
		{"failed deliveries", list(mattebox.DeliveryFilter{State: mattebox.DeliveryFailed}), []string{"deliveries_failures"}},
		{"failed deliveries of an account", list(mattebox.DeliveryFilter{Account: a, State: mattebox.DeliveryFailed}), []string{"deliveries_failed"}},
		{"pending deliveries", list(mattebox.DeliveryFilter{State: mattebox.DeliveryPending}), []string{"deliveries_open"}},
		{"resend", func() error { return h.Resend(h.ctx, 5, 6) }, nil},
		{"resend many", func() error {
			return second(h.ResendWhere(h.ctx, mattebox.DeliveryFilter{Account: a, State: mattebox.DeliveryFailed}))
		}, nil},
		{"receivers", func() error { return second(h.Receivers(h.ctx, mattebox.ReceiverFilter{Account: a})) }, []string{"deliveries_held"}},
		{"pause a receiver", func() error { return h.PauseReceiver(h.ctx, a, "https://e3.com", "") }, []string{"deliveries_held"}},
	}
}

// recordSome claims some deliveries and records that the first was delivered, the
// second failed and the third was broken off.
func (h *house) recordSome() error {
	claimed, err := h.ClaimDeliveries(h.ctx, mattebox.DeliveryClaim{Limit: 3, PerHost: 2, Lease: lease})
	if err != nil {
		return err
	}
	if len(claimed) < 3 {
		return fmt.Errorf("%d were claimed, want 3", len(claimed))
	}
	outcomes := []mattebox.Outcome{
		h.outcome(&claimed[0], mattebox.DeliveryDelivered, 0), h.outcome(&claimed[1], mattebox.DeliveryPending, time.Hour), h.outcome(&claimed[2], mattebox.DeliveryPending, 0),
	}
	outcomes[2].Attempt.Class = mattebox.AttemptInterrupted
	return second(h.RecordAttempts(h.ctx, outcomes))
}
