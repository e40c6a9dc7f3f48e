package main

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"mattebox"
)

// InvoiceCmd is "mattebox invoice". Its commands work beside a running server.
type InvoiceCmd struct {
	Run    InvoiceRunCmd    `cmd:"" help:"Make the invoices that are due."`
	List   InvoiceListCmd   `cmd:"" help:"List invoices, the newest first."`
	Show   InvoiceShowCmd   `cmd:"" help:"Tell everything of one invoice."`
	Pay    InvoicePayCmd    `cmd:"" help:"Say that an invoice has been paid."`
	Credit InvoiceCreditCmd `cmd:"" help:"Take an invoice back by a credit note."`
	PDF    InvoicePDFCmd    `cmd:"" name:"pdf" help:"Write an invoice as PDF."`
}

// invoiceID is how people and the API name an invoice.
func invoiceID(number int64) string { return (&mattebox.Invoice{Number: number}).ID() }

// invoiceNumber reads "INV-1315", in any case, or the number alone.
func invoiceNumber(text string) (int64, error) {
	digits := strings.TrimPrefix(strings.ToUpper(strings.TrimSpace(text)), "INV-")
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || n < 1 {
		return 0, mattebox.Errorf(mattebox.CodeInvalid, "%.40q is not an invoice's number such as INV-1315", text)
	}
	return n, nil
}

// withInvoice is withRecords for the invoice of a number.
func (f *DataFlags) withInvoice(app *App, id string, work func(context.Context, *records, *mattebox.Invoice) error) error {
	number, err := invoiceNumber(id)
	if err != nil {
		return err
	}
	return f.withRecords(app, func(ctx context.Context, r *records) error {
		invoice, err := r.Invoice(ctx, number)
		if mattebox.CodeOf(err) == mattebox.CodeNotFound {
			return mattebox.Errorf(mattebox.CodeNotFound, "there is no invoice %s; see: mattebox invoice list", invoiceID(number))
		}
		if err != nil {
			return err
		}
		return work(ctx, r, invoice)
	})
}

// InvoiceListCmd is "mattebox invoice list".
type InvoiceListCmd struct {
	DataFlags `embed:""`
	Account   string `help:"Only invoices of the account." placeholder:"EMAIL"`
	Unpaid    bool   `help:"Only invoices with something still to be paid."`
	Since     string `help:"Only invoices since: a time such as 2026-01-31, or how long ago, such as 720h." placeholder:"WHEN"`
	Limit     int    `help:"How many at most." default:"100" placeholder:"N"`
	JSON      bool   `name:"json" help:"Print JSON."`
}

// shownInvoice is a row of "mattebox invoice list --json", and with its lines what
// "mattebox invoice show --json" prints.
type shownInvoice struct {
	ID        string             `json:"id"`
	Account   mattebox.AccountID `json:"account"`
	Credited  string             `json:"credited,omitempty"` // the invoice that this credit note takes back
	Reason    string             `json:"reason,omitempty"`   // of the credit note
	From      time.Time          `json:"from"`
	To        time.Time          `json:"to"`
	Created   time.Time          `json:"created"`
	DueBy     time.Time          `json:"dueBy"`
	Currency  mattebox.Currency  `json:"currency"`
	Net       string             `json:"net"`
	VATRate   string             `json:"vatRate"`
	VATNote   string             `json:"vatNote,omitempty"`
	VAT       string             `json:"vat"`
	Gross     string             `json:"gross"`
	Prepaid   string             `json:"prepaid"`
	AmountDue string             `json:"amountDue"`
	IsPaid    bool               `json:"isPaid"`
	Paid      *time.Time         `json:"paid,omitempty"`
	Payment   string             `json:"payment,omitempty"`

	Seller *mattebox.Party `json:"seller,omitempty"`
	Buyer  *mattebox.Party `json:"buyer,omitempty"`
	Lines  []shownLine     `json:"lines,omitempty"`
}

type shownLine struct {
	TemplateID mattebox.TemplateID `json:"templateId"`
	Text       string              `json:"text"`
	Count      int                 `json:"count"`
	Amount     string              `json:"amount"`
}

func invoiceRow(i *mattebox.Invoice) shownInvoice {
	row := shownInvoice{
		ID: i.ID(), Account: i.Account, From: i.From.UTC(), To: i.To.UTC(), Created: i.Created.UTC(), DueBy: i.DueBy.UTC(), Currency: i.Net.Currency,
		Net: i.Net.Amount(), VATRate: mattebox.Money{Cents: int64(i.VATRate)}.Amount(), VATNote: i.VATNote, VAT: i.VAT.Amount(), Gross: i.Gross().Amount(),
		Prepaid: i.Prepaid.Amount(), Reason: i.Reason, AmountDue: i.AmountDue().Amount(), IsPaid: i.IsPaid(), Payment: i.Payment,
	}
	if i.Credited != 0 {
		row.Credited = invoiceID(i.Credited)
	}
	if !i.Paid.IsZero() {
		paid := i.Paid.UTC()
		row.Paid = &paid
	}
	return row
}

// Run prints the list.
func (c *InvoiceListCmd) Run(app *App) error {
	since, err := readSince(app, c.Since)
	if err != nil {
		return err
	}
	filter := mattebox.InvoiceFilter{From: since, Unpaid: c.Unpaid, Page: mattebox.Page{Number: 1, Size: max(c.Limit, 1)}}
	return c.withRecords(app, func(ctx context.Context, r *records) error {
		if filter.Account, err = r.scope(ctx, c.Account); err != nil {
			return err
		}
		invoices, err := r.Invoices(ctx, filter)
		if err != nil {
			return err
		}
		rows := make([]shownInvoice, len(invoices))
		for i := range invoices {
			rows[i] = invoiceRow(&invoices[i])
		}
		if c.JSON {
			return printJSON(app.Stdout, rows)
		}
		return printInvoices(app.Stdout, rows)
	})
}

func printInvoices(w io.Writer, rows []shownInvoice) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "INVOICE\tACCOUNT\tMADE\tDUE BY\tNET\tVAT\tPREPAID\tTO BE PAID\t")
	for _, r := range rows {
		state := "paid"
		if !r.IsPaid {
			state = r.AmountDue
		}
		if r.Credited != "" {
			state = "takes back " + r.Credited
		}
		fmt.Fprintf(table, "%s\t%d\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", r.ID, r.Account, r.Created.Format(time.DateOnly), r.DueBy.Format(time.DateOnly), r.Net, r.VAT, r.Prepaid, state, r.Currency)
	}
	return table.Flush()
}

// InvoiceShowCmd is "mattebox invoice show".
type InvoiceShowCmd struct {
	DataFlags `embed:""`
	ID        string `arg:"" name:"invoice" help:"The invoice, INV-n."`
	JSON      bool   `name:"json" help:"Print JSON."`
}

// Run prints the invoice.
func (c *InvoiceShowCmd) Run(app *App) error {
	return c.withInvoice(app, c.ID, func(_ context.Context, _ *records, i *mattebox.Invoice) error {
		row := invoiceRow(i)
		row.Seller, row.Buyer = &i.Seller, &i.Buyer
		for _, line := range i.Lines {
			row.Lines = append(row.Lines, shownLine{line.TemplateID, line.Text, line.Count, line.Amount.Amount()})
		}
		if c.JSON {
			return printJSON(app.Stdout, row)
		}
		return row.print(app.Stdout)
	})
}

func (r shownInvoice) print(w io.Writer) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	line := func(name, value string) {
		if value != "" {
			fmt.Fprintf(table, "%s\t%s\n", name, oneLine(value))
		}
	}
	line("invoice", r.ID)
	line("takes back", strings.TrimSpace(r.Credited+" "+r.Reason))
	line("from", r.Seller.Company+" "+r.Seller.Name)
	line("to", fmt.Sprintf("%d %s %s", r.Account, r.Buyer.Company, r.Buyer.Name))
	line("period", date(r.From)+" to "+date(r.To))
	line("made, due by", date(r.Created)+", "+date(r.DueBy))
	for _, l := range r.Lines {
		what := "images"
		if l.TemplateID == 0 {
			what = "videos"
		}
		line(fmt.Sprintf("%d %s", l.Count, what), fmt.Sprintf("%s %s  %s", l.Amount, r.Currency, l.Text))
	}
	line("net", r.Net+" "+string(r.Currency))
	line("VAT "+r.VATRate+" %", strings.TrimSpace(r.VAT+" "+string(r.Currency)+" "+r.VATNote))
	line("gross", r.Gross+" "+string(r.Currency))
	line("prepaid", r.Prepaid+" "+string(r.Currency))
	line("to be paid", r.AmountDue+" "+string(r.Currency))
	if r.Paid != nil {
		line("paid", strings.TrimSpace(date(*r.Paid)+" "+r.Payment))
	}
	return table.Flush()
}
