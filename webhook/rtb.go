package webhook

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"mattebox"
)

// DialectRTB names the dialect of finished images.
const DialectRTB = "rtb"

// Headers of the RTB dialect. Its two published verifiers read different names and
// take different bytes of the secret for the key; sending all four satisfies both
// unchanged (contracts F1).
const (
	headerPartnerWide  = "HTTP_X_RTB_PARTNER_HMAC_SHA256"  // key: UTF-16LE
	headerCustomerWide = "HTTP_X_RTB_CUSTOMER_HMAC_SHA256" // key: UTF-16LE
	headerPartner      = "X-RTB-PARTNER-HMAC-SHA256"       // key: UTF-8
	headerCustomer     = "X-RTB-CUSTOMER-HMAC-SHA256"      // key: UTF-8
)

// RTB returns the dialect of finished images (contracts C, F1 to F5).
func RTB() Dialect {
	return Dialect{
		Name:        DialectRTB,
		ContentType: "application/x-www-form-urlencoded",
		Partnered:   true,
		Retries:     []time.Duration{5 * time.Minute, time.Hour, 5 * time.Hour},
		Accepts:     onlyOK,
		Sign:        signRTB,
	}
}

func onlyOK(status int) bool { return status == http.StatusOK }

// NewRTB returns the delivery that tells of a finished image, to be had at the
// absolute address. uid is the GUID that stays the same through all tries.
func NewRTB(image *mattebox.Image, absoluteURL, uid string) mattebox.NewDelivery {
	return RTB().delivery(mattebox.EventImageFinished, image.Callback(), uid, RTBBody(image, absoluteURL))
}

// RTBBody returns the form of a finished image: imageTicket, processedImageURL,
// templateId and customerImageId in this order, always all four (contracts C, F3).
func RTBBody(image *mattebox.Image, absoluteURL string) []byte {
	return rtbForm(image.Ticket, absoluteURL, strconv.FormatInt(int64(image.TemplateID), 10), image.CustomerImageID)
}

func rtbForm(values ...string) []byte {
	var b strings.Builder
	for i, name := range rtbFields()[:len(values)] {
		if i > 0 {
			b.WriteByte('&')
		}
		b.WriteString(name + "=" + url.QueryEscape(values[i]))
	}
	return []byte(b.String())
}

func rtbFields() []string {
	return []string{"imageTicket", "processedImageURL", "templateId", "customerImageId"}
}

func signRTB(s mattebox.Sending, _ time.Time) map[string]string {
	customer, partner, body := s.Secrets[0], partners(s)[0], s.Delivery.Body
	return map[string]string{
		headerPartnerWide:  base64MAC(wide(partner), body),
		headerCustomerWide: base64MAC(wide(customer), body),
		headerPartner:      base64MAC([]byte(partner), body),
		headerCustomer:     base64MAC([]byte(customer), body),
	}
}
