package storetest

import (
	"time"

	"mattebox"
)

// patience is a lease that no step but a stop outlives.
const patience = 1000 * time.Hour

func (m *model) submitOne() {
	account := m.accounts[m.random.IntN(len(m.accounts))]
	told := m.random.IntN(3) > 0
	image := m.submit(account, func(o *mattebox.Submission) {
		o.ProductID = []string{"", "", "shoe"}[m.random.IntN(3)]
		if !told {
			o.CallbackURL = ""
		}
	})
	m.images[image.ID] = &modelImage{account: account, ticket: image.Ticket, callback: told, status: mattebox.StatusNew}
	m.order = append(m.order, image.ID)
}

func (m *model) claimFetch() {
	fetch, err := m.ClaimFetch(m.ctx, patience)
	m.check(err)
	if fetch != nil {
		m.images[fetch.Image.ID].fence = fetch.Lease.Fence
		m.fetches = append(m.fetches, fetch)
	}
}

func (m *model) endFetch() {
	fetch, ok := pick(m, &m.fetches)
	if !ok {
		return
	}
	image := m.images[fetch.Image.ID]
	lost := image.status != mattebox.StatusNew || image.fence != fetch.Lease.Fence
	var err error
	next := mattebox.StatusReady
	switch m.random.IntN(16) {
	case 0:
		next, err = mattebox.StatusDownloadFailed, m.FailFetch(m.ctx, *fetch, "no", time.Time{})
	case 1:
		next, err = mattebox.StatusNew, m.FailFetch(m.ctx, *fetch, "later", m.clock.Now().Add(time.Minute))
	case 2:
		next, err = mattebox.StatusRefused, m.RefuseImage(m.ctx, fetch.Image.ID, fetch.Lease, "no picture")
	default:
		err = m.FinishFetch(m.ctx, *fetch, downloaded(fetch.Image))
	}
	if m.held(lost, err) {
		image.status = next
	}
}

// held reports whether a worker's call took effect; a lease that the model knows
// to be lost must not, and any other must.
func (m *model) held(lost bool, err error) bool {
	m.t.Helper()
	if lost {
		m.wantLost(err)
		return false
	}
	m.check(err)
	return true
}

func (m *model) claimProduction() {
	production, err := m.ClaimProduction(m.ctx, patience)
	m.check(err)
	if production == nil {
		return
	}
	for _, c := range production.Images {
		image := m.images[c.Image.ID]
		if image.status != mattebox.StatusReady && image.status != mattebox.StatusReturned {
			m.t.Errorf("image %d was claimed at %d", c.Image.ID, image.status)
		}
		image.status, image.fence = mattebox.StatusProduction, c.Lease.Fence
		m.productions = append(m.productions, c)
	}
}

func (m *model) endProduction() {
	c, ok := pick(m, &m.productions)
	if !ok {
		return
	}
	image := m.images[c.Image.ID]
	lost := image.status != mattebox.StatusProduction || image.fence != c.Lease.Fence
	switch m.random.IntN(16) {
	case 0:
		if m.held(lost, m.HandBack(m.ctx, c.Image.ID, c.Lease, true)) {
			image.status = mattebox.StatusReady
			if image.rejected {
				image.status = mattebox.StatusReturned
			}
		}
	case 1:
		if m.held(lost, m.RefuseImage(m.ctx, c.Image.ID, c.Lease, "no")) {
			image.status = mattebox.StatusRefused
		}
	default:
		f := finished(c)
		if f.Status, _ = c.Image.AfterProduction([]float64{.3, .9, .95}[m.random.IntN(3)], mattebox.ReviewLowConfidence); f.Status == mattebox.StatusQuality {
			f.Delivery = nil
		}
		if m.held(lost, m.FinishImage(m.ctx, f)) {
			image.status = f.Status
			image.results++
			m.told(c.Image.ID, f.Delivery)
		}
	}
}

// told notes that a delivery was stored with the image's finish.
func (m *model) told(id mattebox.ImageID, d *mattebox.NewDelivery) {
	if d != nil {
		image := m.images[id]
		image.delivery, image.failures, image.sending, image.ended = m.deliveryOf(id).ID, 0, false, false
	}
}

func (m *model) claimDelivery() {
	id, image := m.any()
	if image == nil || image.delivery == 0 {
		return
	}
	if image.ended && m.random.IntN(2) == 0 {
		m.check(m.Resend(m.ctx, image.delivery))
	}
	sending, err := m.ClaimDelivery(m.ctx, image.delivery, patience)
	m.check(err)
	if sending == nil {
		if !image.ended && !image.sending && !m.rests(image.account) {
			m.t.Errorf("delivery %d of image %d is due, but was not claimed", image.delivery, id)
		}
		return
	}
	image.sending = true
	m.sendings = append(m.sendings, sending)
}

func (m *model) endDelivery() {
	sending, ok := pick(m, &m.sendings)
	if !ok {
		return
	}
	image := m.images[sending.Delivery.Image]
	newest := sending.Delivery.ID == image.delivery
	lost := newest && !image.sending
	state := []mattebox.DeliveryState{mattebox.DeliveryDelivered, mattebox.DeliveryPending, mattebox.DeliveryPending}[m.random.IntN(3)]
	err := m.RecordAttempt(m.ctx, m.outcome(sending, state, 0))
	if !newest {
		return // a former delivery may end as it likes: the image does not follow it
	}
	if !m.held(lost, err) {
		return
	}
	image.sending = false
	follows := image.status.Rejectable()
	switch {
	case state == mattebox.DeliveryDelivered:
		image.ended = true
		if follows {
			image.status = mattebox.StatusDelivered
		}
	case sending.Resend:
	default:
		image.failures++
		image.ended = image.failures == 4 || image.status == mattebox.StatusReturned || image.ended
		if follows {
			image.status = mattebox.AfterFailure(image.failures)
		}
	}
}

func (m *model) reject() {
	_, image := m.any()
	if image == nil {
		return
	}
	err := m.RejectImage(m.ctx, image.account, mattebox.ImageRef{Ticket: image.ticket}, "no")
	if !image.status.Rejectable() {
		m.wantCode(err, mattebox.CodeConflict, "")
		return
	}
	m.check(err)
	image.status, image.rejected, image.ended = mattebox.StatusReturned, true, true
}

func (m *model) delete() {
	_, image := m.any()
	if image == nil {
		return
	}
	err := m.DeleteImage(m.ctx, image.account, mattebox.ImageRef{Ticket: image.ticket})
	if !image.status.Deletable() {
		m.wantCode(err, mattebox.CodeConflict, "")
		return
	}
	m.check(err)
	image.status = mattebox.StatusDeleted
}

func (m *model) download() {
	id, image := m.any()
	if image == nil {
		return
	}
	m.check(m.MarkDownloaded(m.ctx, id))
	if image.status == mattebox.StatusFinished && !image.callback {
		image.status = mattebox.StatusDelivered
	}
}

func (m *model) judge() {
	id, image := m.any(mattebox.StatusQuality, mattebox.StatusQuestion)
	if image == nil {
		return
	}
	switch m.random.IntN(4) {
	case 0:
		m.check(m.RefuseByOperator(m.ctx, id, "no"))
		image.status = mattebox.StatusRefused
	case 1:
		if image.status == mattebox.StatusQuality {
			m.check(m.AskCustomer(m.ctx, id, "which?"))
			image.status = mattebox.StatusQuestion
		}
	default:
		var d *mattebox.NewDelivery
		if image.callback {
			d = notice(image.ticket)
		}
		m.check(m.ApproveImage(m.ctx, id, d))
		image.status = mattebox.StatusFinished
		m.told(id, d)
	}
}

// stop is what remains of a killed process: every lease runs out, and a sweep
// finds it.
func (m *model) stop() {
	m.clock.pass(patience)
	m.sweep()
	for _, id := range m.order {
		m.images[id].fence = 0
		if image := m.images[id]; image.status == mattebox.StatusProduction {
			image.status = mattebox.StatusReady
			if image.rejected {
				image.status = mattebox.StatusReturned
			}
		}
	}
	if m.random.IntN(2) == 0 { // otherwise the old workers come back, and find that they have lost
		m.fetches, m.productions = nil, nil
	}
	m.stopSendings()
}

// stopSendings asks the store what became of the attempts that the stop broke off:
// the rules of interruptions have tests of their own.
func (m *model) stopSendings() {
	m.sendings = nil
	for _, id := range m.order {
		image := m.images[id]
		if image.delivery == 0 || !image.sending {
			continue
		}
		d, err := m.Delivery(m.ctx, image.delivery)
		m.check(err)
		image.sending = false
		if image.ended { // the attempt was a resend
			continue
		}
		failures := image.failures
		image.failures = d.Attempts
		image.ended = d.State != mattebox.DeliveryPending
		if image.status.Rejectable() && d.Attempts > failures {
			image.status = mattebox.AfterFailure(d.Attempts)
		}
	}
}

func (m *model) retire() {
	remains, err := m.Retire(m.ctx, m.clock.Now().Add(-3*patience), m.clock.Now().Add(-5*patience), 1000)
	m.check(err)
	for _, got := range m.all() {
		if image := m.images[got.ID]; got.Status == mattebox.StatusClosed && image.status.MoveTo(mattebox.StatusClosed) == nil {
			image.status = mattebox.StatusClosed
		}
	}
	for _, r := range remains {
		m.check(m.MarkCleaned(m.ctx, r.Image))
		m.images[r.Image].status = mattebox.StatusCleaned
	}
}
