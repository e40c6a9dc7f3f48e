package pay

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"mattebox"
	"mattebox/billing"
)

// elements returns the elements of a name, each as its attributes, and fails on a
// page that is not well formed where it matters.
func elements(t *testing.T, page, name string) []map[string]string {
	t.Helper()
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	var found []map[string]string
	for node := range root.Descendants() {
		if node.Type != html.ElementNode || node.Data != name {
			continue
		}
		attributes := map[string]string{}
		for _, a := range node.Attr {
			attributes[a.Key] = a.Val
		}
		found = append(found, attributes)
	}
	return found
}

// fields returns the form's fields, to be sent as a browser does.
func fields(t *testing.T, page string) url.Values {
	t.Helper()
	form := url.Values{}
	for _, input := range elements(t, page, "input") {
		form.Set(input["name"], input["value"])
	}
	return form
}

func TestInvoicePageAndPayment(t *testing.T) {
	h := newHouse(t, nil)
	invoice := h.invoice()
	address := h.links.Absolute("pay/"+invoice.ID()) + "&returnUrl=" + url.QueryEscape("https://shop.example.com/paid?order=1&x=2")
	page := h.get(address)
	page.want(t, http.StatusOK, "Invoice INV-", "Fritlægger ApS", "Doe &amp; Søn", "John &lt;b&gt;Doe&lt;/b&gt;", "Due by 2026-11-30",
		"Net", "1.90 USD", "VAT 25 %", "0.48 USD", "Amount due", "Pay 2.38 USD", "shop.example.com</strong>")
	if forms := elements(t, page.body, "form"); len(forms) != 1 || forms[0]["method"] != "post" || forms[0]["action"] != invoice.ID() {
		t.Errorf("forms: %v", forms)
	}
	begun := h.post(h.server.URL+"/pay/"+invoice.ID(), fields(t, page.body))
	begun.want(t, http.StatusSeeOther)
	if got := begun.Header.Get("Location"); got != "https://checkout.stripe.com/c/pay/cs_test_1" {
		t.Errorf("led to %q", got)
	}
	session := h.stripe.sessions[0]
	if got := session.Get("line_items[0][price_data][unit_amount]"); got != "238" {
		t.Errorf("Stripe is asked for %s", got)
	}
	if got := session.Get("customer_email"); got != "john@example.com" {
		t.Errorf("the receipt goes to %q", got)
	}
	h.get(session.Get("cancel_url")).want(t, http.StatusOK, "Pay 2.38 USD", "shop.example.com</strong>")
	done := session.Get("success_url")
	h.get(done).want(t, http.StatusOK, "On its way", "has not told us of the payment of 2.38 USD", "Look again")

	h.says("completed", "paid", "cs_test_1", session.Get("client_reference_id"), 238).want(t, http.StatusOK, "received")
	paid := h.get(done)
	paid.want(t, http.StatusOK, "Thank you. 2.38 USD has been paid.", "Go on to <strong>shop.example.com</strong>", `href="https://shop.example.com/paid?order=1&amp;x=2"`)
	h.get(address).want(t, http.StatusOK, ">Paid</p>", "Paid on 2026-10-31", "-2.38 USD", "0.00 USD")
	if again := h.get(address); len(elements(t, again.body, "form")) != 0 {
		t.Error("a paid invoice can be paid again")
	}
	h.post(h.server.URL+"/pay/"+invoice.ID(), fields(t, page.body)).want(t, http.StatusConflict, "is paid already")
}

// TestClickedTwice: one payment, one session, however often the button is pressed.
func TestClickedTwice(t *testing.T) {
	h := newHouse(t, nil)
	invoice := h.invoice()
	page := h.get(h.links.Absolute("pay/" + invoice.ID()))
	for range 3 {
		begun := h.post(h.server.URL+"/pay/"+invoice.ID(), fields(t, page.body))
		begun.want(t, http.StatusSeeOther)
		if got := begun.Header.Get("Location"); !strings.HasSuffix(got, "/cs_test_1") {
			t.Errorf("led to %q", got)
		}
	}
	h.stripe.status["cs_test_1"] = "complete"
	h.post(h.server.URL+"/pay/"+invoice.ID(), fields(t, page.body)).want(t, http.StatusConflict, "The payment has been made; it takes a moment to arrive.")
	h.stripe.status["cs_test_1"] = "expired"
	h.post(h.server.URL+"/pay/"+invoice.ID(), fields(t, page.body)).want(t, http.StatusSeeOther)
	if len(h.stripe.sessions) != 2 {
		t.Errorf("%d sessions, want another one for the one that has expired", len(h.stripe.sessions))
	}
	h.stripe.down = true
	h.post(h.server.URL+"/pay/"+invoice.ID(), fields(t, page.body)).want(t, http.StatusInternalServerError, "Something went wrong on our side.")
	if strings.Contains(h.log.String(), "sk_test_1") {
		t.Error("the key is in the log")
	}
}

// TestEvents: what comes twice, late, in disorder or from strangers moves money
// once at most.
func TestEvents(t *testing.T) {
	h := newHouse(t, nil)
	invoice := h.invoice()
	page := h.get(h.links.Absolute("pay/" + invoice.ID()))
	h.post(h.server.URL+"/pay/"+invoice.ID(), fields(t, page.body)).want(t, http.StatusSeeOther)
	payment := h.stripe.sessions[0].Get("client_reference_id")
	isPaid := func(want bool) {
		t.Helper()
		i, err := h.store.Invoice(t.Context(), invoice.Number)
		if err != nil || i.IsPaid() != want {
			t.Fatalf("paid: %v, %v; want %v", i.IsPaid(), err, want)
		}
	}
	h.says("completed", "unpaid", "cs_test_1", payment, 238).want(t, http.StatusOK)
	isPaid(false)
	h.says("expired", "unpaid", "cs_test_1", payment, 238).want(t, http.StatusOK)
	h.says("completed", "paid", "cs_test_9", "00000000-0000-0000-0000-000000000000", 238).want(t, http.StatusOK)
	isPaid(false)
	for range 3 {
		h.says("async_payment_succeeded", "paid", "cs_test_1", payment, 238).want(t, http.StatusOK)
	}
	h.says("async_payment_failed", "unpaid", "cs_test_1", payment, 238).want(t, http.StatusOK)
	isPaid(true)
	account, err := h.store.Account(t.Context(), h.account)
	if err != nil || account.Balance.Cents != 0 {
		t.Errorf("the balance is %v, %v", account.Balance, err)
	}
	body := `{"id":"evt_1","object":"event","type":"checkout.session.completed"}`
	h.do(http.MethodPost, h.server.URL+"/pay/stripe/events", strings.NewReader(body), http.Header{"Stripe-Signature": {"t=1,v1=00"}}).want(t, http.StatusForbidden)
	h.do(http.MethodPost, h.server.URL+"/pay/manual/events", strings.NewReader(body), nil).want(t, http.StatusNotFound)
	h.do(http.MethodPost, h.server.URL+"/pay/stripe/events", strings.NewReader(strings.Repeat(" ", maxEvent+1)), nil).want(t, http.StatusRequestEntityTooLarge)
}

func TestTopUp(t *testing.T) {
	h := newHouse(t, nil)
	path := "topup/1000001"
	page := h.get(h.links.Absolute(path) + "&returnUrl=http%3A%2F%2Fshop.example.com%3A8080%2F")
	page.want(t, http.StatusOK, "Top up your balance", "0.00 USD", "john@example.com", "from 5.00 to 10000.00", "shop.example.com:8080</strong>")
	form := fields(t, page.body)
	for amount, want := range map[string]string{"4.99": "between 5.00 USD and 10000.00 USD", "10000.01": "between", "-50": "between", "1,50": "such as 100.00", "": "such as 100.00", "9999999999999999999": "such as 100.00", `"><script>`: "&lt;script&gt;"} {
		form.Set("amount", amount)
		h.post(h.server.URL+"/"+path, form).want(t, http.StatusBadRequest, want, `id="fault"`)
	}
	form.Set("amount", "50.5")
	h.post(h.server.URL+"/"+path, form).want(t, http.StatusSeeOther)
	session := h.stripe.sessions[0]
	if got := session.Get("line_items[0][price_data][unit_amount]"); got != "5050" {
		t.Errorf("Stripe is asked for %s", got)
	}
	done := session.Get("success_url")
	h.get(done).want(t, http.StatusOK, "On its way")
	h.says("expired", "unpaid", "cs_test_1", session.Get("client_reference_id"), 5050).want(t, http.StatusOK)
	h.get(done).want(t, http.StatusOK, "Not paid", "Try again")
	h.says("completed", "paid", "cs_test_1", session.Get("client_reference_id"), 5050).want(t, http.StatusOK)
	h.says("completed", "paid", "cs_test_1", session.Get("client_reference_id"), 5050).want(t, http.StatusOK)
	h.get(done).want(t, http.StatusOK, "50.50 USD is on your balance, which is now 50.50 USD.", "shop.example.com:8080</strong>")

	other, _, err := h.store.CreateAccount(t.Context(), mattebox.Account{Email: "jane@example.com", Balance: usd(0)})
	if err != nil {
		t.Fatal(err)
	}
	stolen := h.links.Absolute("topup/1000002")
	h.get(strings.Replace(stolen, "?", "/done?", 1)+"&payment="+session.Get("client_reference_id")).want(t, http.StatusNotFound)
	if other.ID != 1000002 {
		t.Fatalf("the other account is %d", other.ID)
	}
}

func TestManual(t *testing.T) {
	h := newHouse(t, billing.Manual{Text: "IBAN <DK1>\nText: {reference}"})
	invoice := h.invoice()
	page := h.get(h.links.Absolute("pay/" + invoice.ID()))
	page.want(t, http.StatusOK, "How to pay", "IBAN &lt;DK1&gt;<br>Text: "+invoice.ID())
	if forms := elements(t, page.body, "form"); len(forms) != 0 {
		t.Errorf("there is a form: %v", forms)
	}
	sig := strings.TrimPrefix(page.Request.URL.RawQuery, "sig=")
	h.post(h.server.URL+"/pay/"+invoice.ID(), url.Values{"sig": {sig}}).want(t, http.StatusConflict, "by hand")
	h.get(h.links.Absolute("topup/1000001")).want(t, http.StatusOK, "Text: Top-up 1000001")
	h.clock = h.clock.AddDate(0, 0, 31)
	h.get(h.links.Absolute("pay/"+invoice.ID())).want(t, http.StatusOK, "Overdue since 2026-11-30", "How to pay")
	if err := h.store.PayInvoice(t.Context(), invoice.Number, "bank 1", ""); err != nil {
		t.Fatal(err)
	}
	h.get(h.links.Absolute("pay/"+invoice.ID())).want(t, http.StatusOK, ">Paid</p>")
	h.do(http.MethodPost, h.server.URL+"/pay/manual/events", nil, nil).want(t, http.StatusNotFound)
}

func TestInvoiceFile(t *testing.T) {
	h := newHouse(t, nil)
	invoice := h.invoice()
	file := h.get(h.links.Absolute("invoice/" + invoice.ID() + ".pdf"))
	file.want(t, http.StatusOK, "%PDF-1.")
	if got := file.Header.Get("Content-Disposition"); got != `inline; filename="`+invoice.ID()+`.pdf"` {
		t.Errorf("the file is called %s", got)
	}
	note, err := h.store.CreditNote(t.Context(), invoice.Number, "wrong pictures")
	if err != nil {
		t.Fatal(err)
	}
	h.get(h.links.Absolute("invoice/"+note.ID()+".pdf")).want(t, http.StatusOK, "%PDF-1.")
	h.get(h.links.Absolute("pay/"+note.ID())).want(t, http.StatusOK, "Credit note "+note.ID(), "Credited", "-2.38 USD", "The credit note as PDF")
	h.get(h.links.Absolute("pay/"+invoice.ID())).want(t, http.StatusOK, "Taken back by "+note.ID())
}

func TestSignatures(t *testing.T) {
	h := newHouse(t, nil)
	id := h.invoice().ID()
	good := h.links.Absolute("pay/" + id)
	sig := good[strings.Index(good, "sig=")+len("sig="):]
	for address, want := range map[string]int{
		"/pay/" + id:           http.StatusForbidden,
		"/pay/" + id + "?sig=": http.StatusForbidden,
		"/pay/" + id + "?sig=" + sig[:len(sig)-1]:    http.StatusForbidden,
		"/pay/INV-2?sig=" + sig:                      http.StatusForbidden,
		"/pay/inv-1?sig=" + sig:                      http.StatusForbidden,
		"/invoice/" + id + ".pdf?sig=" + sig:         http.StatusForbidden,
		"/topup/1000001?sig=" + sig:                  http.StatusForbidden,
		"/topup/1000001/done?sig=" + sig:             http.StatusForbidden,
		"/invoice/" + id:                             http.StatusNotFound,
		"/" + h.links.Relative("pay/INV-99"):         http.StatusNotFound,
		"/" + h.links.Relative("pay/99"):             http.StatusNotFound,
		"/" + h.links.Relative("topup/99"):           http.StatusNotFound,
		"/" + h.links.Relative("topup/x"):            http.StatusNotFound,
		"/pay/" + id + "/done?sig=" + sig:            http.StatusOK,
		"/pay/" + id + "/done":                       http.StatusForbidden,
		"/" + h.links.Relative("invoice/"+id+".pdf"): http.StatusOK,
	} {
		if got := h.get(h.server.URL + address); got.StatusCode != want {
			t.Errorf("%s: %d, want %d", address, got.StatusCode, want)
		}
	}
	h.post(h.server.URL+"/pay/"+id, url.Values{}).want(t, http.StatusForbidden)
	h.post(h.server.URL+"/pay/"+id+"?sig="+sig, url.Values{}).want(t, http.StatusForbidden)
	h.post(h.server.URL+"/topup/1000001", url.Values{"sig": {sig}, "amount": {"50"}}).want(t, http.StatusForbidden)
	h.post(h.server.URL+"/pay/"+id, url.Values{"sig": {strings.Repeat("x", maxForm)}}).want(t, http.StatusBadRequest)
	if len(h.stripe.sessions) != 0 {
		t.Error("a payment was begun")
	}
	h.clock = h.clock.Add(26 * time.Hour)
	h.get(good).want(t, http.StatusForbidden, "has expired")
}

// TestHostileReturns: an address that does not lead where it seems to is never
// linked, sent to the provider, or followed.
func TestHostileReturns(t *testing.T) {
	h := newHouse(t, nil)
	id := h.invoice().ID()
	for _, hostile := range []string{
		"javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,<script>", "//evil.example", "/\\evil.example", "https:evil.example", "https:///evil.example",
		"http://user@evil.example", "https://shop.example.com:pass@evil.example/", "http://@evil.example", "https://shop.example.com\\@evil.example", "http://evil.example\n/x", " https://evil.example", "https://evil.example\x00",
		"https://evil.example/\u202e", "https://exämple.com/", "ftp://evil.example", "file:///etc/passwd", "https://", "evil.example", "https://evil.example/" + strings.Repeat("a", 2048), "http://evil.example:port/", "https://ev%00il.example/",
		"https://<b>.example/",
	} {
		address := "&returnUrl=" + url.QueryEscape(hostile)
		page := h.get(h.links.Absolute("pay/"+id) + address)
		page.want(t, http.StatusOK, "is left out")
		done := h.get(strings.Replace(h.links.Absolute("pay/"+id), "?", "/done?", 1) + address)
		for _, r := range []reply{page, done} {
			for _, link := range elements(t, r.body, "a") {
				if !strings.HasPrefix(link["href"], h.server.URL+"/") && !strings.HasPrefix(link["href"], "?sig=") {
					t.Errorf("%q: a link to %q", hostile, link["href"])
				}
			}
			if r.Header.Get("Location") != "" || r.Header.Get("Refresh") != "" {
				t.Errorf("%q: led on without asking", hostile)
			}
		}
		form := fields(t, page.body)
		if form.Get("returnUrl") != "" {
			t.Errorf("%q is in the form", hostile)
		}
		form.Set("returnUrl", hostile)
		h.post(h.server.URL+"/pay/"+id, form).want(t, http.StatusSeeOther)
	}
	for _, session := range h.stripe.sessions {
		if got := session.Get("success_url") + session.Get("cancel_url"); strings.Contains(got, "returnUrl") {
			t.Errorf("sent to the provider: %s", got)
		}
	}
}

func TestHeaders(t *testing.T) {
	h := newHouse(t, nil)
	id := h.invoice().ID()
	for address, status := range map[string]int{
		h.links.Absolute("pay/" + id): 200, h.links.Absolute("topup/1000001"): 200, h.server.URL + "/pay/" + id: 403, h.links.Absolute("invoice/" + id + ".pdf"): 200,
	} {
		page := h.get(address)
		if page.StatusCode != status {
			t.Errorf("%s: %d", address, page.StatusCode)
		}
		for name, want := range map[string]string{"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"} {
			if got := page.Header.Get(name); got != want {
				t.Errorf("%s: %s is %q", address, name, got)
			}
		}
		policy := page.Header.Get("Content-Security-Policy")
		if !strings.HasPrefix(policy, "default-src 'none'; style-src 'sha256-") || strings.Contains(policy, "unsafe") || !strings.Contains(policy, "frame-ancestors 'none'") {
			t.Errorf("%s: the policy is %q", address, policy)
		}
		if !strings.HasPrefix(page.Header.Get("Content-Type"), "text/html") {
			continue
		}
		_, rest, _ := strings.Cut(page.body, "<style>")
		style, _, _ := strings.Cut(rest, "</style>")
		sum := sha256.Sum256([]byte(style))
		if want := base64.StdEncoding.EncodeToString(sum[:]); style == "" || !strings.Contains(policy, "'sha256-"+want+"'") {
			t.Errorf("%s: the policy does not allow the page's own style", address)
		}
		if strings.Contains(page.body, "<script") || strings.Contains(page.body, "style=") || strings.Contains(page.body, "ZgotmplZ") {
			t.Errorf("%s: the page has what its policy forbids, or what html/template refused", address)
		}
	}
}
