package money

import (
	"bytes"
	"encoding/json"
	"fmt"
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

	"github.com/stripe/stripe-go/v85/webhook"

	"mattebox/internal/stripetest"
)

const endpointSecret = "whsec_test_secret"

// stripeAPI is Stripe's own mock server, which checks requests against Stripe's
// description and remembers nothing, behind a proxy that gives each session an
// identity and a page and keeps what it was made for.
type stripeAPI struct {
	*httptest.Server
	mu       sync.Mutex
	payments []string // our ids, by session
}

func newStripe(t *testing.T) *stripeAPI {
	t.Helper()
	s := &stripeAPI{}
	proxy := httputil.NewSingleHostReverseProxy(stripetest.Mock(t))
	proxy.ModifyResponse = s.fill
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if form, _ := url.ParseQuery(string(body)); form.Get("client_reference_id") != "" {
			s.mu.Lock()
			s.payments = append(s.payments, form.Get("client_reference_id"))
			s.mu.Unlock()
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		proxy.ServeHTTP(w, r)
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *stripeAPI) fill(r *http.Response) error {
	data, err := io.ReadAll(r.Body)
	if err != nil {
		return err
	}
	var session map[string]any
	if r.StatusCode == http.StatusOK && json.Unmarshal(data, &session) == nil {
		s.mu.Lock()
		session["id"] = fmt.Sprintf("cs_test_%d", len(s.payments))
		s.mu.Unlock()
		session["url"], session["status"] = fmt.Sprintf("https://checkout.stripe.com/c/pay/%s", session["id"]), "open"
		data, _ = json.Marshal(session)
	}
	r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(data)), int64(len(data))
	r.Header.Set("Content-Length", strconv.Itoa(len(data)))
	return nil
}

// event tells the service of the newest session, signed as Stripe does, and returns
// the HTTP status of the answer.
func (s *stripeAPI) event(t *testing.T, h *house, kind, status string, cents int, secret string) int {
	t.Helper()
	s.mu.Lock()
	id := s.payments[len(s.payments)-1]
	n := len(s.payments)
	s.mu.Unlock()
	body := fmt.Sprintf(`{"id":"evt_%d","object":"event","api_version":"2020-08-27","type":"checkout.session.%s","data":{"object":{"id":"cs_test_%d","object":"checkout.session",
		"mode":"payment","client_reference_id":%q,"metadata":{"mattebox_payment":%q},"amount_total":%d,"currency":"usd","payment_status":%q,"status":"complete"}}}`,
		n, kind, n, id, id, cents, status)
	signed := webhook.GenerateTestSignedPayload(&webhook.UnsignedPayload{Payload: []byte(body), Secret: secret, Timestamp: time.Now()})
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, h.URL+"/pay/stripe/events", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Stripe-Signature", signed.Header)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	return response.StatusCode
}

// press submits the form of a page to pay at and returns where it leads to.
func (h *house) press(t *testing.T, page string, more url.Values) string {
	t.Helper()
	u, err := url.Parse(page)
	if err != nil {
		t.Fatal(err)
	}
	form := u.Query()
	for name, values := range more {
		form[name] = values
	}
	u.RawQuery = ""
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	response, err := client.PostForm(u.String(), form)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusSeeOther {
		body, _ := io.ReadAll(response.Body)
		t.Fatalf("POST %s: HTTP status %d: %s", u, response.StatusCode, body)
	}
	return response.Header.Get("Location")
}

// A customer pays an invoice, and then in, at Stripe; what Stripe says twice, late or
// unsigned changes nothing.
func TestStripePayments(t *testing.T) {
	api := newStripe(t)
	env := []string{"MATTEBOX_PAYMENT=stripe", "MATTEBOX_STRIPE_KEY=sk_test_123", "MATTEBOX_STRIPE_WEBHOOK_SECRET=" + endpointSecret, "MATTEBOX_STRIPE_URL=" + api.URL}
	onBothWith(t, env, func(t *testing.T, h *house) {
		c := h.customer(t)
		c.finished()
		h.mattebox(t, "invoice run", "--period", time.Now().UTC().Format("2006-01"), "--account", c.email)
		invoices := func() string {
			list := c.do(http.MethodGet, "Invoices", fields{"returnUrl": "https://shop.example.test/thanks"}).Invoices
			if len(list) != 1 {
				t.Fatalf("invoices %+v", list)
			}
			return fmt.Sprint(list[0].AmountDue, " ", list[0].IsPaid)
		}
		page := c.do(http.MethodGet, "Invoices", fields{"returnUrl": "https://shop.example.test/thanks"}).Invoices[0].PaymentUrl
		first := h.press(t, page, nil)
		if again := h.press(t, page, nil); !strings.HasPrefix(first, "https://checkout.stripe.com/") || again != first {
			t.Errorf("the button leads to %s, then to %s", first, again)
		}
		for _, step := range []struct {
			kind, status string
			cents        int
			secret       string
			answer       int
			want         string
		}{
			{"completed", "paid", 119, "whsec_other", http.StatusForbidden, "1.19 false"},
			{"completed", "unpaid", 119, endpointSecret, http.StatusOK, "1.19 false"},
			{"async_payment_succeeded", "paid", 119, endpointSecret, http.StatusOK, "0.00 true"},
			{"async_payment_succeeded", "paid", 119, endpointSecret, http.StatusOK, "0.00 true"},
			{"expired", "unpaid", 119, endpointSecret, http.StatusOK, "0.00 true"},
		} {
			if got := api.event(t, h, step.kind, step.status, step.cents, step.secret); got != step.answer {
				t.Errorf("%s %s: HTTP status %d, want %d", step.kind, step.status, got, step.answer)
			}
			if got := invoices(); got != step.want {
				t.Errorf("after %s %s: %s, want %s", step.kind, step.status, got, step.want)
			}
		}
		c.has("0.00", 0)

		topUp := strings.TrimSpace(string(h.mattebox(t, "account top-up "+c.email)))
		h.press(t, topUp, url.Values{"amount": {"25.00"}})
		for range 2 {
			if got := api.event(t, h, "completed", "paid", 2500, endpointSecret); got != http.StatusOK {
				t.Errorf("top-up: HTTP status %d", got)
			}
		}
		c.has("25.00", 0)
		h.ledger(t)
	})
}
