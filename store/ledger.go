package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"mattebox"
)

// entry is a book of an account; 0 is the house.
type entry struct {
	account mattebox.AccountID
	book    mattebox.Book
}

// line is the one entry of an amount in the book; none when it is 0.
func (e entry) line(cents int64, currency mattebox.Currency) []mattebox.Entry {
	if cents == 0 {
		return nil
	}
	return []mattebox.Entry{{Account: e.account, Book: e.book, Amount: mattebox.Money{Cents: cents, Currency: currency}}}
}

// between is an amount that leaves one book for another.
func between(amount mattebox.Money, from, to entry) []mattebox.Entry {
	return append(from.line(-amount.Cents, amount.Currency), to.line(amount.Cents, amount.Currency)...)
}

// addToBalance adds to an account's balance, whose row it keeps until the end of
// the transaction; enough is false, and nothing is done, when it would go below 0.
func (t *tx) addToBalance(ctx context.Context, id mattebox.AccountID, cents int64) (enough bool, err error) {
	changed, err := t.exec(ctx, `UPDATE accounts SET balance_cents = balance_cents + $1 WHERE id = $2 AND balance_cents + $1 >= 0`, cents, int64(id))
	return changed == 1, err
}

// book posts, and keeps the accounts' balances equal to the books. It is a
// CodeConflict error when a balance would go below 0.
func (t *tx) book(ctx context.Context, p mattebox.Posting) error {
	for _, e := range p.Entries {
		if e.Book != mattebox.BookBalance {
			continue
		}
		enough, err := t.addToBalance(ctx, e.Account, e.Amount.Cents)
		if err != nil {
			return err
		}
		if !enough {
			return mattebox.Errorf(mattebox.CodeConflict, "the account's balance is less than %s", mattebox.Money{Cents: -e.Amount.Cents, Currency: e.Amount.Currency})
		}
	}
	return t.post(ctx, p)
}

// post writes a posting with its entries; the balance is the caller's business
// (book). One without entries is left out.
func (t *tx) post(ctx context.Context, p mattebox.Posting) error {
	_, err := t.postNew(ctx, p, ``)
	return err
}

// postOnce is post for a posting whose Payment is booked once; posted is false,
// and nothing is written, when it is there already.
func (t *tx) postOnce(ctx context.Context, p mattebox.Posting) (posted bool, err error) {
	return t.postNew(ctx, p, ` ON CONFLICT DO NOTHING`)
}

func (t *tx) postNew(ctx context.Context, p mattebox.Posting, conflict string) (posted bool, err error) {
	sums := map[mattebox.Currency]int64{}
	for _, e := range p.Entries {
		sums[e.Amount.Currency] += e.Amount.Cents
	}
	for currency, sum := range sums {
		if sum != 0 {
			return false, fmt.Errorf("a %s of %d %s that does not sum to zero", p.Kind, sum, currency)
		}
	}
	if len(p.Entries) == 0 {
		return false, nil
	}
	err = t.QueryRowContext(ctx, `INSERT INTO postings (kind, at, by_whom, note, image, invoice, payment, job, run)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`+conflict+` RETURNING id`,
		string(p.Kind), t.at, p.By, clip(p.Note, maxText), optional(int64(p.Image)), p.Invoice, p.Payment, optional(int64(p.Job)), p.Run).Scan(&p.ID)
	if conflict != "" && errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	var args arguments
	var values []string
	posting := args.add(p.ID)
	for n, e := range p.Entries {
		values = append(values, `(`+posting+`, `+args.add(n+1)+`, `+args.add(optional(int64(e.Account)))+`, `+
			args.add(string(e.Book))+`, `+args.add(e.Amount.Cents)+`, `+args.add(string(e.Amount.Currency))+`)`)
	}
	_, err = t.exec(ctx, `INSERT INTO entries (posting, position, account, book, cents, currency) VALUES `+strings.Join(values, ", "), args...)
	return true, err
}

// Postings returns the postings that the filter selects, newest first, with all
// their entries.
func (s *Store) Postings(ctx context.Context, f mattebox.LedgerFilter) ([]mattebox.Posting, error) {
	var args arguments
	conditions := []string{`1 = 1`}
	add := func(condition string, value any) { conditions = append(conditions, condition+args.add(value)) }
	if f.Image != 0 {
		add(`image = `, int64(f.Image))
	}
	if f.Job != 0 {
		add(`job = `, int64(f.Job))
	}
	if f.Invoice != 0 {
		add(`invoice = `, f.Invoice)
	}
	if !f.From.IsZero() {
		add(`at >= `, micros(f.From))
	}
	if !f.To.IsZero() {
		add(`at < `, micros(f.To))
	}
	if f.Account != 0 {
		conditions = append(conditions, `id IN (SELECT posting FROM entries WHERE account = `+args.add(int64(f.Account))+`)`)
	}
	limit := ``
	if f.Limit > 0 {
		limit = ` LIMIT ` + args.add(f.Limit)
	}
	rows, err := s.db.Reader.QueryContext(ctx, `SELECT p.id, p.kind, p.at, p.by_whom, p.note, COALESCE(p.image, 0), p.invoice, p.payment, COALESCE(p.job, 0), p.run,
			COALESCE(e.account, 0), e.book, e.cents, e.currency
		FROM (SELECT * FROM postings WHERE `+strings.Join(conditions, ` AND `)+` ORDER BY id DESC`+limit+`) p
		JOIN entries e ON e.posting = p.id ORDER BY p.id DESC, e.position`, args...)
	lines, err := collect(s, "list postings", rows, err, scanPosting)
	var all []mattebox.Posting
	for _, line := range lines {
		if last := len(all) - 1; last >= 0 && all[last].ID == line.ID {
			all[last].Entries = append(all[last].Entries, line.Entries...)
			continue
		}
		all = append(all, line)
	}
	return all, err
}

// scanPosting reads a posting with one of its entries.
func scanPosting(row scanner) (*mattebox.Posting, error) {
	var p mattebox.Posting
	var e mattebox.Entry
	var at int64
	err := row.Scan(&p.ID, &p.Kind, &at, &p.By, &p.Note, &p.Image, &p.Invoice, &p.Payment, &p.Job, &p.Run, &e.Account, &e.Book, &e.Amount.Cents, &e.Amount.Currency)
	p.At, p.Entries = timeOf(at), []mattebox.Entry{e}
	return &p, err
}
