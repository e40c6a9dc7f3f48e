package storetest

import (
	"sync"
	"testing"

	"mattebox"
)

// workers is how many goroutines claim at once.
const workers = 16

// testConcurrent has many workers claim everything there is: each image and each
// delivery goes to exactly one of them.
func testConcurrent(t *testing.T, open opener) {
	t.Run("fetches and productions", func(t *testing.T) {
		h := build(t, open)
		h.ProductWait = 0
		for _, name := range []string{"a", "b", "c"} {
			a := h.account(name)
			for n := range 40 {
				h.submit(a.ID, noCallback, func(o *mattebox.Submission) { o.ProductID = []string{"", "", "shoe", "hat"}[n%4] })
			}
		}
		fetches := h.race(func(count func(mattebox.ImageID)) (bool, error) {
			fetch, err := h.ClaimFetch(h.ctx, lease)
			if err != nil || fetch == nil {
				return false, err
			}
			count(fetch.Image.ID)
			return true, h.FinishFetch(h.ctx, *fetch, downloaded(fetch.Image))
		})
		productions := h.race(func(count func(mattebox.ImageID)) (bool, error) {
			production, err := h.ClaimProduction(h.ctx, lease)
			if err != nil || production == nil {
				return false, err
			}
			for _, c := range production.Images {
				count(c.Image.ID)
				if err := h.FinishImage(h.ctx, finished(c)); err != nil {
					return false, err
				}
			}
			return true, nil
		})
		h.wantOnce(fetches, 120)
		h.wantOnce(productions, 120)
		h.wantSame("finished", h.number(`SELECT COUNT(*) FROM images WHERE status = 70 AND production = 1`), int64(120))
	})
	t.Run("deliveries", func(t *testing.T) {
		h := build(t, open)
		image := h.finishedImage(h.account("a").ID)
		d := h.deliveryOf(image.ID).ID
		claims := h.race(func(count func(mattebox.ImageID)) (bool, error) {
			sending, err := h.ClaimDelivery(h.ctx, d, lease)
			if err != nil || sending == nil {
				return false, err
			}
			count(image.ID)
			return false, nil
		})
		h.wantOnce(claims, 1)
	})
	t.Run("rejections and attempts", func(t *testing.T) { testCrossing(t, open) })
}

// testCrossing lets customers reject what is being delivered and swept: the use
// cases that change an image and its delivery must not wait for each other forever.
func testCrossing(t *testing.T, open opener) {
	h := build(t, open)
	a := h.account("a")
	var sendings []*mattebox.Sending
	for range 20 {
		sendings = append(sendings, h.takeDelivery(h.deliveryOf(h.finishedImage(a.ID).ID).ID))
	}
	var group sync.WaitGroup
	for _, sending := range sendings {
		image, err := h.ImageByID(h.ctx, sending.Delivery.Image)
		h.check(err)
		for _, do := range []func() error{
			func() error { return h.RejectImage(h.ctx, a.ID, mattebox.ImageRef{Ticket: image.Ticket}, "no") },
			func() error { return h.RecordAttempt(h.ctx, h.outcome(sending, mattebox.DeliveryDelivered, 0)) },
			func() error { return h.Resend(h.ctx, sending.Delivery.ID) },
			func() error { return second(h.Sweep(h.ctx)) },
		} {
			group.Go(func() {
				if err := do(); err != nil {
					t.Error(err)
				}
			})
		}
	}
	group.Wait()
	h.wantSame("returned", h.number(`SELECT COUNT(*) FROM images WHERE status = 40`), int64(20))
	h.wantSame("delivered", h.number(`SELECT COUNT(*) FROM deliveries WHERE state = 'delivered' AND attempts = 1`), int64(20))
}

// race lets the workers call do until it says that there is no more, and returns
// how often each image was counted.
func (h *house) race(do func(count func(mattebox.ImageID)) (more bool, err error)) map[mattebox.ImageID]int {
	h.t.Helper()
	var mu sync.Mutex
	counted := map[mattebox.ImageID]int{}
	count := func(id mattebox.ImageID) {
		mu.Lock()
		defer mu.Unlock()
		counted[id]++
	}
	var group sync.WaitGroup
	for range workers {
		group.Go(func() {
			for more := true; more; {
				var err error
				if more, err = do(count); err != nil {
					h.t.Error(err)
					return
				}
			}
		})
	}
	group.Wait()
	return counted
}

func (h *house) wantOnce(counted map[mattebox.ImageID]int, images int) {
	h.t.Helper()
	for id, n := range counted {
		if n != 1 {
			h.t.Errorf("image %d was claimed %d times", id, n)
		}
	}
	h.wantSame("claimed images", len(counted), images)
}
