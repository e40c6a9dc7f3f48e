package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"strings"

	"mattebox"
)

const invoiceColumns = `number, account, COALESCE(credited, 0), reason, period_from, period_to, created, due_by, seller, buyer,
	vat_rate, vat_note, currency, net_cents, vat_cents, prepaid_cents, paid, payment`

// scanInvoice reads an invoice without its lines.
func scanInvoice(row scanner) (*mattebox.Invoice, error) {
	var i mattebox.Invoice
	var from, to, created, due, paid int64
	var seller, buyer []byte
	var currency mattebox.Currency
	err := row.Scan(&i.Number, &i.Account, &i.Credited, &i.Reason, &from, &to, &created, &due, &seller, &buyer,
		&i.VATRate, &i.VATNote, &currency, &i.Net.Cents, &i.VAT.Cents, &i.Prepaid.Cents, &paid, &i.Payment)
	if err != nil {
		return nil, err
	}
	i.From, i.To, i.Created, i.DueBy, i.Paid = timeOf(from), timeOf(to), timeOf(created), timeOf(due), timeOf(paid)
	i.Net.Currency, i.VAT.Currency, i.Prepaid.Currency = currency, currency, currency
	return &i, errors.Join(json.Unmarshal(seller, &i.Seller), json.Unmarshal(buyer, &i.Buyer))
}

// Invoices returns a page of the invoices that the filter selects, credit notes
// among them, newest first, with their lines.
func (s *Store) Invoices(ctx context.Context, f mattebox.InvoiceFilter) ([]mattebox.Invoice, error) {
	var args arguments
	conditions := []string{`1 = 1`}
	add := func(condition string, value any) { conditions = append(conditions, condition+args.add(value)) }
	if f.Account != 0 {
		add(`account = `, int64(f.Account))
	}
	if !f.From.IsZero() {
		add(`created >= `, micros(f.From))
	}
	if !f.To.IsZero() {
		add(`created < `, micros(f.To))
	}
	if f.Unpaid {
		conditions = append(conditions, `paid = 0`)
	}
	page := ``
	if f.Page.Size > 0 {
		page = paged(f.Page, &args)
	}
	rows, err := s.db.Reader.QueryContext(ctx, `SELECT `+invoiceColumns+` FROM invoices
		WHERE `+strings.Join(conditions, ` AND `)+` ORDER BY number DESC`+page, args...)
	invoices, err := collect(s, "list invoices", rows, err, scanInvoice)
	if err != nil || len(invoices) == 0 {
		return nil, err
	}
	return invoices, s.addLines(ctx, s.db.Reader, invoices)
}

// Invoice returns the invoice or credit note of the number, or a CodeNotFound error.
func (s *Store) Invoice(ctx context.Context, number int64) (*mattebox.Invoice, error) {
	return s.selectInvoice(ctx, s.db.Reader, `number = $1`, number)
}

// selectInvoice returns the invoice, with its lines, that the condition selects.
func (s *Store) selectInvoice(ctx context.Context, q querier, where string, args ...any) (*mattebox.Invoice, error) {
	i, err := scanInvoice(q.QueryRowContext(ctx, `SELECT `+invoiceColumns+` FROM invoices WHERE `+where, args...))
	if errors.Is(err, sql.ErrNoRows) {
		return nil, mattebox.Errorf(mattebox.CodeNotFound, "there is no such invoice")
	}
	if err != nil {
		return nil, s.fault("read an invoice", err)
	}
	one := []mattebox.Invoice{*i}
	return &one[0], s.addLines(ctx, q, one)
}

// addLines reads the lines of all the invoices, some at a time.
func (s *Store) addLines(ctx context.Context, q querier, invoices []mattebox.Invoice) error {
	for len(invoices) > maxPage {
		if err := s.addLines(ctx, q, invoices[:maxPage]); err != nil {
			return err
		}
		invoices = invoices[maxPage:]
	}
	var args arguments
	at := map[int64]int{}
	var numbers []int64
	for n, i := range invoices {
		at[i.Number] = n
		numbers = append(numbers, i.Number)
	}
	where := ` WHERE invoice IN (` + in(&args, numbers) + `)`
	rows, err := q.QueryContext(ctx, `SELECT invoice, template_id, text, images, cents, position FROM invoice_lines`+where+`
		UNION ALL SELECT invoice, 0, text, count, cents, position FROM invoice_extras`+where+` ORDER BY 1, 6`, args...)
	type of struct {
		invoice int64
		line    mattebox.InvoiceLine
	}
	all, err := collect(s, "read an invoice's lines", rows, err, func(row scanner) (*of, error) {
		var o of
		return &o, row.Scan(&o.invoice, &o.line.TemplateID, &o.line.Text, &o.line.Count, &o.line.Amount.Cents, new(int))
	})
	for _, o := range all {
		i := &invoices[at[o.invoice]]
		o.line.Amount.Currency = i.Net.Currency
		i.Lines = append(i.Lines, o.line)
	}
	return err
}
