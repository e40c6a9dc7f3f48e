package storetest

import (
	"fmt"
	"time"

	"mattebox"
)

// account makes an account of that name.
func (h *house) account(name string) mattebox.Account {
	h.t.Helper()
	a, _, err := h.CreateAccount(h.ctx, mattebox.Account{Email: name + "@example.com", Contact: mattebox.Contact{Name: name}})
	h.check(err)
	return a
}

// callback is where the road's images want to be told.
const callback = "https://Shop.Example.com:8443/hook"

// submit orders an image with a callback, as change alters the order.
func (h *house) submit(account mattebox.AccountID, change ...func(*mattebox.Submission)) *mattebox.Image {
	h.t.Helper()
	order := mattebox.Submission{Account: account, SourceURLs: []string{"https://pictures.example.com/shoe.jpg"}, Order: mattebox.Order{CallbackURL: callback}}
	for _, c := range change {
		c(&order)
	}
	image, err := h.SubmitImage(h.ctx, order)
	h.check(err)
	return image
}

func ofProduct(name string) func(*mattebox.Submission) {
	return func(order *mattebox.Submission) { order.ProductID = name }
}

func noCallback(order *mattebox.Submission) { order.CallbackURL = "" }

// takeFetch claims a fetch that has to be there.
func (h *house) takeFetch() *mattebox.Fetch {
	h.t.Helper()
	fetch, err := h.ClaimFetch(h.ctx, lease)
	h.check(err)
	if fetch == nil {
		h.t.Fatal("there is nothing to fetch")
	}
	return fetch
}

// fetched takes the next fetch to its end.
func (h *house) fetched() *mattebox.Fetch {
	h.t.Helper()
	fetch := h.takeFetch()
	h.check(h.FinishFetch(h.ctx, *fetch, downloaded(fetch.Image)))
	return fetch
}

// downloaded is what a fetch of the image stores.
func downloaded(image mattebox.Image) []mattebox.Source {
	var sources []mattebox.Source
	for _, s := range image.Sources {
		s.Key = fmt.Sprintf("%d/%d/source-%d", image.Account, image.ID, s.Position)
		s.Bytes, s.Format, s.Width, s.Height = 1000, "jpeg", 800, 600
		sources = append(sources, s)
	}
	return sources
}

// take claims a production that has to be there.
func (h *house) take() *mattebox.Production {
	h.t.Helper()
	production, err := h.ClaimProduction(h.ctx, lease)
	h.check(err)
	if production == nil {
		h.t.Fatal("there is nothing to produce")
	}
	return production
}

// wantNothing fails the test when there is anything to fetch or to produce.
func (h *house) wantNothing() {
	h.t.Helper()
	fetch, err := h.ClaimFetch(h.ctx, lease)
	h.check(err)
	production, err := h.ClaimProduction(h.ctx, lease)
	h.check(err)
	if fetch != nil || production != nil {
		h.t.Fatalf("fetch %v, production %v; want nothing to do", fetch, production)
	}
}

// finished is what a production of the image comes to.
func finished(c mattebox.Claimed) mattebox.Finished {
	key := fmt.Sprintf("%d/%d/%d-%d", c.Image.Account, c.Image.ID, c.Image.Production, c.Lease.Fence)
	f := mattebox.Finished{
		Image: c.Image.ID, Lease: c.Lease, Confidence: .97, Status: mattebox.StatusFinished,
		Result: mattebox.Result{
			Name: "shoe.png", Key: key + "/shoe.png", ThumbnailKey: key + "/thumbnail.jpg",
			Bytes: 5000, ThumbnailBytes: 300, MediaType: "image/png", Width: 700, Height: 500,
		},
	}
	if c.Image.Callback() != "" {
		f.Delivery = notice(c.Image.Ticket)
	}
	return f
}

// notice is a delivery that tells of the ticket.
func notice(ticket string) *mattebox.NewDelivery {
	return &mattebox.NewDelivery{
		Dialect: "rtb", Event: "image.finished", URL: callback,
		ContentType: "application/x-www-form-urlencoded", Body: []byte("imageTicket=" + ticket),
	}
}

// produced takes the next production to its end, at 70, and returns its images.
func (h *house) produced() []mattebox.Claimed {
	h.t.Helper()
	production := h.take()
	for _, c := range production.Images {
		h.check(h.FinishImage(h.ctx, finished(c)))
	}
	return production.Images
}

// finishedImage takes a new image of the account to 70.
func (h *house) finishedImage(account mattebox.AccountID, change ...func(*mattebox.Submission)) *mattebox.Image {
	h.t.Helper()
	image := h.submit(account, change...)
	h.fetched()
	h.produced()
	return h.wantStatus(image.ID, mattebox.StatusFinished)
}

// deliveryOf returns the newest delivery of the image.
func (h *house) deliveryOf(image mattebox.ImageID) *mattebox.Delivery {
	h.t.Helper()
	all, err := h.Deliveries(h.ctx, mattebox.DeliveryFilter{Image: image})
	h.check(err)
	if len(all) == 0 {
		h.t.Fatalf("image %d has no delivery", image)
	}
	return &all[0]
}

// takeDelivery claims a delivery that has to be due.
func (h *house) takeDelivery(id mattebox.DeliveryID) *mattebox.Sending {
	h.t.Helper()
	sending, err := h.ClaimDelivery(h.ctx, id, lease)
	h.check(err)
	if sending == nil {
		h.t.Fatalf("delivery %d cannot be claimed", id)
	}
	return sending
}

// wantNotDue fails the test when the delivery can be claimed.
func (h *house) wantNotDue(id mattebox.DeliveryID) {
	h.t.Helper()
	sending, err := h.ClaimDelivery(h.ctx, id, lease)
	h.check(err)
	if sending != nil {
		h.t.Fatalf("delivery %d was claimed: %+v", id, sending)
	}
}

// outcome is what an attempt came to: the state and, in it, when to try again.
func (h *house) outcome(s *mattebox.Sending, state mattebox.DeliveryState, wait time.Duration) mattebox.Outcome {
	a := mattebox.Attempt{
		Started: h.clock.Now(), Ended: h.clock.Now().Add(20 * time.Millisecond), Address: "203.0.113.7:443",
		Status: 500, Class: "http_500", Error: "the receiver answered 500", Response: []byte("no"),
	}
	if state == mattebox.DeliveryDelivered {
		a.Status, a.Class, a.Error, a.Response = 200, mattebox.AttemptDelivered, "", []byte("yes")
	}
	return mattebox.Outcome{Delivery: s.Delivery.ID, Lease: s.Lease, Attempt: a, State: state, NextAt: h.clock.Now().Add(wait)}
}

// attempt makes one attempt at the delivery.
func (h *house) attempt(id mattebox.DeliveryID, state mattebox.DeliveryState, wait time.Duration) {
	h.t.Helper()
	h.check(h.RecordAttempt(h.ctx, h.outcome(h.takeDelivery(id), state, wait)))
}

// classes returns the classes of the delivery's attempts.
func (h *house) classes(id mattebox.DeliveryID) []string {
	h.t.Helper()
	attempts, err := h.Attempts(h.ctx, id)
	h.check(err)
	var all []string
	for n, a := range attempts {
		if a.Number != n+1 {
			h.t.Fatalf("attempt %d has number %d", n+1, a.Number)
		}
		all = append(all, a.Class)
	}
	return all
}
