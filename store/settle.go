package store

import (
	"context"
	"database/sql"
	"errors"

	"mattebox"
)

// noRow is the error for a query that found nothing; other errors stay.
func noRow(err, none error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return none
	}
	return err
}

// holdInvoice reads an invoice and keeps other transactions from paying it or
// taking it back.
func (t *tx) holdInvoice(ctx context.Context, number int64) (*mattebox.Invoice, error) {
	return t.store.selectInvoice(ctx, t, `number = $1 `+t.store.db.Dialect.ForUpdate(false), number)
}

// PayInvoice books that an invoice was paid in full by another road than a
// provider's: what an operator does who has seen the money. ref is the payment's
// identity there, such as a bank's; called again with it, it does nothing. An
// invoice that is paid otherwise is a CodeConflict error.
func (s *Store) PayInvoice(ctx context.Context, number int64, ref, note string) error {
	if err := validate(field{name: "ref", text: ref, most: maxID}, field{name: "note", text: note, most: maxText, lines: true}); err != nil {
		return err
	}
	return s.write(ctx, "pay an invoice", func(t *tx) error {
		i, err := t.holdInvoice(ctx, number)
		if err != nil {
			return err
		}
		if i.IsPaid() && ref != "" && i.Payment == ref {
			return nil
		}
		if i.IsPaid() {
			return alreadyPaid(i)
		}
		return t.settle(ctx, i, byOperator, ref, note)
	})
}

func alreadyPaid(i *mattebox.Invoice) error {
	return mattebox.Errorf(mattebox.CodeConflict, "%s is paid already, or nothing is due on it", i.ID())
}

// settle books the payment of a held invoice that is open, marks its images and
// tells developers.
func (t *tx) settle(ctx context.Context, i *mattebox.Invoice, by, ref, note string) error {
	if err := t.book(ctx, mattebox.Posting{
		Kind: mattebox.PostPayment, By: by, Note: note, Invoice: i.Number, Payment: ref,
		Entries: between(i.AmountDue(), entry{0, mattebox.BookCash}, entry{i.Account, mattebox.BookReceivable}),
	}); err != nil {
		return err
	}
	if err := t.markPaid(ctx, i.Number, ref); err != nil {
		return err
	}
	i.Paid, i.Payment = timeOf(t.at), ref
	return t.tellInvoice(ctx, mattebox.EventInvoicePaid, i)
}

func (t *tx) markPaid(ctx context.Context, number int64, payment string) error {
	if _, err := t.exec(ctx, `UPDATE invoices SET paid = $1, payment = $2 WHERE number = $3`, t.at, payment, number); err != nil {
		return err
	}
	for _, table := range []string{"images", "jobs"} {
		if _, err := t.exec(ctx, `UPDATE `+table+` SET paid = $1 WHERE invoice = $2 AND NOT paid`, true, number); err != nil {
			return err
		}
	}
	return nil
}

// CreditNote takes an invoice back as a whole, under a number of its own: what is
// still due on it is due no more, and what was paid goes to the account's balance.
// The images stay charged and are not billed again. Of a credit note, or an invoice
// that was taken back before, it is a CodeConflict error. The reason is on the note.
func (s *Store) CreditNote(ctx context.Context, number int64, reason string) (note *mattebox.Invoice, err error) {
	if err := validate(field{name: "reason", text: reason, most: maxText}); err != nil {
		return nil, err
	}
	err = s.write(ctx, "make a credit note", func(t *tx) error {
		i, err := t.holdInvoice(ctx, number)
		if err != nil {
			return err
		}
		if err := t.creditable(ctx, i); err != nil {
			return err
		}
		next, err := t.nextNumber(ctx)
		if err != nil {
			return err
		}
		note = noteOn(i, next, t.at, reason)
		if err := t.putInvoice(ctx, note, creditOf(i, note, reason)); err != nil {
			return err
		}
		if i.IsPaid() {
			return nil
		}
		return t.markPaid(ctx, i.Number, note.ID())
	})
	if err != nil {
		return nil, err
	}
	return note, nil
}

func (t *tx) creditable(ctx context.Context, i *mattebox.Invoice) error {
	if i.Credited != 0 {
		return mattebox.Errorf(mattebox.CodeConflict, "%s is a credit note itself", i.ID())
	}
	var taken bool
	err := t.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM invoices WHERE credited = $1)`, i.Number).Scan(&taken)
	if err == nil && taken {
		err = mattebox.Errorf(mattebox.CodeConflict, "%s was taken back before", i.ID())
	}
	return err
}

// noteOn is the credit note on an invoice: the same with every amount negative.
func noteOn(i *mattebox.Invoice, number, at int64, reason string) *mattebox.Invoice {
	note := *i
	note.Number, note.Credited = number, i.Number
	note.Reason, note.Created, note.DueBy, note.Paid, note.Payment = reason, timeOf(at), timeOf(at), timeOf(at), ""
	note.Net.Cents, note.VAT.Cents, note.Prepaid.Cents = -i.Net.Cents, -i.VAT.Cents, -i.Prepaid.Cents
	note.Lines = nil
	for _, line := range i.Lines {
		line.Amount.Cents = -line.Amount.Cents
		note.Lines = append(note.Lines, line)
	}
	return &note
}

// creditOf posts a credit note: what was earned goes back to where it came from.
func creditOf(i, note *mattebox.Invoice, reason string) mattebox.Posting {
	currency := i.Net.Currency
	due := i.AmountDue().Cents
	entries := entry{0, mattebox.BookRevenue}.line(-i.Net.Cents, currency)
	entries = append(entries, entry{0, mattebox.BookVAT}.line(-i.VAT.Cents, currency)...)
	entries = append(entries, entry{i.Account, mattebox.BookReceivable}.line(due, currency)...)
	entries = append(entries, entry{i.Account, mattebox.BookBalance}.line(i.Gross().Cents-due, currency)...)
	return mattebox.Posting{Kind: mattebox.PostCredit, By: byOperator, Note: reason, Invoice: note.Number, Entries: entries}
}
