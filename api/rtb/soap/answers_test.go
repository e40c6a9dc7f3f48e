package soap

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The answers of every operation, one that succeeds and one that does not, with all
// their elements in their order.
func TestAnswers(t *testing.T) {
	h := newHouse(t)
	h.answers("GetTemplates", nil, fields{"contactAPIkey": "wrong"})
	h.answers("AddTemplate", fields{"templateName": "Shoes", "templateOutputFormat": "JPG", "deliveryTimeInHour": "72", "backgroundType": "1", "backgroundColor": "FFFFFF"}, nil)
	h.answers("GetTemplateSpec", fields{"templateId": "2000003"}, fields{"templateId": "1"})
	h.answers("AddImageToQueue", fields{"imageURL": "http://www.mydomain.com/a.jpg", "customerImageId": "12345", "productId": "shoe"}, fields{"imageURL": ""})
	h.answers("AddPartnerImageToQueue", fields{"imageURL": "http://www.mydomain.com/a.jpg", "applicationCode": h.partner.APIKey}, fields{"imageURL": "http://www.mydomain.com/a.jpg", "applicationCode": "nobody's"})
	waiting := h.image(nil)
	h.answers("GetImageStatus", fields{"imageTicket": waiting}, fields{"imageTicket": "nonticket"})
	h.answers("DeleteImageFromQueue", fields{"imageTicket": waiting}, fields{"imageTicket": waiting})
	h.produce()
	h.answers("GetImagesList", fields{"imageStatus": "70"}, fields{"page": "0"})
	h.answers("CountImages", nil, fields{"fromDate": "yesterday"})
	h.answers("GetProductIdsList", nil, fields{"page": "none"})
	invoice := h.billed()
	if err := h.store.PayInvoice(t.Context(), invoice.Number, "", ""); err != nil {
		t.Fatal(err)
	}
	h.image(nil)
	h.produce()
	h.billed()
	h.answers("GetInvoiceList", fields{"returnUrl": "http://test.com/a?b&c"}, fields{"returnUrl": "javascript:1"})
	h.answers("RejectProcessedImage", fields{"imageTicket": "nonticket", "customerImageId": "12345"}, fields{"imageTicket": waiting})
	developer := fields{"developerEmail": "dev@example.com", "developerAPIkey": h.partner.APIKey, "contactEmail": "new@example.com", "contactName": "New", "countryCode": "dk"}
	h.answers("AddContact", developer, developer)
	h.answers("EditContact", fields{"contactPhone": "1"}, fields{"billingEmail": "nobody"})
	h.answers("GetContactDetailed", nil, fields{"contactEmail": ""})
	h.answers("GetImagesList empty", fields{"imageStatus": "999"}, nil)
}

// answers compares the two answers of the operation, whose name a word for the file
// may follow, with those that are kept.
func (h *house) answers(name string, good, bad fields) {
	h.Helper()
	operation, _, _ := strings.Cut(name, " ")
	answer := h.ask(operation, h.with(good))
	if !strings.Contains(answer.body, "<ErrorCode>NoError</ErrorCode>") {
		h.Errorf("%s: %s", name, answer.body)
	}
	text := answer.body + "\n"
	if bad != nil {
		answer = h.ask(operation, h.with(bad))
		if answer.status != 200 || strings.Contains(answer.body, "<ErrorCode>NoError</ErrorCode>") {
			h.Errorf("%s: %d %s", name, answer.status, answer.body)
		}
		text += answer.body + "\n"
	}
	golden(h.T, "answers/"+strings.ReplaceAll(name, " ", "-")+".xml", steady(text))
}

// steady returns the text with a fixed GUID in place of each that is not zeros.
func steady(text string) string {
	const zero, fixed = "00000000-0000-0000-0000-000000000000", "33979dfe-5ea7-44ea-b3dd-7fde33bc37e9"
	for i := 0; i+len(zero) <= len(text); i++ {
		if candidate := text[i : i+len(zero)]; isGUID(candidate) && candidate != zero {
			text = text[:i] + fixed + text[i+len(zero):]
		}
	}
	return text
}

func isGUID(text string) bool {
	for i, c := range []byte(text) {
		hyphen := i == 8 || i == 13 || i == 18 || i == 23
		if hyphen != (c == '-') || !hyphen && !strings.ContainsRune("0123456789abcdef", rune(c)) {
			return false
		}
	}
	return true
}

// Both bindings say the same of the same things.
func TestBindingsAgree(t *testing.T) {
	h := newHouse(t)
	h.image(nil) // the free one
	h.image(fields{"customerImageId": "12345", "productId": "shoe"})
	h.produce()
	h.image(fields{"customerImageId": "67890", "productId": "<boot> & Åland"})
	h.billed()
	for _, tt := range []struct {
		operation, path string
		given           fields
	}{
		{"GetTemplateSpec", "/Template", fields{"templateId": "2000001"}},
		{"GetTemplateSpec", "/Template", fields{"templateId": "7"}},
		{"GetTemplates", "/Templates", nil},
		{"GetImageStatus", "/Image/nonticket", fields{"imageTicket": "nonticket", "customerImageId": "12345"}},
		{"GetImageStatus", "/Image/nonticket", fields{"imageTicket": "nonticket", "customerImageId": "67890"}},
		{"GetImageStatus", "/Image/nonticket", fields{"imageTicket": "nonticket", "customerImageId": "none"}},
		{"GetImagesList", "/Images", fields{"isDescending": "true", "sortBy": "date"}},
		{"GetImagesList", "/Images", fields{"imageStatus": "12"}},
		{"CountImages", "/Images/Count", fields{"fromDate": "2013-01-01"}},
		{"GetProductIdsList", "/ProductIds", nil},
		{"GetContactDetailed", "/Contact", nil},
		{"GetContactDetailed", "/Contact", fields{"contactAPIkey": "wrong"}},
		{"GetInvoiceList", "/Invoices", fields{"returnUrl": "https://example.com/"}},
	} {
		soap := h.result(tt.operation, h.ask(tt.operation, h.with(tt.given)))
		o := h.operation(tt.operation)
		if diff := cmp.Diff(flat(h.rest("GET", tt.path, h.with(tt.given))), o.flat(soap)); diff != "" {
			t.Errorf("%s %v: REST and SOAP differ: %s", tt.operation, tt.given, diff)
		}
	}
}
