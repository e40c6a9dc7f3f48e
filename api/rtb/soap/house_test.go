package soap

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"mattebox"
	"mattebox/api/rtb"
	"mattebox/internal/teststore"
	"mattebox/safehttp"
	"mattebox/store"
)

// room is an Intake that is full when it has an error.
type room struct{ err error }

func (r *room) Admit(context.Context) error { return r.err }

// house is both bindings on a real store, asked over real HTTP.
type house struct {
	*testing.T
	store    *store.Store
	clock    time.Time
	server   *httptest.Server
	intake   *room
	customer mattebox.Account
	secrets  mattebox.Secrets
	partner  mattebox.Secrets // of the developer dev@example.com
}

func newHouse(t *testing.T) *house {
	t.Helper()
	h := &house{T: t, intake: &room{}, clock: time.Date(2013, 1, 31, 22, 30, 0, 0, time.UTC)}
	now := func() time.Time { return h.clock }
	h.store = teststore.Open(t, now)
	prices := mattebox.PriceTable{mattebox.USD: {Delivery: map[int]int64{24: 145, 72: 95, 168: 75}, Partner: 10}}
	h.store.ProductWait, h.store.Prices = 0, prices
	h.serve(rtb.Config{
		Accounts: h.store, Templates: h.store, Images: h.store, Invoices: h.store, Intake: h.intake, Now: now,
		Links:    mattebox.Links{Public: "https://files.example.com", Secret: teststore.Keys(t).Links(), Valid: 24 * time.Hour, Now: now},
		CheckURL: safehttp.New(safehttp.Config{}).CheckURL, Prices: prices, TrialImages: 3, Logger: slog.New(slog.DiscardHandler),
	})
	h.customer, h.secrets = h.account(mattebox.Account{
		Email: "john@example.com", DaysOfCredit: 30, TrialImages: 1, Contact: mattebox.Contact{Name: "John", Company: "Åbo & <Sons>"},
	})
	_, h.partner = h.account(mattebox.Account{Email: "dev@example.com", Developer: true})
	return h
}

// serve answers as cmd/mattebox does.
func (h *house) serve(c rtb.Config) {
	h.Helper()
	rest := rtb.New(c)
	binding, err := New(Config{Operations: rtb.NewService(c).Operations(), Public: "https://images.example.com"})
	if err != nil {
		h.Fatal(err)
	}
	h.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if Owns(r.URL.Path) {
			binding.ServeHTTP(w, r)
			return
		}
		rest.ServeHTTP(w, r)
	}))
	h.Cleanup(h.server.Close)
}

func (h *house) account(a mattebox.Account) (mattebox.Account, mattebox.Secrets) {
	h.Helper()
	created, secrets, err := h.store.CreateAccount(h.Context(), a)
	if err != nil {
		h.Fatal(err)
	}
	return created, secrets
}

// fields are a request's values by name.
type fields map[string]string

// with returns the customer's credentials and the other fields.
func (h *house) with(others fields) fields {
	all := fields{"contactEmail": h.customer.Email, "contactAPIkey": h.secrets.APIKey}
	maps.Copy(all, others)
	return all
}

// reply is an answer as it came.
type reply struct {
	status int
	header http.Header
	body   string
}

// send sends a request; headers are names and values in turn.
func (h *house) send(method, path, body string, headers ...string) reply {
	h.Helper()
	req, err := http.NewRequestWithContext(h.Context(), method, h.server.URL+path, strings.NewReader(body))
	if err != nil {
		h.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header[headers[i]] = []string{headers[i+1]}
	}
	res, err := h.server.Client().Do(req)
	if err != nil {
		h.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		h.Fatal(err)
	}
	return reply{res.StatusCode, res.Header, string(text)}
}

// request returns an envelope of the version with the operation and its fields.
func request(v *version, name string, given fields) string {
	w := &writer{}
	w.begin("e:Envelope", "xmlns:e", v.namespace)
	w.begin("e:Body")
	w.begin(name, "xmlns", ours)
	for field, text := range given {
		w.element(field, text)
	}
	w.end(name)
	w.end("e:Body")
	w.end("e:Envelope")
	return w.String()
}

// ask sends an operation as SOAP 1.1.
func (h *house) ask(name string, given fields) reply {
	h.Helper()
	return h.send("POST", "/soap.asmx", request(soap11(), name, given), "Content-Type", "text/xml; charset=utf-8", "SOAPAction", `"`+ours+name+`"`)
}

// result returns what stands in the result of an answer, which has to have the HTTP
// status 200.
func (h *house) result(name string, answer reply) *element {
	h.Helper()
	if answer.status != http.StatusOK {
		h.Fatalf("%s: HTTP status %d: %s", name, answer.status, answer.body)
	}
	message, refused := decode([]byte(answer.body), "utf-8")
	if refused != nil {
		h.Fatal(refused.reason)
	}
	root, refused := parse(message)
	if refused != nil {
		h.Fatalf("%s: %s", refused.reason, answer.body)
	}
	e, refused := open(root)
	if refused != nil {
		h.Fatalf("%s: %s", refused.reason, answer.body)
	}
	if e.body.Local != name+"Response" || e.body.Space != ours || len(e.body.children) != 1 || e.body.children[0].Local != name+"Result" {
		h.Fatalf("%s is not wrapped: %s", name, answer.body)
	}
	return e.body.children[0]
}

// ok asks for an operation that has to succeed.
func (h *house) ok(name string, given fields) *element {
	h.Helper()
	result := h.result(name, h.ask(name, h.with(given)))
	if code := result.find("ErrorCode"); code != "NoError" {
		h.Fatalf("%s: %s, %s", name, code, result.find("Message"))
	}
	return result
}

// find returns the text of a member, by its path.
func (e *element) find(path ...string) string {
	for _, name := range path {
		var found *element
		for _, child := range e.children {
			if child.Local == name {
				found = child
				break
			}
		}
		if found == nil {
			return ""
		}
		e = found
	}
	return string(e.text)
}

// rest asks the REST binding for an answer in JSON.
func (h *house) rest(method, path string, given fields) map[string]any {
	h.Helper()
	query, body := url.Values{}, ""
	for name, text := range given {
		query.Set(name, text)
	}
	if method == http.MethodGet {
		path += "?" + query.Encode()
	} else {
		data, err := json.Marshal(given)
		if err != nil {
			h.Fatal(err)
		}
		body = string(data)
	}
	answer := h.send(method, "/REST.svc/JSON"+path, body)
	var object map[string]any
	d := json.NewDecoder(strings.NewReader(answer.body))
	d.UseNumber()
	if err := d.Decode(&object); err != nil {
		h.Fatalf("%s %s: %v: %s", method, path, err, answer.body)
	}
	return object
}

// billed closes the customer's invoice of what was produced so far.
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

// image orders an image and returns its ticket.
func (h *house) image(given fields) string {
	h.Helper()
	all := fields{"imageURL": "http://www.mydomain.com/myimage.jpg"}
	maps.Copy(all, given)
	return h.ok("AddImageToQueue", all).find("ImageTicket")
}

// produce finishes all images that wait.
func (h *house) produce() {
	h.Helper()
	for h.fetch() {
	}
	for {
		p, err := h.store.ClaimProduction(h.Context(), time.Minute)
		if err != nil {
			h.Fatal(err)
		}
		if p == nil {
			return
		}
		for _, c := range p.Images {
			h.finish(c)
		}
	}
}

func (h *house) fetch() bool {
	h.Helper()
	f, err := h.store.ClaimFetch(h.Context(), time.Minute)
	if err != nil {
		h.Fatal(err)
	}
	if f == nil {
		return false
	}
	for i := range f.Image.Sources {
		f.Image.Sources[i].Key, f.Image.Sources[i].Format = "source", "jpeg"
	}
	if err := h.store.FinishFetch(h.Context(), *f, f.Image.Sources); err != nil {
		h.Fatal(err)
	}
	return true
}

func (h *house) finish(c mattebox.Claimed) {
	h.Helper()
	err := h.store.FinishImage(h.Context(), mattebox.Finished{
		Image: c.Image.ID, Lease: c.Lease, Confidence: 1, Status: mattebox.StatusFinished,
		Result: mattebox.Result{Name: "my image.jpg", Key: "result", ThumbnailKey: "thumbnail", MediaType: "image/jpeg", Width: 1, Height: 1, Bytes: 1, ThumbnailBytes: 1},
	})
	if err != nil {
		h.Fatal(err)
	}
}
