package mattebox

import (
	"context"
	"time"
)

// Lease is a worker's right to a row until a time. Every effect names the fence:
// a claim raises it, so what a stalled worker writes late changes nothing.
type Lease struct {
	Fence int64
	Until time.Time
}

// Kind names a kind of job for the queue. A job's argument is one row id.
type Kind string

// The kinds. Fetch and produce jobs only say that there is something to do for an
// account; the worker claims the fairest image, whichever job woke it.
const (
	KindFetch   Kind = "fetch"   // image id: download its sources
	KindProduce Kind = "produce" // image id: make its result
	KindDeliver Kind = "deliver" // delivery id: one attempt
)

// Wake is a job to be enqueued in the transaction of the row that it concerns.
type Wake struct {
	Kind Kind
	ID   int64
	At   time.Time // zero: at once

	// Again says that the row may have a job that was not lost: one that has not
	// begun is enough then.
	Again bool
}

// ErrLost is returned by a store's method whose lease is no longer the row's: the
// worker drops what it has.
var ErrLost = Errorf(CodeConflict, "the lease has passed to another worker")

// Fetch is an image whose sources a worker shall download.
type Fetch struct {
	Image Image
	Lease Lease
	Try   int // from 1: which try this is since the image became StatusNew
}

// Production is what a worker shall produce: one image, or the ready images of one
// product under one template, so that they can share a scale.
type Production struct {
	Images []Claimed
	Scale  float64 // that the product was given before; 0 for none
}

// Claimed is an image in production.
type Claimed struct {
	Image  Image
	Review Review // of the account
	Lease  Lease
}

// Finished is what a production came to, in the transaction that stores it.
type Finished struct {
	Image      ImageID
	Lease      Lease
	Result     Result
	Confidence float64
	Status     Status // StatusQuality or StatusFinished
	Reason     string
	Scale      float64      // of the product's images; 0: not fixed by this one
	Delivery   *NewDelivery // with StatusFinished, when there is a callback
}

// Sending is a delivery that a worker shall try, with what signs it.
// Delivery.Attempts counts this try already (unless it is a resend), and
// Delivery.Interruptions those in a row before it: the claim is committed before a
// byte leaves (webhooks.md, "One attempt").
type Sending struct {
	Delivery Delivery
	Lease    Lease
	Resend   bool // asked for by a person, outside the schedule

	// Secrets are the account's for this dialect, newest first: one, and during a
	// rotation's overlap the old one after it. PartnerSecrets are the partner's in
	// the same order, or the account's own (contracts F2); only RTB signs with them.
	Secrets        []string
	PartnerSecrets []string

	Host string // that the URL names, in lower case, without port
}

// DeliveryClaim asks for deliveries to send.
type DeliveryClaim struct {
	Limit   int            // at most so many
	PerHost int            // attempts at a time to one host
	Busy    map[string]int // attempts that the caller has at a host already; a host may get PerHost less these
	Lease   time.Duration
}

// Outcome is what an attempt came to, in the transaction that records it.
type Outcome struct {
	Delivery DeliveryID
	Lease    Lease
	Attempt  Attempt
	State    DeliveryState // pending (again at NextAt), delivered or failed
	NextAt   time.Time
}

// Clock tells the time; the store and the workers are handed one.
type Clock func() time.Time

// Intake says whether there is room for more work.
type Intake interface {
	// Admit returns nil, or a CodeUnavailable error that says what is full.
	Admit(ctx context.Context) error
}
