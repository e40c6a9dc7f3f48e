package storetest

import (
	"testing"
	"time"

	"mattebox"
)

// testFences has a stalled worker, whose lease has run out and gone to another,
// do everything that it might: each changes nothing.
func testFences(t *testing.T, open opener) {
	t.Run("fetch", func(t *testing.T) {
		h := build(t, open)
		image := h.submit(h.account("a").ID)
		stale := h.takeFetch()
		h.clock.pass(lease)
		fresh := h.takeFetch()
		if fresh.Image.ID != image.ID || fresh.Lease.Fence <= stale.Lease.Fence {
			t.Fatalf("fences %d, then %d", stale.Lease.Fence, fresh.Lease.Fence)
		}
		before := h.dump()
		h.wantLost(h.FinishFetch(h.ctx, *stale, downloaded(stale.Image)))
		h.wantLost(h.FailFetch(h.ctx, *stale, "late", time.Time{}))
		h.wantLost(h.FailFetch(h.ctx, *stale, "late", h.clock.Now()))
		h.wantLost(h.HandBack(h.ctx, image.ID, stale.Lease, true))
		h.wantLost(h.RefuseImage(h.ctx, image.ID, stale.Lease, "late"))
		h.wantLost(h.Renew(h.ctx, image.ID, stale.Lease, lease))
		h.wantSame("after what came late", h.dump(), before)
		h.check(h.FinishFetch(h.ctx, *fresh, downloaded(fresh.Image)))
		h.wantLost(h.FinishFetch(h.ctx, *fresh, downloaded(fresh.Image)))
	})
	t.Run("production", func(t *testing.T) {
		h := build(t, open)
		image := h.submit(h.account("a").ID, ofProduct("shoe"))
		h.fetched()
		h.clock.pass(10 * time.Second)
		stale := h.take().Images[0]
		h.clock.pass(lease)
		h.sweep()
		h.wantStatus(image.ID, mattebox.StatusReady)
		handedBack := h.dump()
		h.lateProduction(stale)
		h.wantSame("after what came late to a ready image", h.dump(), handedBack)
		fresh := h.take().Images[0]
		claimed := h.dump()
		h.lateProduction(stale)
		h.wantSame("after what came late to a claimed image", h.dump(), claimed)
		h.check(h.FinishImage(h.ctx, finished(fresh)))
		done := h.dump()
		h.lateProduction(stale)
		h.lateProduction(fresh)
		h.wantSame("after what came late to a finished image", h.dump(), done)
	})
	t.Run("renewed", func(t *testing.T) {
		h := build(t, open)
		image := h.submit(h.account("a").ID)
		h.fetched()
		c := h.take().Images[0]
		h.clock.pass(lease - time.Second)
		h.check(h.Renew(h.ctx, image.ID, c.Lease, lease))
		h.clock.pass(lease - time.Second)
		h.sweep()
		h.wantStatus(image.ID, mattebox.StatusProduction)
		h.check(h.FinishImage(h.ctx, finished(c)))
	})
	t.Run("run out but not taken", func(t *testing.T) {
		// Nobody else has it, so what the slow worker has made is welcome.
		h := build(t, open)
		image := h.submit(h.account("a").ID)
		h.fetched()
		c := h.take().Images[0]
		h.clock.pass(2 * lease)
		h.check(h.FinishImage(h.ctx, finished(c)))
		h.wantStatus(image.ID, mattebox.StatusFinished)
		h.sweep()
		h.wantStatus(image.ID, mattebox.StatusFinished)
	})
}

func (h *house) lateProduction(c mattebox.Claimed) {
	h.t.Helper()
	f := finished(c)
	f.Scale = .3
	h.wantLost(h.FinishImage(h.ctx, f))
	f.Status, f.Delivery = mattebox.StatusQuality, nil
	h.wantLost(h.FinishImage(h.ctx, f))
	h.wantLost(h.HandBack(h.ctx, f.Image, c.Lease, true))
	h.wantLost(h.RefuseImage(h.ctx, f.Image, c.Lease, "late"))
	h.wantLost(h.Renew(h.ctx, f.Image, c.Lease, lease))
}

// sweep sweeps once.
func (h *house) sweep() mattebox.SweepReport {
	h.t.Helper()
	report, err := h.Sweep(h.ctx)
	h.check(err)
	return report
}

// dump is everything that a late worker could have changed.
func (h *house) dump() map[string][]string {
	h.t.Helper()
	all := map[string][]string{}
	for table, columns := range map[string]string{
		"images":     `id || ' ' || status || ' ' || reason || ' ' || crashes || ' ' || COALESCE(result, 0) || ' ' || COALESCE(queue, 0) || ' ' || COALESCE(wake_at, 0) || ' ' || fence || ' ' || finished || ' ' || updated`,
		"sources":    `image || ' ' || position || ' ' || key`,
		"results":    `id || ' ' || key`,
		"products":   `product_id || ' ' || scale || ' ' || ready_at`,
		"moves":      `id || ' ' || from_status || ' ' || to_status`,
		"deliveries": `id || ' ' || state || ' ' || attempts || ' ' || next_at || ' ' || fence || ' ' || logged`,
		"attempts":   `delivery || ' ' || number || ' ' || class`,
		"wakes":      `kind || ' ' || id || ' ' || at`,
	} {
		rows, err := h.db.Writer.QueryContext(h.ctx, `SELECT `+columns+` FROM `+table+` ORDER BY 1`)
		h.check(err)
		for rows.Next() {
			var line string
			h.check(rows.Scan(&line))
			all[table] = append(all[table], line)
		}
		h.check(rows.Err())
		rows.Close()
	}
	return all
}
