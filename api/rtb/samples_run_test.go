package rtb

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// as returns a sample request with the house's identities in place of the printed
// ones; everything else stays as it is printed.
func (h *house) as(name string, replaced ...string) string {
	h.Helper()
	text := sample(h, name)
	key := h.secrets.APIKey
	if name == "post-contact.json" {
		key = h.partner.APIKey
		replaced = append(replaced, "john @ removethebackground.com", "dev @ example.com")
	}
	return strings.NewReplacer(append(replaced, "44979dfe-5aa7-44ea-b3dd-7fae33bc37e9", key)...).Replace(text)
}

// sameShape fails unless the answer has the sample's elements in the sample's
// order, with nil, empty and full ones where the sample has them.
func (h *house) sameShape(name string, answer reply) {
	h.Helper()
	if answer.status != 200 {
		h.Errorf("%s: HTTP status %d", name, answer.status)
	}
	if diff := cmp.Diff(shape(h.T, sample(h, name)), shape(h.T, answer.body)); diff != "" {
		h.Errorf("%s differs from the sample: %s\n%s", name, diff, answer.body)
	}
}

// Every sample of the documentation, in the order in which a client would send
// them.
func TestSamples(t *testing.T) {
	for _, slash := range []string{"/", ""} {
		onBoth(t, func(h *house) { h.samples(slash) })
	}
}

func (h *house) samples(slash string) {
	query := "?contactEmail=john+%40+removethebackground.com&contactAPIkey=" + h.secrets.APIKey

	h.sameShape("TemplatesResponse.xml", h.send("GET", "/Templates"+slash+query, ""))
	h.sameShape("NewTemplateResponse.xml", h.send("POST", "/Template"+slash, h.as("post-template.json")))
	h.sameShape("TemplateSpecResponse.xml", h.send("GET", "/Template/2000004"+slash+query, ""))

	h.sameShape("AddImageResponse.xml", h.send("POST", "/Image"+slash, h.as("post-image.json", "2000045", "2000004")))
	h.sameShape("RejectImageResponse.xml", h.reject("reject-nonticket.json", "nonticket", slash))
	ticket := h.image(nil)
	h.produce()
	h.downloaded(ticket)
	h.sameShape("ImageStatusResponse.xml", h.send("GET", "/Image/"+ticket+slash+query, ""))
	h.image(nil)
	h.produce()
	h.sameShape("ImagesListResponse.xml", h.send("GET", "/Images"+slash+query+"&sortBy=id&isDescending=true&imagesPerPage=2", ""))
	h.sameShape("ImagesCountResponse.xml", h.send("GET", "/Images/Count"+slash+query, ""))
	h.sameShape("RejectImageResponse.xml", h.send("PUT", "/Image/Reject/"+ticket+slash, h.as("reject-ticket.json", "8de624ab-593b-409d-8324-eb4890c4b867", ticket)))

	waiting := h.image(fields{"productId": "test product 01"})
	h.sameShape("DeleteImageResponse.xml", h.send("DELETE", "/Image/"+waiting+slash, h.as("delete-ticket.json", "8de624ab-593b-409d-8324-eb4890c4b867", waiting)))
	h.image(fields{"customerImageId": "12345"})
	h.sameShape("DeleteImageResponse.xml", h.send("DELETE", "/Image/nonticket"+slash, h.as("delete-nonticket.json")))
	h.sameShape("ProductIdsListResponse.xml", h.send("GET", "/ProductIds"+slash+query, ""))

	h.sameShape("NewContactResponse.xml", h.send("POST", "/Contact"+slash, h.as("post-contact.json")))
	h.sameShape("ContactResponse.xml", h.send("GET", "/Contact"+slash+query, ""))

	h.billed()
	h.image(nil)
	h.produce()
	h.pays(h.billed())
	h.sameShape("InvoiceListResponse.xml", h.send("GET", "/Invoices"+slash+query+"&returnUrl=http%3A%2F%2Ftest.com%2Ftesturl", ""))
}

// reject finishes the image that the sample of POST Image made, and rejects it.
func (h *house) reject(name, ticket, slash string) reply {
	h.Helper()
	h.fetch()
	claimed := h.claim()
	if len(claimed) != 1 {
		h.Fatalf("%d images are ready, want the sample's", len(claimed))
	}
	h.finish(claimed[0])
	return h.send("PUT", "/Image/Reject/"+ticket+slash, h.as(name))
}
