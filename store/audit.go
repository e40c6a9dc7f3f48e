package store

import (
	"context"
	"database/sql"
	"fmt"

	"mattebox"
)

// faultsTold is how many faults of one kind a report names.
const faultsTold = 20

// CheckLedger proves the ledger on one snapshot of the database: every posting
// sums to zero, what accounts, images, jobs, invoices and payments say equals the
// postings behind it, every image was charged or released once as its status wants,
// and the numbers of invoices have no gap. It reads every row.
func (s *Store) CheckLedger(ctx context.Context) (r mattebox.LedgerReport, err error) {
	snapshot, err := s.db.Reader.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true})
	if err != nil {
		return r, s.fault("check the ledger", err)
	}
	defer snapshot.Rollback()
	err = snapshot.QueryRowContext(ctx, `SELECT (SELECT COUNT(*) FROM postings), (SELECT COUNT(*) FROM entries)`).Scan(&r.Postings, &r.Entries)
	if err != nil {
		return r, s.fault("check the ledger", err)
	}
	for _, p := range proofs() {
		rows, err := snapshot.QueryContext(ctx, p.query+fmt.Sprintf(` LIMIT %d`, faultsTold))
		faults, err := collect(s, "check that "+p.what, rows, err, func(row scanner) (*string, error) {
			var of string
			var found, want int64
			err := row.Scan(&of, &found, &want)
			fault := fmt.Sprintf("%s: %s has %d, want %d", p.what, of, found, want)
			return &fault, err
		})
		if err != nil {
			return r, err
		}
		r.Faults = append(r.Faults, faults...)
	}
	return r, nil
}

// proof is something that holds, and a query for where it does not: what it is
// about, what was found and what should have been.
type proof struct{ what, query string }

func proofs() []proof {
	all := append(postingProofs(), accountProofs()...)
	all = append(append(all, imageProofs()...), jobProofs()...)
	return append(all, invoiceProofs()...)
}

func postingProofs() []proof {
	return []proof{
		{"a posting's entries sum to zero", `SELECT posting, CAST(SUM(cents) AS BIGINT), 0 FROM entries GROUP BY posting, currency HAVING SUM(cents) <> 0`},
		{"a posting has entries", `SELECT id, 0, 2 FROM postings WHERE id NOT IN (SELECT posting FROM entries)`},
		{"a posting is in the account's currency", `SELECT e.posting, COUNT(*), 0 FROM entries e JOIN accounts a ON a.id = e.account
			WHERE e.currency <> a.currency GROUP BY e.posting`},
		{"the house's books are the house's", `SELECT posting, COUNT(*), 0 FROM entries
			WHERE (account IS NULL) <> (book IN ('cash', 'revenue', 'vat')) GROUP BY posting`},
		{"a payment that is done is booked once", `SELECT id, postings, 1 FROM (SELECT y.id AS id, (SELECT COUNT(*) FROM postings p
				WHERE p.kind IN ('top-up', 'payment') AND p.payment = COALESCE(y.ref, y.id)) AS postings
			FROM payments y WHERE y.state = 'done') done WHERE postings <> 1`},
	}
}

// booked is the sum of an account's book a.id.
func booked(book mattebox.Book) string {
	return `(SELECT CAST(COALESCE(SUM(e.cents), 0) AS BIGINT) FROM entries e WHERE e.account = a.id AND e.book = '` + string(book) + `')`
}

// compared is a query for the accounts where the first is not the second.
func compared(found, want string) string {
	return `SELECT id, found, want FROM (SELECT a.id AS id, ` + found + ` AS found, ` + want + ` AS want FROM accounts a) both_of WHERE found <> want`
}

func accountProofs() []proof {
	return []proof{
		{"an account's balance is what is booked", compared(`a.balance_cents`, booked(mattebox.BookBalance))},
		{"an account's balance is not below 0", `SELECT id, balance_cents, 0 FROM accounts WHERE balance_cents < 0`},
		{"what an account has reserved is for images and jobs in hand", compared(booked(mattebox.BookReserved),
			`(SELECT CAST(COALESCE(SUM(i.price_cents), 0) AS BIGINT) FROM images i
				WHERE i.account = a.id AND i.funding = 'balance' AND i.charged = 0 AND i.released = 0)
			+ (SELECT CAST(COALESCE(SUM(j.price_cents), 0) AS BIGINT) FROM jobs j
				WHERE j.account = a.id AND j.funding = 'balance' AND j.billing = 'reserved')`)},
		{"what an account owes is what is not billed or not paid", compared(`-`+booked(mattebox.BookReceivable),
			`(SELECT CAST(COALESCE(SUM(i.price_cents), 0) AS BIGINT) FROM images i
				WHERE i.account = a.id AND i.funding = 'credit' AND i.charged > 0 AND i.invoice IS NULL)
			+ (SELECT CAST(COALESCE(SUM(j.price_cents), 0) AS BIGINT) FROM jobs j
				WHERE j.account = a.id AND j.funding = 'credit' AND j.charged > 0 AND j.invoice IS NULL)
			+ (SELECT CAST(COALESCE(SUM(b.net_cents + b.vat_cents - b.prepaid_cents), 0) AS BIGINT) FROM invoices b WHERE b.account = a.id AND b.paid = 0)`)},
		{"an account's trial images are left, in hand or used", compared(`a.trial_images + (SELECT COUNT(*) FROM images i
				WHERE i.account = a.id AND i.funding = 'trial' AND i.released = 0)`, `a.trials_given`)},
		{"an account's trial images are not below 0", `SELECT id, trial_images, 0 FROM accounts WHERE trial_images < 0`},
	}
}

// moved is a query for images whose posting of the kind does not move the price
// when the condition holds, and nothing when it does not.
func moved(kind mattebox.PostingKind, when string) string {
	return `SELECT id, found, want FROM (SELECT i.id AS id, CASE WHEN ` + when + ` THEN i.price_cents ELSE 0 END AS want,
			CAST(COALESCE((SELECT SUM(e.cents) FROM postings p JOIN entries e ON e.posting = p.id
				WHERE p.image = i.id AND p.image IS NOT NULL AND p.kind = '` + string(kind) + `' AND e.cents > 0), 0) AS BIGINT) AS found
		FROM images i) both_of WHERE found <> want`
}

func imageProofs() []proof {
	return []proof{
		{"an image paid from the balance has its price reserved", moved(mattebox.PostReserve, `i.funding = 'balance'`)},
		{"a finished image is charged its price", moved(mattebox.PostCharge, `i.funding IN ('balance', 'credit') AND i.charged > 0`)},
		{"an image given up has its price back", moved(mattebox.PostRelease, `i.funding = 'balance' AND i.released > 0`)},
		{"an image is not charged and released", `SELECT id, 2, 1 FROM images WHERE charged > 0 AND released > 0`},
		{"a finished image is charged", `SELECT id, status, 0 FROM images WHERE funding <> 'free' AND charged = 0 AND status BETWEEN 70 AND 80`},
		{"an image given up is released", `SELECT id, status, 0 FROM images WHERE funding <> 'free' AND charged = 0 AND released = 0 AND status IN (0, 12, 90, 100, 999)`},
		{"a released image is given up", `SELECT id, status, 0 FROM images WHERE released > 0 AND status NOT IN (0, 12, 90, 100, 999)`},
		{"an image is on an invoice of its account", `SELECT i.id, i.invoice, 0 FROM images i LEFT JOIN invoices b ON b.number = i.invoice
			WHERE i.invoice IS NOT NULL AND (b.number IS NULL OR b.account <> i.account OR b.credited IS NOT NULL)`},
		{"an image is paid as its invoice is", `SELECT i.id, CASE WHEN i.paid THEN 1 ELSE 0 END, CASE WHEN i.paid THEN 0 ELSE 1 END FROM images i
			LEFT JOIN invoices b ON b.number = i.invoice
			WHERE i.paid <> (i.charged > 0 AND (i.funding <> 'credit' OR COALESCE(b.paid, 0) > 0))`},
	}
}

// summed is a query for invoices of a kind where the first is not the second.
func summed(kind, found, want string) string {
	return `SELECT number, found, want FROM (SELECT b.number AS number, CAST(` + found + ` AS BIGINT) AS found, CAST(` + want + ` AS BIGINT) AS want
		FROM invoices b WHERE ` + kind + `) both_of WHERE found <> want`
}

// ofPostings is the sum of an invoice's book in its postings of the kinds.
func ofPostings(kinds, book string) string {
	return `COALESCE((SELECT SUM(e.cents) FROM postings p JOIN entries e ON e.posting = p.id
		WHERE p.invoice = b.number AND p.invoice <> 0 AND p.kind IN (` + kinds + `) AND e.book = '` + book + `'), 0)`
}

func invoiceProofs() []proof {
	const bill, note = `b.credited IS NULL`, `b.credited IS NOT NULL`
	ofImages := func(sum string) string {
		return `(COALESCE((SELECT ` + sum + ` FROM images i WHERE i.invoice = b.number AND i.charged > 0), 0)
			+ COALESCE((SELECT ` + sum + ` FROM jobs i WHERE i.invoice = b.number AND i.charged > 0), 0))`
	}
	onLines := func(sum, extra string) string {
		return `COALESCE((SELECT ` + sum + ` FROM invoice_lines l WHERE l.invoice = b.number), 0)
			+ COALESCE((SELECT ` + extra + ` FROM invoice_extras l WHERE l.invoice = b.number), 0)`
	}
	ofOriginal := func(sum string) string { return `(SELECT ` + sum + ` FROM invoices o WHERE o.number = b.credited)` }
	return []proof{
		{"the numbers of invoices have no gap", `SELECT newest, found, newest - 1000 FROM (SELECT newest,
				(SELECT COUNT(*) FROM invoices WHERE number > 1000 AND number <= newest) AS found FROM invoice_number) counted WHERE found <> newest - 1000`},
		{"no invoice has a number beyond", `SELECT number, number, newest FROM invoices, invoice_number WHERE number <= 1000 OR number > newest`},
		{"an invoice's lines sum to its net amount", summed(`1 = 1`, onLines(`SUM(l.cents)`, `SUM(l.cents)`), `b.net_cents`)},
		{"an invoice's VAT is that of its net amount", summed(`1 = 1`, `b.vat_cents`,
			`(b.net_cents * b.vat_rate + CASE WHEN b.net_cents < 0 THEN -5000 ELSE 5000 END) / 10000`)},
		{"an invoice's images and jobs sum to its net amount", summed(bill, ofImages(`SUM(i.price_cents)`), `b.net_cents`)},
		{"an invoice's images and jobs are as many as on its lines", summed(bill, ofImages(`COUNT(*)`), onLines(`SUM(l.images)`, `SUM(l.count)`))},
		{"an invoice's prepaid amount is that of its images and jobs", summed(bill, ofImages(`SUM(CASE WHEN i.funding = 'balance' THEN i.price_cents ELSE 0 END)`), `b.prepaid_cents`)},
		{"an invoice's VAT is booked", summed(bill, ofPostings(`'tax'`, `vat`), `b.vat_cents`)},
		{"what settles an invoice is what was due", summed(bill, ofPostings(`'payment'`, `receivable`)+` + COALESCE((SELECT SUM(e.cents)
				FROM invoices n JOIN postings p ON p.invoice = n.number AND p.invoice <> 0 AND p.kind = 'credit' JOIN entries e ON e.posting = p.id AND e.book = 'receivable'
				WHERE n.credited = b.number), 0)`, `CASE WHEN b.paid > 0 THEN b.net_cents + b.vat_cents - b.prepaid_cents ELSE 0 END`)},
		{"a credit note's net amount is its invoice's", summed(note, `-b.net_cents`, ofOriginal(`o.net_cents`))},
		{"a credit note's VAT is its invoice's", summed(note, `-b.vat_cents`, ofOriginal(`o.vat_cents`))},
		{"a credit note's net amount is booked", summed(note, ofPostings(`'credit'`, `revenue`), `b.net_cents`)},
		{"a credit note's VAT is booked", summed(note, ofPostings(`'credit'`, `vat`), `b.vat_cents`)},
	}
}
