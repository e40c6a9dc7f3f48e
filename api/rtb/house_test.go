package rtb

import (
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"mattebox"
	"mattebox/internal/teststore"
	"mattebox/safehttp"
	"mattebox/store"
)

// room is an Intake that is full when it has an error.
type room struct{ err error }

func (r *room) Admit(context.Context) error { return r.err }

// house is the API on a real store, asked over real HTTP.
type house struct {
	*testing.T
	store  *store.Store
	server *httptest.Server
	intake *room
	clock  time.Time
	prices mattebox.PriceTable
	files  mattebox.Links

	customer  mattebox.Account
	secrets   mattebox.Secrets
	developer mattebox.Account
	partner   mattebox.Secrets // the developer's
	stranger  mattebox.Account
	foreign   mattebox.Secrets // the stranger's
}

// onBoth runs the test on a house over each engine of the store.
func onBoth(t *testing.T, test func(h *house)) {
	teststore.OnBoth(t, func(t *testing.T, db *store.DB) { test(houseOn(t, db)) })
}

func newHouse(t *testing.T, change ...func(*Config)) *house {
	t.Helper()
	return houseOn(t, teststore.SQLite(t), change...)
}

func houseOn(t *testing.T, db *store.DB, change ...func(*Config)) *house {
	t.Helper()
	h := &house{T: t, intake: &room{}, clock: time.Date(2013, 1, 31, 22, 30, 0, 0, time.UTC)}
	now := func() time.Time { return h.clock }
	h.store = teststore.On(t, db, now)
	h.prices = testPrices()
	h.store.ProductWait, h.store.Prices = 0, h.prices
	h.files = mattebox.Links{Public: "https://files.example.com", Secret: teststore.Keys(t).Links(), Valid: 24 * time.Hour, Now: now}
	config := Config{
		Accounts: h.store, Templates: h.store, Images: h.store, Invoices: h.store, Intake: h.intake, Links: h.files, Now: now,
		CheckURL: safehttp.New(safehttp.Config{}).CheckURL,
		Prices:   h.prices, TrialImages: 3,
	}
	for _, c := range change {
		c(&config)
	}
	h.server = httptest.NewServer(New(config))
	t.Cleanup(h.server.Close)
	h.customer, h.secrets = h.account(mattebox.Account{Email: "john @ removethebackground.com", DaysOfCredit: 30, Contact: mattebox.Contact{Name: "John", Company: "Remove The Background"}})
	h.developer, h.partner = h.account(mattebox.Account{Email: "dev@example.com", Developer: true})
	h.stranger, h.foreign = h.account(mattebox.Account{Email: "stranger@example.com"})
	return h
}

// testPrices is a table in which every part of a price has its own amount.
func testPrices() mattebox.PriceTable {
	return mattebox.PriceTable{
		mattebox.USD: {
			Delivery: map[int]int64{24: 145, 72: 95, 168: 75}, Format: map[mattebox.Format]int64{mattebox.TIF: 7},
			Shadow: map[mattebox.Shadow]int64{mattebox.ShadowDrop: 10}, Gradient: 5, Operator: 100, Combined: 30, Partner: 10,
		},
		mattebox.EUR: {Delivery: map[int]int64{24: 120, 72: 80, 168: 60}, Partner: 20},
	}
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
type fields map[string]any

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

// send sends a body of text to the path below /REST.svc.
func (h *house) send(method, path, body string) reply {
	h.Helper()
	req, err := http.NewRequestWithContext(h.Context(), method, h.server.URL+"/REST.svc"+path, strings.NewReader(body))
	if err != nil {
		h.Fatal(err)
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

// ask sends the fields as the method carries them.
func (h *house) ask(method, path string, given fields) reply {
	h.Helper()
	if method == http.MethodGet || method == http.MethodHead {
		query := url.Values{}
		for name, value := range given {
			query.Set(name, value.(string))
		}
		return h.send(method, path+"?"+query.Encode(), "")
	}
	body, err := json.Marshal(given)
	if err != nil {
		h.Fatal(err)
	}
	return h.send(method, path, string(body))
}

// object is an answer in JSON.
type object map[string]any

// json asks for an answer in JSON, which has to have the HTTP status 200.
func (h *house) json(method, path string, given fields) object {
	h.Helper()
	answer := h.ask(method, "/JSON"+path, given)
	if answer.status != http.StatusOK {
		h.Fatalf("%s %s: HTTP status %d: %s", method, path, answer.status, answer.body)
	}
	var o object
	if err := json.Unmarshal([]byte(answer.body), &o); err != nil {
		h.Fatalf("%s %s: %v: %s", method, path, err, answer.body)
	}
	return o
}

// ok is json of a request that has to succeed.
func (h *house) ok(method, path string, given fields) object {
	h.Helper()
	o := h.json(method, path, given)
	if o["ErrorCode"] != "NoError" {
		h.Fatalf("%s %s: %v", method, path, o)
	}
	return o
}

// image orders an image and returns its ticket.
func (h *house) image(given fields) string {
	h.Helper()
	all := h.with(fields{"imageURL": "http://www.mydomain.com/myimage.jpg"})
	maps.Copy(all, given)
	return h.ok("POST", "/Image", all)["ImageTicket"].(string)
}

// row returns what the store has of an image.
func (h *house) row(ticket string) *mattebox.Image {
	h.Helper()
	image, err := h.store.ImageByTicket(h.Context(), ticket)
	if err != nil {
		h.Fatal(err)
	}
	return image
}

// fetch does the work of a fetcher on all images that wait for one.
func (h *house) fetch() {
	h.Helper()
	for {
		f, err := h.store.ClaimFetch(h.Context(), time.Minute)
		if err != nil {
			h.Fatal(err)
		}
		if f == nil {
			return
		}
		for i := range f.Image.Sources {
			f.Image.Sources[i].Key, f.Image.Sources[i].Format = "source", "jpeg"
		}
		if err := h.store.FinishFetch(h.Context(), *f, f.Image.Sources); err != nil {
			h.Fatal(err)
		}
	}
}

// claim begins the production of all images that are ready.
func (h *house) claim() []mattebox.Claimed {
	h.Helper()
	var all []mattebox.Claimed
	for {
		p, err := h.store.ClaimProduction(h.Context(), time.Minute)
		if err != nil {
			h.Fatal(err)
		}
		if p == nil {
			return all
		}
		all = append(all, p.Images...)
	}
}

// produce finishes all images that wait, one after the other.
func (h *house) produce() {
	h.Helper()
	h.fetch()
	for _, c := range h.claim() {
		h.finish(c)
	}
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

// downloaded moves a finished image to StatusDelivered.
func (h *house) downloaded(ticket string) {
	h.Helper()
	if err := h.store.MarkDownloaded(h.Context(), h.row(ticket).ID); err != nil {
		h.Fatal(err)
	}
}

// shape returns the elements of XML in their order, each with its depth, its name
// as written, and whether it is nil, empty or has content.
func shape(t *testing.T, text string) []string {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(text))
	d.Strict = false
	var found []string
	var open []int // indexes into found
	for {
		token, err := d.RawToken()
		if errors.Is(err, io.EOF) {
			return found
		}
		if err != nil {
			t.Fatalf("%v in %s", err, text)
		}
		switch e := token.(type) {
		case xml.StartElement:
			name := e.Name.Local
			if e.Name.Space != "" {
				name = e.Name.Space + ":" + name
			}
			for _, a := range e.Attr {
				if a.Name.Local == "nil" {
					name += " nil"
				}
			}
			open = append(open, len(found))
			found = append(found, strings.Repeat("  ", len(open)-1)+name)
		case xml.CharData:
			if strings.TrimSpace(string(e)) != "" && len(open) > 0 {
				found[open[len(open)-1]] += " text"
			}
		case xml.EndElement:
			open = open[:len(open)-1]
		}
	}
}
