package store

// ofJob is the sum of a job's entries j.id in a book.
func ofJob(book string) string {
	return `CAST(COALESCE((SELECT SUM(e.cents) FROM postings p JOIN entries e ON e.posting = p.id
		WHERE p.job = j.id AND p.job IS NOT NULL AND e.book = '` + book + `'), 0) AS BIGINT)`
}

// priced is a query for jobs whose entries in a book do not sum to the price when
// the condition holds, and to nothing when it does not.
func priced(found, when string) string {
	return `SELECT id, found, want FROM (SELECT j.id AS id, ` + found + ` AS found, CASE WHEN ` + when + ` THEN j.price_cents ELSE 0 END AS want
		FROM jobs j) both_of WHERE found <> want`
}

func jobProofs() []proof {
	return []proof{
		{"a job in hand has its price reserved", priced(ofJob("reserved"), `j.funding = 'balance' AND j.billing = 'reserved'`)},
		{"a job's price is taken from the balance", priced(`-`+ofJob("balance"), `j.funding = 'balance' AND j.billing IN ('reserved', 'charged')`)},
		{"a completed job is charged its price", priced(ofJob("revenue"), `j.funding IN ('balance', 'credit') AND j.billing = 'charged'`)},
		{"a job is billed as its state wants", `SELECT id, 0, 1 FROM jobs
			WHERE (state = 'completed') <> (billing = 'charged') OR (billing = 'charged') <> (charged > 0)
				OR billing = 'reserved' AND state <> 'processing' OR state = 'created' AND billing <> 'none'`},
		{"a job that is not in hand has no steps", `SELECT j.id, COUNT(*), 0 FROM jobs j JOIN steps s ON s.job = j.id WHERE j.state <> 'processing' GROUP BY j.id`},
		{"a job is on an invoice of its account", `SELECT j.id, j.invoice, 0 FROM jobs j LEFT JOIN invoices b ON b.number = j.invoice
			WHERE j.invoice IS NOT NULL AND (b.number IS NULL OR b.account <> j.account OR b.credited IS NOT NULL)`},
		{"a job is paid as its invoice is", `SELECT j.id, CASE WHEN j.paid THEN 1 ELSE 0 END, CASE WHEN j.paid THEN 0 ELSE 1 END FROM jobs j
			LEFT JOIN invoices b ON b.number = j.invoice
			WHERE j.paid <> (j.charged > 0 AND (j.funding <> 'credit' OR COALESCE(b.paid, 0) > 0))`},
	}
}
