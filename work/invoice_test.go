package work_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"mattebox"
	"mattebox/store"
	"mattebox/work"
)

func (h *house) biller() *work.Biller {
	return &work.Biller{Store: h.store, Terms: mattebox.InvoiceTerms{Seller: mattebox.Party{Company: "We"}}, Now: h.clock.now, Logger: h.log}
}

// charged has an account of the time zone order an image on credit and get it.
func (h *house) charged(email, zone string) mattebox.AccountID {
	h.t.Helper()
	h.store.Prices = mattebox.FlatPrices(mattebox.Money{Cents: 95, Currency: mattebox.USD})
	a, _, err := h.store.CreateAccount(h.t.Context(), mattebox.Account{
		Email: email, DaysOfCredit: 1000, Balance: mattebox.Money{Currency: mattebox.USD}, Contact: mattebox.Contact{Name: "A", Timezone: zone},
	})
	must(h.t, err)
	h.account = a.ID
	h.order()
	return a.ID
}

// order has the house's account order an image and get it.
func (h *house) order() {
	h.t.Helper()
	h.ready(mattebox.Order{}, h.site.picture(8, 8))
	must(h.t, h.producer().Run(h.t.Context(), 0))
}

// invoices bills what is due and returns how many invoices the account has.
func (h *house) invoices(id mattebox.AccountID) int {
	h.t.Helper()
	must(h.t, work.BillOnce(h.biller(), h.t.Context()))
	all, err := h.store.Invoices(h.t.Context(), mattebox.InvoiceFilter{Account: id})
	must(h.t, err)
	return len(all)
}

// until moves the clock to a time.
func (h *house) until(at time.Time) { h.clock.advance(at.Sub(h.clock.now())) }

// An account's month ends in its own time zone, and months that passed while nothing
// ran are invoiced one by one.
func TestBillerFollowsTheAccountsMonths(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		east, err := time.LoadLocation("Pacific/Auckland")
		must(t, err)
		month := func(n int, zone *time.Location) time.Time {
			now := h.clock.now().In(zone)
			return time.Date(now.Year(), now.Month()+time.Month(n), 1, 0, 0, 0, 0, zone)
		}
		h.until(month(1, time.UTC).Add(10 * 24 * time.Hour)) // far from either month's end
		late, early := h.charged("utc@b.test", ""), h.charged("east@b.test", east.String())
		end := month(1, east)
		h.until(end.Add(-time.Hour))
		if n := h.invoices(early); n != 0 {
			t.Errorf("%d invoices an hour before the month's end", n)
		}
		h.until(end.Add(time.Hour))
		if n, others := h.invoices(early), h.invoices(late); n != 1 || others != 0 {
			t.Errorf("%d invoices for the month that is over, %d for the one that is not", n, others)
		}
		h.order()
		h.until(month(1, east).Add(time.Hour)) // nothing runs at the month's end
		h.order()
		h.until(month(2, east).Add(time.Hour))
		if n, others := h.invoices(early), h.invoices(late); n != 3 || others != 1 {
			t.Errorf("%d invoices after three months, %d for the other account", n, others)
		}
		if n := h.invoices(early); n != 3 {
			t.Errorf("%d invoices after another round", n)
		}
	})
}

// refusing cannot bill one of the accounts.
type refusing struct {
	*store.Store
	account mattebox.AccountID
}

func (r refusing) CloseInvoice(ctx context.Context, id mattebox.AccountID, from, to time.Time, terms mattebox.InvoiceTerms) (*mattebox.Invoice, error) {
	if id == r.account {
		return nil, errors.New("a test")
	}
	return r.Store.CloseInvoice(ctx, id, from, to, terms)
}

// What is wrong with one account is told, and does not keep the others from their
// invoices.
func TestBillerGoesOn(t *testing.T) {
	h := onSQLite(t, nil)
	first, second := h.charged("first@b.test", ""), h.charged("second@b.test", "")
	h.clock.advance(32 * 24 * time.Hour)
	b := h.biller()
	b.Store = refusing{h.store, first}
	if err := work.BillOnce(b, t.Context()); err == nil || !strings.Contains(err.Error(), "a test") {
		t.Errorf("the fault is told as %v", err)
	}
	all, err := h.store.Invoices(t.Context(), mattebox.InvoiceFilter{})
	must(t, err)
	if len(all) != 1 || all[0].Account != second {
		t.Errorf("invoices %+v", all)
	}
}

func TestBillerRunsByItself(t *testing.T) {
	h := onSQLite(t, nil)
	id := h.charged("a@c.test", "")
	h.clock.advance(32 * 24 * time.Hour)
	b := h.biller()
	b.Every = 10 * time.Millisecond
	b.Start(t.Context())
	defer b.Stop()
	await(t, "the invoice", func() bool {
		all, err := h.store.Invoices(t.Context(), mattebox.InvoiceFilter{Account: id})
		return err == nil && len(all) == 1
	})
}
