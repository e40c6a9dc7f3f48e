package storetest

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"mattebox"
)

// testLastBalance has a hundred orders at once on money for ten.
func testLastBalance(t *testing.T, open opener) {
	h := shop(t, open)
	a := h.customer("a", 0, 10*95+94, 0)
	var mu sync.Mutex
	var taken, refused int
	var group sync.WaitGroup
	for range 100 {
		group.Go(func() {
			_, err := h.SubmitImage(h.ctx, mattebox.Submission{Account: a, SourceURLs: []string{"https://e.com/1"}})
			mu.Lock()
			defer mu.Unlock()
			switch mattebox.CodeOf(err) {
			case "":
				taken++
			case mattebox.CodePayment:
				refused++
			default:
				t.Error(err)
			}
		})
	}
	group.Wait()
	if taken != 10 || refused != 90 {
		t.Fatalf("%d orders taken and %d refused, want 10 and 90", taken, refused)
	}
	h.wantPurse(a, 0, 94)
	for range 10 {
		h.fetched()
		h.produced()
	}
	h.wantSame("charges", h.number(`SELECT COUNT(*) FROM postings WHERE kind = 'charge'`), int64(10))
	h.wantSame("earned", h.number(`SELECT CAST(SUM(cents) AS BIGINT) FROM entries WHERE book = 'revenue'`), int64(950))
	h.wantSound()
}

func testBalance(t *testing.T, open opener) {
	h := shop(t, open)
	a, b := h.customer("a", 0, 0, 0), h.customer("b", 0, 0, 0)
	for range 2 {
		h.check(h.TopUp(h.ctx, a, usd(500), "operator", "bank 1", "hello"))
	}
	h.wantPurse(a, 0, 500)
	h.wantCode(h.TopUp(h.ctx, a, usd(501), "operator", "bank 1", ""), mattebox.CodeConflict, "ref")
	h.wantCode(h.TopUp(h.ctx, b, usd(500), "operator", "bank 1", ""), mattebox.CodeConflict, "ref")
	h.check(h.TopUp(h.ctx, a, usd(5), "operator", "", ""))
	h.check(h.TopUp(h.ctx, a, usd(5), "operator", "", ""))
	h.check(h.Refund(h.ctx, a, usd(110), "wrong"))
	h.check(h.Adjust(h.ctx, a, usd(-100), "found"))
	h.wantPurse(a, 0, 300)
	h.wantCode(h.Refund(h.ctx, a, usd(301), ""), mattebox.CodeConflict, "")
	h.wantCode(h.Adjust(h.ctx, a, usd(-301), "x"), mattebox.CodeConflict, "")
	h.wantCode(h.Adjust(h.ctx, a, usd(-1), ""), mattebox.CodeInvalid, "note")
	h.wantCode(h.TopUp(h.ctx, a, usd(0), "operator", "", ""), mattebox.CodeInvalid, "amount")
	h.wantCode(h.Refund(h.ctx, a, usd(-1), ""), mattebox.CodeInvalid, "amount")
	h.wantCode(h.TopUp(h.ctx, a, mattebox.Money{Cents: 1, Currency: mattebox.EUR}, "operator", "", ""), mattebox.CodeInvalid, "currency")
	h.wantCode(h.TopUp(h.ctx, 5, usd(1), "operator", "", ""), mattebox.CodeNotFound, "")

	got, err := h.Postings(h.ctx, mattebox.LedgerFilter{Account: a, Limit: 2})
	h.check(err)
	now := h.clock.Now()
	h.wantSame("postings", got, []mattebox.Posting{
		{ID: got[0].ID, Kind: mattebox.PostAdjust, At: now, By: "operator", Note: "found", Entries: []mattebox.Entry{
			{Book: mattebox.BookCash, Amount: usd(100)}, {Account: a, Book: mattebox.BookBalance, Amount: usd(-100)}}},
		{ID: got[1].ID, Kind: mattebox.PostRefund, At: now, By: "operator", Note: "wrong", Entries: []mattebox.Entry{
			{Account: a, Book: mattebox.BookBalance, Amount: usd(-110)}, {Book: mattebox.BookCash, Amount: usd(110)}}},
	})
	h.wantSound()
}

// testAppendOnly has the engine itself refuse to change what is booked.
func testAppendOnly(t *testing.T, open opener) {
	h := shop(t, open)
	a := h.customer("a", 0, 500, 0)
	image := h.finishedImage(a, noCallback)
	h.clock.pass(31 * 24 * time.Hour)
	h.bill(a, mattebox.InvoiceTerms{})
	h.check(second(h.db.Writer.ExecContext(h.ctx, `INSERT INTO invoice_extras SELECT number, 9, 'x', 0, 0 FROM invoices`)))
	for _, statement := range []string{
		`UPDATE postings SET note = 'x'`, `DELETE FROM postings`, `UPDATE entries SET cents = 1`, `DELETE FROM entries`,
		`UPDATE invoices SET net_cents = 1`, `UPDATE invoices SET number = number + 1`, `DELETE FROM invoices`,
		`UPDATE invoice_lines SET cents = 1`, `DELETE FROM invoice_lines`, `UPDATE invoice_extras SET cents = 1`, `DELETE FROM invoice_extras`,
	} {
		if _, err := h.db.Writer.ExecContext(h.ctx, statement); err == nil || !strings.Contains(err.Error(), "never changed or removed") {
			t.Errorf("%s: %v", statement, err)
		}
	}
	for _, kind := range []string{"reserve", "charge", "release"} { // there is a charge, so no release either
		_, err := h.db.Writer.ExecContext(h.ctx, `INSERT INTO postings (kind, at, by_whom, image) VALUES ($1, 1, 'x', $2)`, kind, int64(image.ID))
		h.wantCode(h.db.Dialect.Fault(err), mattebox.CodeConflict, "")
	}
	h.wantSound()
}

// testFaultsFound breaks one thing after the other: each is told, and was not
// before.
func testFaultsFound(t *testing.T, open opener) {
	h := shop(t, open)
	a := h.customer("a", 1, 190, 14)
	for range 4 { // by trial, balance, balance, credit
		h.finishedImage(a, noCallback)
	}
	h.clock.pass(31 * 24 * time.Hour)
	h.bill(a, mattebox.InvoiceTerms{})
	h.check(h.TopUp(h.ctx, a, usd(95), "operator", "", ""))
	h.submit(a)
	h.wantSound()
	before := ""
	for _, broken := range []struct{ statement, fault string }{
		{`UPDATE accounts SET trial_images = trial_images + 1`, "trial images are left"},
		{`UPDATE accounts SET trial_images = trial_images - 2`, "trial images are not below 0"},
		{`UPDATE images SET price_cents = price_cents + 1 WHERE funding = 'balance' AND charged = 0`, "is for images and jobs in hand"},
		{`UPDATE images SET price_cents = price_cents + 1 WHERE funding = 'credit'`, "charged its price"},
		{`UPDATE images SET released = 1 WHERE charged > 0`, "not charged and released"},
		{`UPDATE images SET status = 12 WHERE status = 10`, "given up is released"},
		{`UPDATE images SET status = 70 WHERE status = 12`, "a finished image is charged:"},
		{`UPDATE images SET invoice = 1001 WHERE funding = 'trial'`, "as many as on its lines"},
		{`UPDATE images SET invoice = 4444 WHERE invoice IS NULL`, "invoice of its account"},
		{`UPDATE images SET paid = NOT paid`, "paid as its invoice"},
		{`UPDATE images SET invoice = NULL`, "prepaid amount"},
		{`UPDATE accounts SET balance_cents = balance_cents - 1`, "balance is what is booked"},
		{`UPDATE invoices SET paid = 7`, "settles an invoice"},
		{`UPDATE invoice_number SET newest = newest + 1`, "no gap"},
		{`UPDATE invoice_number SET newest = newest - 2`, "number beyond"},
		{`INSERT INTO payments (id, account, cents, currency, provider, state, created) SELECT 'p', id, 1, 'USD', 'x', 'done', 1 FROM accounts`, "booked once"},
		{`INSERT INTO entries (posting, position, account, book, cents, currency) VALUES (1, 8, NULL, 'cash', 7, 'USD')`, "sum to zero"},
		{`INSERT INTO entries (posting, position, account, book, cents, currency) VALUES (1, 9, NULL, 'balance', 7, 'USD')`, "books are the house's"},
		{`INSERT INTO postings (kind, at, by_whom) VALUES ('adjust', 1, 'x')`, "has entries"},
	} {
		h.check(second(h.db.Writer.ExecContext(h.ctx, broken.statement)))
		report, err := h.CheckLedger(h.ctx)
		h.check(err)
		after := strings.Join(report.Faults, "\n")
		if strings.Contains(before, broken.fault) || !strings.Contains(after, broken.fault) {
			t.Errorf("after %s: %q, want a new one with %q", broken.statement, report.Faults, broken.fault)
		}
		before = after
	}
}

func testUsage(t *testing.T, open opener) {
	h := shop(t, open)
	a := h.customer("a", 1, 95, 0)
	from := h.clock.Now()
	trial := h.submit(a, ofProduct("shoe"), func(o *mattebox.Submission) {
		o.CustomerImageID = "x"
		o.SourceURLs = append(o.SourceURLs, "https://e.com/2")
	})
	h.clock.pass(time.Hour)
	h.submit(a, noCallback)
	h.clock.pass(time.Hour)
	h.fetched()
	h.produced()
	var got []mattebox.Usage
	h.check(h.UsageRows(h.ctx, a, from, from.Add(time.Minute), func(u mattebox.Usage) error { got = append(got, u); return nil }))
	h.wantSame("usage", got, []mattebox.Usage{{
		Image: trial.ID, Ticket: trial.Ticket, CustomerImageID: "x", ProductID: "shoe", TemplateID: trial.TemplateID, TemplateName: "Default",
		Photographs: 2, DeliveryHours: 24, Ordered: from, Finished: h.clock.Now(), Status: mattebox.StatusFinished,
		Funding: mattebox.FundingTrial, Price: usd(0), Charged: true, Paid: true,
	}})
	count := 0
	stop := fmt.Errorf("enough")
	err := h.UsageRows(h.ctx, a, from, h.clock.Now(), func(mattebox.Usage) error { count++; return stop })
	if err != stop || count != 1 {
		t.Errorf("%v after %d rows", err, count)
	}
}

// testMoneyCrossing has everything that moves money happen at once: nothing may
// wait for each other forever, and the ledger checks in the end.
func testMoneyCrossing(t *testing.T, open opener) {
	h := shop(t, open)
	a := h.customer("a", 5, 2000, 20)
	var images []*mattebox.Image
	for range 8 {
		images = append(images, h.finishedImage(a, noCallback))
	}
	h.clock.pass(31 * 24 * time.Hour)
	first := h.bill(a, danish())
	for range 8 {
		h.finishedImage(a, noCallback)
	}
	for range 8 {
		images = append(images, h.submit(a))
		h.fetched()
	}
	h.clock.pass(31 * 24 * time.Hour)
	payment := h.pay(first, "cs_1")
	due, err := h.AccountsToBill(h.ctx, h.clock.Now())
	h.check(err)
	var group sync.WaitGroup
	for n := range 8 {
		for _, do := range []func() error{
			func() error {
				return second(h.SubmitImage(h.ctx, mattebox.Submission{Account: a, SourceURLs: []string{"https://e.com/1"}}))
			},
			func() error { return h.DeleteImage(h.ctx, a, mattebox.ImageRef{Ticket: images[8+n].Ticket}) },
			func() error { return h.RejectImage(h.ctx, a, mattebox.ImageRef{Ticket: images[n].Ticket}, "no") },
			func() error { return second(h.CloseInvoice(h.ctx, a, due[0].From, due[0].To, danish())) },
			func() error { return h.PayInvoice(h.ctx, first.Number, "", "") },
			func() error { return second(h.CreditNote(h.ctx, first.Number, "")) },
			func() error {
				return second(h.EndPayment(h.ctx, "stripe", mattebox.PaymentEvent{Payment: payment.ID, Ref: "cs_1", State: mattebox.PaymentDone, Amount: payment.Amount}))
			},
			func() error { return h.TopUp(h.ctx, a, usd(100), "operator", "bank 1", "") },
			func() error { return h.Refund(h.ctx, a, usd(10), "") },
			func() error { return h.EditContact(h.ctx, a, func(c *mattebox.Contact) { c.City = fmt.Sprint(n) }) },
			func() error { return second(h.Retire(h.ctx, h.clock.Now().Add(-40*24*time.Hour), time.Time{}, 3)) },
		} {
			group.Go(func() {
				switch err := do(); mattebox.CodeOf(err) {
				case "", mattebox.CodeConflict, mattebox.CodePayment:
				default:
					t.Error(err)
				}
			})
		}
	}
	group.Wait()
	h.wantSound()
}
