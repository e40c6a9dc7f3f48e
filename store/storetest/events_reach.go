package storetest

import (
	"errors"
	"fmt"
	"testing"

	"mattebox"
)

// testConcerned has the developer that opened the account, and the one whose key
// the order came with, told beside the account itself: each once, whatever it is.
func testConcerned(t *testing.T, open opener) {
	h := listening(t, open)
	h.Prices = nil
	opener, orderer, other := h.account("opener").ID, h.account("orderer").ID, h.account("other").ID
	made, _, err := h.CreateAccount(h.ctx, mattebox.Account{Email: "a@example.com", Partner: opener})
	h.check(err)
	a := made.ID
	for _, id := range []mattebox.AccountID{opener, orderer, other, a} {
		h.listen(id)
	}
	for _, tt := range []struct {
		name    string
		account mattebox.AccountID
		partner mattebox.AccountID
		want    [4]int // events of opener, orderer, other and the account
	}{
		{"without a key", a, 0, [4]int{1, 0, 0, 1}},
		{"with another's key", a, orderer, [4]int{1, 1, 0, 1}},
		{"with the opener's", a, opener, [4]int{1, 0, 0, 1}},
		{"with its own", a, a, [4]int{1, 0, 0, 1}},
		{"of a developer with its own", opener, opener, [4]int{1, 0, 0, 0}},
		{"of nobody's account", other, 0, [4]int{0, 0, 1, 0}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h := h.in(t)
			before := h.toldOf(opener, orderer, other, a)
			image := h.submit(tt.account, noCallback, func(o *mattebox.Submission) { o.Partner = tt.partner })
			h.wantSame("told", h.toldOf(opener, orderer, other, a), add(before, tt.want))
			fetch := h.takeFetch()
			h.check(h.RefuseImage(h.ctx, fetch.Image.ID, fetch.Lease, ""))
			h.wantSame("told of the end", h.toldOf(opener, orderer, other, a), add(add(before, tt.want), tt.want))
			h.wantStatus(image.ID, mattebox.StatusRefused)
		})
	}
}

// toldOf counts the events of each of the accounts.
func (h *house) toldOf(ids ...mattebox.AccountID) (counts [4]int) {
	h.t.Helper()
	for i, id := range ids {
		counts[i] = len(h.events(id))
	}
	return counts
}

func add(a, b [4]int) [4]int {
	for i := range a {
		a[i] += b[i]
	}
	return a
}

func testWanted(t *testing.T, open opener) {
	h := listening(t, open)
	h.Prices = nil
	a := h.account("a").ID
	finish := func() { h.t.Helper(); h.finishedImage(a, noCallback) }
	finish()
	h.wantTold(a, 0) // no endpoint
	h.listen(a, mattebox.EventImageFinished, mattebox.EventImageFailed)
	finish()
	known := h.wantTold(a, 0, "image.finished|of 1000001|70|||1000001/2000002/final/shoe.png|1 sources")
	h.listen(a, mattebox.EventImageQueued)
	finish()
	known = h.wantTold(a, known, "image.queued|of 1000001|10||||1 sources")
	h.check(h.DropEndpoint(h.ctx, a))
	finish()
	h.wantTold(a, known)
	h.listen(a)
	h.Tell = nil
	finish()
	h.wantTold(a, known)
}

// testEventDelivery looks at the row: the developer's, of no image, due at once and
// signed with the secret of its endpoint.
func testEventDelivery(t *testing.T, open opener) {
	h := listening(t, open)
	h.Prices = nil
	opener := h.account("opener").ID
	made, _, err := h.CreateAccount(h.ctx, mattebox.Account{Email: "a@example.com", Partner: opener})
	h.check(err)
	secret := h.listen(opener)
	h.woken()
	image := h.submit(made.ID)
	d := h.events(opener)[0]
	if len(d.UID) != 36 {
		t.Errorf("UID %q", d.UID)
	}
	want := mattebox.Delivery{
		ID: d.ID, UID: d.UID, Account: opener, Subject: image.Ticket, Dialect: "hwr", Event: "image.queued", URL: hook, ContentType: "application/json",
		Body: []byte("image.queued|of 1000002|10||||1 sources"), State: mattebox.DeliveryPending, NextAt: h.clock.Now(), Created: h.clock.Now(),
	}
	h.wantSame("delivery", d, want)
	h.wantSame("jobs", h.woken(), []string{"deliver 1", fmt.Sprint("fetch ", image.ID)})
	sending := h.takeDelivery(d.ID)
	h.wantSame("secrets", sending.Secrets, []string{secret})
	// Its end moves no image.
	h.check(h.RecordAttempt(h.ctx, h.outcome(sending, mattebox.DeliveryDelivered, 0)))
	h.wantSame("state", h.events(opener)[0].State, mattebox.DeliveryDelivered)
	h.wantStatus(image.ID, mattebox.StatusNew)

	// What has happened is sent where it was to be sent, and can be signed, whatever
	// becomes of the endpoint.
	h.fetched()
	h.produced()
	h.check(h.DropEndpoint(h.ctx, opener))
	d = h.events(opener)[1]
	h.wantSame("event", d.Event, "image.finished")
	h.wantSame("secrets after the end", h.takeDelivery(d.ID).Secrets, []string{secret})
}

func testEventsAtomic(t *testing.T, open opener) {
	h := listening(t, open)
	h.Prices = nil
	a := h.account("a").ID
	h.listen(a)
	image := h.submit(a, noCallback)
	h.fetched()
	c := h.take().Images[0]
	fault := errors.New("no room")
	h.Tell = func(mattebox.Event, mattebox.Endpoint) (mattebox.NewDelivery, error) {
		return mattebox.NewDelivery{}, fault
	}
	if err := h.FinishImage(h.ctx, finished(c)); !errors.Is(err, fault) {
		t.Fatalf("%v, want what Tell said", err)
	}
	h.wantStatus(image.ID, mattebox.StatusProduction)
	h.Tell, h.queue.fault = tells, fault
	if err := h.FinishImage(h.ctx, finished(c)); !errors.Is(err, fault) {
		t.Fatalf("%v, want what the queue said", err)
	}
	h.queue.fault = nil
	h.wantStatus(image.ID, mattebox.StatusProduction)
	h.wantSame("told", len(h.events(a)), 1)
	h.check(h.FinishImage(h.ctx, finished(c)))
	h.wantSame("told at last", len(h.events(a)), 2)
}

// testEventBeside has an image with a callback whose account listens too: each is
// told its own, and the image's status follows its callback.
func testEventBeside(t *testing.T, open opener) {
	h := listening(t, open)
	h.Prices = nil
	a := h.account("a").ID
	h.listen(a, mattebox.EventImageFinished, mattebox.EventImageDelivered)
	image := h.finishedImage(a)
	d := h.deliveryOf(image.ID)
	h.wantSame("dialect", d.Dialect, "rtb")
	event := h.events(a)[0]
	for range 3 {
		h.attempt(event.ID, mattebox.DeliveryPending, 0)
	}
	h.wantSame("event", h.events(a)[0].State, mattebox.DeliveryFailed)
	h.wantStatus(image.ID, mattebox.StatusFinished)
	h.attempt(d.ID, mattebox.DeliveryPending, 0)
	h.wantStatus(image.ID, mattebox.StatusFailedOnce)
	h.wantSame("told", len(h.events(a)), 1)
	h.attempt(d.ID, mattebox.DeliveryDelivered, 0)
	h.wantStatus(image.ID, mattebox.StatusDelivered)
	h.wantTold(a, 1, "image.delivered|of 1000001|80|||1000001/2000001/final/shoe.png|1 sources")

	// A rejection ends the delivery of the picture, and not what developers are told.
	again := h.finishedImage(a)
	h.check(h.RejectImage(h.ctx, a, mattebox.ImageRef{Ticket: again.Ticket}, ""))
	h.wantSame("callback", h.deliveryOf(again.ID).State, mattebox.DeliveryFailed)
	h.wantSame("event of the finish", h.events(a)[2].State, mattebox.DeliveryPending)
}
