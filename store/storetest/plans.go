package storetest

import (
	"database/sql"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"mattebox"
	"mattebox/store"
)

// RunPlans asks the engine how it runs the statements that customers and workers
// wait for, over enough rows that reading all of them would be its choice if no
// index served. db is empty; connector opens more connections to it.
func RunPlans(t *testing.T, db *store.DB, recorder *Recorder) {
	h := build(t, func(testing.TB) *store.DB { return db })
	h.crowd()
	pool := sql.OpenDB(recorder)
	pool.SetMaxOpenConns(1)
	defer pool.Close()
	keys, err := store.ParseKeys(masterKey)
	h.check(err)
	listened := *h
	listened.Store = store.New(&store.DB{Writer: pool, Reader: pool, Dialect: db.Dialect}, keys, h.queue, h.clock.Now)
	listened.Tell = tells
	for _, q := range listened.questions() {
		t.Run(q.name, func(t *testing.T) {
			h := h.in(t)
			recorder.taken()
			h.check(q.ask())
			statements := recorder.taken()
			if len(statements) == 0 {
				t.Fatal("no statement was heard")
			}
			plans := ""
			for _, s := range statements {
				plan := h.explain(s)
				if fault := wholeTable.FindString(plan); fault != "" {
					t.Errorf("%s:\n%s\n%v\n%s", fault, s.text, s.args, plan)
				}
				plans += plan
			}
			for _, index := range q.indexes {
				if !strings.Contains(plans, index+" ") {
					t.Errorf("the index %s is not used:\n%s", index, plans)
				}
			}
		})
	}
	t.Run("telling nobody", func(t *testing.T) { listened.in(t).costsOneQuery(recorder) })
}

// costsOneQuery fails the test unless a move of an image that no endpoint is told of
// takes one statement more than in a house that tells nobody of anything, and that
// statement looks rows up by their primary keys.
func (h *house) costsOneQuery(recorder *Recorder) {
	h.t.Helper()
	asked := func(id mattebox.ImageID) (texts []string, all []statement) {
		h.t.Helper()
		recorder.taken()
		h.check(h.RefuseByOperator(h.ctx, id, "no subject"))
		all = recorder.taken()
		for _, s := range all {
			texts = append(texts, s.text)
		}
		return texts, all
	}
	more, all := asked(2000100) // at 10, like every fiftieth
	h.Tell = nil
	least, _ := asked(2000150)
	if len(more) != len(least)+1 {
		h.t.Fatalf("%d statements when no endpoint is told, and %d when none could be: %q", len(more), len(least), more)
	}
	extra := all[len(all)-1]
	if !strings.Contains(extra.text, "JOIN endpoints") {
		h.t.Fatalf("the last statement is %s", extra.text)
	}
	if plan := h.explain(extra); strings.Contains(plan, "SCAN ") || strings.Contains(plan, "Seq Scan") {
		h.t.Errorf("a table is read from end to end:\n%s", plan)
	}
}

// wholeTable matches the plan of a statement that reads one of the large tables
// from end to end, in the words of either engine. For PostgreSQL the accounts are
// too few to be looked up.
var wholeTable = regexp.MustCompile(`SCAN (images|jobs|j|steps|uploads|u|video_usage|kept_answers|i|others|deliveries|sources|results|accounts|secrets|postings|entries)\b|Seq Scan on (images|jobs|steps|uploads|video_usage|kept_answers|deliveries|sources|results|postings|entries)\b`)

// crowd makes 40 accounts with 200 images each, most of them done, and gives the
// engine its statistics as its own upkeep would.
func (h *house) crowd() {
	h.t.Helper()
	for n := range 40 {
		h.account(fmt.Sprintf("a%d", n))
	}
	image := h.submit(1000001, ofProduct("shoe"), func(o *mattebox.Submission) { o.CustomerImageID = "x" })
	h.multiply(8000)
	h.check(second(h.db.Writer.ExecContext(h.ctx, `UPDATE images SET account = 1000001 + id % 40, created = created + id * 1000000,
			customer_image_id = 'c' || (id % 997), product_id = CASE WHEN id % 3 = 0 THEN 'p' || (id % 97) END, ticket = 't' || id,
			status = CASE WHEN id % 50 > 3 THEN 80 WHEN id % 50 = 0 THEN 10 WHEN id % 50 = 1 THEN 30 ELSE 66 END,
			queue = CASE WHEN id % 50 = 0 THEN 1 WHEN id % 50 = 1 THEN 2 END, settled = CASE WHEN id % 50 > 3 THEN created + id * 1000000 END
		WHERE id <> $1`, int64(image.ID))))
	h.check(second(h.db.Writer.ExecContext(h.ctx, `UPDATE images SET charged = 1, funding = 'balance', paid = TRUE, price_cents = 95,
		invoice = CASE WHEN id % 97 = 7 THEN NULL ELSE 5 + id % 90 END WHERE status = 80`)))
	h.check(second(h.db.Writer.ExecContext(h.ctx, `INSERT INTO postings (kind, at, by_whom, image) SELECT 'charge', 1, 'engine', id FROM images WHERE status = 80`)))
	h.check(second(h.db.Writer.ExecContext(h.ctx, `INSERT INTO entries (posting, position, account, book, cents, currency)
		SELECT p.id, 1, i.account, 'reserved', -1, 'USD' FROM postings p JOIN images i ON i.id = p.image`)))
	h.crowdDeliveries()
	h.crowdJobs()
	h.check(second(h.db.Writer.ExecContext(h.ctx, `INSERT INTO results (image, production, name, key, thumbnail_key, bytes, thumbnail_bytes, media_type, width, height, created)
		SELECT id, 1, 'n', 'k', 't', 1, 1, 'image/png', 1, 1, created FROM images WHERE status = 80`)))
	h.listeners(1000)
	if h.db.Dialect.Name() == "postgres" {
		h.check(second(h.db.Writer.ExecContext(h.ctx, `ANALYZE`)))
	}
}

// listeners makes so many accounts more, without images, each with an endpoint.
func (h *house) listeners(n int) {
	h.t.Helper()
	h.check(second(h.db.Writer.ExecContext(h.ctx, `WITH RECURSIVE counted (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counted WHERE n < $1)
		INSERT INTO accounts (email, email_normal, currency, review, created) SELECT 'l' || n, 'l' || n, 'USD', 'none', 1 FROM counted`, n)))
	h.check(second(h.db.Writer.ExecContext(h.ctx, `INSERT INTO endpoints (account, url, events, created, updated)
		SELECT id, $1, '', 1, 1 FROM accounts WHERE email LIKE 'l%'`, hook)))
}

func (h *house) noBytes() string {
	if h.db.Dialect.Name() == "postgres" {
		return `'\x'::bytea`
	}
	return `x''`
}

type question struct {
	name    string
	ask     func() error
	indexes []string // that it has to use
}

// questions are the calls whose statements are explained.
func (h *house) questions() []question {
	status := mattebox.StatusReady
	a := mattebox.AccountID(1000007)
	page := mattebox.Page{Number: 2, Size: 10}
	day := func(n int) time.Time { return h.clock.Now().Add(time.Duration(n) * 24 * time.Hour) }
	list := func(f mattebox.ImageFilter) func() error {
		f.Page = page
		return func() error { return second(h.Images(h.ctx, f)) }
	}
	return append(append(h.deliveryQuestions(), h.jobQuestions()...), []question{
		{"list", list(mattebox.ImageFilter{Account: a}), []string{"images_account"}},
		{"list newest", list(mattebox.ImageFilter{Account: a, Sort: mattebox.SortByDate, Descending: true}), []string{"images_created"}},
		{"list by status", list(mattebox.ImageFilter{Account: a, Sort: mattebox.SortByStatus}), []string{"images_status"}},
		{"list a status", list(mattebox.ImageFilter{Account: a, Status: &status, Descending: true}), []string{"images_status"}},
		{"list without a status", list(mattebox.ImageFilter{Account: a, Exclude: &status}), nil},
		{"list a product", list(mattebox.ImageFilter{Account: a, ProductID: "p3"}), []string{"images_product"}},
		{"list days", list(mattebox.ImageFilter{Account: a, From: day(0), To: day(1), Sort: mattebox.SortByDate}), []string{"images_created"}},
		{"list a status of everybody", list(mattebox.ImageFilter{Status: &status}), []string{"images_everybody"}},
		{"count a status", func() error { return second(h.CountImages(h.ctx, mattebox.ImageFilter{Account: a, Status: &status})) }, []string{"images_status"}},
		{"count days", func() error {
			return second(h.CountImages(h.ctx, mattebox.ImageFilter{Account: a, From: day(0), To: day(1)}))
		}, nil},
		{"products", func() error { return second(h.Products(h.ctx, a, page)) }, []string{"images_product"}},
		{"by ticket", func() error { return second(h.ImageByTicket(h.ctx, "t2000500")) }, nil},
		{"by the customer's id", func() error {
			return second(h.Image(h.ctx, 1000001+2000550%40, mattebox.ImageRef{Ticket: mattebox.NonTicket, CustomerImageID: fmt.Sprintf("c%d", 2000550%997)}))
		}, nil},
		{"authenticate", func() error {
			if _, err := h.Authenticate(h.ctx, mattebox.Credentials{Key: "x"}); mattebox.CodeOf(err) != mattebox.CodeUnauthenticated {
				return err
			}
			return nil
		}, nil},
		{"claim a fetch", func() error { return second(h.ClaimFetch(h.ctx, lease)) }, []string{"images_wake", "images_queue"}},
		{"claim a production", func() error { return second(h.ClaimProduction(h.ctx, lease)) }, []string{"images_wake", "images_queue", "images_product"}},
		{"backlog", func() error { return second(h.Backlog(h.ctx)) }, []string{"deliveries_ready"}},
		{"sweep", func() error { h.clock.pass(2 * lease); return second(h.Sweep(h.ctx)) }, []string{"images_wake", "images_woken", "deliveries_ready", "deliveries_lease"}},
		{"submit", func() error {
			return second(h.SubmitImage(h.ctx, mattebox.Submission{Account: a, SourceURLs: []string{"https://e.com/1"}}))
		}, nil},
		{"close an invoice", func() error { return second(h.CloseInvoice(h.ctx, a, day(-60), day(-30), mattebox.InvoiceTerms{})) }, []string{"images_unbilled", "images_invoice"}},
		{"pay an invoice", func() error {
			invoice, err := h.CloseInvoice(h.ctx, 1000009, day(-60), day(-30), mattebox.InvoiceTerms{VAT: func(mattebox.Party) (int, string) { return 2500, "" }})
			if err != nil {
				return err
			}
			return h.PayInvoice(h.ctx, invoice.Number, "", "")
		}, []string{"images_invoice"}},
		{"postings of an image", func() error { return second(h.Postings(h.ctx, mattebox.LedgerFilter{Image: 2000505})) }, []string{"postings_image"}},
		{"postings of an account", func() error { return second(h.Postings(h.ctx, mattebox.LedgerFilter{Account: a, Limit: 20})) }, nil},
		{"usage", func() error {
			return h.UsageRows(h.ctx, a, day(0), day(1), func(mattebox.Usage) error { return nil })
		}, []string{"images_created"}},
		{"retire", func() error { return second(h.Retire(h.ctx, day(0), day(0), 10)) }, []string{"images_settled"}},
	}...)
}

// explain returns the engine's plan for the statement.
func (h *house) explain(s statement) string {
	h.t.Helper()
	explain := `EXPLAIN QUERY PLAN `
	if h.db.Dialect.Name() == "postgres" {
		explain = `EXPLAIN `
	}
	rows, err := h.db.Writer.QueryContext(h.ctx, explain+s.text, s.args...)
	h.check(err)
	defer rows.Close()
	columns, err := rows.Columns()
	h.check(err)
	var plan strings.Builder
	for rows.Next() {
		var line string
		into := make([]any, len(columns))
		for i := range into {
			into[i] = new(any)
		}
		into[len(columns)-1] = &line // both engines have their words in the last one
		h.check(rows.Scan(into...))
		plan.WriteString(line + "\n")
	}
	h.check(rows.Err())
	return plan.String()
}
