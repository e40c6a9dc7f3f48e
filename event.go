package mattebox

import (
	"net/url"
	"slices"
	"strings"
	"time"
)

// EventType names what happened to an object of an account, for developers'
// webhooks.
type EventType string

// The events. Each is told in the transaction in which it happens.
const (
	EventImageQueued    EventType = "image.queued"    // ordered: StatusNew
	EventImageFailed    EventType = "image.failed"    // its download failed for good: StatusDownloadFailed
	EventImageFinished  EventType = "image.finished"  // there is a result: StatusFinished, after each production
	EventImageDelivered EventType = "image.delivered" // the customer has it: StatusDelivered
	EventImageRejected  EventType = "image.rejected"  // returned by the customer: StatusReturned
	EventImageRefused   EventType = "image.refused"   // by the service: StatusRefused
	EventImageQuestion  EventType = "image.question"  // the service asks: StatusQuestion
	EventInvoiceCreated EventType = "invoice.created" // an invoice, or a credit note
	EventInvoicePaid    EventType = "invoice.paid"    // in full: not one that a credit note took back
	EventJobStarted     EventType = "job.started"
	EventJobCompleted   EventType = "job.completed"
	EventJobFailed      EventType = "job.failed"
)

// EventTypes returns all events, in the order of the documentation.
func EventTypes() []EventType {
	return []EventType{
		EventImageQueued, EventImageFailed, EventImageFinished, EventImageDelivered, EventImageRejected, EventImageRefused, EventImageQuestion,
		EventInvoiceCreated, EventInvoicePaid,
		EventJobStarted, EventJobCompleted, EventJobFailed,
	}
}

// Event is something that has happened. One of the objects is there, by Type, as
// it is after the event.
type Event struct {
	Type    EventType
	At      time.Time
	Account AccountID // whose object it is
	Image   *Image
	Result  string // absolute address of the picture or clip; the store, which does not know it, leaves it to Tell
	Invoice *Invoice
	Job     *Job
}

// Subject names the object for people: an image's ticket, an invoice's number or a job's UID.
func (e Event) Subject() string {
	switch {
	case e.Image != nil:
		return e.Image.Ticket
	case e.Invoice != nil:
		return e.Invoice.ID()
	case e.Job != nil:
		return e.Job.UID
	}
	return ""
}

// Endpoint is where a developer's webhooks go. An account has one or none; it is
// told of its own objects, of those of the accounts that it has opened, and of
// images ordered with its key.
type Endpoint struct {
	Account AccountID
	URL     string      // https
	Events  []EventType // that are sent; empty: all
	Created time.Time
	Updated time.Time
}

// Wants reports whether the endpoint is told of such events.
func (e Endpoint) Wants(t EventType) bool {
	return len(e.Events) == 0 || slices.Contains(e.Events, t)
}

// Validate returns a CodeInvalid error, on url or events, for an endpoint that
// nothing can be sent to: its address has to be https, with a host, without user or
// fragment and at most 2,048 characters long, and its events have to be known.
// Whether the address may be dialled is not judged here.
func (e Endpoint) Validate() error {
	address, err := url.Parse(e.URL)
	switch {
	case e.URL == "":
		return Invalid("url", "is required")
	case err != nil || len(e.URL) > 2048 || strings.ContainsFunc(e.URL, func(r rune) bool { return r <= ' ' || r > '~' }):
		return Invalid("url", "is not an address of at most 2,048 plain characters")
	case !strings.EqualFold(address.Scheme, "https"):
		return Invalid("url", "has to begin with https://")
	case address.Hostname() == "":
		return Invalid("url", "names no host")
	case address.User != nil:
		return Invalid("url", "may not hold a user or password")
	case address.Fragment != "":
		return Invalid("url", "may not have a fragment (#)")
	}
	for _, t := range e.Events {
		if !slices.Contains(EventTypes(), t) {
			return Invalid("events", "has %.40q, which is none; there are %s", string(t), strings.Join(eventNames(EventTypes()), ", "))
		}
	}
	return nil
}

func eventNames(events []EventType) []string {
	texts := make([]string, len(events))
	for i, t := range events {
		texts[i] = string(t)
	}
	return texts
}
