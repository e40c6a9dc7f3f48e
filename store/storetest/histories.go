package storetest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"mattebox"
)

// testHistories makes random calls and tells a small model of them. After each
// call the store has to agree with the model, whatever came before.
func testHistories(t *testing.T, open opener) {
	for seed := range uint64(4) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			m := &model{house: build(t, open), random: rand.New(rand.NewPCG(seed, 2026)), images: map[mattebox.ImageID]*modelImage{}}
			m.ProductWait = 0
			m.accounts = []mattebox.AccountID{m.account("a").ID, m.account("b").ID}
			m.Tell = tells
			m.listen(m.accounts[0])
			for range 300 {
				m.step()
				if t.Failed() {
					return
				}
			}
			m.settle()
			m.wantEventsOfMoves(m.accounts[0])
		})
	}
}

// model is what the store should hold, kept in the simplest way.
type model struct {
	*house
	random      *rand.Rand
	accounts    []mattebox.AccountID
	images      map[mattebox.ImageID]*modelImage
	order       []mattebox.ImageID
	fetches     []*mattebox.Fetch
	productions []mattebox.Claimed
	sendings    []*mattebox.Sending
	log         []string
}

type modelImage struct {
	account  mattebox.AccountID
	ticket   string
	callback bool
	status   mattebox.Status
	fence    int64 // of the newest claim that holds; 0 for none
	rejected bool
	results  int
	failures int                 // of the newest delivery
	delivery mattebox.DeliveryID // the newest; 0 for none
	sending  bool                // it is under way
	ended    bool                // it is delivered or failed
}

func (m *model) step() {
	steps := []struct {
		weight int
		name   string
		do     func()
	}{
		{4, "submit", m.submitOne}, {6, "fetch", m.claimFetch}, {6, "end fetch", m.endFetch}, {8, "produce", m.claimProduction},
		{8, "end production", m.endProduction}, {10, "deliver", m.claimDelivery}, {10, "end delivery", m.endDelivery}, {4, "claim many", m.claimMany},
		{1, "pause", m.pauseOne}, {2, "resume", m.resumeOne}, {5, "reject", m.reject},
		{1, "delete", m.delete}, {2, "download", m.download}, {5, "judge", m.judge}, {1, "stop", m.stop}, {1, "retire", m.retire},
	}
	sum := 0
	for _, s := range steps {
		sum += s.weight
	}
	pick := m.random.IntN(sum)
	for _, s := range steps {
		if pick -= s.weight; pick < 0 {
			m.log = append(m.log, s.name)
			m.clock.pass(time.Second)
			s.do()
			m.compare()
			return
		}
	}
}

// compare looks at every image. Every move that the store made is one that the
// table allows, and each follows on the one before.
func (m *model) compare() {
	all := m.all()
	m.wantSame("images", len(all), len(m.order))
	for _, got := range all {
		want := m.images[got.ID]
		if got.Status != want.status || (got.Result != nil) != (want.results > 0 && want.status != mattebox.StatusCleaned) {
			m.t.Fatalf("image %d has status %d (result %v), want %d (%d results), after %v", got.ID, got.Status, got.Result != nil, want.status, want.results, m.log)
		}
	}
}

// all returns every image as the store has it.
func (m *model) all() []mattebox.Image {
	m.t.Helper()
	images, err := m.Images(m.ctx, mattebox.ImageFilter{Page: mattebox.Page{Number: 1, Size: 1000}})
	m.check(err)
	return images
}

// settle checks the whole history once at the end.
func (m *model) settle() {
	m.settleDeliveries()
	for _, id := range m.order {
		history, err := m.History(m.ctx, id)
		m.check(err)
		at := mattebox.StatusNew
		for _, move := range history {
			if move.From != at || move.From.MoveTo(move.To) != nil {
				m.t.Fatalf("image %d moved from %d to %d, but stood at %d", id, move.From, move.To, at)
			}
			at = move.To
		}
		if at != m.images[id].status {
			m.t.Errorf("image %d stands at %d, its history ends at %d", id, m.images[id].status, at)
		}
	}
	for name, query := range map[string]string{
		"images that no worker will ever find":             `SELECT COUNT(*) FROM images WHERE status IN (10, 30, 40, 60) AND queue IS NULL AND wake_at IS NULL`,
		"images queued that have no work":                  `SELECT COUNT(*) FROM images WHERE status NOT IN (10, 30, 40) AND queue IS NOT NULL`,
		"images leased that have no work":                  `SELECT COUNT(*) FROM images WHERE status NOT IN (10, 30, 40, 60) AND wake_at IS NOT NULL`,
		"images in both":                                   `SELECT COUNT(*) FROM images WHERE queue IS NOT NULL AND wake_at IS NOT NULL`,
		"ended images that never retire":                   `SELECT COUNT(*) FROM images WHERE status IN (0, 12, 90, 95, 100) AND settled IS NULL OR status BETWEEN 70 AND 80 AND settled IS NULL`,
		"pending deliveries that no claim will find":       `SELECT COUNT(*) FROM deliveries WHERE state = 'pending' AND ready_at IS NULL AND NOT held`,
		"deliveries that a claim finds in vain":            `SELECT COUNT(*) FROM deliveries WHERE ready_at IS NOT NULL AND resend_at IS NULL AND (state <> 'pending' OR held)`,
		"deliveries held back for a receiver that is open": `SELECT COUNT(*) FROM deliveries d WHERE held AND NOT EXISTS (SELECT 1 FROM receivers r WHERE r.account = d.account AND r.url = d.receiver AND (state <> 'open' OR wake_at IS NOT NULL))`,
		"broken receivers that nobody will probe":          `SELECT COUNT(*) FROM receivers r WHERE state = 'broken' AND probing IS NULL AND wake_at IS NULL AND EXISTS (SELECT 1 FROM deliveries d WHERE r.account = d.account AND r.url = d.receiver AND held)`,
		"receivers whose probe is not under way":           `SELECT COUNT(*) FROM receivers r WHERE probing IS NOT NULL AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.id = r.probing AND d.state = 'sending')`,
		"deliveries spent twice":                           `SELECT COUNT(*) FROM deliveries WHERE attempts > tries`,
		"deliveries that disagree with their image": `SELECT COUNT(*) FROM deliveries d JOIN images i ON i.id = d.image
			WHERE d.id = (SELECT MAX(id) FROM deliveries WHERE image = i.id) AND (i.status IN (70, 72, 74, 76) AND d.state NOT IN ('pending', 'sending')
				OR i.status = 78 AND d.state NOT IN ('failed', 'sending') OR i.status = 80 AND d.state NOT IN ('delivered', 'sending'))`,
	} {
		if n := m.number(query); n != 0 {
			m.t.Errorf("%d %s", n, name)
		}
	}
}

// any returns an image that has one of the statuses, or any at all, if there is
// one.
func (m *model) any(statuses ...mattebox.Status) (mattebox.ImageID, *modelImage) {
	var fit []mattebox.ImageID
	for _, id := range m.order {
		if len(statuses) == 0 || slices.Contains(statuses, m.images[id].status) {
			fit = append(fit, id)
		}
	}
	if len(fit) == 0 {
		return 0, nil
	}
	id := fit[m.random.IntN(len(fit))]
	return id, m.images[id]
}

// pick takes one out of the list.
func pick[T any](m *model, list *[]T) (one T, ok bool) {
	if len(*list) == 0 {
		return one, false
	}
	n := m.random.IntN(len(*list))
	one = (*list)[n]
	*list = slices.Delete(*list, n, n+1)
	return one, true
}
