package pay

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stripe/stripe-go/v85/webhook"

	"mattebox"
	"mattebox/billing"
	"mattebox/internal/teststore"
	"mattebox/store"
)

// checkout answers as Stripe's API does, as far as it is asked: it makes sessions,
// one for each idempotency key, and tells how they stand.
type checkout struct {
	*httptest.Server
	mu       sync.Mutex
	sessions []url.Values
	keys     map[string]int
	status   map[string]string // of a session's id; open when it is not there
	down     bool
}

func newCheckout(t *testing.T) *checkout {
	c := &checkout{keys: map[string]int{}, status: map[string]string{}}
	c.Server = httptest.NewServer(c)
	t.Cleanup(c.Close)
	return c
}

func (c *checkout) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.down {
		http.Error(w, `{"error":{"type":"invalid_request_error","message":"no such key"}}`, http.StatusUnauthorized)
		return
	}
	id := strings.TrimPrefix(r.URL.Path, "/v1/checkout/sessions/")
	if r.Method == http.MethodPost {
		r.ParseForm()
		n, begun := c.keys[r.Header.Get("Idempotency-Key")]
		if !begun {
			c.sessions = append(c.sessions, r.PostForm)
			n = len(c.sessions)
			c.keys[r.Header.Get("Idempotency-Key")] = n
		}
		id = fmt.Sprintf("cs_test_%d", n)
	}
	status := "open"
	if s := c.status[id]; s != "" {
		status = s
	}
	json.NewEncoder(w).Encode(map[string]any{"id": id, "object": "checkout.session", "status": status, "url": "https://checkout.stripe.com/c/pay/" + id})
}

// house serves the pages over real HTTP from a real store.
type house struct {
	*testing.T
	store    *store.Store
	stripe   *checkout
	server   *httptest.Server
	links    mattebox.Links
	clock    time.Time
	account  mattebox.AccountID
	template mattebox.TemplateID // of orders; 0 for the default
	log      strings.Builder
}

const endpointSecret = "whsec_test_secret"

// newHouse opens a house that takes payments with the provider, nil for Stripe.
func newHouse(t *testing.T, provider Provider) *house {
	t.Helper()
	h := &house{T: t, clock: time.Date(2026, 10, 31, 22, 30, 0, 0, time.UTC), stripe: newCheckout(t)}
	now := func() time.Time { return h.clock }
	h.store = teststore.Open(t, now)
	h.store.ProductWait, h.store.Prices = 0, billing.DefaultPrices()
	h.links = mattebox.Links{Secret: teststore.Keys(t).Links(), Valid: 24 * time.Hour, Now: now}
	if provider == nil {
		var err error
		if provider, err = billing.NewStripe(billing.StripeConfig{Key: "sk_test_1", Secret: endpointSecret, URL: h.stripe.URL}); err != nil {
			t.Fatal(err)
		}
	}
	h.serve(provider)
	account, _, err := h.store.CreateAccount(t.Context(), mattebox.Account{
		Email: "john@example.com", DaysOfCredit: 30, Balance: usd(0),
		Contact: mattebox.Contact{Name: "John <b>Doe</b>", Company: "Doe & Søn", City: "Springfield", Country: "US"},
	})
	if err != nil {
		t.Fatal(err)
	}
	h.account = account.ID
	return h
}

func (h *house) serve(provider Provider) {
	h.Helper()
	mux := http.NewServeMux()
	h.server = httptest.NewServer(mux)
	h.Cleanup(h.server.Close)
	h.links.Public = h.server.URL
	handler, err := New(Config{
		Books: h.store, Payments: h.store, Provider: provider, PDF: billing.InvoicePDF, Links: h.links,
		Seller: mattebox.Party{Company: "Fritlægger ApS"}, Logger: slog.New(slog.NewTextHandler(&h.log, nil)),
	})
	if err != nil {
		h.Fatal(err)
	}
	mux.Handle("/", handler)
}

func usd(cents int64) mattebox.Money { return mattebox.Money{Cents: cents, Currency: mattebox.USD} }

// invoice makes an invoice over two images, of 1.90 USD and 25 % VAT: 2.38 USD.
func (h *house) invoice() *mattebox.Invoice {
	h.Helper()
	for range 2 {
		h.finish()
	}
	from := h.clock.AddDate(0, 0, -20)
	h.clock = h.clock.Add(time.Minute)
	invoice, err := h.store.CloseInvoice(h.Context(), h.account, from, h.clock, mattebox.InvoiceTerms{
		Seller: mattebox.Party{Company: "Fritlægger ApS", Country: "DK"}, VAT: func(mattebox.Party) (int, string) { return 2500, "" },
	})
	if err != nil || invoice == nil {
		h.Fatalf("make an invoice: %v, %v", invoice, err)
	}
	return invoice
}

// finish orders an image and finishes it.
func (h *house) finish() {
	h.Helper()
	if _, err := h.store.SubmitImage(h.Context(), mattebox.Submission{Account: h.account, TemplateID: h.template, SourceURLs: []string{"http://example.com/a.jpg"}}); err != nil {
		h.Fatal(err)
	}
	f, err := h.store.ClaimFetch(h.Context(), time.Minute)
	if err != nil || f == nil {
		h.Fatalf("claim the fetch: %v, %v", f, err)
	}
	f.Image.Sources[0].Key = "source"
	if err := h.store.FinishFetch(h.Context(), *f, f.Image.Sources); err != nil {
		h.Fatal(err)
	}
	p, err := h.store.ClaimProduction(h.Context(), time.Minute)
	if err != nil || p == nil {
		h.Fatalf("claim the production: %v, %v", p, err)
	}
	c := p.Images[0]
	result := mattebox.Result{Name: "a.jpg", MediaType: "image/jpeg", Width: 4, Height: 3, Key: "a", ThumbnailKey: "b"}
	err = h.store.FinishImage(h.Context(), mattebox.Finished{Image: c.Image.ID, Lease: c.Lease, Result: result, Confidence: 1, Status: mattebox.StatusFinished})
	if err != nil {
		h.Fatal(err)
	}
}

// reply is an answer as it came.
type reply struct {
	*http.Response
	body string
}

func (h *house) get(address string) reply {
	h.Helper()
	return h.do(http.MethodGet, address, nil, nil)
}

func (h *house) post(address string, form url.Values) reply {
	h.Helper()
	return h.do(http.MethodPost, address, strings.NewReader(form.Encode()), http.Header{"Content-Type": {"application/x-www-form-urlencoded"}})
}

// do asks, and follows no redirect.
func (h *house) do(method, address string, body io.Reader, header http.Header) reply {
	h.Helper()
	req, err := http.NewRequestWithContext(h.Context(), method, address, body)
	if err != nil {
		h.Fatal(err)
	}
	if header != nil {
		req.Header = header
	}
	res, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		h.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		h.Fatal(err)
	}
	return reply{res, string(text)}
}

// says is Stripe's event on a session, signed.
func (h *house) says(kind, status, session, payment string, amount int64) reply {
	h.Helper()
	body := fmt.Sprintf(`{"id":"evt_%s","object":"event","type":"checkout.session.%s","data":{"object":{"id":%q,"object":"checkout.session","mode":"payment",
		"client_reference_id":%[4]q,"metadata":{"mattebox_payment":%[4]q},"amount_total":%[5]d,"currency":"usd","payment_status":%[6]q}}}`,
		kind, kind, session, payment, amount, status)
	signed := webhook.GenerateTestSignedPayload(&webhook.UnsignedPayload{Payload: []byte(body), Secret: endpointSecret})
	return h.do(http.MethodPost, h.server.URL+"/pay/stripe/events", strings.NewReader(body), http.Header{"Stripe-Signature": {signed.Header}})
}

// want checks the status of an answer and texts in it.
func (r reply) want(t *testing.T, status int, texts ...string) {
	t.Helper()
	if r.StatusCode != status {
		t.Errorf("answered %d, want %d:\n%s", r.StatusCode, status, r.body)
	}
	for _, text := range texts {
		if !strings.Contains(r.body, text) {
			t.Errorf("the answer lacks %q:\n%s", text, r.body)
		}
	}
}
