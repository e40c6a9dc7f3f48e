package storetest

import (
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"mattebox"
)

// owed makes an account that owes 95 cents and 25 % VAT on an invoice, and returns
// that with its image.
func (h *house) owed(name string) (*mattebox.Invoice, mattebox.ImageID) {
	h.t.Helper()
	a := h.customer(name, 0, 0, 8)
	image := h.finishedImage(a, noCallback)
	h.clock.pass(31 * 24 * time.Hour)
	return h.bill(a, danish()), image.ID
}

func testPayInvoice(t *testing.T, open opener) {
	h := shop(t, open)
	invoice, image := h.owed("a")
	h.wantSame("due", invoice.AmountDue(), usd(119))
	h.clock.pass(time.Hour)
	for range 2 {
		h.check(h.PayInvoice(h.ctx, invoice.Number, "bank 1", "seen"))
	}
	h.wantCode(h.PayInvoice(h.ctx, invoice.Number, "bank 2", ""), mattebox.CodeConflict, "")
	h.wantCode(h.PayInvoice(h.ctx, invoice.Number, "", ""), mattebox.CodeConflict, "")
	h.wantCode(h.PayInvoice(h.ctx, 4, "", ""), mattebox.CodeNotFound, "")
	paid, err := h.Invoice(h.ctx, invoice.Number)
	h.check(err)
	h.wantSame("paid", []any{paid.Paid, paid.Payment, paid.AmountDue()}, []any{h.clock.Now(), "bank 1", usd(0)})
	if !h.wantStatus(image, mattebox.StatusFinished).Paid {
		t.Error("the image is not paid with its invoice")
	}
	other, _ := h.owed("b") // one transfer may pay two invoices
	h.check(h.PayInvoice(h.ctx, other.Number, "bank 1", ""))
	h.wantSound()
}

func testCreditNotes(t *testing.T, open opener) {
	h := shop(t, open)
	unpaid, image := h.owed("a")
	note, err := h.CreditNote(h.ctx, unpaid.Number, "blurred")
	h.check(err)
	want := *unpaid
	want.Number, want.Credited, want.Reason = unpaid.Number+1, unpaid.Number, "blurred"
	want.Created, want.DueBy, want.Paid = h.clock.Now(), h.clock.Now(), h.clock.Now()
	want.Net, want.VAT, want.Prepaid = usd(-95), usd(-24), usd(0)
	want.Lines = []mattebox.InvoiceLine{{TemplateID: unpaid.Lines[0].TemplateID, Text: "Default", Count: 1, Amount: usd(-95)}}
	if diff := cmp.Diff(&want, note); diff != "" {
		t.Errorf("note (-want +got):\n%s", diff)
	}
	h.wantPurse(unpaid.Account, 0, 0) // it had not been paid
	credited, err := h.Invoice(h.ctx, unpaid.Number)
	h.check(err)
	h.wantSame("credited", []any{credited.IsPaid(), credited.AmountDue(), credited.Payment}, []any{true, usd(0), note.ID()})
	h.wantSame("image", h.wantStatus(image, mattebox.StatusFinished).Paid, true)
	h.wantCode(second(h.CreditNote(h.ctx, unpaid.Number, "")), mattebox.CodeConflict, "")
	h.wantCode(second(h.CreditNote(h.ctx, note.Number, "")), mattebox.CodeConflict, "")
	h.wantCode(second(h.CreditNote(h.ctx, 4, "")), mattebox.CodeNotFound, "")
	h.wantCode(h.PayInvoice(h.ctx, unpaid.Number, "", ""), mattebox.CodeConflict, "")
	due, err := h.AccountsToBill(h.ctx, h.clock.Now().AddDate(1, 0, 0))
	h.check(err)
	h.wantSame("not billed again", len(due), 0)
	h.wantSound()

	paid, _ := h.owed("b")
	h.check(h.PayInvoice(h.ctx, paid.Number, "", ""))
	h.check(second(h.CreditNote(h.ctx, paid.Number, "")))
	h.wantPurse(paid.Account, 0, 119)
	h.check(h.Refund(h.ctx, paid.Account, usd(119), ""))
	h.wantSound()

	// Half from the balance: that half comes back, the rest and the VAT is not due.
	c := h.customer("c", 0, 95, 8)
	h.finishedImage(c, noCallback)
	h.finishedImage(c, noCallback)
	h.clock.pass(31 * 24 * time.Hour)
	h.check(second(h.CreditNote(h.ctx, h.bill(c, danish()).Number, "")))
	h.wantPurse(c, 0, 95)
	h.wantSound()
}

// pay opens a payment of the invoice with the provider that names it so.
func (h *house) pay(invoice *mattebox.Invoice, ref string) *mattebox.Payment {
	h.t.Helper()
	p, err := h.OpenPayment(h.ctx, mattebox.Payment{Account: invoice.Account, Invoice: invoice.Number, Provider: "stripe"})
	h.check(err)
	h.check(h.NamePayment(h.ctx, p.ID, ref))
	return p
}

// hear hands the store an event of the payment.
func (h *house) hear(p *mattebox.Payment, ref string, state mattebox.PaymentState, cents int64) *mattebox.Payment {
	h.t.Helper()
	ended, err := h.EndPayment(h.ctx, "stripe", mattebox.PaymentEvent{ID: "evt", Payment: p.ID, Ref: ref, State: state, Amount: usd(cents)})
	h.check(err)
	return ended
}

func testPayments(t *testing.T, open opener) {
	h := shop(t, open)
	invoice, image := h.owed("a")
	p := h.pay(invoice, "cs_1")
	h.wantSame("amount", p.Amount, usd(119))
	h.wantSame("the same while it is open", h.pay(invoice, "cs_1").ID, p.ID)
	h.hear(p, "cs_1", mattebox.PaymentFailed, 0)
	again := h.pay(invoice, "cs_2")
	if again.ID == p.ID {
		t.Error("a payment that failed was opened again")
	}
	h.hear(again, "cs_1", mattebox.PaymentFailed, 0) // of an earlier page
	got, err := h.Payment(h.ctx, again.ID)
	h.check(err)
	h.wantSame("still open", got.State, mattebox.PaymentOpen)
	for range 3 {
		h.wantSame("done", h.hear(again, "cs_2", mattebox.PaymentDone, 119).State, mattebox.PaymentDone)
	}
	h.wantSame("late failure", h.hear(again, "cs_2", mattebox.PaymentFailed, 0).State, mattebox.PaymentDone)
	h.wantSame("image", h.wantStatus(image, mattebox.StatusFinished).Paid, true)
	h.wantPurse(invoice.Account, 0, 0)
	h.wantCode(second(h.OpenPayment(h.ctx, mattebox.Payment{Invoice: invoice.Number, Provider: "stripe"})), mattebox.CodeConflict, "")
	h.wantSound()

	// The first one is paid after all, and the second one on another page as well:
	// the money is the customer's.
	h.hear(p, "cs_1", mattebox.PaymentDone, 119)
	h.wantPurse(invoice.Account, 0, 119)
	for range 2 {
		h.hear(again, "cs_3", mattebox.PaymentDone, 119)
	}
	h.wantPurse(invoice.Account, 0, 238)
	h.wantSound()

	// Not what is due, and what an operator had booked before.
	other, _ := h.owed("b")
	h.hear(h.pay(other, "cs_4"), "cs_4", mattebox.PaymentDone, 100)
	h.wantPurse(other.Account, 0, 100)
	p = h.pay(other, "cs_5")
	h.check(h.PayInvoice(h.ctx, other.Number, "cs_5", ""))
	h.hear(p, "cs_5", mattebox.PaymentDone, 119)
	h.wantPurse(other.Account, 0, 100)
	topped, _ := h.owed("d")
	p = h.pay(topped, "cs_6")
	h.check(h.TopUp(h.ctx, topped.Account, usd(119), "operator", "cs_6", ""))
	h.hear(p, "cs_6", mattebox.PaymentDone, 119)
	h.wantPurse(topped.Account, 0, 119)
	h.wantSound()
	testStrangePayments(h, other, p)
}

func testStrangePayments(h *house, invoice *mattebox.Invoice, done *mattebox.Payment) {
	third, _ := h.owed("c")
	p := h.pay(third, "cs_9")
	for _, tt := range []struct {
		code  mattebox.Code
		event mattebox.PaymentEvent
	}{
		{mattebox.CodeNotFound, mattebox.PaymentEvent{Payment: "nobody", State: mattebox.PaymentDone, Amount: usd(1)}},
		{mattebox.CodeNotFound, mattebox.PaymentEvent{Ref: "cs_none", State: mattebox.PaymentDone, Amount: usd(1)}},
		{mattebox.CodeConflict, mattebox.PaymentEvent{Payment: p.ID, State: mattebox.PaymentDone, Amount: mattebox.Money{Cents: 119, Currency: mattebox.EUR}}},
		{mattebox.CodeConflict, mattebox.PaymentEvent{Payment: p.ID, State: mattebox.PaymentDone, Amount: usd(0)}},
		{mattebox.CodeInvalid, mattebox.PaymentEvent{Payment: p.ID, State: "maybe"}},
	} {
		_, err := h.EndPayment(h.ctx, "stripe", tt.event)
		h.wantCode(err, tt.code, "")
	}
	_, err := h.EndPayment(h.ctx, "other", mattebox.PaymentEvent{Payment: p.ID, State: mattebox.PaymentDone, Amount: usd(119)})
	h.wantCode(err, mattebox.CodeNotFound, "")
	h.wantCode(second(h.OpenPayment(h.ctx, mattebox.Payment{Account: invoice.Account, Invoice: third.Number, Provider: "stripe"})), mattebox.CodeNotFound, "")
	h.wantCode(h.NamePayment(h.ctx, done.ID, "cs_10"), mattebox.CodeConflict, "")
	h.wantCode(second(h.Payment(h.ctx, "nobody")), mattebox.CodeNotFound, "")
	ended, err := h.EndPayment(h.ctx, "stripe", mattebox.PaymentEvent{Ref: "cs_9", State: mattebox.PaymentDone, Amount: usd(119)})
	h.check(err)
	h.wantSame("by its ref", []any{ended.ID, ended.State}, []any{p.ID, mattebox.PaymentDone})
	h.wantSound()
}

func testTopUpPayments(t *testing.T, open opener) {
	h := shop(t, open)
	a := h.customer("a", 0, 0, 0)
	p, err := h.OpenPayment(h.ctx, mattebox.Payment{Account: a, Amount: usd(1000), Provider: "stripe"})
	h.check(err)
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			_, err := h.EndPayment(h.ctx, "stripe", mattebox.PaymentEvent{Payment: p.ID, Ref: "cs_1", State: mattebox.PaymentDone, Amount: usd(1000)})
			if err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	h.wantPurse(a, 0, 1000)
	h.wantCode(second(h.OpenPayment(h.ctx, mattebox.Payment{Account: a, Amount: usd(0), Provider: "stripe"})), mattebox.CodeInvalid, "amount")
	h.wantCode(second(h.OpenPayment(h.ctx, mattebox.Payment{Account: 5, Amount: usd(1), Provider: "stripe"})), mattebox.CodeNotFound, "")
	h.wantCode(second(h.OpenPayment(h.ctx, mattebox.Payment{Account: a, Amount: mattebox.Money{Cents: 1, Currency: mattebox.GBP}, Provider: "stripe"})),
		mattebox.CodeInvalid, "currency")
	h.wantSound()
}
