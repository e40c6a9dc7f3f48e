package storetest

import (
	"strings"
	"testing"
	"time"

	"mattebox"
)

// priced is what an image costs in these tests: 95 cents within 24 hours, 40 within
// 72, 25 for each photograph more, a tenth off with a developer's key.
func priced() mattebox.PriceTable {
	return mattebox.PriceTable{mattebox.USD: {Delivery: map[int]int64{24: 95, 72: 40, 168: 30}, Combined: 25, Partner: 10}}
}

func usd(cents int64) mattebox.Money { return mattebox.Money{Cents: cents, Currency: mattebox.USD} }

// shop is a house with prices.
func shop(t testing.TB, open opener) *house {
	h := build(t, open)
	h.Prices = priced()
	h.ProductWait = 0
	return h
}

// customer makes an account that has so much to pay with.
func (h *house) customer(name string, trial int, balance int64, days int) mattebox.AccountID {
	h.t.Helper()
	a, _, err := h.CreateAccount(h.ctx, mattebox.Account{
		Email: name + "@example.com", Contact: mattebox.Contact{Name: name, Country: "DK"},
		TrialImages: trial, Balance: usd(balance), DaysOfCredit: days,
	})
	h.check(err)
	return a.ID
}

// wantPurse fails the test unless the account has so much left.
func (h *house) wantPurse(id mattebox.AccountID, trial int, balance int64) {
	h.t.Helper()
	a, err := h.Account(h.ctx, id)
	h.check(err)
	if a.TrialImages != trial || a.Balance != usd(balance) {
		h.t.Fatalf("the account has %d trial images and %s, want %d and %s", a.TrialImages, a.Balance, trial, usd(balance))
	}
}

// wantSound fails the test unless the ledger checks.
func (h *house) wantSound() {
	h.t.Helper()
	report, err := h.CheckLedger(h.ctx)
	h.check(err)
	if len(report.Faults) > 0 {
		h.t.Fatalf("the ledger does not check:\n%s", strings.Join(report.Faults, "\n"))
	}
}

// kinds returns what was posted about an image, oldest first.
func (h *house) kinds(id mattebox.ImageID) (kinds []mattebox.PostingKind) {
	h.t.Helper()
	all, err := h.Postings(h.ctx, mattebox.LedgerFilter{Image: id})
	h.check(err)
	for _, p := range all {
		kinds = append([]mattebox.PostingKind{p.Kind}, kinds...)
	}
	return kinds
}

func testMoney(t *testing.T, open opener) {
	t.Run("prices an order", func(t *testing.T) { testOrderPrices(t, open) })
	t.Run("trial, balance, credit, nothing", func(t *testing.T) { testFundings(t, open) })
	t.Run("charges once", func(t *testing.T) { testCharge(t, open) })
	t.Run("gives back", func(t *testing.T) { testRelease(t, open) })
	t.Run("an overdue invoice ends credit", func(t *testing.T) { testOverdue(t, open) })
	t.Run("the last of the balance", func(t *testing.T) { testLastBalance(t, open) })
	t.Run("balance", func(t *testing.T) { testBalance(t, open) })
	t.Run("all at once", func(t *testing.T) { testMoneyCrossing(t, open) })
	t.Run("keeps what is booked", func(t *testing.T) { testAppendOnly(t, open) })
	t.Run("finds faults", func(t *testing.T) { testFaultsFound(t, open) })
	t.Run("usage", func(t *testing.T) { testUsage(t, open) })
}

func testOrderPrices(t *testing.T, open opener) {
	h := shop(t, open)
	a := h.customer("a", 0, 10_000, 0)
	developer := h.customer("developer", 0, 0, 0)
	for _, tt := range []struct {
		want   int64
		change func(*mattebox.Submission)
	}{
		{95, func(*mattebox.Submission) {}},
		{40, func(o *mattebox.Submission) { o.DeliveryHours = 72 }},
		{145, func(o *mattebox.Submission) {
			o.SourceURLs = append(o.SourceURLs, "https://e.com/2", "", "https://e.com/4")
		}},
		{85, func(o *mattebox.Submission) { o.Partner = developer }}, // 9.5 off, halves up
	} {
		image := h.submit(a, tt.change)
		h.wantSame("price", image.Price, usd(tt.want))
		h.wantSame("stored", h.wantStatus(image.ID, mattebox.StatusNew).Price, usd(tt.want))
	}
	templates, err := h.Templates(h.ctx, a)
	h.check(err)
	h.wantSame("default template", templates[0].Price, usd(95))
	h.Prices = mattebox.FlatPrices(usd(500))
	h.fetched()
	h.wantSame("after a change of prices", h.produced()[0].Image.Price, usd(95))
	h.wantSame("ordered after it", h.submit(a).Price, usd(500))
	h.wantPurse(a, 0, 10_000-95-40-145-85-500)
	h.wantSound()

	h.Prices = mattebox.FlatPrices(mattebox.Money{Cents: 1, Currency: mattebox.EUR})
	_, err = h.SubmitImage(h.ctx, mattebox.Submission{Account: a, SourceURLs: []string{"https://e.com/1"}})
	h.wantCode(err, mattebox.CodeInvalid, "")
	_, _, err = h.CreateAccount(h.ctx, mattebox.Account{Email: "no-price@example.com"})
	h.wantCode(err, mattebox.CodeInvalid, "")
}

func testFundings(t *testing.T, open opener) {
	h := shop(t, open)
	a := h.customer("a", 1, 100, 14)
	var got []mattebox.Image
	for range 3 {
		got = append(got, *h.submit(a))
	}
	for n, want := range []struct {
		funding mattebox.Funding
		cents   int64
	}{{mattebox.FundingTrial, 0}, {mattebox.FundingBalance, 95}, {mattebox.FundingCredit, 95}} {
		h.wantSame("funding", got[n].Funding, want.funding)
		h.wantSame("price", got[n].Price, usd(want.cents))
		h.wantSame("read", h.wantStatus(got[n].ID, mattebox.StatusNew), &got[n])
	}
	h.wantPurse(a, 0, 5)
	cheap := h.submit(a, func(o *mattebox.Submission) { o.DeliveryHours = 168 })
	h.wantSame("5 cents are not enough", cheap.Funding, mattebox.FundingCredit)

	h.woken()
	before := h.number(`SELECT COUNT(*) FROM images`)
	poor := h.customer("poor", 0, 94, 0)
	_, err := h.SubmitImage(h.ctx, mattebox.Submission{Account: poor, SourceURLs: []string{"https://e.com/1"}})
	h.wantCode(err, mattebox.CodePayment, "")
	h.wantSame("images", h.number(`SELECT COUNT(*) FROM images`), before)
	h.wantSame("jobs", len(h.woken()), 0)
	h.wantPurse(poor, 0, 94)

	h.Prices = mattebox.FlatPrices(usd(0))
	h.wantSame("free", h.submit(poor).Funding, mattebox.FundingFree)
	h.wantSound()
}

func testCharge(t *testing.T, open opener) {
	h := shop(t, open)
	a := h.customer("a", 1, 95, 14)
	for _, want := range []struct {
		paid  bool
		kinds []mattebox.PostingKind
	}{
		{true, nil},
		{true, []mattebox.PostingKind{mattebox.PostReserve, mattebox.PostCharge}},
		{false, []mattebox.PostingKind{mattebox.PostCharge}},
	} {
		image := h.finishedImage(a, noCallback)
		h.wantSame("paid", image.Paid, want.paid)
		h.wantSame("posted", h.kinds(image.ID), want.kinds)

		// Again after a rejection, at no cost; given up then, it stays charged.
		for range 2 {
			h.check(h.RejectImage(h.ctx, a, mattebox.ImageRef{Ticket: image.Ticket}, "no"))
			h.produced()
		}
		h.check(h.RejectImage(h.ctx, a, mattebox.ImageRef{Ticket: image.Ticket}, "no"))
		h.check(h.RefuseByOperator(h.ctx, image.ID, "cannot be done"))
		h.wantSame("posted after rejections", h.kinds(image.ID), want.kinds)
	}
	h.wantPurse(a, 0, 0)
	h.wantSound()

	// By an operator's approval too.
	b := h.customer("b", 0, 95, 0)
	image := h.submit(b, noCallback)
	h.fetched()
	f := finished(h.take().Images[0])
	f.Status = mattebox.StatusQuality
	h.check(h.FinishImage(h.ctx, f))
	h.wantSame("not charged at 66", h.kinds(image.ID), []mattebox.PostingKind{mattebox.PostReserve})
	h.check(h.ApproveImage(h.ctx, image.ID, nil))
	h.wantSame("charged", h.kinds(image.ID), []mattebox.PostingKind{mattebox.PostReserve, mattebox.PostCharge})
	h.wantSound()
}

func testRelease(t *testing.T, open opener) {
	h := shop(t, open)
	a := h.customer("a", 1, 95, 14)
	for _, giveUp := range []struct {
		name string
		do   func(*mattebox.Image) error
	}{
		{"deleted", func(i *mattebox.Image) error { return h.DeleteImage(h.ctx, a, mattebox.ImageRef{Ticket: i.Ticket}) }},
		{"failed", func(*mattebox.Image) error { return h.FailFetch(h.ctx, *h.takeFetch(), "gone", time.Time{}) }},
		{"refused", func(i *mattebox.Image) error { h.fetched(); return h.RefuseByOperator(h.ctx, i.ID, "no") }},
		{"asked, and not answered", func(i *mattebox.Image) error {
			h.fetched()
			f := finished(h.take().Images[0])
			f.Status, f.Delivery = mattebox.StatusQuality, nil
			h.check(h.FinishImage(h.ctx, f))
			h.check(h.AskCustomer(h.ctx, i.ID, "which?"))
			h.clock.pass(time.Hour)
			return second(h.Retire(h.ctx, h.clock.Now(), time.Time{}, 100))
		}},
		{"failed, then deleted", func(i *mattebox.Image) error {
			h.check(h.FailFetch(h.ctx, *h.takeFetch(), "gone", time.Time{}))
			return h.DeleteImage(h.ctx, a, mattebox.ImageRef{Ticket: i.Ticket})
		}},
	} {
		for _, want := range [][]mattebox.PostingKind{nil, {mattebox.PostReserve, mattebox.PostRelease}, nil} {
			others := []*mattebox.Image{}
			image := h.submit(a)
			if want != nil { // the trial image is held by another order, and the balance as well for the last
				others = append(others, image)
				image = h.submit(a)
			}
			for _, other := range others {
				h.check(h.DeleteImage(h.ctx, a, mattebox.ImageRef{Ticket: other.Ticket}))
			}
			h.check(giveUp.do(image))
			if got := h.kinds(image.ID); len(got) != len(want) || len(got) > 0 && got[1] != want[1] {
				t.Errorf("%s: posted %v, want %v", giveUp.name, got, want)
			}
			h.wantPurse(a, 1, 95)
			h.wantSound()
		}
	}
}

func testOverdue(t *testing.T, open opener) {
	h := shop(t, open)
	a := h.customer("a", 0, 0, 10)
	h.finishedImage(a, noCallback)
	h.clock.pass(31 * 24 * time.Hour)
	invoice := h.bill(a, mattebox.InvoiceTerms{})
	h.wantSame("due by", invoice.DueBy, invoice.Created.AddDate(0, 0, 10))
	h.submit(a)
	h.clock.pass(10*24*time.Hour + time.Second)
	order := mattebox.Submission{Account: a, SourceURLs: []string{"https://e.com/1"}}
	h.wantCode(second(h.SubmitImage(h.ctx, order)), mattebox.CodePayment, "")
	h.check(h.PayInvoice(h.ctx, invoice.Number, "bank 7", ""))
	h.submit(a)
	h.wantSound()
}

// bill closes the invoice of the account's oldest month that is over.
func (h *house) bill(id mattebox.AccountID, terms mattebox.InvoiceTerms) *mattebox.Invoice {
	h.t.Helper()
	due, err := h.AccountsToBill(h.ctx, h.clock.Now())
	h.check(err)
	for _, p := range due {
		if p.Account == id {
			invoice, err := h.CloseInvoice(h.ctx, id, p.From, p.To, terms)
			h.check(err)
			if invoice != nil {
				return invoice
			}
		}
	}
	h.t.Fatalf("there is nothing to bill: %v", due)
	return nil
}
