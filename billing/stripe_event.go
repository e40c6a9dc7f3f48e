package billing

import (
	"encoding/json"
	"net/http"

	"github.com/stripe/stripe-go/v85"
	"github.com/stripe/stripe-go/v85/webhook"

	"mattebox"
)

// maxEvent bounds an event, in bytes; Stripe's are a few thousand long.
const maxEvent = 1 << 18

// Event proves and reads an event of a Checkout Session of ours. The signature in
// Stripe-Signature must be one of the endpoint's secret over time and body, and at most
// five minutes old (webhook.DefaultTolerance). Events of other kinds, and of
// sessions that are not ours, are of no concern.
func (s *Stripe) Event(body []byte, header http.Header) (*mattebox.PaymentEvent, error) {
	if len(body) > maxEvent {
		return nil, mattebox.Errorf(mattebox.CodeTooLarge, "an event has at most %d bytes", maxEvent)
	}
	if err := webhook.ValidatePayload(body, header.Get("Stripe-Signature"), s.secret); err != nil {
		return nil, mattebox.Wrap(mattebox.CodeForbidden, err, "the event is not signed by Stripe for this endpoint, or too old")
	}
	// The endpoint may be set to another version of Stripe's API than stripe-go's: what is
	// read here is the same in all of them.
	options := webhook.ConstructEventOptions{IgnoreTolerance: true, IgnoreAPIVersionMismatch: true}
	event, err := webhook.ConstructEventWithOptions(body, header.Get("Stripe-Signature"), s.secret, options)
	if err != nil {
		return nil, mattebox.Wrap(mattebox.CodeInvalid, err, "the event cannot be read")
	}
	return paymentEvent(&event)
}

func paymentEvent(event *stripe.Event) (*mattebox.PaymentEvent, error) {
	switch event.Type {
	case stripe.EventTypeCheckoutSessionCompleted, stripe.EventTypeCheckoutSessionExpired,
		stripe.EventTypeCheckoutSessionAsyncPaymentSucceeded, stripe.EventTypeCheckoutSessionAsyncPaymentFailed:
	default:
		return nil, nil
	}
	var session stripe.CheckoutSession
	if event.Data == nil || json.Unmarshal(event.Data.Raw, &session) != nil || session.ID == "" {
		return nil, mattebox.Errorf(mattebox.CodeInvalid, "the event has no session that can be read")
	}
	if session.Metadata[owner] == "" || session.Metadata[owner] != session.ClientReferenceID || session.Mode != stripe.CheckoutSessionModePayment {
		return nil, nil
	}
	currency, err := mattebox.ParseCurrency(string(session.Currency))
	if err != nil {
		return nil, mattebox.Wrap(mattebox.CodeInvalid, err, "the session has the currency %.10q", session.Currency)
	}
	return &mattebox.PaymentEvent{
		ID: event.ID, Payment: session.ClientReferenceID, Ref: session.ID,
		State:  stateOf(event.Type, session.PaymentStatus),
		Amount: mattebox.Money{Cents: session.AmountTotal, Currency: currency},
	}, nil
}

// stateOf is what an event of a session means. A completed session is paid at once
// by card, and only promised by a bank transfer or debit, whose outcome follows.
func stateOf(kind stripe.EventType, status stripe.CheckoutSessionPaymentStatus) mattebox.PaymentState {
	paid := status == stripe.CheckoutSessionPaymentStatusPaid
	switch kind {
	case stripe.EventTypeCheckoutSessionCompleted, stripe.EventTypeCheckoutSessionAsyncPaymentSucceeded:
		if paid {
			return mattebox.PaymentDone
		}
		return mattebox.PaymentOpen
	}
	return mattebox.PaymentFailed
}
