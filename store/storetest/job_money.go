package storetest

import (
	"testing"
	"time"

	"mattebox"
)

func testJobMoney(t *testing.T, open opener) {
	s := openStudio(t, open, 30, 0)
	u := s.upload(20)
	o := order()
	o.VideoURL, o.Upload = "", u.UID

	first := s.create(true, o)
	s.wantPurse(s.account, 0, 10)
	_, err := s.CreateJob(s.ctx, mattebox.NewJob{Account: s.account, Key: s.key, Order: o, Start: true})
	s.wantCode(err, mattebox.CodePayment, "")
	s.wantSame("jobs", s.number(`SELECT COUNT(*) FROM jobs`), int64(1))
	draft := s.create(false, o)
	s.wantCode(second(s.StartJob(s.ctx, s.key, mattebox.JobStart{UID: draft.UID})), mattebox.CodePayment, "")
	s.want(draft.UID, mattebox.JobCreated, "", 0)
	s.wantSound()

	// Made a little shorter than thought: only that is charged.
	s.fetch(seconds(20))
	s.cut()
	s.join(18500 * time.Millisecond)
	j := s.want(first.UID, mattebox.JobCompleted, "", 100)
	s.wantSame("charged", []any{j.Credits, j.Price}, []any{mattebox.Credits(18_50), usd(19)})
	s.wantPurse(s.account, 0, 11)
	s.wantSame("postings", s.kindsOfJob(j.ID), []mattebox.PostingKind{mattebox.PostReserve, mattebox.PostCharge})
	s.wantSound()

	// From somewhere else the price is known late: not enough is a failure then.
	far := s.create(true, order())
	s.fetch(seconds(12))
	j = s.want(far.UID, mattebox.JobFailed, "", 0)
	s.wantSame("fault", []any{j.Fault.Code, j.Billing, j.Credits, len(s.kindsOfJob(j.ID))}, []any{mattebox.FaultCredits, mattebox.BillingNone, mattebox.Credits(0), 0})
	s.wantPurse(s.account, 0, 11)

	// It fails, is started again, fails, and is completed: reserved three times, and charged once.
	s.check(s.TopUp(s.ctx, s.account, usd(20), "operator", "", ""))
	s.check(second(s.StartJob(s.ctx, s.key, mattebox.JobStart{UID: far.UID})))
	for range 2 {
		s.fetch(seconds(12))
		s.wantPurse(s.account, 0, 19)
		s.check(s.FailJob(s.ctx, s.take(mattebox.KindVideoSegment), mattebox.JobFault{Code: mattebox.FaultInternal, Message: "sorry"}))
		j = s.want(far.UID, mattebox.JobFailed, "", 1)
		s.wantSame("released", []any{j.Billing, j.Fault.Message}, []any{mattebox.BillingReleased, "sorry"})
		s.wantPurse(s.account, 0, 31)
		s.wantSound()
		s.check(second(s.StartJob(s.ctx, s.key, mattebox.JobStart{UID: far.UID})))
	}
	s.fetch(seconds(12))
	s.cut()
	s.join(12 * time.Second)
	s.wantSame("runs", s.want(far.UID, mattebox.JobCompleted, "", 100).Run, 4)
	s.wantSame("postings", len(s.kindsOfJob(far.ID)), 6)
	s.wantSound()

	s.Prices = nil
	free := s.create(true, o)
	s.fetch(seconds(20))
	s.cut()
	s.join(20 * time.Second)
	j = s.want(free.UID, mattebox.JobCompleted, "", 100)
	s.wantSame("free", []any{j.Funding, j.Price, j.Credits, j.Billing}, []any{mattebox.FundingFree, usd(0), mattebox.Credits(20_00), mattebox.BillingCharged})
	s.wantSound()
}

func testJobInvoice(t *testing.T, open opener) {
	s := openStudio(t, open, 7, 10)
	for _, length := range []float64{5, 20.5} { // from the balance, on credit
		s.create(true, order())
		s.fetch(seconds(length))
		s.cut()
		s.join(time.Duration(length * float64(time.Second)))
	}
	s.wantPurse(s.account, 0, 2)
	s.clock.pass(31 * 24 * time.Hour)
	invoice := s.bill(s.account, mattebox.InvoiceTerms{})
	s.wantSame("lines", invoice.Lines, []mattebox.InvoiceLine{{Text: "Video, 25.50 credits", Count: 2, Amount: usd(26)}})
	s.wantSame("due", []any{invoice.Prepaid, invoice.AmountDue()}, []any{usd(5), usd(21)})
	s.wantSound()
	read, err := s.Invoice(s.ctx, invoice.Number)
	s.check(err)
	s.wantSame("read", read, invoice)

	s.clock.pass(11 * 24 * time.Hour)
	s.create(true, order())
	s.fetch(seconds(20)) // an invoice is overdue
	jobs, err := s.Jobs(s.ctx, mattebox.JobFilter{Key: s.key, Limit: 1})
	s.check(err)
	s.wantSame("fault", jobs[0].Fault.Code, mattebox.FaultCredits)

	s.check(s.PayInvoice(s.ctx, invoice.Number, "bank 7", ""))
	s.wantSound()
	note, err := s.CreditNote(s.ctx, invoice.Number, "sorry")
	s.check(err)
	s.wantSame("note", note.Lines[0], mattebox.InvoiceLine{Text: "Video, 25.50 credits", Count: 2, Amount: usd(-26)})
	s.wantSound()

	// With images on the same one.
	s.finishedImage(s.account, noCallback)
	s.check(second(s.StartJob(s.ctx, s.key, mattebox.JobStart{UID: jobs[0].UID})))
	s.fetch(seconds(1))
	s.cut()
	s.join(time.Second)
	s.clock.pass(31 * 24 * time.Hour)
	for s.number(`SELECT COUNT(*) FROM jobs WHERE charged > 0 AND invoice IS NULL`) > 0 {
		invoice = s.bill(s.account, mattebox.InvoiceTerms{})
	}
	s.wantSame("lines", len(invoice.Lines), 2)
	s.wantSound()
}

func testJobCancel(t *testing.T, open opener) {
	s := openStudio(t, open, 100, 0)
	cancelled := func(uid string) *mattebox.Job {
		t.Helper()
		for range 2 {
			j, err := s.CancelJob(s.ctx, s.key, uid)
			s.check(err)
			s.wantSame("state", j.State, mattebox.JobCancelled)
		}
		s.wantSound()
		s.wantCode(second(s.StartJob(s.ctx, s.key, mattebox.JobStart{UID: uid})), mattebox.CodeConflict, "")
		return s.want(uid, mattebox.JobCancelled, "", s.progressOf(uid))
	}
	cancelled(s.create(false, order()).UID)

	waiting := s.create(true, order())
	cancelled(waiting.UID)
	s.nothing(mattebox.KindVideoFetch)

	// While it is fetched, cut and joined: whoever works on it has lost its lease.
	j := s.create(true, order())
	fetch := s.take(mattebox.KindVideoFetch)
	s.check(s.HoldsStep(s.ctx, fetch))
	cancelled(j.UID)
	s.wantLost(s.HoldsStep(s.ctx, fetch))
	s.wantLost(s.FinishJobFetch(s.ctx, fetch, mattebox.Fetched{Clip: seconds(1), Spans: spans(seconds(1))}))

	j = s.create(true, order())
	s.fetch(seconds(30))
	s.wantPurse(s.account, 0, 70)
	one, two := s.take(mattebox.KindVideoSegment), s.take(mattebox.KindVideoSegment)
	s.check(s.FinishSegment(s.ctx, one, segment(one)))
	got := cancelled(j.UID)
	s.wantSame("bill", []any{got.Billing, got.Credits}, []any{mattebox.BillingReleased, mattebox.Credits(0)})
	s.wantPurse(s.account, 0, 100)
	for name, err := range map[string]error{
		"renew": s.RenewStep(s.ctx, two, lease, 1), "finish": s.FinishSegment(s.ctx, two, segment(two)), "hand back": s.HandBackStep(s.ctx, two, mattebox.StepCrashed),
		"fail": s.FailJob(s.ctx, two, mattebox.JobFault{}), "put off": s.PutOffStep(s.ctx, two, s.clock.Now()),
	} {
		if err != mattebox.ErrLost {
			t.Errorf("%s: %v, want ErrLost", name, err)
		}
	}
	s.nothing(mattebox.KindVideoSegment)

	j = s.create(true, order())
	s.fetch(seconds(10))
	s.cut()
	join := s.take(mattebox.KindVideoJoin)
	cancelled(j.UID)
	s.wantLost(s.FinishJob(s.ctx, join, output(time.Second), nil))
	s.wantPurse(s.account, 0, 100)

	done := s.create(true, order())
	s.fetch(seconds(10))
	s.cut()
	s.join(10 * time.Second)
	s.wantCode(second(s.CancelJob(s.ctx, s.key, done.UID)), mattebox.CodeConflict, "")
}

func (s *studio) progressOf(uid string) int {
	s.t.Helper()
	j, err := s.JobByUID(s.ctx, s.key, uid)
	s.check(err)
	return j.Progress
}
