package billing

import (
	"context"
	"net/http"
	"strings"

	"mattebox"
)

// Provider takes payments for the house. Its methods may be called at the same time.
type Provider interface {
	// Name is how payments say which provider they went through, and a part of the
	// address of its events.
	Name() string
	// Instructions tell the payer how to pay, under which reference ("INV-1315"); they
	// are empty for a provider that leads the payer through it.
	Instructions(reference string) string
	// Begin begins the payment and returns where the payer pays. To be called again
	// with the same Payment.ID is harmless. A payment with a Ref goes on with what was
	// begun: CodeNotFound says that this has ended without a payment, so that a new one
	// may be opened; CodeConflict that it has been paid, or that it was begun with
	// other terms.
	Begin(ctx context.Context, order mattebox.PaymentOrder) (mattebox.PaymentStart, error)
	// Event proves that the body is the provider's and returns what it says of a
	// payment; nil when that is of no concern. It returns a CodeForbidden error for what
	// is not proved, or too old. The same event may come several times, late, and after
	// a later one.
	Event(body []byte, header http.Header) (*mattebox.PaymentEvent, error)
}

// The providers there are.
var (
	_ Provider = Manual{}
	_ Provider = (*Stripe)(nil)
)

// Manual is the provider of a house that takes payments by hand: it tells the
// payer where to send the money, and an operator marks the invoice as paid.
type Manual struct {
	// Text are the instructions; every {reference} in it is replaced.
	Text string
}

// Name returns "manual".
func (Manual) Name() string { return "manual" }

// Instructions returns the text with the reference, or a sentence that holds
// everywhere when there is none.
func (m Manual) Instructions(reference string) string {
	text := m.Text
	if strings.TrimSpace(text) == "" {
		text = "Please send the amount to the seller named on the invoice, with {reference} as the reference."
	}
	return strings.ReplaceAll(text, "{reference}", reference)
}

// Begin returns a CodeConflict error: nothing is done by itself.
func (Manual) Begin(context.Context, mattebox.PaymentOrder) (mattebox.PaymentStart, error) {
	return mattebox.PaymentStart{}, mattebox.Errorf(mattebox.CodeConflict, "payments are taken by hand here; follow the instructions")
}

// Event returns a CodeNotFound error: nobody sends any.
func (Manual) Event([]byte, http.Header) (*mattebox.PaymentEvent, error) {
	return nil, mattebox.Errorf(mattebox.CodeNotFound, "payments are taken by hand here; there are no events")
}
