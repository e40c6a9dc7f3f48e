package e2e

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mattebox/internal/servicetest"

	"github.com/google/go-cmp/cmp"
)

// What the samples of the vendor's documentation name, to be replaced by what there
// is. Nothing else of them is touched.
const (
	sampleKey      = "44979dfe-5aa7-44ea-b3dd-7fae33bc37e9"
	sampleTicket   = "8de624ab-593b-409d-8324-eb4890c4b867"
	sampleTemplate = "2000045"
)

// samplesAsPrinted sends the requests that the documentation prints, missing
// commas and spaced addresses included (testdata/samples), and compares the
// elements of the answers with those printed there.
func samplesAsPrinted(t *testing.T, h *house) {
	john, err := h.CreateAccount(t.Context(), "john@removethebackground.com", "--developer")
	if err != nil {
		t.Fatal(err)
	}
	h.keep(john)
	c := &customer{Client: h.Client(john), account: john, h: h, t: t}
	s := samples{c, map[string]string{sampleKey: john.APIKey}}

	added := s.send(http.MethodPost, "Template", "post-template.json", "post-template.xml")
	s.known[sampleTemplate] = fmt.Sprint(added.TemplateId)
	s.get(fmt.Sprintf("Template/%d", added.TemplateId), "", "get-template.xml")
	s.get("Templates", "", "get-templates.xml")

	// Its customerImageId is 12345; www.mydomain.com has no such picture.
	image := s.send(http.MethodPost, "Image", "post-image.json", "post-image.xml")
	s.known[sampleTicket] = image.ImageTicket
	s.send(http.MethodDelete, "Image/"+image.ImageTicket, "delete-image.json", "delete-image.xml")
	s.send(http.MethodPost, "Image", "post-image.json", "post-image.xml")
	s.send(http.MethodDelete, "Image/nonticket", "delete-image-nonticket.json", "delete-image.xml")

	plain := c.template(fields{"backgroundType": "0", "templateOutputFormat": "JPG"})
	order := fields{"templateId": plain, "customerImageId": "12345", "productId": "Crying Baby Tee 066"}
	for _, name := range []string{"reject-image.json", "reject-image-nonticket.json"} {
		done := c.finished(order)
		s.known[sampleTicket] = done.ImageTicket
		s.get("Image/"+done.ImageTicket, "", "get-status.xml")
		s.get("Images", "productId=Crying+Baby+Tee+066&imageStatus=70", "get-images-list.xml")
		ticket := "nonticket"
		if name == "reject-image.json" {
			ticket = done.ImageTicket
		}
		s.send(http.MethodPut, "Image/Reject/"+ticket, name, "reject-image.xml")
	}
	s.get("Images/Count", "", "get-count-images.xml")
	s.get("ProductIds", "", "get-productid-s-list.xml")

	contact := s.send(http.MethodPost, "Contact", "post-contact.json", "post-contact.xml")
	h.keep(servicetest.Account{APIKey: contact.ContactAPIkey})
	if contact.ContactEmail != "my_new_customer @ domain.com" {
		t.Errorf("the new contact's address is echoed as %q", contact.ContactEmail)
	}
	s.get("Contact", "", "get-contact.xml")
}

// samples sends files of testdata/samples for an account.
type samples struct {
	*customer
	known map[string]string // what stands in samples, and what in its place
}

func (s samples) read(name string) []byte {
	s.t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "samples", name))
	if err != nil {
		s.t.Fatal(err)
	}
	for printed, real := range s.known {
		text = bytes.ReplaceAll(text, []byte(printed), []byte(real))
	}
	return text
}

// send sends a printed request and checks the answer against the printed one.
func (s samples) send(method, path, request, response string) *servicetest.Answer {
	s.t.Helper()
	a, err := s.Send(s.t.Context(), method, s.Address(path), s.read(request))
	if err != nil {
		s.t.Fatal(err)
	}
	s.check(a, path, response)
	return a
}

// get sends the address as the samples print it, spaces around the @ included.
func (s samples) get(path, query, response string) {
	s.t.Helper()
	address := s.Address(path) + "?contactEmail=john%20@%20removethebackground.com&contactAPIkey=" + s.Key + "&" + query
	a, err := s.Send(s.t.Context(), http.MethodGet, strings.TrimSuffix(address, "&"), nil)
	if err != nil {
		s.t.Fatal(err)
	}
	s.check(a, path, response)
}

func (s samples) check(a *servicetest.Answer, path, response string) {
	s.t.Helper()
	if err := a.Err(); err != nil || a.HTTP != http.StatusOK {
		s.t.Errorf("%s: HTTP %d, %v", path, a.HTTP, err)
		return
	}
	if diff := cmp.Diff(elements(s.t, s.read(response)), elements(s.t, a.Body)); diff != "" {
		s.t.Errorf("%s: elements differ from %s (-printed +answered):\n%s", path, response, diff)
	}
	printed := servicetest.Answer{}
	if err := xml.Unmarshal(s.read(response), &printed); err == nil && printed.Message != a.Message {
		s.t.Errorf("%s: the message is %q, printed is %q", path, a.Message, printed.Message)
	}
}

// elements returns the paths of a document's elements in their order, those of
// equal entries of a list once.
func elements(t *testing.T, document []byte) []string {
	t.Helper()
	decoder := xml.NewDecoder(bytes.NewReader(document))
	var path, all []string
	seen := map[string]bool{}
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatalf("%v in %s", err, document)
		}
		switch token := token.(type) {
		case xml.StartElement:
			path = append(path, token.Name.Local)
			if name := strings.Join(path, "/"); !seen[name] {
				seen[name] = true
				all = append(all, name)
			}
		case xml.EndElement:
			path = path[:len(path)-1]
		}
	}
}
