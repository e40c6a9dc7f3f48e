package storetest

import (
	"strings"
	"testing"
	"time"

	"mattebox"
)

func testFetch(t *testing.T, open opener) {
	t.Run("stores the sources", func(t *testing.T) {
		h := build(t, open)
		image := h.submit(h.account("a").ID, func(o *mattebox.Submission) { o.SourceURLs = append(o.SourceURLs, "https://e.com/2.png") })
		h.woken()
		fetch := h.takeFetch()
		h.wantSame("fetch", fetch.Image.ID, image.ID)
		h.wantSame("lease", fetch.Lease.Until, h.clock.Now().Add(lease))
		h.wantNothing()
		h.check(h.FinishFetch(h.ctx, *fetch, downloaded(fetch.Image)))
		got := h.wantStatus(image.ID, mattebox.StatusReady)
		h.wantSame("sources", got.Sources, downloaded(fetch.Image))
		h.wantSame("jobs", h.woken(), []string{"produce 2000001"})
	})
	t.Run("tries again later", func(t *testing.T) {
		h := build(t, open)
		image := h.submit(h.account("a").ID)
		h.woken()
		again := h.clock.Now().Add(5 * time.Minute)
		first := h.takeFetch()
		h.check(h.HandBack(h.ctx, image.ID, first.Lease, false)) // spends no try
		h.woken()
		first = h.takeFetch()
		h.check(h.FailFetch(h.ctx, *first, "the host\x00 does not answer", again))
		got := h.wantStatus(image.ID, mattebox.StatusNew)
		h.wantSame("reason", got.Reason, "the host  does not answer")
		h.wantSame("jobs", h.woken(), []string{"fetch 2000001 +5m0s"})
		h.wantNothing()
		h.clock.pass(5*time.Minute - time.Microsecond)
		h.wantNothing()
		h.clock.pass(time.Microsecond)
		h.wantSame("tries", [2]int{first.Try, h.fetched().Try}, [2]int{1, 2})
		h.wantSame("reason after success", h.wantStatus(image.ID, mattebox.StatusReady).Reason, "")
		h.wantSame("jobs", h.woken(), []string{"produce 2000001"})
	})
	t.Run("gives up", func(t *testing.T) {
		h := build(t, open)
		image := h.submit(h.account("a").ID)
		h.check(h.FailFetch(h.ctx, *h.takeFetch(), strings.Repeat("no ", 5000), time.Time{}))
		if got := h.wantStatus(image.ID, mattebox.StatusDownloadFailed); len(got.Reason) != 4000 {
			t.Errorf("the reason has %d bytes", len(got.Reason))
		}
		h.wantNothing()
	})
	t.Run("refuses a source", func(t *testing.T) {
		h := build(t, open)
		image := h.submit(h.account("a").ID)
		fetch := h.takeFetch()
		h.check(h.RefuseImage(h.ctx, image.ID, fetch.Lease, "no picture"))
		h.wantSame("reason", h.wantStatus(image.ID, mattebox.StatusRefused).Reason, "no picture")
		h.wantLost(h.FinishFetch(h.ctx, *fetch, nil))
	})
}

func testProduction(t *testing.T, open opener) {
	t.Run("finishes and tells", func(t *testing.T) { testFinish(t, open) })
	t.Run("waits for judgement", func(t *testing.T) {
		h := build(t, open)
		a := h.account("a")
		h.check(h.SetReview(h.ctx, a.ID, mattebox.ReviewAll))
		image := h.submit(a.ID)
		h.fetched()
		h.woken()
		c := h.take().Images[0]
		h.wantSame("review", c.Review, mattebox.ReviewAll)
		f := finished(c)
		f.Status, f.Reason, f.Confidence, f.Delivery = mattebox.StatusQuality, "look", .5, nil
		h.check(h.FinishImage(h.ctx, f))
		got := h.wantStatus(image.ID, mattebox.StatusQuality)
		if got.Reason != "look" || got.Confidence != .5 || got.Result == nil || got.FinalPath() != "" || !got.Finished.IsZero() {
			t.Errorf("image %+v", got)
		}
		h.wantSame("jobs", len(h.woken()), 0)
	})
	t.Run("goes back", func(t *testing.T) { testHandBack(t, open) })
	t.Run("is refused", func(t *testing.T) {
		h := build(t, open)
		image := h.submit(h.account("a").ID)
		h.fetched()
		h.check(h.RefuseImage(h.ctx, image.ID, h.take().Images[0].Lease, "the engine crashed twice"))
		h.wantSame("reason", h.wantStatus(image.ID, mattebox.StatusRefused).Reason, "the engine crashed twice")
		h.wantNothing()
	})
	t.Run("ends nowhere else", func(t *testing.T) {
		h := build(t, open)
		h.submit(h.account("a").ID)
		h.fetched()
		f := finished(h.take().Images[0])
		f.Status = mattebox.StatusDelivered
		h.wantCode(h.FinishImage(h.ctx, f), mattebox.CodeConflict, "")
		f.Status, f.Result.Key = mattebox.StatusFinished, ""
		h.wantCode(h.FinishImage(h.ctx, f), mattebox.CodeInternal, "")
		h.wantStatus(f.Image, mattebox.StatusProduction)
	})
}

func testFinish(t *testing.T, open opener) {
	h := build(t, open)
	a, partner := h.account("a"), h.account("partner")
	image := h.submit(a.ID, func(o *mattebox.Submission) { o.Partner = partner.ID })
	h.fetched()
	h.woken()
	production := h.take()
	c := production.Images[0]
	if len(production.Images) != 1 || c.Image.Production != 1 || c.Image.Status != mattebox.StatusProduction || c.Lease.Until != h.clock.Now().Add(lease) {
		t.Errorf("production %+v", production)
	}
	h.wantNothing()
	h.clock.pass(time.Second)
	f := finished(c)
	h.check(h.FinishImage(h.ctx, f))
	got := h.wantStatus(image.ID, mattebox.StatusFinished)
	h.wantSame("result", got.Result, &f.Result)
	h.wantSame("finished", got.Finished, h.clock.Now())
	h.wantSame("confidence", got.Confidence, .97)
	d := h.deliveryOf(image.ID)
	h.wantSame("jobs", h.woken(), []string{"deliver 1"})
	if len(d.UID) != 36 {
		t.Errorf("uid %q", d.UID)
	}
	h.wantSame("delivery", *d, mattebox.Delivery{
		ID: 1, UID: d.UID, Account: a.ID, Partner: partner.ID, Image: image.ID, Subject: image.Ticket, Dialect: "rtb", Event: "image.finished", URL: callback,
		ContentType: f.Delivery.ContentType, Body: f.Delivery.Body, State: mattebox.DeliveryPending, NextAt: h.clock.Now(), Created: h.clock.Now(),
	})
	var host string
	h.check(h.db.Reader.QueryRowContext(h.ctx, `SELECT host FROM deliveries`).Scan(&host))
	h.wantSame("host", host, "shop.example.com")
}

func testHandBack(t *testing.T, open opener) {
	h := build(t, open)
	image := h.submit(h.account("a").ID)
	h.check(h.HandBack(h.ctx, image.ID, h.takeFetch().Lease, false))
	h.wantStatus(image.ID, mattebox.StatusNew)
	h.wantSame("jobs", h.woken(), []string{"fetch 2000001", "fetch 2000001"})
	h.fetched()
	h.woken()
	for crashes := 1; crashes <= 2; crashes++ {
		h.check(h.HandBack(h.ctx, image.ID, h.take().Images[0].Lease, true))
		h.wantSame("crashes", h.wantStatus(image.ID, mattebox.StatusReady).Crashes, crashes)
		h.wantSame("jobs", h.woken(), []string{"produce 2000001"})
	}
	h.check(h.HandBack(h.ctx, image.ID, h.take().Images[0].Lease, false))
	h.wantSame("crashes", h.wantStatus(image.ID, mattebox.StatusReady).Crashes, 2)

	// A rejected image goes back to 40, and its crashes are forgotten.
	h.produced()
	h.check(h.RejectImage(h.ctx, image.Account, mattebox.ImageRef{Ticket: image.Ticket}, "no"))
	h.check(h.HandBack(h.ctx, image.ID, h.take().Images[0].Lease, true))
	h.wantSame("crashes", h.wantStatus(image.ID, mattebox.StatusReturned).Crashes, 1)
}

func testProducts(t *testing.T, open opener) {
	t.Run("wait for each other", func(t *testing.T) { testProductWait(t, open) })
	t.Run("wait two minutes at most", func(t *testing.T) {
		h := build(t, open)
		a := h.account("a")
		for range 13 { // one every 10 s, the last at 120 s
			h.submit(a.ID, ofProduct("shoe"))
			h.fetched()
			if production, err := h.ClaimProduction(h.ctx, lease); err != nil || production != nil {
				t.Fatalf("claimed %v, %v", production, err)
			}
			h.clock.pass(9900 * time.Millisecond)
		}
		h.wantSame("together", len(h.take().Images), 13)
	})
	t.Run("wait again later", func(t *testing.T) {
		h := build(t, open)
		a := h.account("a")
		h.submit(a.ID, ofProduct("shoe"))
		h.fetched()
		h.clock.pass(10 * time.Second)
		h.produced()
		h.clock.pass(time.Hour)
		for range 2 {
			h.wantNothing()
			h.submit(a.ID, ofProduct("shoe"))
			h.fetched()
			h.clock.pass(6 * time.Second)
		}
		h.wantNothing()
		h.clock.pass(4 * time.Second)
		h.wantSame("together", len(h.take().Images), 2)
	})
	t.Run("a returned one comes alone", func(t *testing.T) {
		h := build(t, open)
		a := h.account("a")
		h.ProductWait = 0
		returned := h.finishedImage(a.ID, ofProduct("shoe"))
		h.check(h.RejectImage(h.ctx, a.ID, mattebox.ImageRef{Ticket: returned.Ticket}, ""))
		fresh := h.submit(a.ID, ofProduct("shoe"))
		h.fetched()
		for _, want := range []mattebox.ImageID{returned.ID, fresh.ID} {
			images := h.take().Images
			if len(images) != 1 || images[0].Image.ID != want {
				t.Errorf("%d images, the first %d; want %d alone", len(images), images[0].Image.ID, want)
			}
		}
	})
	t.Run("twenty at a time", func(t *testing.T) {
		h := build(t, open)
		a := h.account("a")
		for range 25 {
			h.submit(a.ID, ofProduct("shoe"))
			h.fetched()
		}
		h.clock.pass(10 * time.Second)
		h.wantSame("together", len(h.take().Images), 20)
		h.wantSame("the rest", len(h.take().Images), 5)
		h.wantNothing()
	})
	t.Run("share a scale", func(t *testing.T) { testScale(t, open) })
}

func testProductWait(t *testing.T, open opener) {
	h := build(t, open)
	a, b := h.account("a"), h.account("b")
	other, err := h.AddTemplate(h.ctx, a.ID, mattebox.DefaultTemplate(), mattebox.Money{Currency: mattebox.USD})
	h.check(err)
	first := h.submit(a.ID, ofProduct("shoe"))
	h.fetched()
	h.woken()
	h.clock.pass(6 * time.Second)
	second := h.submit(a.ID, ofProduct("shoe"))
	strangers := []*mattebox.Image{
		h.submit(b.ID, ofProduct("shoe")), h.submit(a.ID, ofProduct("hat")),
		h.submit(a.ID, ofProduct("shoe"), func(o *mattebox.Submission) { o.TemplateID = other.ID }),
	}
	for range 4 {
		h.fetched()
	}
	h.woken()
	h.clock.pass(6 * time.Second) // the first one's own wait is over, not the second's
	h.wantNothing()
	h.wantSame("jobs", h.woken(), []string{"produce 2000001 +4s"})
	h.clock.pass(4 * time.Second)
	seen := map[mattebox.ImageID]bool{}
	for range 4 {
		production := h.take()
		var ids []mattebox.ImageID
		for _, c := range production.Images {
			ids = append(ids, c.Image.ID)
			seen[c.Image.ID] = true
		}
		if seen[first.ID] != seen[second.ID] {
			t.Errorf("claimed %v: the product's images did not come together", ids)
		}
	}
	for _, image := range strangers {
		if !seen[image.ID] {
			t.Errorf("image %d was not claimed", image.ID)
		}
	}
	h.wantNothing()
}

func testScale(t *testing.T, open opener) {
	h := build(t, open)
	h.ProductWait = 0
	a := h.account("a")
	h.submit(a.ID, ofProduct("shoe"))
	h.submit(a.ID)
	for _, scale := range []float64{.25, .75} {
		h.fetched()
		production := h.take()
		h.wantSame("scale before", production.Scale, 0.)
		f := finished(production.Images[0])
		f.Scale = scale
		h.check(h.FinishImage(h.ctx, f))
	}
	h.submit(a.ID, ofProduct("shoe"))
	h.fetched()
	production := h.take()
	h.wantSame("scale after", production.Scale, .25)
	f := finished(production.Images[0])
	f.Scale = .5
	h.check(h.FinishImage(h.ctx, f))
	h.submit(a.ID, ofProduct("shoe"))
	h.fetched()
	h.wantSame("scale of the first holds", h.take().Scale, .25)
	h.wantSame("products", h.number(`SELECT COUNT(*) FROM products`), int64(1))
}
