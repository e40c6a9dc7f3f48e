package storetest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"mattebox"
)

func testEvents(t *testing.T, open opener) {
	t.Run("of each move", func(t *testing.T) { testMoveEvents(t, open) })
	t.Run("of invoices", func(t *testing.T) { testInvoiceEvents(t, open) })
	t.Run("to whom they concern", func(t *testing.T) { testConcerned(t, open) })
	t.Run("that are wanted", func(t *testing.T) { testWanted(t, open) })
	t.Run("become deliveries of the developer", func(t *testing.T) { testEventDelivery(t, open) })
	t.Run("happen with what they tell of", func(t *testing.T) { testEventsAtomic(t, open) })
	t.Run("leave the image's own delivery alone", func(t *testing.T) { testEventBeside(t, open) })
}

// hook is where developers of the tests want to be told.
const hook = "https://dev.example.com/hook?x=1"

// tells is a Tell whose bodies say what it was handed.
func tells(e mattebox.Event, to mattebox.Endpoint) (mattebox.NewDelivery, error) {
	words := []string{string(e.Type), fmt.Sprint("of ", e.Account)}
	switch {
	case e.Image != nil:
		words = append(words, fmt.Sprint(int(e.Image.Status)), e.Image.Reason, e.Image.Comment, e.Image.FinalPath(), fmt.Sprint(len(e.Image.Sources), " sources"))
	case e.Invoice != nil:
		words = append(words, e.Subject(), fmt.Sprint(e.Invoice.IsPaid(), " ", e.Invoice.AmountDue()), fmt.Sprint(len(e.Invoice.Lines), " lines"))
	}
	return mattebox.NewDelivery{
		Dialect: "hwr", Event: string(e.Type), URL: to.URL, ContentType: "application/json", Body: []byte(strings.Join(words, "|")),
		Retries: []time.Duration{15 * time.Minute, 15 * time.Minute},
	}, nil
}

// listening is a house that tells developers what happens.
func listening(t testing.TB, open opener) *house {
	h := shop(t, open)
	h.Tell = tells
	return h
}

// listen gives the account an endpoint for the events.
func (h *house) listen(account mattebox.AccountID, events ...mattebox.EventType) string {
	h.t.Helper()
	_, secret, err := h.SetEndpoint(h.ctx, account, hook, events)
	h.check(err)
	return secret
}

// events returns the deliveries to the account's endpoint, oldest first.
func (h *house) events(account mattebox.AccountID) []mattebox.Delivery {
	h.t.Helper()
	all, err := h.Deliveries(h.ctx, mattebox.DeliveryFilter{Account: account})
	h.check(err)
	var told []mattebox.Delivery
	for _, d := range all { // newest first
		if d.Dialect == "hwr" {
			told = append([]mattebox.Delivery{d}, told...)
		}
	}
	return told
}

// wantTold fails the test unless the bodies of the account's events, after the first
// known of them, are these. It returns how many there are.
func (h *house) wantTold(account mattebox.AccountID, known int, want ...string) int {
	h.t.Helper()
	var got []string
	all := h.events(account)
	for _, d := range all[min(known, len(all)):] {
		got = append(got, string(d.Body))
	}
	h.wantSame("told", got, want)
	return len(all)
}

// testMoveEvents takes images along every way that is told of, and along those that
// are not.
func testMoveEvents(t *testing.T, open opener) {
	h := listening(t, open)
	h.Prices = nil
	a := h.account("a").ID
	h.listen(a)
	image := h.submit(a, noCallback)
	known := h.wantTold(a, 0, "image.queued|of 1000001|10||||1 sources")
	h.fetched()
	c := h.take().Images[0]
	h.check(h.HandBack(h.ctx, image.ID, c.Lease, true)) // 60 to 30
	h.produced()
	known = h.wantTold(a, known, "image.finished|of 1000001|70|||1000001/2000001/final/shoe.png|1 sources")
	h.check(h.MarkDownloaded(h.ctx, image.ID))
	known = h.wantTold(a, known, "image.delivered|of 1000001|80|||1000001/2000001/final/shoe.png|1 sources")
	h.check(h.RejectImage(h.ctx, a, mattebox.ImageRef{Ticket: image.Ticket}, "a strap"))
	known = h.wantTold(a, known, "image.rejected|of 1000001|40||a strap|1000001/2000001/final/shoe.png|1 sources")

	c = h.take().Images[0]
	h.check(h.HandBack(h.ctx, image.ID, c.Lease, false)) // 60 to 40
	f := finished(h.take().Images[0])
	f.Status, f.Reason = mattebox.StatusQuality, "look"
	h.check(h.FinishImage(h.ctx, f))
	h.check(h.ReturnImage(h.ctx, image.ID, "once more")) // 66 to 40, by an operator
	f = finished(h.take().Images[0])
	f.Status = mattebox.StatusQuality
	h.check(h.FinishImage(h.ctx, f))
	h.wantTold(a, known)
	h.check(h.AskCustomer(h.ctx, image.ID, "which?"))
	known = h.wantTold(a, known, "image.question|of 1000001|95|which?|which?||1 sources")
	h.check(h.ApproveImage(h.ctx, image.ID, nil))
	known = h.wantTold(a, known, "image.finished|of 1000001|70||which?|1000001/2000001/final/shoe.png|1 sources")
	testEndEvents(h, a, known)
}

// testEndEvents tells of images that are never finished, and of none that retire.
func testEndEvents(h *house, a mattebox.AccountID, known int) {
	h.t.Helper()
	queued := "image.queued|of 1000001|10||||1 sources"
	h.submit(a, noCallback)
	fetch := h.takeFetch()
	h.check(h.FailFetch(h.ctx, *fetch, "later", h.clock.Now()))
	known = h.wantTold(a, known, queued)
	h.check(h.FailFetch(h.ctx, *h.takeFetch(), "gone", time.Time{}))
	known = h.wantTold(a, known, "image.failed|of 1000001|12|gone|||1 sources")

	h.submit(a, noCallback)
	fetch = h.takeFetch()
	h.check(h.RefuseImage(h.ctx, fetch.Image.ID, fetch.Lease, "no picture"))
	judged := h.judged(a)
	h.check(h.RefuseByOperator(h.ctx, judged.ID, "no subject"))
	known = h.wantTold(a, known, queued, "image.refused|of 1000001|90|no picture|||1 sources", queued, "image.refused|of 1000001|90|no subject|||1 sources")

	deleted := h.submit(a, noCallback)
	h.check(h.DeleteImage(h.ctx, a, mattebox.ImageRef{Ticket: deleted.Ticket}))
	h.clock.pass(time.Hour)
	remains, err := h.Retire(h.ctx, h.clock.Now(), h.clock.Now(), 100)
	h.check(err)
	for _, r := range remains {
		h.check(h.MarkCleaned(h.ctx, r.Image))
	}
	h.wantTold(a, known, queued)
}

func testInvoiceEvents(t *testing.T, open opener) {
	h := listening(t, open)
	partner := h.customer("p", 0, 0, 0)
	made, _, err := h.CreateAccount(h.ctx, mattebox.Account{Email: "a@example.com", Contact: mattebox.Contact{Country: "DK"}, Partner: partner, DaysOfCredit: 8})
	h.check(err)
	a := made.ID
	invoices := []mattebox.EventType{mattebox.EventInvoiceCreated, mattebox.EventInvoicePaid}
	h.listen(a, invoices...)
	h.listen(partner, invoices...)
	owe := func(by func(*mattebox.Submission)) *mattebox.Invoice {
		h.t.Helper()
		h.finishedImage(a, noCallback, by)
		h.clock.pass(31 * 24 * time.Hour)
		return h.bill(a, danish())
	}
	// The developer whose key an image was ordered with has nothing to do with invoices.
	stranger := h.customer("s", 0, 0, 0)
	h.listen(stranger, invoices...)
	first := owe(func(o *mattebox.Submission) { o.Partner = stranger }) // at a partner's price
	known := h.wantTold(a, 0, "invoice.created|of 1000002|INV-1001|false 1.06 USD|1 lines")
	for range 2 {
		h.check(h.PayInvoice(h.ctx, first.Number, "bank 1", ""))
	}
	known = h.wantTold(a, known, "invoice.paid|of 1000002|INV-1001|true 0.00 USD|1 lines")

	h.hear(h.pay(owe(noCallback), "p1"), "p1", mattebox.PaymentDone, 119)
	known = h.wantTold(a, known, "invoice.created|of 1000002|INV-1002|false 1.19 USD|1 lines", "invoice.paid|of 1000002|INV-1002|true 0.00 USD|1 lines")

	// A credit note is told of, and pays nothing.
	h.check(second(h.CreditNote(h.ctx, owe(noCallback).Number, "blurred")))
	known = h.wantTold(a, known, "invoice.created|of 1000002|INV-1003|false 1.19 USD|1 lines", "invoice.created|of 1000002|INV-1004|true 0.00 USD|1 lines")

	// From the balance and without VAT: it is paid from the beginning.
	h.check(h.TopUp(h.ctx, a, usd(95), "operator", "", ""))
	h.check(h.EditContact(h.ctx, a, func(c *mattebox.Contact) { c.Country = "SE" }))
	again := owe(noCallback)
	h.wantTold(a, known, "invoice.created|of 1000002|INV-1005|true 0.00 USD|1 lines", "invoice.paid|of 1000002|INV-1005|true 0.00 USD|1 lines")
	h.check(second(h.CloseInvoice(h.ctx, a, again.From, again.To, danish()))) // it is there
	h.wantSame("the developer's", len(h.events(partner)), 8)
	h.wantSame("the account's", len(h.events(a)), 8)
	h.wantTold(stranger, 0)
}

// wantEventsOfMoves fails the test unless the account that listens was told, of each
// of its images, exactly what its history has to tell, in that order, and nobody else
// of anything.
func (m *model) wantEventsOfMoves(listener mattebox.AccountID) {
	m.t.Helper()
	got := map[string][]string{}
	for n := 1; ; n++ {
		page, err := m.Deliveries(m.ctx, mattebox.DeliveryFilter{Page: mattebox.Page{Number: n, Size: 1000}})
		m.check(err)
		for _, d := range page { // newest first
			if d.Dialect == "hwr" {
				m.wantSame("who is told", d.Account, listener)
				got[d.Subject] = append([]string{d.Event}, got[d.Subject]...)
			}
		}
		if len(page) < 1000 {
			break
		}
	}
	want := map[string][]string{}
	for _, image := range m.all() {
		if image.Account != listener {
			continue
		}
		history, err := m.History(m.ctx, image.ID)
		m.check(err)
		want[image.Ticket] = []string{"image.queued"}
		for _, move := range history {
			if event := telling(move); event != "" {
				want[image.Ticket] = append(want[image.Ticket], event)
			}
		}
	}
	m.wantSame("events", got, want)
}

// telling is the event of a move, spelled out a second time.
func telling(m mattebox.Move) string {
	switch {
	case m.To == 12:
		return "image.failed"
	case m.To == 70:
		return "image.finished"
	case m.To == 80:
		return "image.delivered"
	case m.To == 40 && m.By == "customer":
		return "image.rejected"
	case m.To == 90:
		return "image.refused"
	case m.To == 95:
		return "image.question"
	}
	return ""
}
