package e2e

import (
	"fmt"
	"net/http"
	"testing"

	"mattebox/internal/servicetest"

	"github.com/google/go-cmp/cmp"
)

// everyOperation runs A1 to A13 in both encodings, with and without the slash at
// the end of the path.
func everyOperation(t *testing.T, h *house) {
	ready := h.customer(t)
	h.pictures.Handle("nothing.jpg", http.NotFound)
	tickets := finishedForRejection(ready, 4)
	for i, format := range []servicetest.Format{servicetest.XML, servicetest.JSON} {
		for j, bare := range []bool{false, true} {
			c := *ready
			c.Format, c.Bare = format, bare
			t.Run(fmt.Sprintf("%s bare=%v", format, bare), func(t *testing.T) {
				c.t = t
				operations(&c, tickets[2*i+j], fmt.Sprintf("%s%v", format, bare))
			})
		}
	}
}

// finishedForRejection orders images that keep their canvas and background, which
// no network is asked for, and waits for them.
func finishedForRejection(c *customer, n int) []string {
	c.t.Helper()
	template := c.template(fields{"backgroundType": "0", "templateOutputFormat": "JPG"})
	var tickets []string
	for range n {
		tickets = append(tickets, c.order(fields{"templateId": template}))
	}
	for _, ticket := range tickets {
		c.wait(ticket, 70)
	}
	return tickets
}

func operations(c *customer, done, mark string) {
	id := c.template(fields{"templateName": "Shirts " + mark})
	spec := c.do(http.MethodGet, fmt.Sprintf("Template/%d", id), nil).Template
	if spec == nil || spec.Name != "Shirts "+mark || spec.Id != id || spec.OutputFormat != "PNG" {
		c.t.Errorf("GET Template shows %+v", spec)
	}
	found := false
	for _, row := range c.do(http.MethodGet, "Templates", nil).Templates {
		found = found || row.TemplateId == id && row.TemplateName == "Shirts "+mark
	}
	if !found {
		c.t.Error("GET Templates does not list the new template")
	}

	added := c.do(http.MethodPost, "Image", fields{
		"templateId": id, "imageURL": c.h.pictures.At("nothing.jpg"), "customerImageId": mark, "productId": "P " + mark,
	})
	if added.CustomerImageId != mark || len(added.ImageTicket) != 36 || added.IsTrial {
		c.t.Errorf("POST Image answers %+v", added)
	}
	if got := c.status(added.ImageTicket); got.ProductId != "P "+mark || got.CustomerImageId != mark {
		c.t.Errorf("GET Status shows %+v", got)
	}
	operationsOnLists(c, added.ImageTicket, mark)

	if a := c.do(http.MethodDelete, "Image/"+added.ImageTicket, nil); a.Message != "Image was deleted" {
		c.t.Errorf("DELETE says %q", a.Message)
	}
	if got := c.status(added.ImageTicket); got.StatusId != 0 {
		c.t.Errorf("a deleted image stands at %d, want 0", got.StatusId)
	}
	if a := c.do(http.MethodPut, "Image/Reject/"+done, fields{"comment": "the edge is rough"}); a.Message != "Image was rejected." {
		c.t.Errorf("REJECT says %q", a.Message)
	}
	operationsOnContacts(c, mark)
}

func operationsOnLists(c *customer, ticket, mark string) {
	list := c.do(http.MethodGet, "Images", fields{"productId": "P " + mark}).Images
	if len(list) != 1 || list[0].ImageTicket != ticket {
		c.t.Errorf("GET Images of the product gives %+v", list)
	}
	if n := c.do(http.MethodGet, "Images/Count", nil).ImagesCount; n < 1 {
		c.t.Errorf("GET Count says %d", n)
	}
	var product *servicetest.ProductStatistic
	for _, p := range c.do(http.MethodGet, "ProductIds", nil).ProductIds {
		if p.ProductId == "P "+mark {
			product = &p
		}
	}
	if product == nil || product.DoneCount != 0 {
		c.t.Errorf("GET ProductIds shows %+v", product)
	}
}

func operationsOnContacts(c *customer, mark string) {
	c.do(http.MethodPut, "Contact", fields{"contactCompany": "Company " + mark})
	contact := c.do(http.MethodGet, "Contact", nil).Contact
	want := &servicetest.Contact{
		ContactAccountBalance: servicetest.Money{Amount: "0.00", Currency: "USD", CurrencyId: 1},
		ContactCompany:        "Company " + mark, ContactEmail: c.Email, ContactPerson: "Test",
	}
	if contact != nil { // what an account begins with is not this test's business
		want.ContactDaysOfCredit, want.NumberOfTrialImages = contact.ContactDaysOfCredit, contact.NumberOfTrialImages
	}
	if diff := cmp.Diff(want, contact); diff != "" {
		c.t.Errorf("GET Contact (-want +got):\n%s", diff)
	}
	developer := c.h.customer(c.t, "--developer")
	developer.Format, developer.Bare = c.Format, c.Bare
	email := "new-" + mark + "-" + developer.Email
	a := developer.do(http.MethodPost, "Contact", fields{
		"developerEmail": developer.Email, "developerAPIkey": developer.Key,
		"contactEmail": email, "contactName": "New", "countryCode": "US",
	})
	if a.ContactEmail != email || len(a.ContactAPIkey) != 36 || a.Message != "Success" {
		c.t.Errorf("POST Contact answers %+v", a)
	}
	c.h.keep(servicetest.Account{APIKey: a.ContactAPIkey})
	newcomer := servicetest.Client{URL: c.h.URL, Email: email, Key: a.ContactAPIkey}
	if got, err := newcomer.Do(c.t.Context(), http.MethodGet, "Contact", nil); err != nil || got.Err() != nil {
		c.t.Errorf("the new contact is not let in: %v, %v", err, got.Err())
	}
}
