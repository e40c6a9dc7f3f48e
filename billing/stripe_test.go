package billing

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"mattebox"
	"mattebox/internal/stripetest"
)

// recorder stands in front of stripe-mock, keeps what was asked, and puts into
// the answers what stripe-mock, which remembers nothing, leaves empty.
type recorder struct {
	*httptest.Server
	mu      sync.Mutex
	headers []http.Header
	forms   []url.Values
	paths   []string
	answer  map[string]any // members of a session to set
}

func record(t *testing.T) *recorder {
	r := &recorder{answer: map[string]any{"url": "https://checkout.stripe.com/c/pay/cs_test_1", "status": "open"}}
	proxy := httputil.NewSingleHostReverseProxy(stripetest.Mock(t))
	proxy.ModifyResponse = r.fill
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		body, _ := io.ReadAll(req.Body)
		form, _ := url.ParseQuery(string(body))
		r.mu.Lock()
		r.headers, r.forms, r.paths = append(r.headers, req.Header.Clone()), append(r.forms, form), append(r.paths, req.Method+" "+req.URL.Path)
		r.mu.Unlock()
		req.Body = io.NopCloser(bytes.NewReader(body))
		proxy.ServeHTTP(w, req)
	}))
	t.Cleanup(r.Close)
	return r
}

func (r *recorder) fill(res *http.Response) error {
	var session map[string]any
	data, err := io.ReadAll(res.Body)
	if err != nil {
		return err
	}
	if res.StatusCode == http.StatusOK && json.Unmarshal(data, &session) == nil {
		for name, value := range r.answer {
			session[name] = value
		}
		data, _ = json.Marshal(session)
	}
	res.Body, res.ContentLength = io.NopCloser(bytes.NewReader(data)), int64(len(data))
	res.Header.Set("Content-Length", strconv.Itoa(len(data)))
	return nil
}

const endpointSecret = "whsec_test_secret"

func newStripe(t *testing.T, address string) *Stripe {
	t.Helper()
	s, err := NewStripe(StripeConfig{Key: "sk_test_123", Secret: endpointSecret, URL: address})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func order() mattebox.PaymentOrder {
	return mattebox.PaymentOrder{
		Payment:     mattebox.Payment{ID: "33979dfe-5ea7-44ea-b3dd-7fde33bc37e9", Account: 1000003, Invoice: 1315, Amount: usd(13606)},
		Description: "Invoice INV-1315", Email: "john @ example.com",
		Success: "https://shop.example.com/pay/INV-1315/done?sig=1.a&returnUrl=http%3A%2F%2Fa", Cancel: "https://shop.example.com/pay/INV-1315?sig=1.a",
	}
}

func TestStripeBegin(t *testing.T) {
	mock := record(t)
	s := newStripe(t, mock.URL)
	start, err := s.Begin(t.Context(), order())
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(start.Ref, "cs_") || start.URL != "https://checkout.stripe.com/c/pay/cs_test_1" {
		t.Errorf("began %+v", start)
	}
	want := url.Values{
		"mode": {"payment"}, "client_reference_id": {order().Payment.ID}, "metadata[mattebox_payment]": {order().Payment.ID},
		"success_url": {order().Success}, "cancel_url": {order().Cancel}, "customer_email": {"john@example.com"},
		"line_items[0][quantity]": {"1"}, "line_items[0][price_data][currency]": {"usd"}, "line_items[0][price_data][unit_amount]": {"13606"},
		"line_items[0][price_data][product_data][name]": {"Invoice INV-1315"}, "adaptive_pricing[enabled]": {"false"},
		"payment_intent_data[description]": {"Invoice INV-1315"}, "payment_intent_data[metadata][mattebox_payment]": {order().Payment.ID},
	}
	if diff := cmp.Diff(want, mock.forms[0]); diff != "" {
		t.Error(diff)
	}
	if got := mock.headers[0].Get("Idempotency-Key"); got != order().Payment.ID {
		t.Errorf("the idempotency key is %q", got)
	}
	if got := mock.headers[0].Get("Authorization"); got != "Bearer sk_test_123" {
		t.Errorf("the key is sent as %q", got)
	}
}

func TestStripeResume(t *testing.T) {
	mock := record(t)
	s := newStripe(t, mock.URL)
	again := order()
	again.Payment.Ref = "cs_test_7"
	start, err := s.Begin(t.Context(), again)
	if err != nil || start.URL == "" {
		t.Errorf("an open session: %+v, %v", start, err)
	}
	if got := mock.paths[0]; got != "GET /v1/checkout/sessions/cs_test_7" {
		t.Errorf("asked for %s", got)
	}
	for status, want := range map[string]mattebox.Code{"complete": mattebox.CodeConflict, "expired": mattebox.CodeNotFound} {
		mock.answer["status"] = status
		if _, err := s.Begin(t.Context(), again); mattebox.CodeOf(err) != want {
			t.Errorf("a session that is %s: %v", status, err)
		}
	}
}

// TestStripeFaults: what Stripe says is told in words for the payer, and kept for
// the log.
func TestStripeFaults(t *testing.T) {
	tests := map[string]struct {
		status int
		body   string
		want   mattebox.Code
	}{
		"wrong key":        {401, `{"error":{"type":"invalid_request_error","message":"Invalid API Key"}}`, mattebox.CodeInternal},
		"other parameters": {400, `{"error":{"type":"idempotency_error","message":"Keys for idempotent requests..."}}`, mattebox.CodeConflict},
		"too small":        {400, `{"error":{"type":"invalid_request_error","code":"amount_too_small"}}`, mattebox.CodeInvalid},
		"gone":             {404, `{"error":{"type":"invalid_request_error","code":"resource_missing"}}`, mattebox.CodeNotFound},
		"a page":           {200, `<html>`, mattebox.CodeUnavailable},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(test.status)
				io.WriteString(w, test.body)
			}))
			defer server.Close()
			if _, err := newStripe(t, server.URL).Begin(t.Context(), order()); mattebox.CodeOf(err) != test.want {
				t.Errorf("%v, want %s", err, test.want)
			}
		})
	}
	server := httptest.NewServer(http.NotFoundHandler())
	server.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	if _, err := newStripe(t, server.URL).Begin(ctx, order()); mattebox.CodeOf(err) != mattebox.CodeUnavailable {
		t.Errorf("nobody there: %v", err)
	}
}

func TestStripeRefusesSettings(t *testing.T) {
	for field, config := range map[string]StripeConfig{
		"key":    {Key: "pk_test_123", Secret: endpointSecret},
		"secret": {Key: "sk_test_123", Secret: "sk_test_123"},
	} {
		if _, err := NewStripe(config); mattebox.CodeOf(err) != mattebox.CodeInvalid || !strings.HasPrefix(err.Error(), field+": ") || strings.Contains(err.Error(), "_123") {
			t.Errorf("%s: %v", field, err)
		}
	}
	empty := order()
	empty.Payment.Amount.Cents = 0
	if _, err := newStripe(t, "http://127.0.0.1:1").Begin(t.Context(), empty); mattebox.CodeOf(err) != mattebox.CodeInvalid {
		t.Errorf("nothing to pay: %v", err)
	}
}

func TestManual(t *testing.T) {
	m := Manual{Text: "IBAN DK1, text {reference}"}
	if got := m.Instructions("INV-7"); got != "IBAN DK1, text INV-7" {
		t.Error(got)
	}
	if got := (Manual{Text: " \n"}).Instructions("INV-7"); !strings.Contains(got, "INV-7") {
		t.Error(got)
	}
	if _, err := m.Begin(t.Context(), order()); mattebox.CodeOf(err) != mattebox.CodeConflict {
		t.Error(err)
	}
	if _, err := m.Event(nil, nil); mattebox.CodeOf(err) != mattebox.CodeNotFound {
		t.Error(err)
	}
}
