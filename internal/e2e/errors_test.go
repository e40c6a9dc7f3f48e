package e2e

import (
	"net/http"
	"strings"
	"testing"

	"mattebox/internal/servicetest"
)

const zeroTicket = "00000000-0000-0000-0000-000000000000"

// errorAnswers looks at whole answers to faults: HTTP 200, the operation's own
// element, the other members at .NET's defaults (contracts A0).
func errorAnswers(t *testing.T, h *house) {
	c := h.customer(t)
	wrong := *c
	wrong.Key = zeroTicket
	for _, tt := range []struct {
		who          *customer
		method, path string
		f            fields
		root, code   string
		defaults     []string // that the body holds
	}{
		{c, http.MethodPost, "Image", nil, "AddImageResponse", "MissingRequiredInformation",
			[]string{"<ImageTicket>" + zeroTicket + "</ImageTicket>", "<IsTrial>false</IsTrial>", `<CustomerImageId i:nil="true"`}},
		{&wrong, http.MethodPost, "Image", fields{"imageURL": h.small()}, "AddImageResponse", "AuthenticationFailed", nil},
		{&wrong, http.MethodGet, "Templates", nil, "TemplatesResponse", "AuthenticationFailed", nil},
		{&wrong, http.MethodGet, "Contact", nil, "ContactResponse", "AuthenticationFailed", nil},
		{&wrong, http.MethodPut, "Contact", nil, "EditContactResponse", "AuthenticationFailed", nil},
		{&wrong, http.MethodGet, "ProductIds", nil, "ProductIdsListResponse", "AuthenticationFailed", nil},
		{&wrong, http.MethodGet, "Images/Count", nil, "ImagesCountResponse", "AuthenticationFailed", []string{"<ImagesCount>0</ImagesCount>"}},
		{c, http.MethodGet, "Image/" + zeroTicket, nil, "ImageStatusResponse", "ImageNotFound", nil},
		{c, http.MethodGet, "Image/no-guid", nil, "ImageStatusResponse", "ImageNotFound", nil},
		{c, http.MethodGet, "Image/nonticket", nil, "ImageStatusResponse", "MissingRequiredInformation", nil},
		{c, http.MethodDelete, "Image/" + zeroTicket, nil, "DeleteImageResponse", "ImageNotFound", nil},
		{c, http.MethodPut, "Image/Reject/" + zeroTicket, nil, "RejectImageResponse", "ImageNotFound", nil},
		{c, http.MethodGet, "Template/1", nil, "TemplateSpecResponse", "InvalidTemplate", nil},
	} {
		a := tt.who.refused(tt.code, tt.method, tt.path, tt.f)
		if a.HTTP != http.StatusOK || a.XMLName.Local != tt.root || a.Message == "" {
			t.Errorf("%s %s: HTTP %d, element %s, message %q; want 200, %s and a message", tt.method, tt.path, a.HTTP, a.XMLName.Local, a.Message, tt.root)
		}
		for _, part := range tt.defaults {
			if !strings.Contains(string(a.Body), part) {
				t.Errorf("%s %s: the answer lacks %s: %s", tt.method, tt.path, part, a.Body)
			}
		}
	}
	json := *c
	json.Format = servicetest.JSON
	a := json.refused("MissingRequiredInformation", http.MethodPost, "Image", nil)
	for _, part := range []string{`"CustomerImageId":null`, `"IsTrial":false`, `"ImageTicket":"` + zeroTicket + `"`} {
		if !strings.Contains(string(a.Body), part) {
			t.Errorf("the answer lacks %s: %s", part, a.Body)
		}
	}
	// What is no operation at all.
	for path, want := range map[string]int{"Nothing": http.StatusNotFound, "Template": http.StatusMethodNotAllowed} {
		if a := c.try(http.MethodDelete, path, nil); a.HTTP != want {
			t.Errorf("DELETE %s: HTTP %d, want %d", path, a.HTTP, want)
		}
	}
}
