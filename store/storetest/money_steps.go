package storetest

import (
	"fmt"
	"time"

	"mattebox"
)

// overdue reports whether the account may not order on credit.
func (b *books) overdue(p *purse) bool {
	unpaid, err := b.Invoices(b.ctx, mattebox.InvoiceFilter{Account: p.id, Unpaid: true})
	b.check(err)
	for _, i := range unpaid {
		if i.DueBy.Before(b.clock.Now()) {
			return true
		}
	}
	return p.days == 0
}

func (b *books) order() {
	p := b.purse()
	o := bookedOrder{of: p, price: 95}
	submission := mattebox.Submission{Account: p.id, SourceURLs: []string{"https://e.com/1"}}
	switch b.random.IntN(3) {
	case 0:
		submission.DeliveryHours, o.price = 72, 40
	case 1:
		submission.SourceURLs, o.price = append(submission.SourceURLs, "https://e.com/2"), 120
	}
	var image *mattebox.Image
	err := b.do(func() (err error) { image, err = b.SubmitImage(b.ctx, submission); return err })
	switch {
	case p.trial > 0:
		p.trial--
		o.funding, o.price = mattebox.FundingTrial, 0
	case p.balance >= o.price:
		p.balance -= o.price
		o.funding = mattebox.FundingBalance
	case !b.overdue(p):
		o.funding = mattebox.FundingCredit
	default:
		b.wantCode(err, mattebox.CodePayment, "")
		return
	}
	b.check(err)
	b.wantSame("funding", []any{image.Funding, image.Price}, []any{o.funding, usd(o.price)})
	o.ticket = image.Ticket
	b.orders[image.ID], b.ids = &o, append(b.ids, image.ID)
}

// giveBack notes that an image ended without a result.
func (b *books) giveBack(id mattebox.ImageID) {
	o := b.orders[id]
	if o.ended {
		return
	}
	o.ended = true
	switch o.funding {
	case mattebox.FundingTrial:
		o.of.trial++
	case mattebox.FundingBalance:
		o.of.balance += o.price
	}
}

func (b *books) fetch() {
	fetch, err := b.ClaimFetch(b.ctx, patience)
	b.check(err)
	if fetch == nil {
		return
	}
	id := fetch.Image.ID
	switch b.random.IntN(8) {
	case 0:
		b.check(b.do(func() error { return b.FailFetch(b.ctx, *fetch, "gone", time.Time{}) }))
		b.giveBack(id)
	case 1:
		b.check(b.do(func() error { return b.RefuseImage(b.ctx, id, fetch.Lease, "no picture") }))
		b.giveBack(id)
	default:
		b.check(b.do(func() error { return b.FinishFetch(b.ctx, *fetch, downloaded(fetch.Image)) }))
	}
}

func (b *books) produce() {
	production, err := b.ClaimProduction(b.ctx, patience)
	b.check(err)
	if production == nil {
		return
	}
	c := production.Images[0]
	switch b.random.IntN(8) {
	case 0:
		b.check(b.do(func() error { return b.RefuseImage(b.ctx, c.Image.ID, c.Lease, "no") }))
		b.giveBack(c.Image.ID)
	case 1:
		b.check(b.do(func() error { return b.HandBack(b.ctx, c.Image.ID, c.Lease, true) }))
	default:
		f := finished(c)
		f.Delivery = nil
		f.Status, _ = c.Image.AfterProduction([]float64{.3, .9, .95}[b.random.IntN(3)], mattebox.ReviewLowConfidence)
		b.check(b.do(func() error { return b.FinishImage(b.ctx, f) }))
		if f.Status == mattebox.StatusFinished {
			b.orders[c.Image.ID].ended = true
		}
	}
}

// some returns an image of a status, 0 when there is none.
func (b *books) some(fits func(mattebox.Status) bool) mattebox.ImageID {
	b.t.Helper()
	for range 20 {
		if len(b.ids) == 0 {
			return 0
		}
		id := b.ids[b.random.IntN(len(b.ids))]
		image, err := b.ImageByID(b.ctx, id)
		b.check(err)
		if fits(image.Status) {
			return id
		}
	}
	return 0
}

func (b *books) judgeOne() {
	id := b.some(func(s mattebox.Status) bool { return s == mattebox.StatusQuality })
	if id == 0 {
		return
	}
	switch b.random.IntN(4) {
	case 0:
		b.check(b.do(func() error { return b.RefuseByOperator(b.ctx, id, "no") }))
		b.giveBack(id)
	case 1:
		b.check(b.do(func() error { return b.AskCustomer(b.ctx, id, "which?") }))
	default:
		b.check(b.do(func() error { return b.ApproveImage(b.ctx, id, nil) }))
		b.orders[id].ended = true
	}
}

// retire closes what was over some days ago, unanswered questions among it.
func (b *books) retire() {
	before := b.clock.Now().Add(-4 * 24 * time.Hour)
	b.check(b.do(func() error { return second(b.Retire(b.ctx, before, time.Time{}, 100)) }))
	for _, id := range b.ids {
		image, err := b.ImageByID(b.ctx, id)
		b.check(err)
		if image.Status == mattebox.StatusClosed {
			b.giveBack(id)
		}
	}
}

func (b *books) deleteOne() {
	id := b.some(mattebox.Status.Deletable)
	if id == 0 {
		return
	}
	o := b.orders[id]
	b.check(b.do(func() error { return b.DeleteImage(b.ctx, o.of.id, mattebox.ImageRef{Ticket: o.ticket}) }))
	b.giveBack(id)
}

func (b *books) rejectOne() {
	if id := b.some(mattebox.Status.Rejectable); id != 0 {
		o := b.orders[id]
		b.check(b.do(func() error { return b.RejectImage(b.ctx, o.of.id, mattebox.ImageRef{Ticket: o.ticket}, "no") }))
	}
}

func (b *books) topUp() {
	p := b.purse()
	amount := int64(1 + b.random.IntN(300))
	b.refs++
	for range 1 + b.random.IntN(2) {
		b.check(b.do(func() error { return b.TopUp(b.ctx, p.id, usd(amount), "operator", fmt.Sprint("bank ", b.refs), "") }))
	}
	p.balance += amount
}

func (b *books) refund() {
	p := b.purse()
	amount := int64(1 + b.random.IntN(150))
	err := b.do(func() error { return b.Refund(b.ctx, p.id, usd(amount), "") })
	if amount > p.balance {
		b.wantCode(err, mattebox.CodeConflict, "")
		return
	}
	b.check(err)
	p.balance -= amount
}

func (b *books) adjust() {
	p := b.purse()
	amount := int64(b.random.IntN(100)) - 50
	if amount == 0 || p.balance+amount < 0 {
		return
	}
	b.check(b.do(func() error { return b.Adjust(b.ctx, p.id, usd(amount), "a mistake") }))
	p.balance += amount
}

func (b *books) billAll() {
	due, err := b.AccountsToBill(b.ctx, b.clock.Now())
	b.check(err)
	for _, period := range due {
		var invoice *mattebox.Invoice
		b.check(b.do(func() (err error) {
			invoice, err = b.CloseInvoice(b.ctx, period.Account, period.From, period.To, danish())
			return err
		}))
		b.invoices = append(b.invoices, invoice.Number)
	}
}

// invoice returns a random invoice as it is now; nil when there is none.
func (b *books) invoice() *mattebox.Invoice {
	b.t.Helper()
	if len(b.invoices) == 0 {
		return nil
	}
	i, err := b.Invoice(b.ctx, b.invoices[b.random.IntN(len(b.invoices))])
	b.check(err)
	return i
}

func (b *books) payOne() {
	i := b.invoice()
	if i == nil {
		return
	}
	err := b.do(func() error { return b.PayInvoice(b.ctx, i.Number, "", "") })
	if i.IsPaid() {
		b.wantCode(err, mattebox.CodeConflict, "")
		return
	}
	b.check(err)
}

func (b *books) openOne() {
	p := mattebox.Payment{Account: b.purse().id, Amount: usd(int64(1 + b.random.IntN(500))), Provider: "stripe"}
	if i := b.invoice(); i != nil && !i.IsPaid() && b.random.IntN(3) > 0 {
		p.Account, p.Invoice = i.Account, i.Number
	}
	var opened *mattebox.Payment
	b.check(b.do(func() (err error) { opened, err = b.OpenPayment(b.ctx, p); return err }))
	b.payments = append(b.payments, opened)
}

// hearOne has the provider tell of a payment, maybe again.
func (b *books) hearOne() {
	if len(b.payments) == 0 {
		return
	}
	p := b.payments[b.random.IntN(len(b.payments))]
	before, err := b.Payment(b.ctx, p.ID)
	b.check(err)
	e := mattebox.PaymentEvent{Payment: p.ID, Ref: "cs " + p.ID, State: mattebox.PaymentDone, Amount: p.Amount}
	if b.random.IntN(4) == 0 {
		e.State = mattebox.PaymentFailed
	}
	toBalance := p.Invoice == 0
	if !toBalance {
		i, err := b.Invoice(b.ctx, p.Invoice)
		b.check(err)
		toBalance = i.IsPaid()
	}
	for range 1 + b.random.IntN(2) {
		b.check(b.do(func() error { return second(b.EndPayment(b.ctx, "stripe", e)) }))
	}
	if e.State == mattebox.PaymentDone && before.State != mattebox.PaymentDone && toBalance {
		b.purseOf(p.Account).balance += p.Amount.Cents
	}
}

func (b *books) purseOf(id mattebox.AccountID) *purse {
	for _, p := range b.purses {
		if p.id == id {
			return p
		}
	}
	b.t.Fatalf("there is no account %d", id)
	return nil
}

func (b *books) creditOne() {
	i := b.invoice()
	if i == nil {
		return
	}
	err := b.do(func() error { return second(b.CreditNote(b.ctx, i.Number, "sorry")) })
	if b.credited[i.Number] {
		b.wantCode(err, mattebox.CodeConflict, "")
		return
	}
	b.check(err)
	if b.credited == nil {
		b.credited = map[int64]bool{}
	}
	b.credited[i.Number] = true
	b.purseOf(i.Account).balance += i.Gross().Cents - i.AmountDue().Cents
}
