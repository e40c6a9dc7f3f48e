package storetest

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"mattebox"
)

// testMoneyHistories makes random calls, of which the database breaks some off in
// the middle, and keeps simple books of its own. What was broken off has left no
// trace; the ledger checks, and balances and trial images are what the simple books
// say.
func testMoneyHistories(t *testing.T, open opener) {
	for seed := range uint64(4) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			b := &books{house: shop(t, open), random: rand.New(rand.NewPCG(seed, 4)), orders: map[mattebox.ImageID]*bookedOrder{}, films: map[mattebox.JobID]*bookedFilm{}}
			b.mine()
			for name, p := range map[string]purse{"a": {trial: 3, balance: 700}, "b": {days: 20}, "c": {trial: 1, balance: 300, days: 45}} {
				p.id = b.customer(name, p.trial, p.balance, p.days)
				b.purses = append(b.purses, &p)
			}
			for n := range 480 {
				b.step()
				if n%40 == 39 {
					b.compare()
				}
			}
			b.compare()
			for what, n := range map[string]int{"broken calls": b.broken, "invoices": len(b.invoices), "credit notes": len(b.credited), "payments": len(b.payments), "films": len(b.filmIDs), "films made": b.filmsMade()} {
				if n < 1 {
					t.Errorf("the history has %d %s, which is too little to tell", n, what)
				}
			}
			t.Logf("%d calls broken, %d orders, %d invoices, %d credit notes, %d payments, %d postings", b.broken, len(b.ids), len(b.invoices), len(b.credited),
				len(b.payments), b.number(`SELECT COUNT(*) FROM postings`))
		})
	}
}

// books are what the ledger should come to, kept in the simplest way.
type books struct {
	*house
	random   *rand.Rand
	purses   []*purse
	orders   map[mattebox.ImageID]*bookedOrder
	ids      []mattebox.ImageID
	films    map[mattebox.JobID]*bookedFilm
	filmIDs  []mattebox.JobID
	invoices []int64
	credited map[int64]bool
	payments []*mattebox.Payment
	refs     int
	broken   int
	log      []string
}

type purse struct {
	id          mattebox.AccountID
	trial, days int
	balance     int64
}

type bookedOrder struct {
	of      *purse
	funding mattebox.Funding
	price   int64
	ended   bool // charged or given back
	ticket  string
}

// mine lays triggers under the tables: the one that is armed breaks the
// transaction off that touches its table.
func (b *books) mine() {
	b.t.Helper()
	exec := func(statement string) { b.check(second(b.db.Writer.ExecContext(b.ctx, statement))) }
	exec(`CREATE TABLE mines (armed TEXT NOT NULL)`)
	exec(`INSERT INTO mines VALUES ('')`)
	postgres := b.db.Dialect.Name() == "postgres"
	if postgres {
		exec(`CREATE FUNCTION mine() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
			IF (SELECT armed FROM mines) = TG_TABLE_NAME THEN RAISE EXCEPTION 'the mine'; END IF; RETURN NULL; END $$`)
	}
	for _, table := range minefield() {
		for _, event := range []string{"INSERT", "UPDATE"} {
			name := "mine_" + table + event
			if postgres {
				exec(`CREATE TRIGGER ` + name + ` AFTER ` + event + ` ON ` + table + ` FOR EACH ROW EXECUTE FUNCTION mine()`)
				continue
			}
			exec(`CREATE TRIGGER ` + name + ` AFTER ` + event + ` ON ` + table + ` WHEN (SELECT armed FROM mines) = '` + table + `'
				BEGIN SELECT RAISE(ABORT, 'the mine'); END`)
		}
	}
}

func minefield() []string {
	return []string{"accounts", "images", "moves", "postings", "entries", "invoices", "invoice_lines", "invoice_number", "payments", "jobs", "steps", "invoice_extras", "video_usage"}
}

// do calls the store, one time in three over a mine, and reports whether the call
// went through. What a mine breaks off is called again.
func (b *books) do(call func() error) error {
	b.t.Helper()
	if b.random.IntN(3) > 0 {
		return call()
	}
	field := minefield()
	b.arm(field[b.random.IntN(len(field))])
	before := b.purseRows()
	err := call()
	b.arm("")
	if err == nil || !strings.Contains(err.Error(), "the mine") {
		return err
	}
	b.broken++
	b.wantSame("accounts after a broken call", b.purseRows(), before)
	return call()
}

func (b *books) arm(table string) {
	b.t.Helper()
	b.check(second(b.db.Writer.ExecContext(b.ctx, `UPDATE mines SET armed = $1`, table)))
}

// purseRows returns what the store says of the accounts, and how much is booked.
func (b *books) purseRows() (rows []string) {
	b.t.Helper()
	for _, p := range b.purses {
		a, err := b.Account(b.ctx, p.id)
		b.check(err)
		rows = append(rows, fmt.Sprint(a.TrialImages, a.Balance))
	}
	return append(rows, fmt.Sprint(b.number(`SELECT COUNT(*) FROM postings`), b.number(`SELECT COUNT(*) FROM entries`),
		b.number(`SELECT COUNT(*) FROM images`), b.number(`SELECT COUNT(*) FROM jobs`), b.number(`SELECT COUNT(*) FROM steps`), b.number(`SELECT COUNT(*) FROM moves`), b.number(`SELECT newest FROM invoice_number`)))
}

func (b *books) compare() {
	b.t.Helper()
	b.wantSound()
	for _, p := range b.purses {
		a, err := b.Account(b.ctx, p.id)
		b.check(err)
		if a.TrialImages != p.trial || a.Balance.Cents != p.balance {
			b.t.Fatalf("account %d has %d trial images and %s, want %d and %s, after %v", p.id, a.TrialImages, a.Balance, p.trial, usd(p.balance), b.log)
		}
	}
}

func (b *books) step() {
	steps := []struct {
		weight int
		name   string
		do     func()
	}{
		{10, "order", b.order}, {9, "fetch", b.fetch}, {9, "produce", b.produce}, {4, "judge", b.judgeOne}, {1, "retire", b.retire}, {2, "delete", b.deleteOne}, {3, "reject", b.rejectOne},
		{2, "top up", b.topUp}, {1, "refund", b.refund}, {1, "adjust", b.adjust}, {2, "bill", b.billAll}, {2, "pay", b.payOne},
		{2, "open", b.openOne}, {3, "hear", b.hearOne}, {3, "credit note", b.creditOne},
		{4, "film", b.film}, {12, "film step", b.filmStep}, {3, "change a film", b.filmChange},
	}
	sum := 0
	for _, s := range steps {
		sum += s.weight
	}
	pick := b.random.IntN(sum)
	for _, s := range steps {
		if pick -= s.weight; pick < 0 {
			b.log = append(b.log, s.name)
			b.clock.pass(time.Duration(b.random.IntN(48)) * time.Hour)
			s.do()
			return
		}
	}
}

func (b *books) purse() *purse { return b.purses[b.random.IntN(len(b.purses))] }
