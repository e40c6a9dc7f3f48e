package mattebox

import "time"

// DeliveryID names a delivery inside the house.
type DeliveryID int64

// Delivery is one webhook that has to reach one address. URL, body and dialect
// are frozen when the event happens; signatures are made anew for each attempt.
type Delivery struct {
	ID          DeliveryID
	UID         string // GUID that never changes, for receivers to tell doubles by
	Account     AccountID
	Partner     AccountID // whose secret makes the partner's signature; 0: the account's own (contracts F2)
	Image       ImageID   // 0: it tells of no image
	Subject     string    // the object's name for people: an image's ticket, an invoice's number
	Dialect     string    // webhook's name of body, headers, success and schedule
	Event       string
	URL         string
	ContentType string
	Body        []byte

	State         DeliveryState
	Attempts      int // that the schedule counts; resends are not among them
	Interruptions int // in a row that were our own fault
	NextAt        time.Time
	Created       time.Time
	Ended         time.Time // zero before it is delivered or failed
}

// DeliveryState says where a delivery stands.
type DeliveryState string

// The states.
const (
	DeliveryPending   DeliveryState = "pending"   // waits for NextAt
	DeliverySending   DeliveryState = "sending"   // a worker holds its lease
	DeliveryDelivered DeliveryState = "delivered" // the receiver said so
	DeliveryFailed    DeliveryState = "failed"    // the schedule is at its end
)

// NewDelivery is a delivery before it has a row.
type NewDelivery struct {
	UID         string
	Dialect     string
	Event       string
	URL         string
	ContentType string
	Body        []byte

	// Retries are the waits after the first, second, ... failed try; there is one
	// try more than waits. Empty: those of an RTB image (webhooks.md), 5 minutes,
	// 1 hour, 5 hours.
	Retries []time.Duration
}

// DeliveryFilter selects deliveries. Zero fields do not select.
type DeliveryFilter struct {
	Account  AccountID // 0: all accounts, for operators
	Image    ImageID
	State    DeliveryState
	Events   []EventType // any of them
	Subject  string      // exact
	Receiver string      // the address without query, as Receiver.URL has it
	From     time.Time   // created at or after
	To       time.Time   // created before
	Page     Page        // zero: the newest 100
}

// Attempt is one try to deliver, as the log shows it.
type Attempt struct {
	Number   int  // from 1, resends and interruptions included
	Resend   bool // asked for by a person, outside the schedule
	Started  time.Time
	Ended    time.Time
	Address  string // that was dialled, "203.0.113.7:443"; empty when none was
	Status   int    // HTTP's; 0 when there was no answer
	Class    string // delivered, interrupted, or the class of the error (webhooks.md: http_500, timeout, ...)
	Error    string // fit for the log's reader; empty when there was none
	Response []byte // at most 16 KiB of the answer's body
}

// Classes of attempts that the store tells apart; webhook has the others.
const (
	AttemptDelivered   = "delivered"
	AttemptInterrupted = "interrupted" // broken by ourselves; spends no try
	AttemptSuperseded  = "superseded"  // not made: the customer rejected the picture first
)
