package billing

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/stripe/stripe-go/v85"

	"mattebox"
)

// Stripe takes payments through Stripe Checkout, on Stripe's own pages: no card
// number comes near to us.
type Stripe struct {
	client *stripe.Client
	secret string
}

// StripeConfig is what Stripe's dashboard shows.
type StripeConfig struct {
	Key    string // secret or restricted key, sk_... or rk_...; of Checkout Sessions it needs to write
	Secret string // of the webhook endpoint, whsec_...
	URL    string // of the API; empty for Stripe's
}

// stripeTime bounds one request to Stripe: a payer waits for it.
const stripeTime = 20 * time.Second

// NewStripe returns the provider. It returns a CodeInvalid error for keys that are
// none; whether Stripe knows them, the first payment tells.
func NewStripe(c StripeConfig) (*Stripe, error) {
	if !strings.HasPrefix(c.Key, "sk_") && !strings.HasPrefix(c.Key, "rk_") {
		return nil, mattebox.Invalid("key", "is no secret key of Stripe, which begins with sk_ or rk_")
	}
	if !strings.HasPrefix(c.Secret, "whsec_") {
		return nil, mattebox.Invalid("secret", "is no signing secret of a webhook endpoint of Stripe, which begins with whsec_")
	}
	config := &stripe.BackendConfig{
		HTTPClient:        &http.Client{Timeout: stripeTime},
		EnableTelemetry:   stripe.Bool(false),
		LeveledLogger:     &stripe.LeveledLogger{Level: stripe.LevelNull}, // errors are returned, and logged by who gets them
		MaxNetworkRetries: stripe.Int64(2),
	}
	if c.URL != "" {
		config.URL = stripe.String(c.URL)
	}
	backends := stripe.NewBackendsWithConfig(config)
	return &Stripe{stripe.NewClient(c.Key, stripe.WithBackends(backends)), c.Secret}, nil
}

// Name returns "stripe".
func (*Stripe) Name() string { return "stripe" }

// Instructions returns none.
func (*Stripe) Instructions(string) string { return "" }

// Begin creates a Checkout Session for the payment, or finds the one it has.
func (s *Stripe) Begin(ctx context.Context, order mattebox.PaymentOrder) (mattebox.PaymentStart, error) {
	if order.Payment.Ref != "" {
		return s.resume(ctx, order.Payment.Ref)
	}
	if order.Payment.ID == "" || order.Payment.Amount.Cents <= 0 {
		return mattebox.PaymentStart{}, mattebox.Invalid("payment", "has no identity, or nothing to pay")
	}
	session, err := s.client.V1CheckoutSessions.Create(ctx, sessionOf(order))
	if err != nil {
		return mattebox.PaymentStart{}, explainStripe(err)
	}
	return mattebox.PaymentStart{Ref: session.ID, URL: session.URL}, nil
}

// owner is the metadata that tells our sessions from others of the same Stripe
// account, whose events come to us as well.
const owner = "mattebox_payment"

func sessionOf(order mattebox.PaymentOrder) *stripe.CheckoutSessionCreateParams {
	p := order.Payment
	params := &stripe.CheckoutSessionCreateParams{
		Mode:              stripe.String(string(stripe.CheckoutSessionModePayment)),
		ClientReferenceID: stripe.String(p.ID),
		SuccessURL:        stripe.String(order.Success),
		CancelURL:         stripe.String(order.Cancel),
		LineItems: []*stripe.CheckoutSessionCreateLineItemParams{{
			Quantity: stripe.Int64(1),
			PriceData: &stripe.CheckoutSessionCreateLineItemPriceDataParams{
				Currency:    stripe.String(strings.ToLower(string(p.Amount.Currency))),
				UnitAmount:  stripe.Int64(p.Amount.Cents), // all our currencies have hundredths, as Stripe counts them
				ProductData: &stripe.CheckoutSessionCreateLineItemPriceDataProductDataParams{Name: stripe.String(order.Description)},
			},
		}},
		PaymentIntentData: &stripe.CheckoutSessionCreatePaymentIntentDataParams{
			Description: stripe.String(order.Description), Metadata: map[string]string{owner: p.ID},
		},
		// What is paid has to be the amount in the currency of the invoice.
		AdaptivePricing: &stripe.CheckoutSessionCreateAdaptivePricingParams{Enabled: stripe.Bool(false)},
	}
	if mattebox.ValidateEmail("email", order.Email) == nil {
		params.CustomerEmail = stripe.String(mattebox.NormalEmail(order.Email))
	}
	params.AddMetadata(owner, p.ID)
	params.SetIdempotencyKey(p.ID)
	return params
}

// resume returns the page of a session that is still open.
func (s *Stripe) resume(ctx context.Context, ref string) (mattebox.PaymentStart, error) {
	session, err := s.client.V1CheckoutSessions.Retrieve(ctx, ref, nil)
	if err != nil {
		return mattebox.PaymentStart{}, explainStripe(err)
	}
	switch {
	case session.Status == stripe.CheckoutSessionStatusComplete:
		return mattebox.PaymentStart{}, mattebox.Errorf(mattebox.CodeConflict, "the payment has been made; it takes a moment to arrive")
	case session.Status != stripe.CheckoutSessionStatusOpen || session.URL == "":
		return mattebox.PaymentStart{}, mattebox.Errorf(mattebox.CodeNotFound, "the payment has ended without being made")
	}
	return mattebox.PaymentStart{Ref: session.ID, URL: session.URL}, nil
}

// explainStripe says what an error of Stripe's means to us. What Stripe said is
// its cause, for the log.
func explainStripe(err error) error {
	var said *stripe.Error
	if !errors.As(err, &said) {
		return mattebox.Wrap(mattebox.CodeUnavailable, err, "the payment provider does not answer; please try again")
	}
	switch {
	case said.Type == stripe.ErrorTypeIdempotency:
		return mattebox.Wrap(mattebox.CodeConflict, err, "the payment was begun with other terms")
	case said.Code == stripe.ErrorCodeAmountTooSmall:
		return mattebox.Wrap(mattebox.CodeInvalid, err, "the amount is less than the payment provider takes")
	case said.Code == stripe.ErrorCodeAmountTooLarge:
		return mattebox.Wrap(mattebox.CodeInvalid, err, "the amount is more than the payment provider takes")
	case said.HTTPStatusCode == http.StatusNotFound:
		return mattebox.Wrap(mattebox.CodeNotFound, err, "the payment provider does not know the payment")
	case said.HTTPStatusCode == http.StatusTooManyRequests || said.HTTPStatusCode >= 500 || said.HTTPStatusCode == http.StatusConflict:
		return mattebox.Wrap(mattebox.CodeUnavailable, err, "the payment provider is busy; please try again")
	}
	return mattebox.Wrap(mattebox.CodeInternal, err, "the payment provider refused the request")
}
