package storetest

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"mattebox"
)

// danish are terms with a VAT of 25 % in Denmark and none elsewhere.
func danish() mattebox.InvoiceTerms {
	return mattebox.InvoiceTerms{
		Seller: mattebox.Party{Company: "Mattebox ApS", Country: "DK"},
		VAT: func(buyer mattebox.Party) (int, string) {
			if buyer.Country == "DK" {
				return 2500, ""
			}
			return 0, "reverse charge"
		},
	}
}

func testInvoices(t *testing.T, open opener) {
	t.Run("bills a month", func(t *testing.T) { testBill(t, open) })
	t.Run("in the account's time zone", func(t *testing.T) { testZones(t, open) })
	t.Run("month after month", func(t *testing.T) { testMonths(t, open) })
	t.Run("numbers have no gaps", func(t *testing.T) { testNumbers(t, open) })
	t.Run("lists", func(t *testing.T) { testInvoiceList(t, open) })
	t.Run("paid by an operator", func(t *testing.T) { testPayInvoice(t, open) })
	t.Run("credit notes", func(t *testing.T) { testCreditNotes(t, open) })
	t.Run("payments", func(t *testing.T) { testPayments(t, open) })
	t.Run("top-ups by a provider", func(t *testing.T) { testTopUpPayments(t, open) })
}

// testBill has two images from the balance, of two templates, and one on credit.
func testBill(t *testing.T, open opener) {
	h := shop(t, open)
	a := h.customer("a", 1, 190, 8)
	b := h.customer("b", 0, 190, 8)
	h.check(h.EditContact(h.ctx, a, func(c *mattebox.Contact) {
		c.BillingEmail, c.BillingAddress1, c.BillingCity, c.VATNumber = "bills@e.com", "Street 1", "Odense", "DK1"
	}))
	other := mattebox.DefaultTemplate()
	other.Name = "Other"
	template, err := h.AddTemplate(h.ctx, a, other, usd(95))
	h.check(err)
	h.finishedImage(a, noCallback) // trial
	h.finishedImage(a, noCallback)
	h.finishedImage(a, noCallback, func(o *mattebox.Submission) { o.TemplateID = template.ID })
	onCredit := h.finishedImage(a, noCallback)
	h.finishedImage(b, noCallback)
	h.submit(a) // not finished
	from, to := time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC), time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)
	h.wantCode(second(h.CloseInvoice(h.ctx, a, from, to, danish())), mattebox.CodeConflict, "")
	h.clock.pass(11 * 24 * time.Hour)

	invoice, err := h.CloseInvoice(h.ctx, a, from, to, danish())
	h.check(err)
	now := h.clock.Now()
	h.wantSame("invoice", invoice, &mattebox.Invoice{
		Number: 1001, Account: a, From: from, To: to, Created: now, DueBy: now.AddDate(0, 0, 8),
		Seller: mattebox.Party{Company: "Mattebox ApS", Country: "DK"},
		Buyer:  mattebox.Party{Name: "a", Address1: "Street 1", City: "Odense", Country: "DK", VATNumber: "DK1", Email: "bills@e.com"},
		Lines: []mattebox.InvoiceLine{
			{TemplateID: onCredit.TemplateID, Text: "Default", Count: 2, Amount: usd(190)},
			{TemplateID: template.ID, Text: "Other", Count: 1, Amount: usd(95)},
		},
		VATRate: 2500, Net: usd(285), VAT: usd(71), Prepaid: usd(190),
	})
	h.wantSame("due", invoice.AmountDue(), usd(285+71-190))
	for range 2 {
		again, err := h.CloseInvoice(h.ctx, a, from, to, danish())
		h.check(err)
		h.wantSame("again", again, invoice)
	}
	read, err := h.Invoice(h.ctx, 1001)
	h.check(err)
	h.wantSame("read", read, invoice)
	h.wantCode(second(h.Invoice(h.ctx, 1002)), mattebox.CodeNotFound, "")
	h.wantCode(second(h.CloseInvoice(h.ctx, 5, from, to, danish())), mattebox.CodeNotFound, "")
	if h.wantStatus(onCredit.ID, mattebox.StatusFinished).Paid {
		t.Error("the image is paid before its invoice")
	}
	h.wantSound()

	// All of it from the balance, without VAT: nothing is due.
	h.check(h.EditContact(h.ctx, b, func(c *mattebox.Contact) { c.Country = "SE" }))
	prepaid := h.bill(b, danish())
	h.wantSame("prepaid", prepaid.IsPaid(), true)
	h.wantSame("note", prepaid.VATNote, "reverse charge")
	h.clock.pass(24 * time.Hour)
	nothing, err := h.CloseInvoice(h.ctx, b, to, to.AddDate(0, 0, 1), danish())
	h.check(err)
	h.wantSame("nothing to bill", nothing, (*mattebox.Invoice)(nil))
	h.wantSame("numbers given", h.number(`SELECT newest FROM invoice_number`), int64(1002))
	h.wantSound()
}

func testZones(t *testing.T, open opener) {
	h := shop(t, open)
	zones := map[mattebox.AccountID]string{}
	for _, zone := range []string{"", "Asia/Tokyo", "-08:00", "7"} {
		id := h.customer(fmt.Sprint("a", len(zones)), 0, 1000, 0)
		h.check(h.EditContact(h.ctx, id, func(c *mattebox.Contact) { c.Timezone = zone }))
		zones[id] = zone
		h.finishedImage(id, noCallback)
	}
	due := func(day, hour int) (names []string) {
		periods, err := h.AccountsToBill(h.ctx, time.Date(2026, 5, day, hour, 0, 0, 0, time.UTC))
		h.check(err)
		for _, p := range periods {
			names = append(names, zones[p.Account])
			if p.From.Day() != 1 || p.From.Month() != 4 || p.To.Day() != 1 || p.To.Month() != 5 {
				t.Errorf("%s: from %s to %s", zones[p.Account], p.From, p.To)
			}
		}
		slices.Sort(names)
		return names
	}
	h.wantSame("in April", due(-9, 0), []string(nil))
	h.wantSame("when May has begun in Tokyo", due(0, 15), []string{"Asia/Tokyo"})
	h.wantSame("in London's", due(1, 0), []string{"", "7", "Asia/Tokyo"})
	h.wantSame("in California's", due(1, 8), []string{"", "-08:00", "7", "Asia/Tokyo"})
}

// testMonths bills several months late, with an image that was charged in a month
// that is billed already.
func testMonths(t *testing.T, open opener) {
	h := shop(t, open)
	a := h.customer("a", 0, 1000, 0)
	for range 2 {
		h.finishedImage(a, noCallback) // 20 April, 20 May
		h.clock.pass(30 * 24 * time.Hour)
	}
	late := h.finishedImage(a, noCallback) // 19 June, made to look like one in April
	h.clock.pass(40 * 24 * time.Hour)
	april := h.bill(a, danish())
	h.check(second(h.db.Writer.ExecContext(h.ctx, `UPDATE images SET charged = $1 WHERE id = $2`, april.From.UnixMicro(), int64(late.ID))))
	may := h.bill(a, danish())
	h.wantSame("April", april.Lines[0].Count, 1)
	h.wantSame("May, with the late one", []any{may.From, may.To, may.Lines[0].Count}, []any{april.To, april.To.AddDate(0, 1, 0), 2})
	due, err := h.AccountsToBill(h.ctx, h.clock.Now())
	h.check(err)
	h.wantSame("all is billed", len(due), 0)
	h.wantSound()
}

// testNumbers has many bill at once, each account by several, and some fail.
func testNumbers(t *testing.T, open opener) {
	h := shop(t, open)
	var accounts []mattebox.AccountID
	for n := range 12 {
		id := h.customer(fmt.Sprint("a", n), 0, 95, 0)
		accounts = append(accounts, id)
		h.finishedImage(id, noCallback)
	}
	h.clock.pass(31 * 24 * time.Hour)
	from, to := time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC), time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)
	var mu sync.Mutex
	numbers := map[int64]mattebox.AccountID{}
	var group sync.WaitGroup
	for n := range 3 * len(accounts) {
		group.Go(func() {
			id := accounts[n%len(accounts)]
			if n%5 == 0 { // nothing to bill
				id = 1000001
			}
			invoice, err := h.CloseInvoice(h.ctx, id, from, to, danish())
			if err != nil {
				t.Error(err)
				return
			}
			mu.Lock()
			defer mu.Unlock()
			if of, given := numbers[invoice.Number]; given && of != id {
				t.Errorf("number %d was given to %d and %d", invoice.Number, of, id)
			}
			numbers[invoice.Number] = id
		})
	}
	group.Wait()
	h.wantSame("invoices", h.number(`SELECT COUNT(*) FROM invoices`), int64(len(accounts)))
	h.wantSame("newest", h.number(`SELECT newest FROM invoice_number`), int64(1000+len(accounts)))
	h.wantSound()
}

func testInvoiceList(t *testing.T, open opener) {
	h := shop(t, open)
	a, b := h.customer("a", 0, 0, 8), h.customer("b", 0, 0, 8)
	var made []mattebox.Invoice
	for range 3 {
		h.finishedImage(a, noCallback)
		h.finishedImage(b, noCallback)
		h.clock.pass(31 * 24 * time.Hour)
		invoice := h.bill(a, danish())
		h.check(h.PayInvoice(h.ctx, h.bill(b, danish()).Number, "", ""))
		if len(made) < 2 { // else the account could not order on
			h.check(h.PayInvoice(h.ctx, invoice.Number, "", ""))
		}
		read, err := h.Invoice(h.ctx, invoice.Number)
		h.check(err)
		made = append([]mattebox.Invoice{*read}, made...)
	}
	for _, tt := range []struct {
		name   string
		filter mattebox.InvoiceFilter
		want   []mattebox.Invoice
	}{
		{"all", mattebox.InvoiceFilter{}, made},
		{"from", mattebox.InvoiceFilter{From: made[1].Created}, made[:2]},
		{"to", mattebox.InvoiceFilter{To: made[1].Created}, made[2:]},
		{"unpaid", mattebox.InvoiceFilter{Unpaid: true}, made[:1]},
		{"page", mattebox.InvoiceFilter{Page: mattebox.Page{Number: 2, Size: 2}}, made[2:]},
		{"past the end", mattebox.InvoiceFilter{Page: mattebox.Page{Number: 3, Size: 2}}, nil},
	} {
		tt.filter.Account = a
		got, err := h.Invoices(h.ctx, tt.filter)
		h.check(err)
		h.wantSame(tt.name, got, tt.want)
	}
	all, err := h.Invoices(h.ctx, mattebox.InvoiceFilter{})
	h.check(err)
	h.wantSame("everybody's", len(all), 6)
}
