package store

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"mattebox"
)

const paymentColumns = `id, account, COALESCE(invoice, 0), cents, currency, provider, COALESCE(ref, ''), state, created, ended`

func scanPayment(row scanner) (*mattebox.Payment, error) {
	var p mattebox.Payment
	var created, ended int64
	err := row.Scan(&p.ID, &p.Account, &p.Invoice, &p.Amount.Cents, &p.Amount.Currency, &p.Provider, &p.Ref, &p.State, &created, &ended)
	p.Created, p.Ended = timeOf(created), timeOf(ended)
	return &p, err
}

// OpenPayment begins a payment with a provider: of an invoice, whose amount due it
// gets, or without one a top-up of its account by its amount. ID, State and times
// are the store's. While a payment of the invoice with the provider is open, it is
// that one which is returned, so that whoever clicks twice pays once. An invoice
// that is paid is a CodeConflict error; for one of another account than Account,
// unless that is 0, it is a CodeNotFound error.
func (s *Store) OpenPayment(ctx context.Context, p mattebox.Payment) (*mattebox.Payment, error) {
	id, err := uuid.NewRandom()
	if err != nil {
		return nil, fmt.Errorf("make a payment's id: %w", err)
	}
	if err := validate(field{name: "provider", text: p.Provider, most: maxID}); err != nil {
		return nil, err
	}
	var opened *mattebox.Payment
	err = s.write(ctx, "open a payment", func(t *tx) (err error) {
		p.ID, p.Ref, p.State, p.Created = id.String(), "", mattebox.PaymentOpen, timeOf(t.at)
		opened, err = t.openPayment(ctx, p)
		return err
	})
	if err != nil {
		return nil, err
	}
	return opened, nil
}

func (t *tx) openPayment(ctx context.Context, p mattebox.Payment) (*mattebox.Payment, error) {
	if p.Invoice != 0 {
		before, err := t.paymentOf(ctx, &p)
		if before != nil || err != nil {
			return before, err
		}
	} else if err := validatePayment(p.Amount, "", ""); err != nil {
		return nil, err
	} else if err := t.dealsIn(ctx, p.Account, p.Amount); err != nil {
		return nil, err
	}
	_, err := t.exec(ctx, `INSERT INTO payments (id, account, invoice, cents, currency, provider, state, created) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		p.ID, int64(p.Account), optional(p.Invoice), p.Amount.Cents, string(p.Amount.Currency), p.Provider, string(p.State), t.at)
	return &p, err
}

// paymentOf gives the payment its invoice's account and amount, and returns the one
// that is open for it; nil when there is none.
func (t *tx) paymentOf(ctx context.Context, p *mattebox.Payment) (*mattebox.Payment, error) {
	i, err := t.holdInvoice(ctx, p.Invoice)
	if err != nil {
		return nil, err
	}
	if p.Account != 0 && p.Account != i.Account {
		return nil, mattebox.Errorf(mattebox.CodeNotFound, "there is no such invoice")
	}
	if i.IsPaid() {
		return nil, alreadyPaid(i)
	}
	p.Account, p.Amount = i.Account, i.AmountDue()
	before, err := scanPayment(t.QueryRowContext(ctx, `SELECT `+paymentColumns+` FROM payments WHERE invoice = $1 AND provider = $2 AND state = 'open'`, p.Invoice, p.Provider))
	if err != nil {
		return nil, noRow(err, nil)
	}
	return before, nil
}

// NamePayment stores the provider's identity of an open payment, which may replace
// an earlier one: a page to pay at that has run out gets a successor. It is a
// CodeConflict error when the payment has ended, or the identity is another's.
func (s *Store) NamePayment(ctx context.Context, id, ref string) error {
	if err := validate(field{name: "ref", text: ref, most: maxID}); err != nil {
		return err
	}
	return s.write(ctx, "name a payment", func(t *tx) error {
		changed, err := t.exec(ctx, `UPDATE payments SET ref = $1 WHERE id = $2 AND state = 'open'`, optionalText(ref), id)
		if err == nil && changed == 0 {
			return mattebox.Errorf(mattebox.CodeConflict, "the payment has ended, or never was")
		}
		return err
	})
}

// Payment returns the payment of that id of ours, or a CodeNotFound error.
func (s *Store) Payment(ctx context.Context, id string) (*mattebox.Payment, error) {
	p, err := scanPayment(s.db.Reader.QueryRowContext(ctx, `SELECT `+paymentColumns+` FROM payments WHERE id = $1`, id))
	return p, s.fault("read a payment", noRow(err, noPayment()))
}

func noPayment() error { return mattebox.Errorf(mattebox.CodeNotFound, "there is no such payment") }

// EndPayment books what a provider says of a payment, which it names by our id, or
// by its own. The money of one that is done pays the invoice, when it is what is
// due; any other amount, or that of an invoice that was paid or taken back
// meanwhile, goes to the account's balance, and so does a top-up. An event that
// comes again changes nothing; one that says done after one that said failed is
// believed, the reverse is not. A payment that we do not know is a CodeNotFound
// error, one in another currency CodeConflict.
func (s *Store) EndPayment(ctx context.Context, provider string, e mattebox.PaymentEvent) (ended *mattebox.Payment, err error) {
	err = s.write(ctx, "end a payment", func(t *tx) error {
		p, err := t.holdPayment(ctx, provider, e)
		if err != nil {
			return err
		}
		ended = p
		another := e.Ref != "" && p.Ref != "" && e.Ref != p.Ref
		switch {
		case e.State == mattebox.PaymentDone && p.State == mattebox.PaymentDone && another:
			return t.receiveAgain(ctx, p, e)
		case e.State == mattebox.PaymentOpen, p.State == mattebox.PaymentDone, p.State == e.State:
			return nil
		case e.State == mattebox.PaymentFailed && another:
			return nil // a page to pay at that has had a successor
		}
		p.State, p.Ended = e.State, timeOf(t.at)
		if e.Ref != "" {
			p.Ref = e.Ref
		}
		if p.State == mattebox.PaymentDone {
			if err := t.receive(ctx, p, e.Amount); err != nil {
				return err
			}
		}
		_, err = t.exec(ctx, `UPDATE payments SET state = $1, ended = $2, ref = $3 WHERE id = $4`, string(p.State), t.at, optionalText(p.Ref), p.ID)
		return err
	})
	if err != nil {
		return nil, err
	}
	return ended, nil
}

func (t *tx) holdPayment(ctx context.Context, provider string, e mattebox.PaymentEvent) (*mattebox.Payment, error) {
	switch e.State {
	case mattebox.PaymentOpen, mattebox.PaymentDone, mattebox.PaymentFailed:
	default:
		return nil, mattebox.Invalid("state", "is %.20q", string(e.State))
	}
	where, arg := `id = $2`, e.Payment
	if e.Payment == "" {
		where, arg = `ref = $2`, e.Ref
	}
	p, err := scanPayment(t.QueryRowContext(ctx, `SELECT `+paymentColumns+` FROM payments WHERE provider = $1 AND `+where+` `+
		t.store.db.Dialect.ForUpdate(false), provider, arg))
	return p, noRow(err, noPayment())
}

// receiveAgain books what was paid at a second page of a payment that is done.
func (t *tx) receiveAgain(ctx context.Context, p *mattebox.Payment, e mattebox.PaymentEvent) error {
	if e.Amount.Currency != p.Amount.Currency || e.Amount.Cents <= 0 {
		return wrongMoney(p, e.Amount)
	}
	return t.topUp(ctx, p.Account, e.Amount, byPayment, e.Ref, "paid twice: "+p.ID)
}

func wrongMoney(p *mattebox.Payment, got mattebox.Money) error {
	return mattebox.Errorf(mattebox.CodeConflict, "%s was paid, where %s was asked for", got, p.Amount)
}

// receive books the money of a held payment, unless somebody who saw it first has
// booked it under the same ref.
func (t *tx) receive(ctx context.Context, p *mattebox.Payment, amount mattebox.Money) error {
	if amount.Currency != p.Amount.Currency || amount.Cents <= 0 {
		return wrongMoney(p, amount)
	}
	ref := p.Ref
	if ref == "" {
		ref = p.ID
	}
	var booked bool
	err := t.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM postings WHERE payment = $1 AND payment <> '' AND kind IN ('top-up', 'payment'))`, ref).Scan(&booked)
	if err != nil || booked {
		return err
	}
	if p.Invoice == 0 {
		return t.topUp(ctx, p.Account, amount, byPayment, ref, "")
	}
	i, err := t.holdInvoice(ctx, p.Invoice)
	if err != nil {
		return err
	}
	if !i.IsPaid() && i.AmountDue() == amount {
		return t.settle(ctx, i, byPayment, ref, "")
	}
	return t.topUp(ctx, p.Account, amount, byPayment, ref, "not what was due on "+i.ID())
}
