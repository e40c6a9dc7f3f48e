package soap

import (
	"net/url"
	"strings"
	"testing"
)

// form sends an operation as a form.
func (h *house) form(name string, given fields) reply {
	h.Helper()
	form := url.Values{}
	for field, text := range given {
		form.Set(field, text)
	}
	return h.send("POST", "/soap.asmx/"+name, form.Encode(), "Content-Type", "application/x-www-form-urlencoded")
}

// A form's answer is what the envelope's holds, its root named after the type.
func TestForms(t *testing.T) {
	h := newHouse(t)
	h.image(fields{"customerImageId": "12345"})
	for _, tt := range []struct {
		operation string
		given     fields
	}{
		{"GetTemplates", nil},
		{"GetTemplateSpec", fields{"templateId": "2000001"}},
		{"GetImageStatus", fields{"imageTicket": "nonticket", "customerImageId": "12345"}},
		{"GetImagesList", fields{"imageStatus": ""}},
		{"GetContactDetailed", fields{"contactAPIkey": "wrong"}},
	} {
		answer := h.form(tt.operation, h.with(tt.given))
		if answer.status != 200 || answer.header.Get("Content-Type") != "text/xml; charset=utf-8" {
			t.Errorf("%s: %d %s", tt.operation, answer.status, answer.header)
		}
		message, _ := decode([]byte(answer.body), "")
		root, refused := parse(message)
		if refused != nil {
			t.Fatal(refused.reason)
		}
		enveloped := h.ask(tt.operation, h.with(tt.given)).body
		_, inside, _ := strings.Cut(enveloped, "Result>")
		inside = inside[:strings.LastIndex(inside, "</"+tt.operation+"Result>")]
		if o := h.operation(tt.operation); root.Local != o.result.Name || root.Space != ours || !strings.Contains(answer.body, inside) {
			t.Errorf("%s: %s does not hold %s", tt.operation, answer.body, inside)
		}
	}
}

func TestFormsThatAreRefused(t *testing.T) {
	h := newHouse(t)
	good := url.Values{"contactEmail": {h.customer.Email}, "contactAPIkey": {h.secrets.APIKey}}.Encode()
	const urlencoded = "application/x-www-form-urlencoded"
	for _, tt := range []struct {
		method, path, kind, body string
		status                   int
		says                     string
	}{
		{"POST", "/soap.asmx/CountImages", urlencoded + "; charset=utf-8", good, 200, "<ImagesCount>0</ImagesCount>"},
		{"POST", "/SOAP.asmx/countimages/", urlencoded, good, 200, "<ImagesCount>0</ImagesCount>"},
		{"POST", "/soap.asmx/CountImages?" + good, urlencoded, "", 200, "<ErrorCode>MissingRequiredInformation</ErrorCode>"},
		{"POST", "/soap.asmx/CountImages", urlencoded, good + "&imageStatus=12&imageStatus=", 200, "<ImagesCount>0</ImagesCount>"},
		{"POST", "/soap.asmx/CountImages", urlencoded, "%zz", 400, "cannot be read"},
		{"POST", "/soap.asmx/CountImages", urlencoded, strings.Repeat("x", maxBody+1), 413, "bytes"},
		{"POST", "/soap.asmx/CountImages", "text/xml", "<x/>", 400, "/soap.asmx"},
		{"POST", "/soap.asmx/Count", urlencoded, good, 404, "no such operation"},
		{"POST", "/soap.asmx/CountImages/x", urlencoded, good, 404, "no such operation"},
		{"GET", "/soap.asmx/CountImages?" + good, "", "", 405, "POST"},
		{"PUT", "/soap.asmx", "text/xml", "", 405, "POST"},
		{"OPTIONS", "/soap.asmx", "", "", 204, ""},
	} {
		answer := h.send(tt.method, tt.path, tt.body, "Content-Type", tt.kind)
		if answer.status != tt.status || !strings.Contains(answer.body, tt.says) {
			t.Errorf("%s %s: %d %.300s", tt.method, tt.path, answer.status, answer.body)
		}
		if tt.status == 405 && answer.header.Get("Allow") == "" {
			t.Errorf("%s %s does not tell what is allowed", tt.method, tt.path)
		}
	}
}

// An array in a form is a name that is given more than once.
func TestArraysInForms(t *testing.T) {
	h := newHouse(t)
	body := url.Values{"contactEmail": {h.customer.Email}, "contactAPIkey": {h.secrets.APIKey}, "imageURL": {"http://www.mydomain.com/a.jpg"}, "colorwayIds": {"1", "2"}}
	answer := h.send("POST", "/soap.asmx/AddImageToQueue", body.Encode(), "Content-Type", "application/x-www-form-urlencoded")
	if !strings.Contains(answer.body, "<ErrorCode>NoError</ErrorCode>") {
		t.Error(answer.body)
	}
}

func TestOwns(t *testing.T) {
	for path, want := range map[string]bool{
		"/soap.asmx": true, "/SOAP.ASMX": true, "/Soap.asmx/": true, "/soap.asmx/AddTemplate": true,
		"/": false, "": false, "/soap": false, "/soap.asmxx": false, "/x/soap.asmx": false, "//soap.asmx": false,
	} {
		if Owns(path) != want {
			t.Errorf("%q: %v", path, !want)
		}
	}
}
