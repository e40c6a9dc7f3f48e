package storetest

import (
	"testing"
	"time"

	"mattebox"
)

func testFairness(t *testing.T, open opener) {
	t.Run("one among ten thousand", func(t *testing.T) { testStarvation(t, open) })
	t.Run("accounts take turns", func(t *testing.T) {
		h := build(t, open)
		accounts := []mattebox.AccountID{h.account("a").ID, h.account("b").ID, h.account("c").ID}
		for _, account := range accounts {
			for range 4 {
				h.submit(account, noCallback)
			}
		}
		var fetched, produced []mattebox.AccountID
		for range 12 {
			fetched = append(fetched, h.fetched().Image.Account)
		}
		for range 12 {
			produced = append(produced, h.produced()[0].Image.Account)
		}
		for n := 0; n < 12; n += 3 {
			seen := map[mattebox.AccountID]int{}
			for _, account := range append(fetched[n:n+3:n+3], produced[n:n+3]...) {
				seen[account]++
			}
			for _, account := range accounts {
				if seen[account] != 2 {
					t.Fatalf("fetched %v, produced %v: the round at %d is not fair", fetched, produced, n)
				}
			}
		}
	})
	t.Run("the earliest due comes first", func(t *testing.T) {
		h := build(t, open)
		a := h.account("a")
		var want []mattebox.ImageID
		for _, hours := range []int{168, 24, 72, 24} {
			want = append(want, h.submit(a.ID, noCallback, func(o *mattebox.Submission) { o.DeliveryHours = hours }).ID)
		}
		want = []mattebox.ImageID{want[1], want[3], want[2], want[0]}
		var fetched, produced []mattebox.ImageID
		for range want {
			fetched = append(fetched, h.fetched().Image.ID)
		}
		for range want {
			produced = append(produced, h.produced()[0].Image.ID)
		}
		h.wantSame("fetched", fetched, want)
		h.wantSame("produced", produced, want)
	})
}

// testStarvation gives one account ten thousand images and another one, later.
func testStarvation(t *testing.T, open opener) {
	h := build(t, open)
	big, small := h.account("big"), h.account("small")
	h.submit(big.ID, noCallback)
	h.multiply(10000)
	h.fetched()
	h.fetched()
	h.clock.pass(time.Minute)
	one := h.submit(small.ID, noCallback)
	h.wantSame("fetched", h.fetched().Image.ID, one.ID)
	h.wantSame("produced", h.produced()[0].Image.Account, big.ID)
	h.wantSame("produced", h.produced()[0].Image.ID, one.ID)
	h.wantStatus(one.ID, mattebox.StatusFinished)
	backlog, err := h.Backlog(h.ctx)
	h.check(err)
	h.wantSame("backlog", backlog, mattebox.Backlog{Fetch: 9998, Produce: 1})
}

// multiply copies the only image and its source until there are n.
func (h *house) multiply(n int) {
	h.t.Helper()
	const columns = `account, template_id, template, delivery_hours, status, price_cents, currency, created, updated, due, queue, woken`
	h.check(second(h.db.Writer.ExecContext(h.ctx, `WITH RECURSIVE counted (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counted WHERE n < $1)
		INSERT INTO images (ticket, `+columns+`) SELECT 'copy-' || n, `+columns+` FROM counted, images`, n-1)))
	h.check(second(h.db.Writer.ExecContext(h.ctx, `INSERT INTO sources (image, position, url)
		SELECT id, 1, 'https://e.com/1.jpg' FROM images WHERE NOT EXISTS (SELECT 1 FROM sources WHERE image = images.id)`)))
}
