package rtb

import (
	"encoding/json"
	"encoding/xml"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mattebox"
)

const instance = ` xmlns:i="http://www.w3.org/2001/XMLSchema-instance"`

// The vendor's captured error (contracts A0) in the documentation's order and in
// the service's own.
func TestFailedImageKeepsDefaults(t *testing.T) {
	h := newHouse(t)
	for path, want := range map[string]string{
		"/Image/": `<AddImageResponse` + instance + `><ErrorCode>MissingRequiredInformation</ErrorCode><Message>imageURL is missing.</Message>` +
			`<ImageTicket>00000000-0000-0000-0000-000000000000</ImageTicket><IsTrial>false</IsTrial><CustomerImageId i:nil="true"/></AddImageResponse>`,
		"/Image/?namespace=datacontract": `<AddImageResponse xmlns="http://schemas.datacontract.org/2004/07/Removethebackground.Core.Entities.Response"` + instance +
			`><ErrorCode>MissingRequiredInformation</ErrorCode><Message>imageURL is missing.</Message><CustomerImageId i:nil="true"/>` +
			`<ImageTicket>00000000-0000-0000-0000-000000000000</ImageTicket><IsTrial>false</IsTrial></AddImageResponse>`,
		"/JSON/Image/": `{"ErrorCode":"MissingRequiredInformation","Message":"imageURL is missing.","ImageTicket":"00000000-0000-0000-0000-000000000000","IsTrial":false,"CustomerImageId":null}`,
	} {
		answer := h.ask("POST", path, h.with(nil))
		if answer.status != 200 || answer.body != want {
			t.Errorf("%s: %d %s\nwant %s", path, answer.status, answer.body, want)
		}
	}
}

// What a failed operation answers, by operation: its whole element with the
// members at .NET's defaults.
func TestFailedOperationsKeepDefaults(t *testing.T) {
	h := newHouse(t)
	none := "00000000-0000-0000-0000-000000000000"
	defaults := map[string]string{
		"POST Template":       `"TemplateId":0,"Price":null`,
		"GET Template":        `"Template":null`,
		"GET Templates":       `"Templates":null`,
		"POST Image":          `"ImageTicket":"` + none + `","IsTrial":false,"CustomerImageId":null`,
		"GET Status":          `"ImageStatus":null`,
		"GET Images List":     `"Images":null`,
		"GET Count Images":    `"ImagesCount":0`,
		"GET ProductIds List": `"ProductIds":null`,
		"POST Contact":        `"ContactAPIkey":"` + none + `","ContactEmail":null`,
		"GET Contact":         `"Contact":null`,
		"GET Invoices":        `"Invoices":null`,
		"DELETE Image":        ``, "REJECT Image": ``, "PUT Contact": ``,
	}
	for _, o := range NewService(Config{}).Operations() {
		first := o.Fields[0].Name
		answer := h.ask(o.Method, "/JSON"+strings.NewReplacer("{templateId}", "1", "{imageTicket}", none).Replace(o.Path), fields{})
		begin := `{"ErrorCode":"MissingRequiredInformation","Message":"` + first + ` is missing."`
		if strings.Contains(o.Response.String(), "newTemplate") || strings.Contains(o.Response.String(), "productIDs") || strings.Contains(o.Response.String(), "invoices") {
			begin = `{"Message":"` + first + ` is missing.","ErrorCode":"MissingRequiredInformation"`
		}
		want := strings.TrimSuffix(begin+","+defaults[o.Name], ",") + "}"
		if answer.status != 200 || answer.body != want {
			t.Errorf("%s: %d %s\nwant %s", o.Name, answer.status, answer.body, want)
		}
	}
}

func TestRefusalsAreReadable(t *testing.T) {
	h := newHouse(t)
	tests := []struct {
		method, path, body string
		status             int
		element, code      string
		allow              string
	}{
		{"GET", "/Nothing/", "", 404, "ErrorResponse", "UnknownOperation", ""},
		{"GET", "/", "", 404, "ErrorResponse", "UnknownOperation", ""},
		{"GET", "/Invoice/", "", 404, "ErrorResponse", "UnknownOperation", ""},
		{"PATCH", "/Images/", "", 405, "ErrorResponse", "MethodNotAllowed", "GET, HEAD, OPTIONS"},
		{"DELETE", "/Contact/", "{}", 405, "ErrorResponse", "MethodNotAllowed", "GET, HEAD, OPTIONS, POST, PUT"},
		{"POST", "/Image/", "", 400, "AddImageResponse", "InvalidRequest", ""},
		{"POST", "/Template/", "{", 400, "NewTemplateResponse", "InvalidRequest", ""},
		{"PUT", "/Contact/", "contactEmail=john", 400, "EditContactResponse", "InvalidRequest", ""},
		{"DELETE", "/Image/x/", "[]", 400, "DeleteImageResponse", "InvalidRequest", ""},
		{"POST", "/Image/", `{"comment":"` + strings.Repeat("x", maxBody) + `"}`, 413, "AddImageResponse", "RequestTooLarge", ""},
		{"GET", "/Images/?contactEmail=%zz", "", 400, "ImagesListResponse", "InvalidRequest", ""},
	}
	for _, tt := range tests {
		answer := h.send(tt.method, tt.path, tt.body)
		var got struct {
			XMLName            xml.Name
			ErrorCode, Message string
		}
		if err := xml.Unmarshal([]byte(answer.body), &got); err != nil {
			t.Errorf("%s %s: %v: %s", tt.method, tt.path, err, answer.body)
		}
		if answer.status != tt.status || got.XMLName.Local != tt.element || got.ErrorCode != tt.code || got.Message == "" {
			t.Errorf("%s %s: %d %s", tt.method, tt.path, answer.status, answer.body)
		}
		if got := answer.header.Get("Allow"); got != tt.allow {
			t.Errorf("%s %s: Allow %q, want %q", tt.method, tt.path, got, tt.allow)
		}
		if got := answer.header.Get("Content-Type"); got != "application/xml; charset=utf-8" {
			t.Errorf("%s %s: Content-Type %q", tt.method, tt.path, got)
		}
		inJSON := h.send(tt.method, "/JSON"+tt.path, tt.body)
		var o object
		if err := json.Unmarshal([]byte(inJSON.body), &o); err != nil || inJSON.status != tt.status || o["ErrorCode"] != tt.code || o["Message"] == "" {
			t.Errorf("%s /JSON%s: %d %s", tt.method, tt.path, inJSON.status, inJSON.body)
		}
		if got := inJSON.header.Get("Content-Type"); got != "application/json; charset=utf-8" {
			t.Errorf("%s /JSON%s: Content-Type %q", tt.method, tt.path, got)
		}
	}
}

func TestHeadAndOptions(t *testing.T) {
	h := newHouse(t)
	head := h.ask("HEAD", "/Contact/", fields{"contactEmail": h.customer.Email, "contactAPIkey": h.secrets.APIKey})
	get := h.ask("GET", "/Contact/", fields{"contactEmail": h.customer.Email, "contactAPIkey": h.secrets.APIKey})
	if head.status != 200 || head.body != "" || head.header.Get("Content-Length") != get.header.Get("Content-Length") {
		t.Errorf("HEAD: %d, Content-Length %s, %d bytes", head.status, head.header.Get("Content-Length"), len(head.body))
	}
	if options := h.send("OPTIONS", "/Image/x", ""); options.status != 204 || options.header.Get("Allow") != "DELETE, GET, HEAD, OPTIONS" {
		t.Errorf("OPTIONS: %d, Allow %q", options.status, options.header.Get("Allow"))
	}
	if got := get.header.Get("Cache-Control"); got != "private, no-store" {
		t.Errorf("Cache-Control %q: a proxy may keep a customer's data", got)
	}
}

// What the house cannot do at the moment is told by the HTTP status too.
func TestServiceFaults(t *testing.T) {
	h := newHouse(t)
	tests := []struct {
		err        error
		status     int
		code       string
		message    string
		retryAfter string
	}{
		{mattebox.Errorf(mattebox.CodeUnavailable, "the queue is full; try again later"), 503, "ServiceUnavailable", "the queue is full; try again later.", "30"},
		{mattebox.Errorf(mattebox.CodeRateLimited, "too many requests"), 429, "TooManyRequests", "too many requests.", "30"},
		{mattebox.Errorf(mattebox.CodeInternal, "table images is gone"), 500, "InternalError", "Something went wrong on our side; please try again.", ""},
		{&json.SyntaxError{}, 500, "InternalError", "Something went wrong on our side; please try again.", ""},
	}
	for _, tt := range tests {
		h.intake.err = tt.err
		answer := h.ask("POST", "/JSON/Image", h.with(fields{"imageURL": "http://www.mydomain.com/a.jpg"}))
		want := `{"ErrorCode":"` + tt.code + `","Message":"` + tt.message + `","ImageTicket":"` + zeroGUID + `","IsTrial":false,"CustomerImageId":null}`
		if answer.status != tt.status || answer.body != want || answer.header.Get("Retry-After") != tt.retryAfter {
			t.Errorf("%v: %d, Retry-After %q, %s", tt.err, answer.status, answer.header.Get("Retry-After"), answer.body)
		}
	}
	h.intake.err = nil
	if n := h.ok("GET", "/Images/Count", h.with(nil))["ImagesCount"]; n != 0.0 {
		t.Errorf("%v images were stored while there was no room", n)
	}
}

// JSON has the members of XML, unwrapped, in the same order, with types of its own.
func TestJSONAnswers(t *testing.T) {
	h := newHouse(t)
	ticket := h.image(fields{"customerImageId": "12345"})
	h.produce()
	answer := h.ask("GET", "/JSON/Image/"+ticket, h.with(nil))
	link := h.files.Relative(h.row(ticket).FinalPath())
	thumbnail := h.files.Relative(h.row(ticket).ThumbnailPath())
	want := `{"ErrorCode":"NoError","Message":"","ImageStatus":{"FinalImagesURL":["` + link + `"],"ImageTicket":"` + ticket + `","StatusId":70,"StatusName":"Production Finished",` +
		`"IsPaid":false,"ThumbnailImageURL":"` + thumbnail + `","CustomerImageId":"12345","ProductId":""}}`
	if answer.body != want {
		t.Errorf("got  %s\nwant %s", answer.body, want)
	}
	if !strings.HasPrefix(link, "1000001/2000001/final/my%20image.jpg?sig=") {
		t.Errorf("the link is %s", link)
	}
	templates := h.ok("GET", "/Templates", h.with(nil))["Templates"]
	wantTemplates := []any{map[string]any{
		"Prices":     []any{map[string]any{"Amount": 1.45, "Currency": "USD", "CurrencyId": 1.0}},
		"TemplateId": 2000001.0, "TemplateName": "Default", "IsCombinedImages": false,
	}}
	if diff := cmp.Diff(any(wantTemplates), templates); diff != "" {
		t.Error(diff)
	}
}

// DataContract as the server's own setting.
func TestDataContractSetting(t *testing.T) {
	h := newHouse(t, func(c *Config) { c.DataContract = true })
	answer := h.ask("GET", "/Images/Count", h.with(nil))
	want := `<ImagesCountResponse xmlns="` + responseNamespace + `"` + instance + `><ErrorCode>NoError</ErrorCode><Message/><ImagesCount>0</ImagesCount></ImagesCountResponse>`
	if answer.body != want {
		t.Errorf("got  %s\nwant %s", answer.body, want)
	}
}

func TestCredentials(t *testing.T) {
	h := newHouse(t)
	key := h.secrets.APIKey
	known := map[string]fields{
		"as registered": {"contactEmail": "john @ removethebackground.com", "contactAPIkey": key},
		"tight":         {"contactEmail": "john@removethebackground.com", "contactAPIkey": key},
		"upper case":    {"contactEmail": " JOHN@RemoveTheBackground.com ", "contactAPIkey": key},
	}
	for name, given := range known {
		h.ok("GET", "/Contact", given)
		if o := h.json("PUT", "/Contact", given); o["ErrorCode"] != "NoError" {
			t.Errorf("%s: %v", name, o)
		}
	}
	unknown := map[string]fields{
		"another's key":   {"contactEmail": h.customer.Email, "contactAPIkey": h.foreign.APIKey},
		"another's email": {"contactEmail": h.stranger.Email, "contactAPIkey": key},
		"no account":      {"contactEmail": "nobody@example.com", "contactAPIkey": key},
		"no GUID":         {"contactEmail": h.customer.Email, "contactAPIkey": "' OR 1=1 --"},
		"the secret":      {"contactEmail": h.customer.Email, "contactAPIkey": h.secrets.ApplicationSecret},
	}
	answers := map[string]bool{}
	for _, given := range unknown {
		for _, o := range NewService(Config{}).Operations() {
			if o.Name == "POST Contact" {
				continue
			}
			all := fields{"templateName": "n", "templateOutputFormat": "PNG", "deliveryTimeInHour": "24", "backgroundType": "2", "imageURL": "http://www.mydomain.com/a.jpg"}
			maps.Copy(all, given)
			path := strings.NewReplacer("{templateId}", "2000001", "{imageTicket}", zeroGUID).Replace(o.Path)
			answer := h.json(o.Method, path, all)
			if answer["ErrorCode"] != "AuthenticationFailed" {
				t.Errorf("%s: %v", o.Name, answer)
			}
			answers[answer["Message"].(string)] = true
		}
	}
	if len(answers) != 1 {
		t.Errorf("the messages tell what was wrong: %v", slices.Collect(maps.Keys(answers)))
	}
}

// Keys in the query of a request with a body do not count: queries are logged by
// everything on the way.
func TestCredentialsOfBodies(t *testing.T) {
	h := newHouse(t)
	query := "?contactEmail=john%40removethebackground.com&contactAPIkey=" + h.secrets.APIKey
	for method, path := range map[string]string{"POST": "/Image/", "PUT": "/Contact/", "DELETE": "/Image/" + zeroGUID} {
		answer := h.send(method, path+query, `{"imageURL":"http://www.mydomain.com/a.jpg"}`)
		if !strings.Contains(answer.body, "<Message>contactEmail is missing.</Message>") {
			t.Errorf("%s: %s", method, answer.body)
		}
	}
}

// Faults of ours are logged without what the caller sent, and the answer names the
// request.
func TestFaultsAreLoggedWithoutKeys(t *testing.T) {
	var lines strings.Builder
	h := newHouse(t, logged(&lines))
	h.intake.err = http.ErrAbortHandler // any error without a code
	answer := h.ask("POST", "/Image/", h.with(fields{"imageURL": "http://www.mydomain.com/a.jpg"}))
	if answer.status != 500 || !strings.Contains(answer.body, "tell us of request r-7.") {
		t.Errorf("%d %s", answer.status, answer.body)
	}
	log := lines.String()
	if !strings.Contains(log, `operation="POST Image"`) || !strings.Contains(log, "abort") {
		t.Errorf("log: %s", log)
	}
	if strings.Contains(log, h.secrets.APIKey) || strings.Contains(log, "removethebackground") {
		t.Errorf("the log holds what the caller sent: %s", log)
	}
}

// The server around the API learns what a request was.
func TestNotes(t *testing.T) {
	h := newHouse(t)
	good := url.Values{"contactEmail": {h.customer.Email}, "contactAPIkey": {h.secrets.APIKey}}.Encode()
	tests := []struct {
		method, target, body string
		want                 mattebox.Note
	}{
		{"GET", "/REST.svc/Images/?" + good, "", mattebox.Note{Operation: "GET Images List", Outcome: "NoError", Account: h.customer.ID}},
		{"GET", "/REST.svc/Images/?page=0&" + good, "", mattebox.Note{Operation: "GET Images List", Outcome: "InvalidParameter", Account: h.customer.ID}},
		{"GET", "/REST.svc/Images/?contactEmail=a@b.c&contactAPIkey=x", "", mattebox.Note{Operation: "GET Images List", Outcome: "AuthenticationFailed"}},
		{"POST", "/REST.svc/JSON/Image/", "{", mattebox.Note{Operation: "POST Image", Outcome: "InvalidRequest"}},
		{"PATCH", "/REST.svc/Image/", "", mattebox.Note{Outcome: "MethodNotAllowed"}},
		{"GET", "/REST.svc/x", "", mattebox.Note{Outcome: "UnknownOperation"}},
	}
	for _, tt := range tests {
		var got mattebox.Note
		r := httptest.NewRequest(tt.method, tt.target, strings.NewReader(tt.body))
		h.server.Config.Handler.ServeHTTP(httptest.NewRecorder(), r.WithContext(mattebox.WithNote(r.Context(), &got)))
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s %s: %s", tt.method, tt.target, diff)
		}
	}
}
