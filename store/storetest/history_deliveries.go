package storetest

import (
	"time"

	"mattebox"
)

// receiverOf returns what the store remembers of where the account's deliveries go.
func (m *model) receiverOf(account mattebox.AccountID) (mattebox.Receiver, bool) {
	m.t.Helper()
	all, err := m.Receivers(m.ctx, mattebox.ReceiverFilter{Account: account, URL: callback})
	m.check(err)
	if len(all) == 0 {
		return mattebox.Receiver{}, false
	}
	return all[0], true
}

// rests reports whether deliveries of the account are held back: because somebody
// paused the receiver, or because attempts failed.
func (m *model) rests(account mattebox.AccountID) bool {
	r, known := m.receiverOf(account)
	return known && r.State != mattebox.ReceiverOpen
}

// claimMany claims some deliveries as the pump does: what it gets is due, and of a
// broken receiver it is one.
func (m *model) claimMany() {
	resting := map[mattebox.AccountID]mattebox.ReceiverState{}
	for _, account := range m.accounts {
		if r, known := m.receiverOf(account); known {
			resting[account] = r.State
		}
	}
	claimed, err := m.ClaimDeliveries(m.ctx, mattebox.DeliveryClaim{Limit: 1 + m.random.IntN(3), PerHost: 2, Lease: patience})
	m.check(err)
	probes := map[mattebox.AccountID]int{}
	for i := range claimed {
		image := m.images[claimed[i].Delivery.Image]
		if image == nil { // it tells a developer of something
			m.answered(&claimed[i])
			continue
		}
		switch newest := claimed[i].Delivery.ID == image.delivery; {
		case newest && (image.sending || image.ended && !claimed[i].Resend):
			m.t.Errorf("delivery %d was claimed, sending %v, ended %v, after %v", image.delivery, image.sending, image.ended, m.log)
		case newest:
			image.sending = true
		}
		m.sendings = append(m.sendings, &claimed[i])
		if claimed[i].Resend {
			continue
		}
		switch resting[image.account] {
		case mattebox.ReceiverPaused, mattebox.ReceiverGone:
			m.t.Errorf("a delivery of account %d was claimed, whose receiver is %s", image.account, resting[image.account])
		case mattebox.ReceiverBroken:
			if probes[image.account]++; probes[image.account] > 1 {
				m.t.Errorf("%d probes at once for account %d", probes[image.account], image.account)
			}
		}
	}
}

// answered records what a developer's server makes of a delivery.
func (m *model) answered(sending *mattebox.Sending) {
	state := []mattebox.DeliveryState{mattebox.DeliveryDelivered, mattebox.DeliveryPending}[m.random.IntN(2)]
	m.check(m.RecordAttempt(m.ctx, m.outcome(sending, state, time.Minute)))
}

func (m *model) pauseOne() {
	m.check(m.PauseReceiver(m.ctx, m.accounts[m.random.IntN(len(m.accounts))], callback, "a test"))
}

func (m *model) resumeOne() {
	account := m.accounts[m.random.IntN(len(m.accounts))]
	err := m.ResumeReceiver(m.ctx, account, callback)
	if r, known := m.receiverOf(account); known && r.State != mattebox.ReceiverOpen {
		m.t.Errorf("account %d's receiver is %s after it was resumed (%v)", account, r.State, err)
	}
}

// settleDeliveries has all that waits sent, once it is let go and is due.
func (m *model) settleDeliveries() {
	m.stop()
	for range 1000 {
		resting, err := m.Receivers(m.ctx, mattebox.ReceiverFilter{})
		m.check(err)
		for _, r := range resting {
			if r.State != mattebox.ReceiverOpen {
				m.check(m.ResumeReceiver(m.ctx, r.Account, r.URL))
			}
		}
		next, err := m.NextDelivery(m.ctx)
		m.check(err)
		if next.IsZero() {
			m.wantSame("deliveries left", m.number(`SELECT COUNT(*) FROM deliveries WHERE state = 'pending' OR state = 'sending'`), int64(0))
			return
		}
		if wait := next.Sub(m.clock.Now()); wait > 0 {
			m.clock.pass(wait)
		}
		claimed, err := m.ClaimDeliveries(m.ctx, mattebox.DeliveryClaim{Limit: 10, Lease: time.Hour})
		m.check(err)
		for i := range claimed {
			image := m.images[claimed[i].Delivery.Image]
			if image == nil {
				m.answered(&claimed[i])
				continue
			}
			if claimed[i].Delivery.ID == image.delivery {
				image.sending = true
			}
			m.sendings = []*mattebox.Sending{&claimed[i]}
			m.endDelivery()
		}
	}
	m.t.Error("there is always another delivery due")
}
