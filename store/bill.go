package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"mattebox"
)

// AccountsToBill returns the oldest month that is over by then and not billed, of
// each account that was charged anything in it or before. Months are those of the
// account's time zone. A caller that bills what it gets asks again until there is
// nothing: after a long stop there may be several months.
func (s *Store) AccountsToBill(ctx context.Context, then time.Time) ([]mattebox.BillingPeriod, error) {
	rows, err := s.db.Reader.QueryContext(ctx, `SELECT a.id, a.timezone, i.first,
			(SELECT COALESCE(MAX(period_to), 0) FROM invoices b WHERE b.account = a.id AND b.credited IS NULL)
		FROM (SELECT account, MIN(charged) AS first FROM (
				SELECT account, MIN(charged) AS charged FROM images
					WHERE invoice IS NULL AND charged > 0 AND funding IN ('balance', 'credit') GROUP BY account
				UNION ALL SELECT account, MIN(charged) AS charged FROM jobs
					WHERE invoice IS NULL AND charged > 0 AND funding IN ('balance', 'credit') GROUP BY account) either GROUP BY account) i
		JOIN accounts a ON a.id = i.account ORDER BY a.id`)
	type open struct {
		account         mattebox.AccountID
		contact         mattebox.Contact
		charged, billed int64
	}
	all, err := collect(s, "find accounts to bill", rows, err, func(row scanner) (*open, error) {
		var o open
		return &o, row.Scan(&o.account, &o.contact.Timezone, &o.charged, &o.billed)
	})
	var due []mattebox.BillingPeriod
	for _, o := range all {
		p := mattebox.BillingPeriod{Account: o.account}
		zone := o.contact.Location()
		p.From = monthOf(timeOf(o.charged).In(zone))
		// What was charged while its month was billed comes with the next.
		if billed := timeOf(o.billed).In(zone); o.billed != 0 && p.From.Before(billed) {
			p.From = billed
		}
		p.To = monthOf(p.From).AddDate(0, 1, 0)
		if !p.To.After(then) {
			due = append(due, p)
		}
	}
	return due, err
}

// monthOf is the beginning of the time's month in its zone.
func monthOf(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, t.Location())
}

// CloseInvoice bills what an account was charged before the end of a period and is
// on no invoice yet: every image once, one line for each template, and one for all
// video jobs. It is nil when
// there is nothing to bill, and the invoice that is there when the period was
// billed before. Numbers follow on each other without a gap, whoever bills at the
// same time. What the balance has paid is shown as prepaid; the VAT on it, and what
// was charged on credit, is due within the account's days of credit.
func (s *Store) CloseInvoice(ctx context.Context, id mattebox.AccountID, from, to time.Time, terms mattebox.InvoiceTerms) (invoice *mattebox.Invoice, err error) {
	if !from.Before(to) {
		return nil, mattebox.Errorf(mattebox.CodeInvalid, "the period ends before it begins")
	}
	if to.After(s.now()) {
		return nil, mattebox.Errorf(mattebox.CodeConflict, "the period is not over yet")
	}
	err = s.writeMany(ctx, "close an invoice", func(t *tx) (err error) {
		invoice, err = t.closeInvoice(ctx, id, micros(from), micros(to), terms)
		return err
	})
	if err != nil {
		return nil, err
	}
	return invoice, nil
}

func (t *tx) closeInvoice(ctx context.Context, id mattebox.AccountID, from, to int64, terms mattebox.InvoiceTerms) (*mattebox.Invoice, error) {
	number, err := t.nextNumber(ctx)
	if err != nil {
		return nil, err
	}
	before, err := t.store.selectInvoice(ctx, t, `account = $1 AND period_from = $2 AND period_to = $3 AND credited IS NULL`, int64(id), from, to)
	if mattebox.CodeOf(err) != mattebox.CodeNotFound {
		return before, err
	}
	a, err := scanAccount(t.QueryRowContext(ctx, `SELECT `+accountColumns+` FROM accounts WHERE id = $1`, int64(id)))
	if err != nil {
		return nil, noRow(err, noAccount())
	}
	var billed int64
	for _, table := range []string{"images", "jobs"} {
		n, err := t.exec(ctx, `UPDATE `+table+` SET invoice = $1
			WHERE account = $2 AND charged > 0 AND charged < $3 AND invoice IS NULL AND funding IN ('balance', 'credit')`, number, int64(id), to)
		if err != nil {
			return nil, err
		}
		billed += n
	}
	if billed == 0 {
		return nil, nil
	}
	i := &mattebox.Invoice{
		Number: number, Account: id, From: timeOf(from), To: timeOf(to), Created: timeOf(t.at), DueBy: timeOf(t.at).AddDate(0, 0, a.DaysOfCredit),
		Seller: terms.Seller, Buyer: buyer(a),
	}
	if err := t.addUp(ctx, i, a.Balance.Currency); err != nil {
		return nil, err
	}
	if terms.VAT != nil {
		i.VATRate, i.VATNote = terms.VAT(i.Buyer)
	}
	i.VAT = mattebox.VATOf(i.Net, i.VATRate)
	if i.IsPaid() { // nothing is due
		i.Paid = i.Created
	}
	return i, t.putInvoice(ctx, i, mattebox.Posting{
		Kind: mattebox.PostTax, By: bySweeper, Invoice: number,
		Entries: between(i.VAT, entry{id, mattebox.BookReceivable}, entry{0, mattebox.BookVAT}),
	})
}

// nextNumber returns the number that the next invoice gets, and has other
// transactions wait that want one. The number counts as given with putInvoice.
func (t *tx) nextNumber(ctx context.Context) (number int64, err error) {
	err = t.QueryRowContext(ctx, `SELECT newest + 1 FROM invoice_number `+t.store.db.Dialect.ForUpdate(false)).Scan(&number)
	return number, err
}

// addUp makes the lines of an invoice of the images that have its number, and their
// sums.
func (t *tx) addUp(ctx context.Context, i *mattebox.Invoice, currency mattebox.Currency) error {
	rows, err := t.QueryContext(ctx, `SELECT template_id, MAX(template), COUNT(*), CAST(SUM(price_cents) AS BIGINT),
			CAST(SUM(CASE WHEN funding = 'balance' THEN price_cents ELSE 0 END) AS BIGINT)
		FROM images WHERE invoice = $1 GROUP BY template_id ORDER BY template_id`, i.Number)
	type sum struct {
		line     mattebox.InvoiceLine
		template []byte
		prepaid  int64
	}
	sums, err := collect(t.store, "add an invoice up", rows, err, func(row scanner) (*sum, error) {
		var s sum
		return &s, row.Scan(&s.line.TemplateID, &s.template, &s.line.Count, &s.line.Amount.Cents, &s.prepaid)
	})
	if err != nil {
		return err
	}
	i.Net.Currency, i.Prepaid.Currency = currency, currency
	for _, s := range sums {
		var template mattebox.Template
		if err := json.Unmarshal(s.template, &template); err != nil {
			return fmt.Errorf("template %d: %w", s.line.TemplateID, err)
		}
		s.line.Amount.Currency, s.line.Text = currency, template.Name
		i.Lines = append(i.Lines, s.line)
		i.Net.Cents += s.line.Amount.Cents
		i.Prepaid.Cents += s.prepaid
	}
	return t.addUpJobs(ctx, i)
}

// addUpJobs makes the line of the video jobs that have the invoice's number.
func (t *tx) addUpJobs(ctx context.Context, i *mattebox.Invoice) error {
	var line mattebox.InvoiceLine
	var credits mattebox.Credits
	var prepaid int64
	err := t.QueryRowContext(ctx, `SELECT COUNT(*), CAST(COALESCE(SUM(credits), 0) AS BIGINT), CAST(COALESCE(SUM(price_cents), 0) AS BIGINT),
			CAST(COALESCE(SUM(CASE WHEN funding = 'balance' THEN price_cents ELSE 0 END), 0) AS BIGINT)
		FROM jobs WHERE invoice = $1`, i.Number).Scan(&line.Count, &credits, &line.Amount.Cents, &prepaid)
	if err != nil || line.Count == 0 {
		return err
	}
	line.Text, line.Amount.Currency = fmt.Sprintf("Video, %s credits", credits), i.Net.Currency
	i.Lines = append(i.Lines, line)
	i.Net.Cents += line.Amount.Cents
	i.Prepaid.Cents += prepaid
	return nil
}

// buyer is an account as its invoices name it: what is known for billing before
// what is known otherwise.
func buyer(a *mattebox.Account) mattebox.Party {
	p := mattebox.Party{
		Name: a.Name, Company: a.Company, Address1: a.Address1, Address2: a.Address2, ZipCode: a.ZipCode, City: a.City, State: a.State,
		Country: a.Country, VATNumber: a.VATNumber, Email: a.Email,
	}
	if a.BillingAddress1 != "" || a.BillingCity != "" {
		p.Address1, p.Address2, p.ZipCode, p.City, p.State = a.BillingAddress1, a.BillingAddress2, a.BillingZipCode, a.BillingCity, a.BillingState
	}
	if a.BillingEmail != "" {
		p.Email = a.BillingEmail
	}
	return p
}

// putInvoice stores an invoice under the number of nextNumber with what it posts,
// and tells developers of it. One of which nothing is due was paid from the balance.
func (t *tx) putInvoice(ctx context.Context, i *mattebox.Invoice, p mattebox.Posting) error {
	seller, err := json.Marshal(i.Seller)
	if err != nil {
		return err
	}
	buyer, err := json.Marshal(i.Buyer)
	if err != nil {
		return err
	}
	if _, err := t.exec(ctx, `UPDATE invoice_number SET newest = $1`, i.Number); err != nil {
		return err
	}
	if _, err := t.exec(ctx, `INSERT INTO invoices (number, account, credited, reason, period_from, period_to, created, due_by, seller, buyer,
			vat_rate, vat_note, currency, net_cents, vat_cents, prepaid_cents, paid, payment)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)`,
		i.Number, int64(i.Account), optional(i.Credited), i.Reason, micros(i.From), micros(i.To), micros(i.Created), micros(i.DueBy), string(seller), string(buyer),
		i.VATRate, i.VATNote, string(i.Net.Currency), i.Net.Cents, i.VAT.Cents, i.Prepaid.Cents, micros(i.Paid), i.Payment); err != nil {
		return err
	}
	for n, line := range i.Lines {
		if err := t.putLine(ctx, i.Number, n+1, line); err != nil {
			return err
		}
	}
	if err := t.book(ctx, p); err != nil {
		return err
	}
	if err := t.tellInvoice(ctx, mattebox.EventInvoiceCreated, i); err != nil || i.Credited != 0 || !i.IsPaid() {
		return err
	}
	return t.tellInvoice(ctx, mattebox.EventInvoicePaid, i)
}

func (t *tx) putLine(ctx context.Context, number int64, position int, line mattebox.InvoiceLine) error {
	if line.TemplateID == 0 {
		_, err := t.exec(ctx, `INSERT INTO invoice_extras (invoice, position, text, count, cents) VALUES ($1, $2, $3, $4, $5)`,
			number, position, line.Text, line.Count, line.Amount.Cents)
		return err
	}
	_, err := t.exec(ctx, `INSERT INTO invoice_lines (invoice, position, template_id, text, images, cents) VALUES ($1, $2, $3, $4, $5, $6)`,
		number, position, int64(line.TemplateID), line.Text, line.Count, line.Amount.Cents)
	return err
}
