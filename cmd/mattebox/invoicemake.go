package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"mattebox"
	"mattebox/billing"
	"mattebox/work"
)

// InvoiceRunCmd is "mattebox invoice run".
type InvoiceRunCmd struct {
	DataFlags  `embed:""`
	TermsFlags `embed:""` // as serve's
	Period     string     `help:"Only this month, such as 2026-10; of one that is not over, what was charged so far. Default: all months that are over." placeholder:"YYYY-MM"`
	Account    string     `help:"With --period: only the account." placeholder:"EMAIL"`
	JSON       bool       `name:"json" help:"Print JSON."`
}

// Run makes the invoices and prints them.
func (c *InvoiceRunCmd) Run(app *App) error {
	r := settingReader{app.newFaults()}
	terms := c.terms(r)
	month, err := time.Parse("2006-01", c.Period)
	if err != nil && c.Period != "" {
		r.add("--period", "is %.20q; use a month such as 2026-10", c.Period)
	}
	if c.Account != "" && c.Period == "" {
		r.add("--account", "needs --period")
	}
	if err := r.err(); err != nil {
		return err
	}
	return c.withRecords(app, func(ctx context.Context, r *records) error {
		var made []shownInvoice
		tell := func(i *mattebox.Invoice) { made = append(made, invoiceRow(i)) }
		var err error
		if c.Period == "" {
			err = work.Bill(ctx, r, time.Now(), invoiceTerms(terms), tell)
		} else {
			err = c.month(ctx, r, month, invoiceTerms(terms), tell)
		}
		return errors.Join(err, c.tell(app.Stdout, made))
	})
}

// month bills one month of every account, or of one.
func (c *InvoiceRunCmd) month(ctx context.Context, r *records, month time.Time, terms mattebox.InvoiceTerms, tell func(*mattebox.Invoice)) error {
	periods, err := c.periods(ctx, r, month)
	if err != nil {
		return err
	}
	var failed error
	for _, p := range periods {
		invoice, err := r.CloseInvoice(ctx, p.Account, p.From, p.To, terms)
		if err != nil {
			failed = errors.Join(failed, fmt.Errorf("account %d: %w", p.Account, err))
		} else if invoice != nil {
			tell(invoice)
		}
	}
	return failed
}

func (c *InvoiceRunCmd) tell(w io.Writer, made []shownInvoice) error {
	if c.JSON {
		return printJSON(w, append([]shownInvoice{}, made...))
	}
	if len(made) == 0 {
		fmt.Fprintln(w, "nothing is to be invoiced")
		return nil
	}
	return printInvoices(w, made)
}

// periods returns the month of each account, in its time zone; of a month that is
// not over, what has passed of it.
func (c *InvoiceRunCmd) periods(ctx context.Context, r *records, month time.Time) ([]mattebox.BillingPeriod, error) {
	accounts, err := r.Accounts(ctx)
	if err != nil {
		return nil, err
	}
	if c.Account != "" {
		account, err := r.named(ctx, c.Account)
		if err != nil {
			return nil, err
		}
		accounts = []mattebox.Account{*account}
	}
	now := time.Now()
	var periods []mattebox.BillingPeriod
	for _, a := range accounts {
		zone := a.Location()
		from := time.Date(month.Year(), month.Month(), 1, 0, 0, 0, 0, zone)
		to := time.Date(month.Year(), month.Month()+1, 1, 0, 0, 0, 0, zone)
		if to.After(now) {
			to = now
		}
		if from.Before(to) {
			periods = append(periods, mattebox.BillingPeriod{Account: a.ID, From: from, To: to})
		}
	}
	return periods, nil
}

// invoiceTerms are the seller's terms as the store applies them to a buyer.
func invoiceTerms(t billing.Terms) mattebox.InvoiceTerms {
	return mattebox.InvoiceTerms{Seller: t.Seller, VAT: func(buyer mattebox.Party) (int, string) {
		tax := t.Tax(buyer)
		return tax.Rate, tax.Note
	}}
}

// InvoicePayCmd is "mattebox invoice pay".
type InvoicePayCmd struct {
	DataFlags `embed:""`
	ID        string `arg:"" name:"invoice" help:"The invoice, INV-n."`
	Reference string `help:"What the bank calls the payment. Said again with the same one, it is booked once." placeholder:"TEXT"`
	Note      string `help:"What else there is to say, for the ledger." placeholder:"TEXT"`
}

// Run books the payment.
func (c *InvoicePayCmd) Run(app *App) error {
	return c.withInvoice(app, c.ID, func(ctx context.Context, r *records, i *mattebox.Invoice) error {
		due := i.AmountDue()
		if err := r.PayInvoice(ctx, i.Number, c.Reference, c.Note); err != nil {
			return err
		}
		fmt.Fprintf(app.Stdout, "%s is paid (%s)\n", i.ID(), due)
		return nil
	})
}

// InvoiceCreditCmd is "mattebox invoice credit".
type InvoiceCreditCmd struct {
	DataFlags `embed:""`
	ID        string `arg:"" name:"invoice" help:"The invoice, INV-n."`
	Note      string `help:"Why, for the ledger and the customer." required:"" placeholder:"TEXT"`
	JSON      bool   `name:"json" help:"Print JSON."`
}

// Run makes the credit note.
func (c *InvoiceCreditCmd) Run(app *App) error {
	return c.withInvoice(app, c.ID, func(ctx context.Context, r *records, i *mattebox.Invoice) error {
		note, err := r.CreditNote(ctx, i.Number, c.Note)
		if err != nil {
			return err
		}
		if c.JSON {
			return printJSON(app.Stdout, invoiceRow(note))
		}
		fmt.Fprintf(app.Stdout, "%s takes back %s\n", note.ID(), i.ID())
		return nil
	})
}

// InvoicePDFCmd is "mattebox invoice pdf".
type InvoicePDFCmd struct {
	DataFlags `embed:""`
	ID        string `arg:"" name:"invoice" help:"The invoice, INV-n."`
	Output    string `short:"o" help:"File to write, or - for stdout. Default: INV-n.pdf." placeholder:"FILE" predictor:"file"`
}

// Run writes the file.
func (c *InvoicePDFCmd) Run(app *App) error {
	return c.withInvoice(app, c.ID, func(ctx context.Context, r *records, i *mattebox.Invoice) error {
		account, err := r.Account(ctx, i.Account)
		if err != nil {
			return err
		}
		i = i.In(account.Location())
		path := c.Output
		switch path {
		case "-":
			return billing.InvoicePDF(app.Stdout, i)
		case "":
			path = i.ID() + ".pdf"
		}
		file, err := os.Create(path)
		if err != nil {
			return mattebox.Wrap(mattebox.CodeInvalid, err, "%s cannot be written", path)
		}
		if err := errors.Join(billing.InvoicePDF(file, i), file.Close()); err != nil {
			return fmt.Errorf("writing %s: %w", path, err)
		}
		fmt.Fprintln(app.Stdout, path)
		return nil
	})
}
