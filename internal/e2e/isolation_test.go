package e2e

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// accountsAreIsolated has one account try everything with what is another's.
func accountsAreIsolated(t *testing.T, h *house) {
	owner, thief := h.customer(t), h.customer(t)
	template := owner.template(fields{"backgroundType": "0", "templateOutputFormat": "JPG"})
	done := owner.finished(fields{"templateId": template, "customerImageId": "mine", "productId": "secret product"})
	waiting := owner.order(fields{"imageURL": h.pictures.Handle("isolation.jpg", http.NotFound), "templateId": template})

	for _, ticket := range []string{done.ImageTicket, waiting, "nonticket"} {
		f := fields{"customerImageId": "mine", "imageTicket": ticket, "comment": "x"}
		thief.refused("ImageNotFound", http.MethodGet, "Image/"+ticket, f)
		thief.refused("ImageNotFound", http.MethodDelete, "Image/"+ticket, f)
		thief.refused("ImageNotFound", http.MethodPut, "Image/Reject/"+ticket, f)
	}
	thief.refused("InvalidTemplate", http.MethodGet, fmt.Sprintf("Template/%d", template), nil)
	thief.refused("InvalidTemplate", http.MethodPost, "Image", fields{"imageURL": h.small(), "templateId": template})
	if rows := thief.do(http.MethodGet, "Templates", nil).Templates; len(rows) != 1 || rows[0].TemplateId == template {
		t.Errorf("the other account's templates are %+v, want its own default one", rows)
	}
	if list := thief.do(http.MethodGet, "Images", fields{"productId": "secret product"}).Images; len(list) != 0 {
		t.Errorf("the other account lists %+v", list)
	}
	if n := thief.do(http.MethodGet, "Images/Count", nil).ImagesCount; n != 0 {
		t.Errorf("the other account counts %d images", n)
	}
	if products := thief.do(http.MethodGet, "ProductIds", nil).ProductIds; len(products) != 0 {
		t.Errorf("the other account lists products %+v", products)
	}
	// One's key with another's address proves nothing.
	mixed := *thief
	mixed.Email = owner.Email
	mixed.refused("AuthenticationFailed", http.MethodGet, "Contact", nil)

	if got := owner.status(done.ImageTicket); got.StatusId != done.StatusId {
		t.Errorf("the owner's image went from %d to %d meanwhile", done.StatusId, got.StatusId)
	}
	filesAreIsolated(owner, thief, done.FinalImagesURL[0])
}

// filesAreIsolated tries links that nobody was given.
func filesAreIsolated(owner, thief *customer, link string) {
	path, query, _ := strings.Cut(link, "?")
	other := thief.finished(fields{"templateId": thief.template(fields{"backgroundType": "0", "templateOutputFormat": "JPG"})})
	_, others, _ := strings.Cut(other.FinalImagesURL[0], "?")
	for _, address := range []string{
		path,                   // unsigned
		path + "?" + others,    // with the signature of another file
		path + "?" + query[1:], // a mistyped name of the parameter
		path + "?" + query[:len(query)-2],
		strings.Replace(path, "/final/", "/thumbnail/", 1) + "?" + query,
		path + "?sig=99999999999" + query[strings.Index(query, "."):], // a longer life
	} {
		owner.download(address, http.StatusForbidden)
	}
	owner.download(link, http.StatusOK)
}

// partnersAndKeys tries developerAPIkey and a rotated key.
func partnersAndKeys(t *testing.T, h *house) {
	developer, c := h.customer(t, "--developer"), h.customer(t)
	gone := h.pictures.Handle("partners.jpg", http.NotFound)
	c.order(fields{"imageURL": gone, "developerAPIkey": developer.Key})
	c.order(fields{"imageURL": gone, "developerAPIkey": c.Key}) // as tests are told to
	c.order(fields{"imageURL": gone, "developerAPIkey": ""})
	c.refused("InvalidDeveloperKey", http.MethodPost, "Image", fields{"imageURL": gone, "developerAPIkey": zeroTicket})
	c.refused("InvalidDeveloperKey", http.MethodPost, "Image", fields{"imageURL": gone, "developerAPIkey": h.customer(t).Key})

	h.mattebox(t, "account rotate-key", c.Email)
	c.refused("AuthenticationFailed", http.MethodGet, "Contact", nil)
}
