package billing

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stripe/stripe-go/v85/webhook"

	"mattebox"
)

// sessionEvent is an event as Stripe sends it, with what a test changes in %s.
func sessionEvent(kind, status string, change ...string) string {
	body := fmt.Sprintf(`{"id":"evt_1","object":"event","api_version":"2020-08-27","created":1763790000,"livemode":false,"type":%q,
		"data":{"object":{"id":"cs_test_7","object":"checkout.session","mode":"payment","client_reference_id":"33979dfe","metadata":{"mattebox_payment":"33979dfe"},
		"amount_total":13606,"currency":"usd","payment_status":%q,"status":"complete"}}}`, kind, status)
	return strings.NewReplacer(change...).Replace(body)
}

// signed returns the headers that stripe-go's own signer makes.
func signed(body, secret string, at time.Time) http.Header {
	payload := webhook.GenerateTestSignedPayload(&webhook.UnsignedPayload{Payload: []byte(body), Secret: secret, Timestamp: at})
	return http.Header{"Stripe-Signature": {payload.Header}}
}

func TestStripeEvents(t *testing.T) {
	s := newStripe(t, "http://127.0.0.1:1")
	event := func(state mattebox.PaymentState) *mattebox.PaymentEvent {
		return &mattebox.PaymentEvent{ID: "evt_1", Payment: "33979dfe", Ref: "cs_test_7", State: state, Amount: usd(13606)}
	}
	tests := map[string]struct {
		body string
		want *mattebox.PaymentEvent
		code mattebox.Code
	}{
		"paid":                     {sessionEvent("checkout.session.completed", "paid"), event(mattebox.PaymentDone), ""},
		"promised":                 {sessionEvent("checkout.session.completed", "unpaid"), event(mattebox.PaymentOpen), ""},
		"kept promise":             {sessionEvent("checkout.session.async_payment_succeeded", "paid"), event(mattebox.PaymentDone), ""},
		"broken promise":           {sessionEvent("checkout.session.async_payment_failed", "unpaid"), event(mattebox.PaymentFailed), ""},
		"expired":                  {sessionEvent("checkout.session.expired", "unpaid"), event(mattebox.PaymentFailed), ""},
		"of another kind":          {sessionEvent("payment_intent.succeeded", "paid"), nil, ""},
		"of another shop":          {sessionEvent("checkout.session.completed", "paid", `{"mattebox_payment":"33979dfe"}`, `{}`), nil, ""},
		"with another reference":   {sessionEvent("checkout.session.completed", "paid", `"client_reference_id":"33979dfe"`, `"client_reference_id":"x"`), nil, ""},
		"of a subscription":        {sessionEvent("checkout.session.completed", "paid", `"mode":"payment"`, `"mode":"subscription"`), nil, ""},
		"in a currency of nobody":  {sessionEvent("checkout.session.completed", "paid", `"usd"`, `"jpy"`), nil, mattebox.CodeInvalid},
		"without a session":        {sessionEvent("checkout.session.completed", "paid", `"cs_test_7"`, `""`), nil, mattebox.CodeInvalid},
		"with a strange session":   {sessionEvent("checkout.session.completed", "paid", `13606`, `"many"`), nil, mattebox.CodeInvalid},
		"no JSON":                  {"payment=1", nil, mattebox.CodeInvalid},
		"a thin notification":      {`{"id":"evt_1","object":"v2.core.event"}`, nil, mattebox.CodeInvalid},
		"larger than Stripe sends": {sessionEvent("checkout.session.completed", "paid") + strings.Repeat(" ", maxEvent), nil, mattebox.CodeTooLarge},
	}
	for name, test := range tests {
		got, err := s.Event([]byte(test.body), signed(test.body, endpointSecret, time.Now()))
		if mattebox.CodeOf(err) != test.code {
			t.Errorf("%s: %v, want code %q", name, err, test.code)
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestStripeEventMustBeSigned(t *testing.T) {
	s := newStripe(t, "http://127.0.0.1:1")
	body := sessionEvent("checkout.session.completed", "paid")
	good := signed(body, endpointSecret, time.Now()).Get("Stripe-Signature")
	for name, header := range map[string]http.Header{
		"no header":          {},
		"empty":              {"Stripe-Signature": {""}},
		"other secret":       signed(body, "whsec_other", time.Now()),
		"other body":         signed(body+" ", endpointSecret, time.Now()),
		"six minutes old":    signed(body, endpointSecret, time.Now().Add(-6*time.Minute)),
		"no such scheme":     {"Stripe-Signature": {strings.Replace(good, "v1=", "v0=", 1)}},
		"time changed":       {"Stripe-Signature": {fmt.Sprintf("t=%d,%s", time.Now().Unix()+60, good[strings.Index(good, "v1="):])}},
		"cut":                {"Stripe-Signature": {good[:len(good)-2]}},
		"under another name": {"X-Signature": {good}},
	} {
		if got, err := s.Event([]byte(body), header); mattebox.CodeOf(err) != mattebox.CodeForbidden || got != nil {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
	rolled := http.Header{"Stripe-Signature": {strings.Replace(good, ",v1=", ",v1="+strings.Repeat("00", 32)+",v1=", 1)}}
	if _, err := s.Event([]byte(body), rolled); err != nil {
		t.Errorf("two signatures while a secret is changed: %v", err)
	}
}

func FuzzStripeEvent(f *testing.F) {
	f.Add(sessionEvent("checkout.session.completed", "paid"))
	f.Add(`{"object":"event","type":"checkout.session.completed","data":null}`)
	f.Add(`{"object":"event","type":"checkout.session.completed","data":{"object":[]}}`)
	f.Fuzz(func(t *testing.T, body string) {
		s, err := NewStripe(StripeConfig{Key: "sk_test_123", Secret: endpointSecret})
		if err != nil {
			t.Fatal(err)
		}
		event, err := s.Event([]byte(body), signed(body, endpointSecret, time.Now()))
		if err == nil && event != nil && (event.Ref == "" || event.Payment == "" || event.Amount.Currency.ID() == 0) {
			t.Errorf("an event without what it is for: %+v", event)
		}
	})
}
