package money

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"testing"
	"time"

	"mattebox/internal/servicetest"
)

// TestCrashRounds kills the service with SIGKILL while images are ordered, deleted,
// rejected, charged and invoiced. After every crash the ledger checks; in the end
// the balance is what was paid in less what was charged.
func TestCrashRounds(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		seed := uint64(time.Now().UnixNano())
		t.Logf("seed %d", seed)
		random := rand.New(rand.NewPCG(seed, 0))
		prepaid := h.customer(t, "--days-of-credit", "0", "--trial-images", "5", "--credit", "1000.00")
		onCredit := h.customer(t)
		gone := h.pictures.Handle("gone", http.NotFound)
		for range servicetest.Rounds(t) {
			var work sync.WaitGroup
			for _, c := range []*customer{prepaid, onCredit} {
				for i := range 6 {
					address := h.pictures.At("160/coffee.jpg")
					if i == 5 {
						address = gone
					}
					work.Go(func() { c.handle(address, i) })
				}
			}
			<-time.After(time.Duration(random.Int64N(int64(1500 * time.Millisecond))))
			if err := h.Kill(); err != nil {
				t.Fatal(err)
			}
			work.Wait()
			h.ledger(t)
			if err := h.Start(t.Context()); err != nil {
				t.Fatal(err)
			}
			month := time.Now().UTC().Format("2006-01")
			h.mattebox(t, "invoice run", "--period", month)
		}
		prepaid.settles()
		onCredit.settles()
		t.Logf("%d postings", h.ledger(t))
		prepaid.addsUp(100_000)
	})
}

// handle orders an image and, while the service lives, waits for it and sends it
// back, or deletes it. Requests fail when the service is killed.
func (c *customer) handle(address string, i int) {
	ctx := c.t.Context()
	ticket, err := c.PostImage(ctx, fields{"imageURL": address, "templateId": c.plain})
	if err != nil {
		return
	}
	if i%3 == 0 {
		c.Do(ctx, http.MethodDelete, "Image/"+ticket, nil)
		return
	}
	if _, err := c.WaitStatus(ctx, 5*time.Second, ticket, 70); err == nil {
		c.Do(ctx, http.MethodPut, "Image/Reject/"+ticket, fields{"comment": "again"})
	}
}

// settles waits until every image of the account is where nothing more happens by
// itself: a rejected one waits for an operator.
func (c *customer) settles() {
	c.t.Helper()
	waiting := map[int]int{} // images, by status
	err := servicetest.Until(c.t.Context(), 2*patience, "all images to settle", func() (bool, error) {
		clear(waiting)
		for _, row := range c.usage() {
			switch row.StatusID {
			case 0, 12, 66, 70, 90:
			default:
				waiting[row.StatusID]++
			}
		}
		return len(waiting) == 0, nil
	})
	if err != nil {
		c.t.Fatalf("%v; images wait at %v", err, waiting)
	}
}

// addsUp fails the test unless the balance is what was paid in less the price of
// every image that is charged to it.
func (c *customer) addsUp(cents int) {
	c.t.Helper()
	trial := 5
	for _, row := range c.usage() {
		done := row.StatusID == 66 || row.StatusID == 70
		if done != row.Charged {
			c.t.Errorf("image %s stands at %d and is charged: %v", row.Ticket, row.StatusID, row.Charged)
		}
		switch {
		case row.Funding == "balance" && row.Charged:
			cents -= 95
		case row.Funding == "trial" && row.Charged:
			trial--
		}
	}
	c.has(fmt.Sprintf("%d.%02d", cents/100, cents%100), trial)
}
