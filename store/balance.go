package store

import (
	"context"
	"database/sql"
	"errors"

	"mattebox"
)

// byPayment is who posts what a provider has told of.
const byPayment = "payment"

// TopUp adds money that came in to an account's balance. ref, the identity of the
// payment where it was made, is booked once: a second call with it does nothing,
// unless account or amount differ, which is a CodeConflict error. An empty ref is
// booked every time. The amount is above 0 and in the balance's currency, else it
// is a CodeInvalid error.
func (s *Store) TopUp(ctx context.Context, id mattebox.AccountID, amount mattebox.Money, by, ref, note string) error {
	if err := validatePayment(amount, ref, note); err != nil {
		return err
	}
	return s.write(ctx, "top up a balance", func(t *tx) error {
		if err := t.dealsIn(ctx, id, amount); err != nil {
			return err
		}
		return t.topUp(ctx, id, amount, by, ref, note)
	})
}

func validatePayment(amount mattebox.Money, ref, note string) error {
	if amount.Cents <= 0 {
		return mattebox.Invalid("amount", "is %s; it has to be above 0", amount)
	}
	return validate(field{name: "ref", text: ref, most: maxID}, field{name: "note", text: note, most: maxText, lines: true})
}

// dealsIn returns an error unless the account exists and has the amount's currency.
func (t *tx) dealsIn(ctx context.Context, id mattebox.AccountID, amount mattebox.Money) error {
	var currency mattebox.Currency
	err := t.QueryRowContext(ctx, `SELECT currency FROM accounts WHERE id = $1`, int64(id)).Scan(&currency)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return noAccount()
	case err != nil:
		return err
	case currency != amount.Currency:
		return mattebox.Invalid("currency", "is %.10s; the account's balance is in %s", string(amount.Currency), currency)
	}
	return nil
}

// topUp books money that came in, once for its ref.
func (t *tx) topUp(ctx context.Context, id mattebox.AccountID, amount mattebox.Money, by, ref, note string) error {
	p := mattebox.Posting{Kind: mattebox.PostTopUp, By: by, Note: note, Payment: ref, Entries: cashTo(id, amount)}
	if ref == "" {
		return t.book(ctx, p)
	}
	posted, err := t.postOnce(ctx, p)
	if err != nil {
		return err
	}
	if !posted {
		return t.sameTopUp(ctx, id, amount, ref)
	}
	_, err = t.addToBalance(ctx, id, amount.Cents)
	return err
}

func (t *tx) sameTopUp(ctx context.Context, id mattebox.AccountID, amount mattebox.Money, ref string) error {
	var same bool
	err := t.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM postings p JOIN entries e ON e.posting = p.id
		WHERE p.payment = $1 AND p.kind = 'top-up' AND p.invoice = 0 AND e.account = $2 AND e.cents = $3)`, ref, int64(id), amount.Cents).Scan(&same)
	if err == nil && !same {
		err = &mattebox.Error{Code: mattebox.CodeConflict, Field: "ref", Message: "is booked already, for another account or amount"}
	}
	return err
}

// bookTopUp is topUp for what a new account begins with; 0 is nothing.
func (t *tx) bookTopUp(ctx context.Context, id mattebox.AccountID, amount mattebox.Money, by, note string) error {
	return t.post(ctx, mattebox.Posting{Kind: mattebox.PostTopUp, By: by, Note: note, Entries: cashTo(id, amount)})
}

func cashTo(id mattebox.AccountID, amount mattebox.Money) []mattebox.Entry {
	return between(amount, entry{0, mattebox.BookCash}, entry{id, mattebox.BookBalance})
}

// Refund pays money of an account's balance out. The amount is above 0; it is a
// CodeConflict error when the balance is less.
func (s *Store) Refund(ctx context.Context, id mattebox.AccountID, amount mattebox.Money, note string) error {
	if err := validatePayment(amount, "", note); err != nil {
		return err
	}
	return s.write(ctx, "refund", func(t *tx) error {
		if err := t.dealsIn(ctx, id, amount); err != nil {
			return err
		}
		return t.book(ctx, mattebox.Posting{
			Kind: mattebox.PostRefund, By: byOperator, Note: note,
			Entries: between(amount, entry{id, mattebox.BookBalance}, entry{0, mattebox.BookCash}),
		})
	})
}

// Adjust corrects an account's balance by an amount, which may be negative and is
// not 0. The note says why, and may not be empty. It is a CodeConflict error when
// the balance would go below 0.
func (s *Store) Adjust(ctx context.Context, id mattebox.AccountID, amount mattebox.Money, note string) error {
	switch {
	case amount.Cents == 0:
		return mattebox.Invalid("amount", "is 0, which corrects nothing")
	case note == "":
		return mattebox.Invalid("note", "is required: it says why the balance is corrected")
	}
	if err := validate(field{name: "note", text: note, most: maxText, lines: true}); err != nil {
		return err
	}
	return s.write(ctx, "adjust a balance", func(t *tx) error {
		if err := t.dealsIn(ctx, id, amount); err != nil {
			return err
		}
		return t.book(ctx, mattebox.Posting{Kind: mattebox.PostAdjust, By: byOperator, Note: note, Entries: cashTo(id, amount)})
	})
}
