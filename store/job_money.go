package store

import (
	"context"
	"time"

	"mattebox"
)

// reserveJob gives a held job its price for the length, and takes what it is paid
// from: money of the balance, or credit. It is a CodePayment error when there is
// neither.
func (t *tx) reserveJob(ctx context.Context, j *mattebox.Job, length time.Duration) error {
	var days int
	var currency mattebox.Currency
	if err := t.QueryRowContext(ctx, `SELECT days_of_credit, currency FROM accounts WHERE id = $1`, int64(j.Account)).Scan(&days, &currency); err != nil {
		return err
	}
	credits := j.Model.Credits(length)
	price, err := t.store.Prices.Video(currency, credits)
	if err != nil {
		return err
	}
	j.Credits, j.Price, j.Billing, j.Funding = credits, price, mattebox.BillingReserved, mattebox.FundingFree
	if price.Cents == 0 {
		return nil
	}
	enough, err := t.addToBalance(ctx, j.Account, -price.Cents)
	if err != nil {
		return err
	}
	if !enough {
		j.Funding = mattebox.FundingCredit
		return t.creditworthy(ctx, j, days)
	}
	j.Funding = mattebox.FundingBalance
	return t.post(ctx, mattebox.Posting{
		Kind: mattebox.PostReserve, By: byCustomer, Note: j.UID, Job: j.ID, Run: j.Run,
		Entries: between(price, entry{j.Account, mattebox.BookBalance}, entry{j.Account, mattebox.BookReserved}),
	})
}

// creditworthy returns a CodePayment error unless the account may have the job on
// credit.
func (t *tx) creditworthy(ctx context.Context, j *mattebox.Job, days int) error {
	if days <= 0 {
		return mattebox.Errorf(mattebox.CodePayment, "not enough credits to process this video: it costs %s (%s)", j.Credits, j.Price)
	}
	overdue, err := t.overdue(ctx, j.Account)
	if err == nil && overdue {
		err = mattebox.Errorf(mattebox.CodePayment, "not enough credits to process this video: it costs %s (%s), and an invoice is overdue", j.Credits, j.Price)
	}
	return err
}

// chargeJob books what a held job costs that is completed, for the length of what
// was made, which is never more than was reserved. The rest goes back.
func (t *tx) chargeJob(ctx context.Context, j *mattebox.Job, length time.Duration) error {
	reserved := j.Price
	if credits := min(j.Model.Credits(length), j.Credits); credits < j.Credits {
		j.Price.Cents = (reserved.Cents*int64(credits) + int64(j.Credits) - 1) / int64(j.Credits)
		j.Credits = credits
	}
	j.Billing = mattebox.BillingCharged
	p := mattebox.Posting{Kind: mattebox.PostCharge, By: byEngine, Note: j.UID, Job: j.ID, Run: j.Run}
	switch j.Funding {
	case mattebox.FundingBalance:
		p.Entries = append(entry{j.Account, mattebox.BookReserved}.line(-reserved.Cents, reserved.Currency),
			entry{0, mattebox.BookRevenue}.line(j.Price.Cents, reserved.Currency)...)
		p.Entries = append(p.Entries, entry{j.Account, mattebox.BookBalance}.line(reserved.Cents-j.Price.Cents, reserved.Currency)...)
	case mattebox.FundingCredit:
		p.Entries = between(j.Price, entry{j.Account, mattebox.BookReceivable}, entry{0, mattebox.BookRevenue})
	}
	return t.book(ctx, p)
}

// releaseJob gives back what was set aside for a held job that will not be
// completed.
func (t *tx) releaseJob(ctx context.Context, j *mattebox.Job, by string) error {
	if j.Billing != mattebox.BillingReserved {
		return nil
	}
	price, funding := j.Price, j.Funding
	j.Credits, j.Price.Cents, j.Billing, j.Funding = 0, 0, mattebox.BillingReleased, mattebox.FundingFree
	if funding != mattebox.FundingBalance {
		return nil
	}
	return t.book(ctx, mattebox.Posting{
		Kind: mattebox.PostRelease, By: by, Note: j.UID, Job: j.ID, Run: j.Run,
		Entries: between(price, entry{j.Account, mattebox.BookReserved}, entry{j.Account, mattebox.BookBalance}),
	})
}
