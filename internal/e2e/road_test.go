package e2e

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"image"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"mattebox/internal/servicetest"
)

// wholeRoad follows one image from its template to the webhook and the download.
func wholeRoad(t *testing.T, h *house) {
	c := h.customer(t)
	template := c.template(fields{
		"templateOutputFormat": "JPG", "backgroundType": "1", "backgroundColor": "FFFFFF",
		"resizeType": "2", "resizeWidth": "300", "resizeHeight": "200",
	})
	callback := h.receiver.At("road/" + c.Email)
	ticket := c.order(fields{
		"templateId": template, "imageCallbackURL": callback, "customerImageId": "my 1", "productId": "",
	})
	status := c.wait(ticket, 80)
	if status.CustomerImageId != "my 1" || status.StatusName != "Delivered" {
		t.Errorf("the image is shown as %+v", status)
	}

	posts := h.receiver.Posts("road/" + c.Email)
	if len(posts) != 1 {
		t.Fatalf("%d webhooks came, want 1", len(posts))
	}
	form := posts[0].Form()
	for field, want := range map[string]string{
		"imageTicket": ticket, "templateId": strconv.Itoa(template), "customerImageId": "my 1",
	} {
		if got := form.Get(field); got != want {
			t.Errorf("the webhook's %s is %q, want %q", field, got, want)
		}
	}
	absolute := form.Get("processedImageURL")
	if !strings.HasPrefix(absolute, h.URL+"/") {
		t.Errorf("processedImageURL is %s, want it below %s", absolute, h.URL)
	}
	checkSignatures(t, c.account, posts[0])

	if len(status.FinalImagesURL) != 1 {
		t.Fatalf("FinalImagesURL has %d entries, want 1", len(status.FinalImagesURL))
	}
	checkPath(t, status.FinalImagesURL[0], "final")
	checkPath(t, status.ThumbnailImageURL, "thumbnail")
	for _, address := range []string{absolute, status.FinalImagesURL[0]} {
		picture, format := c.picture(address)
		if got, want := picture.Bounds(), image.Rect(0, 0, 300, 200); got != want || format != "jpeg" {
			t.Errorf("%s is a %s of %v, want a jpeg of %v", address, format, got, want)
		}
		if r, g, b, _ := picture.At(1, 1).RGBA(); min(r, g, b) < 0xf800 {
			t.Errorf("the corner is %x %x %x, want white", r, g, b)
		}
	}
	if history := h.history(t, ticket); !strings.HasSuffix(history, "10 30 60 70 80") {
		t.Errorf("the image went by %s, want 10 30 60 70 80", history)
	}
}

// checkPath checks the seed's shape of relative addresses, number/number/kind/file.
func checkPath(t *testing.T, path, kind string) {
	t.Helper()
	path, query, _ := strings.Cut(path, "?")
	parts := strings.Split(path, "/")
	if len(parts) != 4 || parts[2] != kind || !strings.HasPrefix(parts[3], "coffee.") || !strings.HasPrefix(query, "sig=") {
		t.Errorf("the address is %s?%s, want number/number/%s/coffee...?sig=...", path, query, kind)
		return
	}
	for _, number := range parts[:2] {
		if n, err := strconv.Atoi(number); err != nil || n < 1_000_000 {
			t.Errorf("the address %s has %q for a number of seven digits", path, number)
		}
	}
}

// checkSignatures recomputes the four signatures (contracts F1) of an image that
// came without a partner, so that both roles are the customer's (F2).
func checkSignatures(t *testing.T, a servicetest.Account, p servicetest.Post) {
	t.Helper()
	plain, wide := []byte(a.ApplicationSecret), []byte{}
	for _, b := range plain { // a GUID is ASCII
		wide = append(wide, b, 0)
	}
	for _, role := range []string{"PARTNER", "CUSTOMER"} {
		for name, key := range map[string][]byte{
			"HTTP_X_RTB_%s_HMAC_SHA256": wide, "X-RTB-%s-HMAC-SHA256": plain,
		} {
			mac := hmac.New(sha256.New, key)
			mac.Write(p.Body)
			want := base64.StdEncoding.EncodeToString(mac.Sum(nil))
			name = fmt.Sprintf(name, role)
			if got := p.Header[http.CanonicalHeaderKey(name)]; len(got) != 1 || got[0] != want {
				t.Errorf("header %s is %q, want %q", name, got, want)
			}
		}
	}
	if p.UID() == "" {
		t.Error("the webhook has no webhook-id")
	}
}
