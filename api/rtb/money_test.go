package rtb

import (
	"encoding/xml"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"mattebox"
)

// billed makes an invoice of what the customer was charged so far.
func (h *house) billed() *mattebox.Invoice {
	h.Helper()
	from := h.clock
	h.clock = h.clock.Add(time.Hour)
	invoice, err := h.store.CloseInvoice(h.Context(), h.customer.ID, from, h.clock, mattebox.InvoiceTerms{Seller: mattebox.Party{Company: "We"}})
	if err != nil || invoice == nil {
		h.Fatalf("invoice %+v, %v", invoice, err)
	}
	return invoice
}

func (h *house) pays(i *mattebox.Invoice) {
	h.Helper()
	if err := h.store.PayInvoice(h.Context(), i.Number, "", ""); err != nil {
		h.Fatal(err)
	}
}

// credentialsOf returns the credentials of any account.
func credentialsOf(a mattebox.Account, s mattebox.Secrets) fields {
	return fields{"contactEmail": a.Email, "contactAPIkey": s.APIKey}
}

func (h *house) contactOf(given fields) map[string]any {
	h.Helper()
	return h.ok("GET", "/Contact", given)["Contact"].(map[string]any)
}

// An account uses its trial images, then its balance, then nothing is left; what is
// taken back comes back.
func TestOrdersTakeTrialThenBalance(t *testing.T) { onBoth(t, (*house).trialThenBalance) }

func (h *house) trialThenBalance() {
	a, secrets := h.account(mattebox.Account{Email: "new@example.com", TrialImages: 1, Balance: mattebox.Money{Cents: 200, Currency: mattebox.USD}})
	given := credentialsOf(a, secrets)
	order := func() object {
		all := credentialsOf(a, secrets)
		all["imageURL"], all["imageRequestedDeliveryTimeInHours"] = "http://www.mydomain.com/myimage.jpg", "72"
		return h.json("POST", "/Image", all)
	}
	var tickets []string
	for i, want := range []struct {
		code    string
		trial   bool
		balance float64
	}{{"NoError", true, 2}, {"NoError", false, 1.05}, {"NoError", false, .10}, {"InsufficientFunds", false, .10}} {
		o := order()
		if o["ErrorCode"] != want.code || o["IsTrial"] != want.trial {
			h.Fatalf("order %d: %v, want %+v", i+1, o, want)
		}
		contact := h.contactOf(given)
		if balance := contact["ContactAccountBalance"].(map[string]any); balance["Amount"] != want.balance || contact["NumberOfTrialImages"] != 0.0 {
			h.Errorf("after order %d: %v, want %+v", i+1, contact, want)
		}
		tickets = append(tickets, o["ImageTicket"].(string))
	}
	refused := order()
	if refused["ImageTicket"] != zeroGUID || !strings.Contains(refused["Message"].(string), "0.95 USD") {
		h.Errorf("refused with %v", refused)
	}
	if n := h.ok("GET", "/Images/Count", given)["ImagesCount"]; n != 3.0 {
		h.Errorf("%v images are stored", n)
	}
	for _, ticket := range tickets[:2] {
		h.ok("DELETE", "/Image/"+ticket, given)
	}
	contact := h.contactOf(given)
	if balance := contact["ContactAccountBalance"].(map[string]any); balance["Amount"] != 1.05 || contact["NumberOfTrialImages"] != 1.0 {
		h.Errorf("after two deletions: %v", contact)
	}
}

// An order's price follows the template, the order and whose key comes with it;
// GET Status tells when it is paid.
func TestOrderPrices(t *testing.T) {
	h := newHouse(t)
	tiff := h.template(fields{"templateOutputFormat": "TIFF", "shadowType": "2", "deliveryTimeInHour": "168"})
	id := fmt.Sprintf("%.0f", tiff)
	tests := map[string]struct {
		given fields
		want  string
	}{
		"template's":       {nil, "0.92 USD"},
		"sooner":           {fields{"imageRequestedDeliveryTimeInHours": "24"}, "1.62 USD"},
		"photographs":      {fields{"imageURL2": "http://www.mydomain.com/2.jpg", "imageURL5": "http://www.mydomain.com/5.jpg"}, "1.52 USD"},
		"partner":          {fields{"developerAPIkey": h.partner.APIKey}, "0.83 USD"}, // a tenth of .92 is .092
		"the customer's":   {fields{"developerAPIkey": h.secrets.APIKey}, "0.92 USD"},
		"partner, 2, soon": {fields{"developerAPIkey": h.partner.APIKey, "imageURL2": "http://www.mydomain.com/2.jpg", "imageRequestedDeliveryTimeInHours": "24"}, "1.73 USD"},
	}
	for name, tt := range tests {
		given := fields{"templateId": id}
		for k, v := range tt.given {
			given[k] = v
		}
		image := h.row(h.image(given))
		if image.Price.String() != tt.want || image.Funding != mattebox.FundingCredit {
			t.Errorf("%s: %s from %s, want %s from credit", name, image.Price, image.Funding, tt.want)
		}
	}
	if o := h.json("POST", "/Image", h.with(fields{"imageURL": "http://a.example/b.jpg", "developerAPIkey": h.foreign.APIKey})); o["ErrorCode"] != "InvalidDeveloperKey" {
		t.Errorf("a key that is no developer's: %v", o)
	}
	own := credentialsOf(h.developer, h.partner)
	own["imageURL"], own["developerAPIkey"] = "http://a.example/b.jpg", " "+strings.ToUpper(h.partner.APIKey)
	if err := h.store.TopUp(t.Context(), h.developer.ID, mattebox.Money{Cents: 1000, Currency: mattebox.USD}, "operator", "", ""); err != nil {
		t.Fatal(err)
	}
	image := h.row(h.ok("POST", "/Image", own)["ImageTicket"].(string))
	if image.Partner != 0 || image.Price.String() != "1.45 USD" {
		t.Errorf("a developer's own order: partner %d, %s", image.Partner, image.Price)
	}
}

// Prices are those of today, in the account's currency.
func TestTemplatesShowTodaysPrice(t *testing.T) {
	h := newHouse(t)
	a, secrets := h.account(mattebox.Account{Email: "euro@example.com", Balance: mattebox.Money{Currency: mattebox.EUR}})
	given := credentialsOf(a, secrets)
	made := h.templateOf(nil)
	made["contactEmail"], made["contactAPIkey"] = a.Email, secrets.APIKey
	price := func(cents float64) map[string]any {
		return map[string]any{"Amount": cents, "Currency": "EUR", "CurrencyId": 2.0}
	}
	o := h.ok("POST", "/Template", made)
	if diff := cmp.Diff(any(price(.80)), o["Price"]); diff != "" {
		t.Errorf("POST Template: %s", diff)
	}
	h.prices[mattebox.EUR].Delivery[72] = 99 // as a restart with another table does
	template := h.ok("GET", fmt.Sprintf("/Template/%.0f", o["TemplateId"]), given)["Template"].(map[string]any)
	if diff := cmp.Diff(any(price(.99)), template["Price"]); diff != "" {
		t.Errorf("GET Template: %s", diff)
	}
	all := h.ok("GET", "/Templates", given)["Templates"].([]any)
	if diff := cmp.Diff([]any{price(.99)}, all[1].(map[string]any)["Prices"]); diff != "" {
		t.Errorf("GET Templates: %s", diff)
	}
}

// invoiceList is InvoiceListResponse as a client reads it.
type invoiceList struct {
	ErrorCode, Message string
	Invoices           []struct{ InvoiceId, CreatedDate, AmountDue, IsPaid, PaymentUrl, InvoiceUrl string } `xml:"Invoices>Invoice"`
}

func (h *house) invoiceList(given fields) invoiceList {
	h.Helper()
	answer := h.ask("GET", "/Invoices/", h.with(given))
	var list invoiceList
	if err := xml.Unmarshal([]byte(answer.body), &list); err != nil {
		h.Fatalf("%v in %s", err, answer.body)
	}
	return list
}

func TestInvoices(t *testing.T) { onBoth(t, (*house).invoicePages) }

func (h *house) invoicePages() {
	h.image(nil)
	h.produce()
	open := h.billed()
	h.image(nil)
	h.produce()
	h.clock = h.clock.Add(24 * time.Hour)
	paid := h.billed()
	h.pays(paid)
	const back = "https://shop.example/thanks?order=1&x=%26#top"
	list := h.invoiceList(fields{"returnUrl": back})
	if list.ErrorCode != "NoError" || len(list.Invoices) != 2 {
		h.Fatalf("%+v", list)
	}
	first, second := list.Invoices[0], list.Invoices[1]
	if first.InvoiceId != paid.ID() || first.IsPaid != "true" || first.AmountDue != "0.00" || first.PaymentUrl != "" || first.CreatedDate != "2013-02-02" {
		h.Errorf("the paid one: %+v", first)
	}
	if second.InvoiceId != open.ID() || second.IsPaid != "false" || second.AmountDue != open.AmountDue().Amount() || second.AmountDue != "1.45" {
		h.Errorf("the open one: %+v", second)
	}
	for _, i := range list.Invoices {
		h.signed(i.InvoiceUrl, "invoice/"+i.InvoiceId+".pdf")
	}
	if got := h.signed(second.PaymentUrl, "pay/"+open.ID()).Get("returnUrl"); got != back {
		h.Errorf("the payer returns to %q, want %q", got, back)
	}
	if o := h.ask("GET", "/Invoices", h.with(fields{"returnUrl": back})); !strings.Contains(o.body, "&amp;returnUrl=") || strings.Contains(o.body, "&returnUrl") {
		h.Errorf("& is not escaped: %s", o.body)
	}
	if o := h.ok("GET", "/Invoices", h.with(nil)); o["Invoices"].([]any)[1].(map[string]any)["AmountDue"] != "1.45" {
		h.Errorf("in JSON: %v", o)
	}
	theirs := credentialsOf(h.stranger, h.foreign)
	if o := h.ok("GET", "/Invoices", theirs); len(o["Invoices"].([]any)) != 0 {
		h.Errorf("a stranger sees %v", o)
	}
}

// signed checks an address of ours and returns its query.
func (h *house) signed(address, path string) url.Values {
	h.Helper()
	u, err := url.Parse(address)
	if err != nil {
		h.Fatal(err)
	}
	if got := u.Scheme + "://" + u.Host + u.Path; got != h.files.Public+"/"+path {
		h.Errorf("address %s, want one of %s", got, path)
	}
	if err := h.files.Check(path, u.Query().Get("sig")); err != nil {
		h.Errorf("%s: %v", address, err)
	}
	return u.Query()
}

func TestInvoicesSelect(t *testing.T) {
	h := newHouse(t)
	for range 51 { // one a day from 2013-01-31 on, near midnight
		h.image(nil)
		h.produce()
		h.pays(h.billed())
		h.clock = h.clock.Add(23 * time.Hour)
	}
	tests := map[string]struct {
		given fields
		want  int
		first string
	}{
		"first page":  {nil, 50, "2013-03-22"},
		"second page": {fields{"page": "2"}, 1, "2013-01-31"},
		"third page":  {fields{"page": "3"}, 0, ""},
		"from":        {fields{"fromDate": "2013-03-21"}, 2, "2013-03-22"},
		"to":          {fields{"toDate": "2013-02-01"}, 2, "2013-02-01"},
		"one day":     {fields{"fromDate": "2013-02-03", "toDate": "2013-02-03"}, 1, "2013-02-03"},
		"none":        {fields{"fromDate": "2014-01-01"}, 0, ""},
	}
	for name, tt := range tests {
		list := h.invoiceList(tt.given)
		first := ""
		if len(list.Invoices) > 0 {
			first = list.Invoices[0].CreatedDate
		}
		if list.ErrorCode != "NoError" || len(list.Invoices) != tt.want || first != tt.first {
			t.Errorf("%s: %s, %d invoices from %s; want %d from %s", name, list.ErrorCode, len(list.Invoices), first, tt.want, tt.first)
		}
	}
	for field, value := range map[string]string{
		"returnUrl": "javascript:alert(1)", "fromDate": "31-01-2013", "toDate": "soon", "page": "0",
	} {
		o := h.json("GET", "/Invoices", h.with(fields{field: value}))
		if o["ErrorCode"] != "InvalidParameter" || !strings.HasPrefix(o["Message"].(string), field+" ") || o["Invoices"] != nil {
			t.Errorf("%s %q: %v", field, value, o)
		}
	}
	for _, address := range []string{"//a.example", "http://", "https://user@a.example/", "http://a.example\\@b.example/", "ftp://a.example/", "/back"} {
		if o := h.json("GET", "/Invoices", h.with(fields{"returnUrl": address})); o["ErrorCode"] != "InvalidParameter" {
			t.Errorf("returnUrl %q: %v", address, o)
		}
	}
}

// What a picture costs is charged once, however often it is made.
func TestRejectCostsNothing(t *testing.T) {
	h := newHouse(t)
	ticket := h.image(nil)
	h.produce()
	before, err := h.store.CheckLedger(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	h.ok("PUT", "/Image/Reject/"+ticket, h.with(nil))
	h.produce()
	after, err := h.store.CheckLedger(t.Context())
	if diff := cmp.Diff(before, after); diff != "" || err != nil || len(after.Faults) != 0 || after.Postings == 0 {
		t.Errorf("%v, %v: %s", after, err, diff)
	}
	state := h.ok("GET", "/Image/"+ticket, h.with(nil))["ImageStatus"].(map[string]any)
	if state["IsPaid"] != false {
		t.Errorf("before the invoice is paid: %v", state)
	}
	h.pays(h.billed())
	state = h.ok("GET", "/Image/"+ticket, h.with(nil))["ImageStatus"].(map[string]any)
	if state["IsPaid"] != true {
		t.Errorf("after the invoice is paid: %v", state)
	}
}
