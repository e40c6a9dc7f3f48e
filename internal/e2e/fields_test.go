package e2e

import (
	"fmt"
	"net/http"
	"testing"
	"time"
)

// everyFieldOfAnOrder gives POST Image what contracts A4 lists, in all the types
// that clients send, and looks for what each does.
func everyFieldOfAnOrder(t *testing.T, h *house) {
	c := h.customer(t)
	template := c.template(fields{"backgroundType": "0", "templateOutputFormat": "JPG"})
	c.order(fields{
		"templateId": template, // a number, not a text
		"imageURL2":  "", "imageURL3": nil, "imageRequestedDeliveryTimeInHours": 72, "imageCallbackURL": "",
		"customerImageId": 4711, "productId": "", "customerFolder": "spring", "instruction": "keep the strap",
		"comment": "please", "colorwayIds": []int{1, 2}, "markerX": 1.5, "markerY": 2, "swatchColorCode": "#ffffff",
		"additionalResourceFileURLs": []string{"https://example.com/a.pdf"},
		"colorReferenceFileURL":      "https://example.com/b.jpg",
		"unheardOf":                  map[string]any{"deep": []any{1, "x", nil, true}},
		"imageDeadlineDateTimeUTC":   time.Now().UTC().Add(48 * time.Hour).Format("2006-01-02 15:04:05"),
		"markupImageUrl":             "https://example.com/c.jpg",
		"customerImageColorID":       "red",
		"additionalResourceFileURL":  "https://example.com/d.jpg",
		"colorChangeRequests":        []any{map[string]any{"customerImageColorID": "1", "outputFileName": "x"}},
		"swatchImageURL":             "https://example.com/e.jpg",
		"outputFileName":             "folder/..\\shirt red.tiff",
	})
	status := c.do(http.MethodGet, "Image/nonticket", fields{"customerImageId": "4711"}).ImageStatus
	status = c.wait(status.ImageTicket, 70)
	if got, want := fileName(status.FinalImagesURL[0]), "shirt_red.jpg"; got != want {
		t.Errorf("the file is called %s, want %s", got, want)
	}
	for field, wrong := range map[string]any{
		"imageRequestedDeliveryTimeInHours": "25",
		"imageDeadlineDateTimeUTC":          "2001-01-01 00:00:00",
		"imageCallbackURL":                  "ftp://example.com/",
		"imageURL":                          "javascript:alert(1)",
		"imageURL5":                         "file:///etc/passwd",
	} {
		c.refused("InvalidParameter", http.MethodPost, "Image", fields{"imageURL": h.small(), field: wrong})
	}
	c.refused("InvalidTemplate", http.MethodPost, "Image", fields{"imageURL": h.small(), "templateId": "2999999"})
	c.refused("MissingRequiredInformation", http.MethodPost, "Image", fields{"imageURL": ""})
}

// templateRules tries the rules of contracts A1 that the service, not the library,
// has to enforce, and what GET Template makes of them.
func templateRules(t *testing.T, h *house) {
	c := h.customer(t)
	id := c.template(fields{
		"templateName": "All (1)_a", "templateOutputFormat": "jpeg", "deliveryTimeInHour": 168,
		"backgroundType": 3, "backgroundColor": "FFEEDD", "backgroundVerticalGradientColor": "001122",
		"resizeType": "1", "resizeWidth": "3", "resizeHeight": 4, "marginType": 2, "marginTop": "10",
		"callbackUrl": h.receiver.At("template"), "isKeptModel": false,
	})
	spec := c.do(http.MethodGet, fmt.Sprintf("Template/%d", id), nil).Template
	today := time.Now().UTC().Format(time.DateOnly)
	if spec.Name != "All (1)_a" || spec.DeliveryTimeInHours != 168 || spec.BackgroundColor != "ffeedd" ||
		spec.CallbackUrl != h.receiver.At("template") || spec.CreatedDate != today || spec.IsDeleted || spec.Price.Amount != "0.95" {
		t.Errorf("GET Template shows %+v", spec)
	}
	base := fields{"templateName": "x", "templateOutputFormat": "PNG", "deliveryTimeInHour": "24", "backgroundType": "2"}
	for _, wrong := range []fields{
		{"templateName": "a/b"}, {"templateOutputFormat": "GIF"}, {"templateOutputFormat": "JPG"}, {"deliveryTimeInHour": "1"},
		{"backgroundType": "4"}, {"backgroundType": "1", "backgroundColor": "white"}, {"resizeType": "5"}, {"resizeType": "2", "resizeWidth": "-1"},
		{"marginType": "3"}, {"isKeptModel": "perhaps"}, {"callbackUrl": "http://127.0.0.1.nip.invalid:99999/"},
	} {
		all := fields{}
		for _, f := range []fields{base, wrong} {
			for name, value := range f {
				all[name] = value
			}
		}
		c.refused("InvalidParameter", http.MethodPost, "Template", all)
	}
	c.refused("MissingRequiredInformation", http.MethodPost, "Template", fields{"templateName": "x"})
	c.refused("MissingRequiredInformation", http.MethodPost, "Template", fields{
		"templateName": "x", "templateOutputFormat": "JPG", "deliveryTimeInHour": "24", "backgroundType": "1",
	})
	c.refused("InvalidTemplate", http.MethodGet, "Template/2999999", nil)
}

// contacts tries POST and PUT Contact beyond the plain cases.
func contacts(t *testing.T, h *house) {
	developer, plain := h.customer(t, "--developer"), h.customer(t, "--credit", "100.00")
	if got := plain.do(http.MethodGet, "Contact", nil).Contact.ContactAccountBalance.Amount; got != "100.00" {
		t.Errorf("the balance is %s, want 100.00", got)
	}
	wanted := func(c *customer, email, country string) fields {
		return fields{"developerEmail": c.Email, "developerAPIkey": c.Key, "contactEmail": email, "contactName": "N", "countryCode": country}
	}
	developer.refused("ContactAlreadyExists", http.MethodPost, "Contact", wanted(developer, "  "+plain.Email, "US"))
	developer.refused("InvalidParameter", http.MethodPost, "Contact", wanted(developer, "x@example.test", "ZZ"))
	developer.refused("InvalidParameter", http.MethodPost, "Contact", wanted(developer, "no address", "DK"))
	developer.refused("MissingRequiredInformation", http.MethodPost, "Contact", wanted(developer, "", "DK"))
	plain.refused("PermissionDenied", http.MethodPost, "Contact", wanted(plain, "y@example.test", "DK"))

	plain.do(http.MethodPut, "Contact", fields{"contactName": "Jane", "contactCompany": "Acme"})
	plain.do(http.MethodPut, "Contact", fields{"contactName": "", "billingEmail": "b@example.test", "isReceivedNewslater": "true"})
	if got := plain.do(http.MethodGet, "Contact", nil).Contact; got.ContactPerson != "Jane" || got.ContactCompany != "Acme" {
		t.Errorf("after leaving fields out the contact is %+v", got)
	}
	plain.refused("InvalidParameter", http.MethodPut, "Contact", fields{"billingEmail": "nowhere"})
}

// listsAndCounts tries filters, paging and sorting on images that fail to download.
func listsAndCounts(t *testing.T, h *house) {
	c := h.customer(t)
	gone := h.pictures.Handle("lists.jpg", http.NotFound)
	var tickets []string
	for i := range 5 {
		tickets = append(tickets, c.order(fields{"imageURL": gone, "productId": fmt.Sprintf("p%d", i%2), "customerImageId": fmt.Sprint(i)}))
	}
	for _, ticket := range tickets { // at one status, which does not change any more
		c.wait(ticket, 12)
	}
	c.do(http.MethodDelete, "Image/"+tickets[4], nil)
	today := time.Now().UTC()
	date := func(days int) string { return today.AddDate(0, 0, days).Format(time.DateOnly) }
	for _, tt := range []struct {
		query fields
		want  string // customerImageIds
	}{
		{fields{}, "01234"},
		{fields{"isDescending": "true"}, "43210"},
		{fields{"imagesPerPage": "2", "page": "2"}, "23"},
		{fields{"imagesPerPage": 2, "page": 3, "sortBy": "date"}, "4"},
		{fields{"page": "9"}, ""},
		{fields{"productId": "p1"}, "13"},
		{fields{"imageStatus": "0"}, "4"},
		{fields{"excludeImageStatus": "0", "sortBy": "id", "isDescending": "TRUE"}, "3210"},
		{fields{"sortBy": "status", "productId": "p0"}, "402"},
		{fields{"fromDate": date(0), "toDate": date(0)}, "01234"},
		{fields{"fromDate": date(1)}, ""},
		{fields{"toDate": date(-1)}, ""},
		{fields{"imagesPerPage": "1000"}, "01234"}, // as the most there can be
	} {
		got := ""
		for _, image := range c.do(http.MethodGet, "Images", tt.query).Images {
			got += image.CustomerImageId
		}
		if got != tt.want {
			t.Errorf("GET Images %v lists %q, want %q", tt.query, got, tt.want)
		}
	}
	for _, wrong := range []fields{{"page": "0"}, {"imagesPerPage": "0"}, {"sortBy": "name"}, {"imageStatus": "11"}, {"fromDate": "31.12.2012"}} {
		c.refused("InvalidParameter", http.MethodGet, "Images", wrong)
	}
	for status, want := range map[string]int{"": 5, "0": 1, "80": 0} {
		if n := c.do(http.MethodGet, "Images/Count", fields{"imageStatus": status, "fromDate": date(0), "toDate": date(0)}).ImagesCount; n != want {
			t.Errorf("GET Count with status %q says %d, want %d", status, n, want)
		}
	}
	// Several images of one customerImageId: the newest is meant.
	again := c.order(fields{"imageURL": gone, "customerImageId": "0"})
	if got := c.do(http.MethodGet, "Image/nonticket", fields{"customerImageId": "0"}).ImageStatus.ImageTicket; got != again {
		t.Errorf("nonticket finds %s, want the newest, %s", got, again)
	}
	c.do(http.MethodDelete, "Image/nonticket", fields{"customerImageId": "0"})
	if got := c.status(again).StatusId; got != 0 {
		t.Errorf("the image stands at %d after DELETE by nonticket, want 0", got)
	}
}
