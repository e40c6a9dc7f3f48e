package store_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"mattebox"
	"mattebox/store"
)

// TestUpgradeToReceivers brings deliveries in all states, with their attempts, from
// before there were receivers: they keep their numbers and go on as they stood.
func TestUpgradeToReceivers(t *testing.T) { onBoth(t, testUpgradeToReceivers) }

// deliveries3 are deliveries of schema 3 of the account and image of schema 2, after
// its own: by number, those sent for the first time, to be tried again, being sent,
// delivered, failed, and failed but wanted again.
const deliveries3 = `INSERT INTO deliveries (id, uid, account, image, dialect, event, url, host, content_type, body, retries, tries, state, attempts, logged, next_at, created,
		ended, resend_at, fence, lease_until) VALUES
	(11, 'd1', 1000001, 2000001, 'rtb', 'e', 'https://e.com/cb?a=1#b', 'e.com', 't', 'x', '300000000', 2, 'pending', 0, 0, 5, 2, 0, NULL, 0, 0),
	(12, 'd2', 1000001, 2000001, 'rtb', 'e', 'https://e.com/cb#b', 'e.com', 't', 'x', '300000000', 2, 'pending', 1, 1, 9000000000000000, 2, 0, NULL, 2, 0),
	(13, 'd3', 1000001, 2000001, 'rtb', 'e', 'https://e.com/cb', 'e.com', 't', 'x', '300000000', 2, 'sending', 1, 0, 5, 2, 0, NULL, 1, 7),
	(14, 'd4', 1000001, 2000001, 'rtb', 'e', 'https://e.com/cb', 'e.com', 't', 'x', '300000000', 2, 'delivered', 1, 0, 5, 2, 6, NULL, 2, 0),
	(15, 'd5', 1000001, 2000001, 'rtb', 'e', 'https://e.com/cb', 'e.com', 't', 'x', '300000000', 2, 'failed', 2, 0, 5, 2, 6, NULL, 4, 0),
	(16, 'd6', 1000001, 2000001, 'rtb', 'e', 'https://e.com/cb', 'e.com', 't', 'x', '300000000', 2, 'failed', 2, 0, 5, 2, 6, 8, 4, 0)`

const attempts3 = `INSERT INTO attempts (delivery, number, resend, started, ended, address, status, class, error, response)
	VALUES (12, 1, FALSE, 3, 4, 'a', 500, 'http_500', 'no', 'y')`

func testUpgradeToReceivers(t *testing.T, db *store.DB, err error) {
	check := checker(t)
	check(err)
	ctx := t.Context()
	keys := schema(t, db, 3)
	check(leaveSchema2(ctx, db, keys))
	for _, statement := range []string{`DELETE FROM deliveries`, deliveries3, attempts3} {
		_, err := db.Writer.ExecContext(ctx, statement)
		check(err)
	}
	check(store.Migrate(ctx, db))

	s := store.New(db, keys, silent{}, time.Now)
	claimed, err := s.ClaimDeliveries(ctx, mattebox.DeliveryClaim{Limit: 10, Lease: time.Minute})
	check(err)
	got := map[mattebox.DeliveryID]string{}
	for _, c := range claimed {
		got[c.Delivery.ID] = fmt.Sprint(c.Delivery.Subject, c.Delivery.Image, c.Host, c.Resend)
	}
	if diff := cmp.Diff(map[mattebox.DeliveryID]string{11: "t12000001e.comfalse", 16: "t12000001e.comtrue"}, got); diff != "" {
		t.Errorf("claimed (-want +got):\n%s", diff)
	}
	report, err := s.Sweep(ctx)
	check(err)
	if report.Deliveries != 1 {
		t.Errorf("%+v, want that the attempt under way was broken off", report)
	}
	tried, err := s.Attempts(ctx, 12)
	check(err)
	if len(tried) != 1 || tried[0].Class != "http_500" {
		t.Errorf("attempts %+v", tried)
	}
	same, err := s.Deliveries(ctx, mattebox.DeliveryFilter{Receiver: "https://e.com/cb"})
	check(err)
	if len(same) != 6 {
		t.Errorf("%d deliveries to one receiver, want 6", len(same))
	}
}
