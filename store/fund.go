package store

import (
	"context"

	"mattebox"
)

// price asks the table; no table means that nothing costs anything.
func (s *Store) price(c mattebox.Currency, t mattebox.Template, hours, photographs int, partner bool) (mattebox.Money, error) {
	if s.Prices == nil {
		return mattebox.Money{Currency: c}, nil
	}
	return s.Prices.Price(c, t, hours, photographs, partner)
}

// fund gives a new image its price in the account's currency, and takes what it is
// paid from: a trial image, money of the balance, or credit. Each is taken by a
// statement that only finds it while it is there, so that orders at the same time
// cannot have it twice.
func (t *tx) fund(ctx context.Context, i *mattebox.Image) (err error) {
	var days int
	var currency mattebox.Currency
	if err := t.QueryRowContext(ctx, `SELECT days_of_credit, currency FROM accounts WHERE id = $1`, int64(i.Account)).Scan(&days, &currency); err != nil {
		return err
	}
	if i.Price, err = t.store.price(currency, i.Template, i.DeliveryHours, len(i.Sources), i.Partner != 0); err != nil {
		return err
	}
	if i.Price.Cents == 0 {
		i.Funding = mattebox.FundingFree
		return nil
	}
	trial, err := t.exec(ctx, `UPDATE accounts SET trial_images = trial_images - 1 WHERE id = $1 AND trial_images > 0`, int64(i.Account))
	if err != nil || trial == 1 {
		i.Funding, i.Price.Cents = mattebox.FundingTrial, 0
		return err
	}
	enough, err := t.addToBalance(ctx, i.Account, -i.Price.Cents)
	if err != nil || enough {
		i.Funding = mattebox.FundingBalance
		return err
	}
	i.Funding = mattebox.FundingCredit
	if days <= 0 {
		return mattebox.Errorf(mattebox.CodePayment, "the image costs %s; the account has no trial images, no credit and not enough balance left for it", i.Price)
	}
	overdue, err := t.overdue(ctx, i.Account)
	if err == nil && overdue {
		err = mattebox.Errorf(mattebox.CodePayment, "the image costs %s; an invoice is overdue, and until it is paid there is no credit", i.Price)
	}
	return err
}

// overdue reports whether the account has an invoice that should have been paid,
// which ends its credit.
func (t *tx) overdue(ctx context.Context, account mattebox.AccountID) (overdue bool, err error) {
	err = t.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM invoices WHERE account = $1 AND paid = 0 AND due_by < $2)`, int64(account), t.at).Scan(&overdue)
	return overdue, err
}

// reserve books what a new image takes from the balance, which fund has done.
func (t *tx) reserve(ctx context.Context, i *mattebox.Image) error {
	if i.Funding != mattebox.FundingBalance {
		return nil
	}
	return t.post(ctx, mattebox.Posting{
		Kind: mattebox.PostReserve, By: byCustomer, Image: i.ID,
		Entries: between(i.Price, entry{i.Account, mattebox.BookBalance}, entry{i.Account, mattebox.BookReserved}),
	})
}

// funds is what an image is paid from, and what has become of it.
type funds struct {
	funding           mattebox.Funding
	price             mattebox.Money
	charged, released int64
}

func (t *tx) funds(ctx context.Context, h *held) (f funds, err error) {
	err = t.QueryRowContext(ctx, `SELECT funding, price_cents, currency, charged, released FROM images WHERE id = $1`, int64(h.id)).
		Scan(&f.funding, &f.price.Cents, &f.price.Currency, &f.charged, &f.released)
	return f, err
}

// charge books what a held image costs when it is finished for the first time, and
// returns the columns that tell of it. Finished again after a rejection, it costs
// nothing.
func (t *tx) charge(ctx context.Context, h *held, by string) ([]set, error) {
	f, err := t.funds(ctx, h)
	if err != nil || f.charged != 0 {
		return nil, err
	}
	if f.released != 0 {
		return nil, mattebox.Errorf(mattebox.CodeInternal, "the image's funding was given back")
	}
	charged := set{"charged", t.at}
	from := entry{h.account, mattebox.BookReserved}
	switch f.funding {
	case mattebox.FundingBalance:
	case mattebox.FundingCredit:
		from.book = mattebox.BookReceivable
	default:
		return []set{charged, {"paid", true}}, nil
	}
	err = t.post(ctx, mattebox.Posting{
		Kind: mattebox.PostCharge, By: by, Image: h.id,
		Entries: between(f.price, from, entry{0, mattebox.BookRevenue}),
	})
	return []set{charged, {"paid", f.funding == mattebox.FundingBalance}}, err
}

// unfunded reports whether an image that comes there without having been finished
// never will be, so that it costs nothing: deleted, failed, refused, or closed over
// a question that was not answered. From a failed download nothing leads back.
func unfunded(to mattebox.Status) bool {
	switch to {
	case mattebox.StatusDeleted, mattebox.StatusDownloadFailed, mattebox.StatusRefused, mattebox.StatusClosed:
		return true
	}
	return false
}

// release gives back what was set aside for a held image, and returns the column
// that tells of it. One that was finished before stays charged, and one whose
// funding was given back keeps none.
func (t *tx) release(ctx context.Context, h *held, by string) ([]set, error) {
	f, err := t.funds(ctx, h)
	if err != nil || f.charged != 0 || f.released != 0 {
		return nil, err
	}
	released := []set{{"released", t.at}}
	switch f.funding {
	case mattebox.FundingTrial:
		_, err = t.exec(ctx, `UPDATE accounts SET trial_images = trial_images + 1 WHERE id = $1`, int64(h.account))
	case mattebox.FundingBalance:
		err = t.book(ctx, mattebox.Posting{
			Kind: mattebox.PostRelease, By: by, Image: h.id,
			Entries: between(f.price, entry{h.account, mattebox.BookReserved}, entry{h.account, mattebox.BookBalance}),
		})
	}
	return released, err
}
